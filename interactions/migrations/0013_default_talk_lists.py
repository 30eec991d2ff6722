"""Observations, objections with answers and talk guides, as every company starts with them."""

from django.db import migrations

OBSERVATIONS = [
    # code, English, Simplified Chinese, Traditional Chinese
    ("interested", "Interested", "有兴趣", "有興趣"),
    ("hesitates_at_price", "Hesitates at the price", "对价格犹豫", "對價格猶豫"),
    ("in_a_hurry", "In a hurry", "时间紧", "時間緊"),
    ("doubts_quality", "Doubts the quality", "对质量有疑虑", "對質量有疑慮"),
    ("compares", "Compares with others", "在比较同行", "在比較同行"),
    ("friendly", "Open and friendly", "态度友好", "態度友好"),
    ("reserved", "Reserved", "态度保留", "態度保留"),
]

OBJECTIONS = [
    ("too_expensive", "Too expensive", "太贵", "太貴"),
    ("no_need", "No need now", "目前不需要", "目前不需要"),
    ("other_supplier", "Has another supplier", "已有供应商", "已有供應商"),
    ("delivery_too_long", "Delivery takes too long", "交货太慢", "交貨太慢"),
    ("must_ask", "Must ask somebody first", "需要请示", "需要請示"),
]

ANSWERS = [
    # objection, code, names, texts
    (
        "too_expensive", "A-1", ("Split the payment", "分期付款", "分期付款"),
        ("Offer to pay in two parts.", "可以分两次付款。", "可以分兩次付款。"),
    ),
    (
        "too_expensive", "A-2", ("Compare the cost of a year", "比较全年成本", "比較全年成本"),
        (
            "Add up price, returns and repairs of a year and compare.",
            "把全年的价格、退货和维修加起来比较。",
            "把全年的價格、退貨和維修加起來比較。",
        ),
    ),
    (
        "no_need", "A-3", ("Ask when the need comes", "询问需求时间", "詢問需求時間"),
        ("Ask when it is needed and call then.", "询问何时需要，到时再联系。", "詢問何時需要，到時再聯繫。"),
    ),
    (
        "other_supplier", "A-4", ("Offer a small first order", "先下小单试用", "先下小單試用"),
        ("Offer a small order to compare.", "建议先下小单比较。", "建議先下小單比較。"),
    ),
    (
        "delivery_too_long", "A-5", ("Promise a date", "承诺交货日期", "承諾交貨日期"),
        ("Ask the warehouse and promise a date.", "向仓库确认后承诺日期。", "向倉庫確認後承諾日期。"),
    ),
    (
        "must_ask", "A-6", ("Meet the one who decides", "约见决策人", "約見決策人"),
        ("Ask to talk to the one who decides.", "请求与决策人沟通。", "請求與決策人溝通。"),
    ),
]  # fmt: skip

GUIDES = [
    # concern, names, questions and points in three languages
    (
        "price", ("When the price matters", "客户关注价格时", "客戶關注價格時"),
        (
            "What do you compare our price with?\nWhich quantity do you need in a year?\nWhat matters besides the price?",
            "您拿我们的价格和谁比较？\n您一年需要多少数量？\n除了价格，您还看重什么？",
            "您拿我們的價格和誰比較？\n您一年需要多少數量？\n除了價格，您還看重什麼？",
        ),
        (
            "Compare the cost of a whole year\nShow the prices of larger quantities",
            "比较全年成本\n说明批量价格",
            "比較全年成本\n說明批量價格",
        ),
    ),
    (
        "quality", ("When quality matters", "客户关注质量时", "客戶關注質量時"),
        (
            "Where did quality disappoint you before?\nHow do you check it?\nWho uses it every day?",
            "以前在质量上遇到过什么问题？\n您如何检验质量？\n每天由谁使用？",
            "以前在質量上遇到過什麼問題？\n您如何檢驗質量？\n每天由誰使用？",
        ),
        ("Offer a sample\nName a customer who uses it", "提供样品\n介绍使用中的客户", "提供樣品\n介紹使用中的客戶"),
    ),
    (
        "offers", ("When offers matter", "客户关注优惠时", "客戶關注優惠時"),
        (
            "Which offer did you like last time?\nWhen do you buy next?\nWhich products would you add?",
            "上次哪种优惠您最满意？\n下次打算何时购买？\n还想加购哪些产品？",
            "上次哪種優惠您最滿意？\n下次打算何時購買？\n還想加購哪些產品？",
        ),
        ("Name the offers that run now", "介绍当前优惠", "介紹當前優惠"),
    ),
    (
        "delivery", ("When delivery matters", "客户关注交货时", "客戶關注交貨時"),
        (
            "By when do you need it?\nWhat happens when it comes late?\nWhere is it delivered to?",
            "最晚何时需要？\n晚到会有什么影响？\n送到哪里？",
            "最晚何時需要？\n晚到會有什麼影響？\n送到哪裡？",
        ),
        ("Name the day that is sure\nOffer to deliver in parts", "说明确定的日期\n可以分批交货", "說明確定的日期\n可以分批交貨"),
    ),
    (
        "service", ("When service matters", "客户关注服务时", "客戶關注服務時"),
        (
            "What help did you need last year?\nHow quickly must we answer?\nWho should be our contact?",
            "去年您需要过哪些帮助？\n多快需要答复？\n由谁与我们联系？",
            "去年您需要過哪些幫助？\n多快需要答覆？\n由誰與我們聯繫？",
        ),
        ("Name the person who answers", "介绍负责答复的人", "介紹負責答覆的人"),
    ),
]  # fmt: skip

LANGUAGES = ("", "_zh_hans", "_zh_hant")


def create(apps, schema_editor):
    def model(name):
        return apps.get_model("interactions", name)

    def in_three(name, texts):
        return {f"{name}{language}": text for language, text in zip(LANGUAGES, texts, strict=True)}

    for name, rows in (("Observation", OBSERVATIONS), ("Objection", OBJECTIONS)):
        for code, *names in rows:
            model(name).objects.get_or_create(code=code, defaults=in_three("name", names))
    for objection, code, names, texts in ANSWERS:
        model("ObjectionAnswer").objects.get_or_create(
            code=code,
            defaults={
                "objection": model("Objection").objects.get(code=objection),
                **in_three("name", names),
                **in_three("text", texts),
            },
        )
    for concern, names, questions, points in GUIDES:
        if not model("TalkGuide").objects.filter(concern=concern).exists():
            model("TalkGuide").objects.create(
                concern=concern, **in_three("name", names), **in_three("questions", questions), **in_three("points", points)
            )


def remove(apps, schema_editor):
    """The tables go with the migration before this one."""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0012_talks")]
    operations = [migrations.RunPython(create, remove)]
