"""What people wrote in the demo company: subjects and sentences, in English and Chinese side by side.

A text of a record stays in the language its writer used; a quarter of the customers write English.
"""

CONTACT_SUBJECTS = (
    ("Asked how the last delivery went", "询问上次送货情况"),
    ("Offered the new season's products", "介绍当季新品"),
    ("Discussed prices for a larger order", "商谈大宗订货价格"),
    ("Reminded of the open quotation", "跟进未答复的报价"),
    ("Birthday greetings", "生日问候"),
    ("Agreed on the next delivery date", "约定下次送货日期"),
    ("Answered a question on brewing", "解答冲泡问题"),
    ("Checked the stock at the customer's", "了解客户库存"),
    ("Invited to the tasting event", "邀请参加品鉴会"),
    ("Talked about satisfaction with the service", "了解服务满意度"),
)
NOT_REACHED = ("Not reached", "未联系上")
COMPETITOR_SUBJECT = ("Compares our prices with Rival Co", "拿我们与 Rival Co 比较价格")
CONTACT_RESULTS = (("Wants an offer", "需要报价"), ("Satisfied", "满意"), ("Will think about it", "再考虑"), ("", ""))
NEXT_STEPS = (
    ("Send the offer", "发送报价"),
    ("Call again", "再次致电"),
    ("Bring samples", "带样品上门"),
    ("Confirm the quantity", "确认数量"),
)

# whose desk, what, due how many days after the last day
DESK_TASKS = (
    ("rep", ("Call back about the quotation", "回电跟进报价"), -1),
    ("rep", ("Confirm tomorrow's delivery", "确认明日送货"), 0),
    ("rep", ("Send the invitation to the tasting", "寄送品鉴会邀请"), 0),
    ("service", ("Ask whether the replacement works", "询问换货后是否正常"), -2),
    ("service", ("Send the return label", "发送退货标签"), 0),
    ("service", ("Tell the supplier about the flickering lamps", "向供应商反馈台灯闪烁问题"), 0),
    ("manager", ("Decide on the special price", "审批特价申请"), -1),
    ("manager", ("Visit together with the sales representative", "与销售代表一同拜访客户"), 0),
    ("manager", ("Thank for the long partnership", "致谢长期合作"), 0),
    ("manager", ("Prepare the yearly talk", "准备年度洽谈"), 3),
)

# opinion type code -> subjects
COMPLAINTS = (
    ("delivery", (("Delivery came late", "送货迟到"), ("One parcel is missing", "少了一件包裹"), ("Box arrived damaged", "包装破损"))),
    ("quality", (("Lamp flickers", "灯光闪烁"), ("Glaze has cracks", "釉面有裂纹"), ("Taste differs from last time", "味道与上次不同"))),
    ("billing", (("Charged twice", "重复收费"), ("Discount is missing", "未给折扣"), ("Invoice has the wrong title", "发票抬头错误"))),
    ("service", (("Nobody called back", "无人回电"), ("Was given wrong advice", "给了错误的建议"), ("Waited too long", "等待太久"))),
)  # fmt: skip
FAULT_SUBJECT = ("Aurora lamp flickers", "极光台灯闪烁")
SOLUTIONS = (
    ("Sent a replacement", "已换货"),
    ("Refunded the amount", "已退款"),
    ("Explained and apologised", "已解释并致歉"),
)
FAILURE_CAUSES = ("part_unavailable", "offer_refused", "supplier_failed", "not_reproducible")

ENQUIRY_TOPICS = ("product", "price", "delivery", "service", "other")
ENQUIRIES = (
    (("Which tea suits an office?", "办公室适合哪种茶？"), ("Is the lamp dimmable?", "这款灯可以调光吗？"), ("Is it dishwasher safe?", "可以用洗碗机吗？")),
    (("Price for 50 pieces?", "50件什么价格？"), ("Is there a dealer price?", "有经销商价吗？"), ("Is the autumn offer still valid?", "秋季优惠还有吗？")),
    (("How long is delivery to the west?", "送到西部要几天？"), ("Can you deliver on Saturday?", "周六能送货吗？"), ("Do you ship to Hong Kong?", "能寄到香港吗？")),
    (("How long is the warranty?", "保修期多久？"), ("Where can I have it repaired?", "在哪里可以维修？"), ("Do you engrave gifts?", "礼品可以刻字吗？")),
    (("Do you have an open day?", "有开放日吗？"), ("Are you hiring?", "你们在招聘吗？"), ("May we visit the tea garden?", "可以参观茶园吗？")),
)  # fmt: skip
ANSWER = ("Answered with the data sheet", "已发送资料并答复")

SEGMENTS = (
    # code, name, purpose, rule on the attribute registry
    (
        "regular-spenders",
        "Regular spenders · 常购客户",
        "Customers who order at least monthly; invited first to tastings and new arrivals.",
        {"all": [{"attribute": "orders_12_months", "op": "gte", "value": 12}]},
    ),
    (
        "valuable-and-silent",
        "Valuable and silent · 高价值沉默客户",
        "High-value customers whose next order is overdue; the owner calls within the week.",
        {
            "all": [
                {"attribute": "abc_class", "op": "is", "value": "A"},
                {"attribute": "churn_risk", "op": "in", "value": ["medium", "high"]},
            ]
        },
    ),
    (
        "new-organisations",
        "New organisations · 新组织客户",
        "Companies with one or two orders; shown the range and offered terms.",
        {
            "all": [
                {"attribute": "type", "op": "is", "value": "organisation"},
                {"attribute": "orders", "op": "between", "value": [1, 2]},
            ]
        },
    ),
    (
        "unhappy",
        "Unhappy · 不满意客户",
        "Two or more complaints in 90 days or one still open; service calls before sales does.",
        {
            "any": [
                {"attribute": "complaints_90_days", "op": "gte", "value": 2},
                {"attribute": "open_complaints", "op": "gte", "value": 1},
            ]
        },
    ),
    (
        "not-reached",
        "Not reached · 联系不上的客户",
        "None of the last three contacts was answered; another channel or another hour is tried.",
        {"all": [{"event": "contact", "measure": "answered", "op": "is", "value": 0, "window": {"last": 3}}]},
    ),
    (
        "complained-since-order",
        "Complained since the last order · 下单后有投诉",
        "Complained after the last order and is an active buyer: the owner hears the customer out before the next offer.",
        {
            "all": [
                {"event": "complaint", "measure": "count", "op": "gte", "value": 1, "window": {"since": "order"}},
                {"event": "order", "measure": "count", "op": "gte", "value": 2, "window": {"last_days": 365}},
            ]
        },
    ),
    (
        "forgotten",
        "Buying and forgotten · 有购买但无人联系",
        "Spent 5,000 or more in 90 days and heard nothing from us in 60: a thank-you call.",
        {
            "all": [
                {"event": "order", "measure": "amount", "op": "gte", "value": 5000, "window": {"last_days": 90}},
                {"event": "contact", "measure": "count", "op": "is", "value": 0, "window": {"last_days": 60}},
            ]
        },
    ),
)
