"""The ways customers and company meet, as every company starts with them."""

from django.db import migrations

CHANNELS = [
    # code, English, Simplified Chinese, Traditional Chinese, for contacts, for sales
    ("phone", "Phone", "电话", "電話", True, True),
    ("email", "E-mail", "电子邮件", "電子郵件", True, True),
    ("visit", "Visit", "拜访", "拜訪", True, True),
    ("message", "Message", "消息", "訊息", True, False),
    ("web", "Web", "网站", "網站", True, True),
    ("store", "Store", "门店", "門店", True, True),
    ("partner", "Partner", "合作伙伴", "合作夥伴", False, True),
]


def create(apps, schema_editor):
    Channel = apps.get_model("customers", "Channel")
    for code, name, hans, hant, for_contacts, for_sales in CHANNELS:
        Channel.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_zh_hans": hans,
                "name_zh_hant": hant,
                "for_contacts": for_contacts,
                "for_sales": for_sales,
            },
        )


def remove(apps, schema_editor):
    """Takes back the channels of this migration that no customer came through."""
    Channel = apps.get_model("customers", "Channel")
    Customer = apps.get_model("customers", "Customer")
    used = Customer.objects.exclude(channel=None).values("channel_id")
    Channel.objects.filter(code__in=[code for code, *_ in CHANNELS]).exclude(pk__in=used).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
