"""Deals of the demo company: some of each representative's larger customers, from the first talk to won or lost.

Drawn from a stream of its own, so that everything else stays as it was for the same seed.
"""

import datetime
from decimal import Decimal
from typing import Any

from analytics.demo import names
from crm.records import bulk
from interactions.deals.models import Deal, DealLine, DealPhase, DealSource, DealStage, LostReason
from interactions.work.models import Task

PER_CUSTOMER = 0.16  # deals for each customer; organisations have most of them
MOST = 2_000
STREAM = 3

SUBJECTS = (
    ("Gifts for the holidays", "节日礼品采购"),
    ("Tea for the offices", "办公用茶年度供应"),
    ("Lamps for the new shop", "新店灯具采购"),
    ("Ceramics for the restaurant", "餐厅瓷器订制"),
    ("Coffee corner", "咖啡角建设"),
    ("Yearly contract", "年度框架合同"),
    ("Kitchen of the canteen", "食堂厨具更新"),
    ("Welcome parcels for staff", "员工入职礼包"),
)
STEPS = (
    ("Call about the quote", "电话跟进报价"),
    ("Bring samples", "带样品上门"),
    ("Meet the buyer", "拜访采购负责人"),
    ("Send the revised quote", "发送修改后的报价"),
)
ORIGINS = ("need", "competition", "strength", "")
SIZES = ((50_000, "large"), (15_000, "medium"), (4_000, "small"), (0, "micro"))
REASONS = ("price", "competitor", "no_budget", "no_need", "timing", "no_answer")


def write(writer: Any) -> int:
    """Deals with their lines and phases, in bulk; how many deals. `writer` is the Writer of the demo company."""
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    random = np.random.default_rng((plan.seed, STREAM))
    stages = {each.code: each for each in DealStage.objects.all()}
    way = ["qualified", "solution", "quote", "negotiation"]
    if not {*way, "won", "lost"} <= set(stages):
        return 0  # the company has a pipeline of its own
    count = min(MOST, max(3, int(plan.customers * PER_CUSTOMER)))
    weight = np.where(drawn["is_firm"], 6.0, 0.5) * np.minimum(drawn["scale"], 4)
    customer = np.sort(random.choice(plan.customers, count, p=weight / weight.sum()))
    first = drawn["start"][customer]
    # half of them began in the last half year, none before the customer came
    age = np.where(random.random(count) < 0.5, random.integers(2, 180, count), random.integers(120, plan.days, count))
    day = np.clip(plan.days - 1 - age, first, plan.days - 2)
    stay = np.maximum(2, random.gamma(2.2, 7, (count, 4))).astype(int)
    advance = random.random((count, 4)) < (0.82, 0.8, 0.72, 0.68)
    number, at = 1 + random.poisson(1.1, count), random.integers(9 * 60, 18 * 60, count)
    popularity = np.array([each[6] for each in names.PRODUCTS], dtype=float)
    draws = {
        "subject": random.integers(0, len(SUBJECTS), count), "origin": random.choice(4, count, p=(0.45, 0.2, 0.25, 0.1)),
        "reason": random.choice(6, count, p=(0.3, 0.22, 0.12, 0.14, 0.1, 0.12)), "step": random.integers(0, 4, count),
        "source": random.integers(0, 7, count), "slip": random.normal(-6, 18, count).astype(int),
        "discount": random.choice([0, 5, 8, 10], count, p=(0.4, 0.3, 0.2, 0.1)),
        "step_days": random.integers(-2, 12, count),
    }  # fmt: skip
    sources = list(DealSource.objects.order_by("pk").values_list("pk", flat=True))
    reasons = {each.code: each.pk for each in LostReason.objects.all()}
    first_day = plan.day(plan.days - 1)
    deal_ids = bulk.next_id(Deal) + np.arange(count)
    lines: dict[str, list[Any]] = {
        key: []
        for key in ("deal_id", "position", "product_id", "quantity", "unit_price", "discount", "unit_cost", "amount")
    }
    phases: list[tuple[int, int, int, int | None]] = []  # position of the deal, stage, day from, day to
    rows: list[dict[str, Any]] = []
    for row in range(count):
        amount = _lines(
            writer,
            random,
            lines,
            row,
            deal_ids,
            int(number[row]),
            popularity,
            float(drawn["scale"][customer[row]]),
            int(draws["discount"][row]),
        )
        here, on = 0, int(day[row])
        end: str = ""
        while not end:
            until = on + int(stay[row, here])
            if until >= plan.days:
                break
            phases.append((row, stages[way[here]].pk, on, until))
            on = until
            if not advance[row, here]:
                end = "lost"
            elif here == 3:
                end = "won"
            else:
                here += 1
        code = end or way[here]
        stage = stages[code]
        phases.append((row, stage.pk, on, None))
        expected = int(day[row]) + int(stay[row].sum()) + int(draws["slip"][row])
        english = bool(drawn["in_english"][customer[row]])
        is_open = not end
        is_lost = end == "lost"
        reason = REASONS[int(draws["reason"][row])] if is_lost else ""
        step_on = plan.days - 1 + int(draws["step_days"][row])
        rows.append({
            "title": SUBJECTS[int(draws["subject"][row])][0 if english else 1],
            "stage_id": stage.pk, "status": stage.outcome, "amount": amount, "base_amount": amount,
            "probability": stage.probability, "weighted_amount": round(amount * stage.probability / 100, 2),
            "expected_on": first_day + datetime.timedelta(days=max(expected, int(day[row]) + 5)),
            "closed_on": None if is_open else first_day + datetime.timedelta(days=on),
            "source_id": sources[int(draws["source"][row]) % len(sources)] if sources else None,
            "origin": ORIGINS[int(draws["origin"][row])],
            "size": next(size for least, size in SIZES if amount >= least),
            "competitor": names.COMPETITOR if reason == "competitor" or (is_open and row % 5 == 0) else "",
            "lost_reason_id": reasons.get(reason) if reason else None,
            "next_step": STEPS[int(draws["step"][row])][0 if english else 1] if is_open else "",
            "next_step_on": first_day + datetime.timedelta(days=step_on) if is_open else None,
        })  # fmt: skip
    moments = writer.moments(day, at)
    columns = {key: [each[key] for each in rows] for key in rows[0]}
    bulk.append(
        Deal,
        {
            "id": deal_ids, **writer.shared("D", count, moments), "occurred_at": moments, **writer.place(customer),
            "staff_id": writer.user_ids[drawn["rep"][customer]], "channel_id": writer.contact_channels[draws["source"] % 4],
            **columns,
        },
    )  # fmt: skip
    bulk.append(DealLine, lines)
    staff = writer.user_ids[drawn["rep"][customer]]
    _write_phases(writer, phases, deal_ids, columns["base_amount"], at, staff)
    is_open = np.flatnonzero(np.array(columns["status"]) == "open")
    due = plan.days - 1 + draws["step_days"][is_open]
    titles = [columns["next_step"][row] for row in is_open.tolist()]
    _write_tasks(writer, titles, due, moments[is_open], customer[is_open], staff[is_open], deal_ids[is_open])
    return count


def _write_tasks(
    writer: Any, titles: list[str], due: Any, moments: Any, customer: Any, staff: Any, deal_ids: Any
) -> None:
    """The next step of every open deal."""
    from django.contrib.contenttypes.models import ContentType

    if not titles:
        return
    bulk.append(
        Task,
        {
            **writer.shared("T", len(titles), moments), "occurred_at": moments, **writer.place(customer),
            "staff_id": staff, "title": titles, "source": "follow_up",
            "due_at": writer.moments(due, writer.np.full(len(titles), 18 * 60)),
            "about_type_id": ContentType.objects.get_for_model(Deal).pk, "about_id": deal_ids,
        },
    )  # fmt: skip


def _lines(
    writer: Any, random: Any, lines: dict[str, list[Any]], row: int, deal_ids: Any, number: int, popularity: Any,
    scale: float, discount: int,
) -> float:  # fmt: skip
    """Lines of one deal; what they come to."""
    total = Decimal(0)
    chosen = random.choice(len(popularity), number, replace=False, p=popularity / popularity.sum())
    for position, product in enumerate(chosen.tolist(), 1):
        quantity = int(max(2, round(random.gamma(2, 9) * scale)))
        price, cost = names.PRODUCTS[product][4], names.PRODUCTS[product][5]
        amount = (Decimal(str(price)) * quantity * (100 - discount) / 100).quantize(Decimal("0.0001"))
        total += amount
        values = {
            "deal_id": int(deal_ids[row]), "position": position, "product_id": int(writer.product_ids[product]),
            "quantity": quantity, "unit_price": price, "discount": discount, "unit_cost": cost, "amount": float(amount),
        }  # fmt: skip
        for key, value in values.items():
            lines[key].append(value)
    return float(total.quantize(Decimal("0.01")))


def _write_phases(
    writer: Any,
    phases: list[tuple[int, int, int, int | None]],
    deal_ids: Any,
    amounts: list[float],
    at: Any,
    staff: Any,
) -> None:
    np = writer.np
    deal = np.array([each[0] for each in phases])
    left = np.array([-1 if each[3] is None else each[3] for each in phases])
    left_at = writer.moments(np.maximum(left, 0), at[deal])
    bulk.append(
        DealPhase,
        {
            "deal_id": deal_ids[deal], "stage_id": [each[1] for each in phases],
            "entered_at": writer.moments(np.array([each[2] for each in phases]), at[deal]),
            "left_at": np.where(left < 0, np.datetime64("NaT"), left_at),
            "base_amount": np.array(amounts)[deal],
            "user_id": staff[deal],
        },
    )  # fmt: skip
