"""What the built-in roles may do with cost entries, written as in accounts.0002_default_roles."""

from django.db import migrations

ROLES = ["sales_rep", "service_agent", "manager", "executive"]
RIGHTS = {
    # kind: sales representative, service agent, manager, executive; an administrator has everything
    "cost_entry": ("none/none/none", "none/none/none", "all/unit/unit ce", "all/none/none e"),
}


def create(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    AccessRule = apps.get_model("accounts", "AccessRule")
    for kind, rights in RIGHTS.items():
        for code, text in [*zip(ROLES, rights, strict=True), ("administrator", "all/all/all ce")]:
            role = Role.objects.filter(code=code).first()
            if role is None:
                continue
            scopes, _, letters = text.partition(" ")
            view, change, delete = scopes.split("/")
            AccessRule.objects.get_or_create(
                role=role,
                kind=kind,
                defaults={
                    "view": view,
                    "change": change,
                    "delete": delete,
                    "may_create": "c" in letters,
                    "may_export": "e" in letters,
                },
            )


def remove(apps, schema_editor):
    apps.get_model("accounts", "AccessRule").objects.filter(kind__in=RIGHTS).delete()


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_cost_entries_and_value"), ("accounts", "0007_privacy_right")]
    operations = [migrations.RunPython(create, remove)]
