"""Stages, reasons for losing and sources of deals, as every company starts with them."""

from django.db import migrations

STAGES = [
    # code, English, Simplified Chinese, Traditional Chinese, probability, outcome
    ("qualified", "Need known", "需求确认", "需求確認", 10, "open"),
    ("solution", "Solution shown", "方案沟通", "方案溝通", 25, "open"),
    ("quote", "Quote sent", "已报价", "已報價", 50, "open"),
    ("negotiation", "Negotiation", "商务谈判", "商務談判", 75, "open"),
    ("won", "Won", "赢单", "贏單", 100, "won"),
    ("lost", "Lost", "输单", "輸單", 0, "lost"),
]

REASONS = [
    ("price", "Price", "价格", "價格"),
    ("competitor", "Went to a competitor", "选择了竞争对手", "選擇了競爭對手"),
    ("no_budget", "No budget", "没有预算", "沒有預算"),
    ("no_need", "No need any more", "需求取消", "需求取消"),
    ("product", "Product does not fit", "产品不符合要求", "產品不符合要求"),
    ("timing", "Wrong time", "时机不合适", "時機不合適"),
    ("service", "Service or delivery", "服务或交货", "服務或交貨"),
    ("no_answer", "No answer any more", "失去联系", "失去聯繫"),
    ("other", "Other", "其他", "其他"),
]

SOURCES = [
    ("enquiry", "Enquiry", "客户咨询", "客戶諮詢"),
    ("visit", "Visit", "上门拜访", "上門拜訪"),
    ("referral", "Referral", "客户介绍", "客戶介紹"),
    ("existing", "Existing customer", "老客户", "老客戶"),
    ("campaign", "Campaign", "营销活动", "營銷活動"),
    ("website", "Website", "网站", "網站"),
    ("tender", "Tender", "招标", "招標"),
    ("other", "Other", "其他", "其他"),
]


def create(apps, schema_editor):
    Stage = apps.get_model("interactions", "DealStage")
    for rank, (code, name, hans, hant, probability, outcome) in enumerate(STAGES, 1):
        Stage.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_zh_hans": hans,
                "name_zh_hant": hant,
                "rank": 10 * rank,
                "probability": probability,
                "outcome": outcome,
            },
        )
    for model_name, rows in (("LostReason", REASONS), ("DealSource", SOURCES)):
        model = apps.get_model("interactions", model_name)
        for code, name, hans, hant in rows:
            model.objects.get_or_create(
                code=code, defaults={"name": name, "name_zh_hans": hans, "name_zh_hant": hant}
            )


def remove(apps, schema_editor):
    """The tables go with the migration before this one."""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0009_deals")]
    operations = [migrations.RunPython(create, remove)]
