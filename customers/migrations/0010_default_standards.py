"""How often each relationship class is contacted, as every company starts."""

from django.db import migrations

DAYS = {"ordinary": 60, "key": 14, "organisational": 30}


def create(apps, schema_editor):
    Standard = apps.get_model("customers", "RelationClassStandard")
    for code, days in DAYS.items():
        Standard.objects.get_or_create(relation_class=code, defaults={"contact_interval_days": days})


def remove(apps, schema_editor):
    """The table goes with the migration before this one."""


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_standards_of_relationship_classes")]
    operations = [migrations.RunPython(create, remove)]
