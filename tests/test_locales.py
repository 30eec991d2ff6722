"""Everything a user reads is there in three languages."""

from crm import locales


def test_no_message_is_missing_fuzzy_or_has_other_placeholders():
    assert locales.faults() == []


def test_the_collection_finds_code_and_templates():
    found = {message.id for message in locales.collect() if isinstance(message.id, str)}
    assert {"Customers", "Skip to content", "Churn warning"} <= found


def test_terms_of_the_glossary_are_used():
    terms = {
        "customer": ("客户", "客戶"),
        "complaint": ("投诉", "投訴"),
        "enquiry": ("咨询", "諮詢"),
        "purchase cycle": ("购买周期", "購買週期"),
        "value tier": ("价值等级", "價值等級"),
        "churn risk": ("流失风险", "流失風險"),
        "lifecycle stage": ("生命周期阶段", "生命週期階段"),
        "Contact persons": ("联系人", "聯繫人"),
        "sales target": ("销售目标", "銷售目標"),
    }
    hans, hant = locales.load("zh_Hans"), locales.load("zh_Hant")
    for english, (simplified, traditional) in terms.items():
        assert hans.get(english).string == simplified
        assert hant.get(english).string == traditional
