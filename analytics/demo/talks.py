"""What the demo company knows of talks and accounts: objections, needs, requests, ratings.

Drawn from a stream of its own, so that everything else stays as it was for the same seed.
"""

from typing import Any

from crm.records import bulk
from interactions.contacts.talk_models import ObjectionAnswer, TalkGuide
from interactions.knowledge.models import TradingRating
from interactions.needs.models import CustomerNeed, SpecialRequest

STREAM = 7
CONCERNS = ("quality", "price", "offers", "delivery", "service", "other")
NEEDS_PER_CUSTOMER, MOST_NEEDS = 0.25, 4_000
REQUESTS_PER_CUSTOMER, MOST_REQUESTS = 0.03, 600

SUCCESS = {"A-1": 0.35, "A-2": 0.8}  # of the two answers to “too expensive”, the second is the better one
USUAL_SUCCESS = 0.6
NEEDS = (
    # English, Chinese, kind, weight
    ("Slow delivery", "发货慢", "pain_point", 8),
    ("Lower price for larger quantities", "批量采购希望优惠", "need", 6),
    ("Packaging breaks on the way", "包装易损坏", "pain_point", 4),
    ("One person to call", "希望有专人对接", "expectation", 4),
    ("Smaller packages", "需要小包装", "need", 3),
    ("Invoice with every parcel", "每单随货开票", "expectation", 3),
    ("Gifts for the holidays", "节日礼品", "need", 4),
    ("Hard to reorder", "补货流程复杂", "pain_point", 2),
)
REQUESTS = (
    ("Invoice in two parts", "分两次开票"),
    ("Delivery on Saturday", "周六送货"),
    ("Samples for the fair", "展会样品"),
    ("Longer time to pay", "延长账期"),
)
REASONS = (
    ("Agreed with the warehouse.", "已与仓库确认。"),
    ("Not possible for single orders.", "单笔订单无法安排。"),
)


def columns_of_contacts(writer: Any, concerns: Any) -> dict[str, Any]:
    """Objection, answer, what came of it and the guide used, for the contacts of the demo company."""
    np, drawn = writer.np, writer.draft.contacts
    count = len(drawn["day"])
    random = np.random.default_rng((writer.plan.seed, STREAM))
    chance, pick, luck, guided = (random.random(count) for _number in range(4))
    answers = list(ObjectionAnswer.objects.filter(is_active=True).values_list("pk", "objection_id", "code"))
    guides = dict(TalkGuide.objects.filter(is_active=True).order_by("-pk").values_list("concern", "pk"))
    raised = drawn["answered"] & (chance < 0.07) & ~drawn["competitor"]
    chosen = (pick * max(len(answers), 1)).astype(int)
    objection, answer, result, guide = [], [], [], []
    for row in range(count):
        has = bool(raised[row]) and bool(answers)
        pk, of, code = answers[int(chosen[row])] if has else (None, None, "")
        objection.append(of)
        answer.append(pk)
        works = luck[row] < SUCCESS.get(code, USUAL_SUCCESS)
        result.append(("overcome" if works else "not_overcome") if has else "")
        used = concerns[row] and drawn["answered"][row] and guided[row] < 0.4
        guide.append(guides.get(concerns[row]) if used else None)
    return {"objection_id": objection, "answer_id": answer, "objection_result": result, "guide_id": guide}


def write_needs(writer: Any) -> int:
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    random = np.random.default_rng((plan.seed, STREAM, 1))
    count = min(MOST_NEEDS, max(4, int(plan.customers * NEEDS_PER_CUSTOMER)))
    customer = np.sort(random.integers(0, plan.customers, count))
    weight = np.array([each[3] for each in NEEDS], dtype=float)
    about = random.choice(len(NEEDS), count, p=weight / weight.sum())
    status = np.array(["open", "met", "dropped"])[random.choice(3, count, p=(0.7, 0.22, 0.08))]
    columns = {
        "title": _titles(NEEDS, about, drawn["in_english"][customer]),
        "type": [NEEDS[each][2] for each in about.tolist()],
        "statement": np.where(random.random(count) < 0.35, "implied", "stated"),
        "importance": random.choice(5, count, p=(0.06, 0.14, 0.3, 0.3, 0.2)) + 1,
        "status": status,
    }
    return _append(writer, CustomerNeed, "N", customer, columns, random)


def write_requests(writer: Any) -> int:
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    random = np.random.default_rng((plan.seed, STREAM, 2))
    count = min(MOST_REQUESTS, max(3, int(plan.customers * REQUESTS_PER_CUSTOMER)))
    customer = np.sort(random.integers(0, plan.customers, count))
    about = random.integers(0, len(REQUESTS), count)
    status = np.array(["open", "accepted", "refused"])[random.choice(3, count, p=(0.25, 0.5, 0.25))]
    english = drawn["in_english"][customer]
    reasons = [
        "" if code == "open" else REASONS[code == "refused"][0 if e else 1]
        for code, e in zip(status.tolist(), english.tolist(), strict=True)
    ]
    columns = {
        "title": _titles(REQUESTS, about, english),
        "statement": "stated",
        "status": status,
        "reason": reasons,
    }
    return _append(writer, SpecialRequest, "RQ", customer, columns, random, answered=status != "open")


RATINGS = {
    # item: what is said with it, English and Chinese
    "sales": ("Grows every year", "销售逐年增长"),
    "problems": ("Late deliveries last winter", "去年冬天交货延误"),
    "strategy": ("Opens two shops", "计划新开两家门店"),
    "outlook": ("Good", "前景良好"),
    "image": ("Well known in the town", "在当地知名"),
    "reputation": ("Pays and keeps its word", "守信用"),
    "finance": ("Stable", "财务稳定"),
    "credit": ("Pays within 30 days", "30天内付款"),
}
GRADES = ("A", "B", "C", "D")
RATED_ACCOUNTS = 40


def write_ratings(writer: Any) -> int:
    """Ratings of the largest firms, some of them changed since."""
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    random = np.random.default_rng((plan.seed, STREAM, 3))
    firms = np.flatnonzero(drawn["is_firm"])
    largest = firms[np.argsort(-drawn["scale"][firms], kind="stable")][:RATED_ACCOUNTS]
    rows: list[dict[str, Any]] = []
    days: list[int] = []
    for place in largest.tolist():
        start, language = int(drawn["start"][place]), 0 if drawn["in_english"][place] else 1
        for item, words in RATINGS.items():
            grade, age = int(random.choice(4, p=(0.3, 0.4, 0.22, 0.08))), int(random.integers(3, 120))
            shared = {"customer_id": int(writer.customer_ids[place]), "item": item, "note": words[language]}
            shared |= {"rated_by_id": int(writer.user_ids[drawn["rep"][place]])}
            if random.random() < 0.3:  # it was thought of differently half a year before
                rows.append(shared | {"grade": GRADES[(grade + 1) % 4], "is_current": False})
                days.append(max(start, plan.days - 1 - age - 150))
            rows.append(shared | {"grade": GRADES[grade], "is_current": True})
            days.append(max(start, plan.days - 1 - age))
    if not rows:
        return 0
    moments = writer.moments(np.array(days), np.full(len(days), 11 * 60))
    return bulk.append(TradingRating, {key: [row[key] for row in rows] for key in rows[0]} | {"rated_at": moments})


def _titles(pairs: Any, about: Any, english: Any) -> list[str]:
    return [pairs[a][0 if e else 1] for a, e in zip(about.tolist(), english.tolist(), strict=True)]


def _append(
    writer: Any, model: Any, prefix: str, customer: Any, columns: dict[str, Any], random: Any, answered: Any = None
) -> int:
    """Rows of the last half year, none before the customer came; those that are open are the latest."""
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    count = len(customer)
    is_open = np.asarray(columns["status"]) == "open"
    age = np.where(is_open, random.integers(0, 25, count), random.integers(12, 180, count))
    day = np.maximum(plan.days - 1 - age, drawn["start"][customer])
    moments = writer.moments(np.minimum(day, plan.days - 1), random.integers(9 * 60, 18 * 60, count))
    if answered is not None:
        replied = writer.first_day + np.minimum(day + 2, plan.days - 1)
        columns = columns | {"replied_on": np.where(answered, replied, np.datetime64("NaT"))}
    staff = writer.user_ids[drawn["rep"][customer]]
    return bulk.append(
        model,
        {**writer.shared(prefix, count, moments), "occurred_at": moments, **writer.place(customer), "staff_id": staff}
        | columns,
    )
