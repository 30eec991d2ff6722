"""Opinion types of complaints and causes of failure, as every company starts with them."""

from django.db import migrations

OPINION_TYPES = [
    # code, English, Simplified Chinese, Traditional Chinese
    ("quality", "Product quality", "产品质量", "產品質量"),
    ("delivery", "Delivery", "送货", "送貨"),
    ("service", "Service", "服务", "服務"),
    ("attitude", "Staff attitude", "服务态度", "服務態度"),
    ("price", "Price", "价格", "價格"),
    ("billing", "Billing and payment", "账单与付款", "賬單與付款"),
    ("information", "Information", "产品说明", "產品說明"),
    ("other", "Other", "其他", "其他"),
]

FAILURE_CAUSES = [
    ("part_unavailable", "Part or product unavailable", "配件或产品缺货", "配件或產品缺貨"),
    ("offer_refused", "Offer refused by the customer", "客户不接受方案", "客戶不接受方案"),
    ("out_of_warranty", "Out of warranty", "超出保修期", "超出保修期"),
    ("against_policy", "Against company policy", "不符合公司规定", "不符合公司規定"),
    ("supplier_failed", "Supplier did not deliver", "供应商未能履约", "供應商未能履約"),
    ("not_reproducible", "Fault could not be found", "故障无法重现", "故障無法重現"),
    ("customer_unreachable", "Customer could not be reached", "无法联系客户", "無法聯繫客戶"),
    ("other", "Other", "其他", "其他"),
]


def create(apps, schema_editor):
    for model_name, rows in (("OpinionType", OPINION_TYPES), ("FailureCause", FAILURE_CAUSES)):
        model = apps.get_model("interactions", model_name)
        for code, name, hans, hant in rows:
            model.objects.get_or_create(
                code=code, defaults={"name": name, "name_zh_hans": hans, "name_zh_hant": hant}
            )


def remove(apps, schema_editor):
    """Takes back the rows of this migration that no complaint uses."""
    for model_name, field, rows in (
        ("OpinionType", "opinion_type", OPINION_TYPES),
        ("FailureCause", "failure_cause", FAILURE_CAUSES),
    ):
        Complaint = apps.get_model("interactions", "Complaint")
        used = Complaint.objects.exclude(**{field: None}).values(f"{field}_id")
        model = apps.get_model("interactions", model_name)
        model.objects.filter(code__in=[code for code, *_ in rows]).exclude(pk__in=used).delete()


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
