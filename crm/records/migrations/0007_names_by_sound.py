"""Where records are indexed already, a job adds how their names sound."""

from django.db import migrations


def ask_for_a_new_index(apps, schema_editor):
    if apps.get_model("records", "SearchGram").objects.exists():
        apps.get_model("jobs", "Job").objects.create(name="records.reindex", key="records.reindex")


class Migration(migrations.Migration):
    dependencies = [("records", "0006_imports"), ("jobs", "0001_initial")]
    operations = [migrations.RunPython(ask_for_a_new_index, migrations.RunPython.noop)]
