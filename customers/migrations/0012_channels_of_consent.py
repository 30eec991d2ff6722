"""Customers agree to mail, calls, messages and letters; letters are a channel from now on."""

from django.db import migrations

ASKED = ["email", "phone", "message", "post"]
POST = {
    "name": "Post",
    "name_zh_hans": "邮寄",
    "name_zh_hant": "郵寄",
    "for_contacts": True,
    "for_sales": False,
}


def begin(apps, schema_editor):
    Channel = apps.get_model("customers", "Channel")
    Channel.objects.get_or_create(code="post", defaults=POST)
    Channel.objects.filter(code__in=ASKED).update(for_consent=True)


def end(apps, schema_editor):
    Channel = apps.get_model("customers", "Channel")
    Customer = apps.get_model("customers", "Customer")
    Channel.objects.update(for_consent=False)
    used = Customer.objects.exclude(channel=None).values("channel_id")
    Channel.objects.filter(code="post").exclude(pk__in=used).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_privacy")]
    operations = [migrations.RunPython(begin, end)]
