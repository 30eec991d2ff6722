"""The five roles every company starts with, and their rights. Administrators change them on the roles page.

A right is written as view/change/delete, then the letters c (may create) and e (may export):
"unit/own/none c" sees the own department, changes own records, deletes none, creates, does not export.
"""

from django.db import migrations

ROLES = [
    # code, English, Simplified Chinese, Traditional Chinese, home page, administrator, sets analysis rules
    ("sales_rep", "Sales representative", "销售代表", "銷售代表", "rep", False, False),
    ("service_agent", "Service agent", "客服人员", "客服人員", "service", False, False),
    ("manager", "Manager", "经理", "經理", "manager", False, True),
    ("executive", "Executive", "高层管理人员", "高層管理人員", "manager", False, False),
    ("administrator", "Administrator", "管理员", "管理員", "manager", True, True),
]

RIGHTS = {
    # kind: sales representative, service agent, manager, executive; an administrator has everything
    "customer": ("unit/own/none c", "all/own/none c", "unit/unit/unit ce", "all/none/none e"),
    "contact_person": ("unit/own/none c", "all/own/none c", "unit/unit/unit ce", "all/none/none e"),
    "category": ("all/none/none", "all/none/none", "all/all/all ce", "all/none/none e"),
    "product": ("all/none/none", "all/none/none", "all/all/all ce", "all/none/none e"),
    "order": ("unit/own/none c", "all/none/none", "unit/unit/unit ce", "all/none/none e"),
    "contact": ("unit/own/own c", "all/own/own c", "unit/unit/unit ce", "all/none/none e"),
    "complaint": ("unit/own/none c", "all/unit/none c", "unit/unit/unit ce", "all/none/none e"),
    "enquiry": ("unit/own/none c", "all/unit/none c", "unit/unit/unit ce", "all/none/none e"),
    "task": ("unit/own/own c", "unit/unit/own c", "unit/unit/unit ce", "all/own/own ce"),
    "target": ("own/none/none", "none/none/none", "unit/unit/unit ce", "all/none/none e"),
    "alert": ("unit/own/none", "own/own/none", "unit/unit/none e", "all/none/none e"),
    "segment": ("all/none/none", "all/none/none", "all/all/all ce", "all/none/none e"),
    "report": ("all/none/none", "all/none/none", "all/all/all ce", "all/none/none e"),
}

FIELDS = {
    # sensitivity: sales representative, service agent, manager, executive, administrator
    "public": ("write", "write", "write", "read", "write"),
    "contact": ("write", "write", "write", "read", "write"),
    "personal": ("write", "read", "write", "read", "write"),
    "identity": ("masked", "masked", "write", "masked", "write"),
    "finance": ("masked", "hidden", "write", "read", "write"),
}

# The executive changes nothing but own tasks, whose fields are all public.
FIELDS_OF_KINDS = [("executive", "task", "public", "write")]


def create(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    AccessRule = apps.get_model("accounts", "AccessRule")
    FieldRight = apps.get_model("accounts", "FieldRight")
    for place, (code, name, hans, hant, home, is_administrator, may_manage_analysis) in enumerate(ROLES):
        role, is_new = Role.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_zh_hans": hans,
                "name_zh_hant": hant,
                "home": home,
                "is_administrator": is_administrator,
                "may_manage_analysis": may_manage_analysis,
            },
        )
        if not is_new:
            continue  # kept by `remove` because somebody held it, with the rights it had
        for kind, rights in RIGHTS.items():
            scopes, _, letters = ("all/all/all ce" if is_administrator else rights[place]).partition(" ")
            view, change, delete = scopes.split("/")
            AccessRule.objects.create(
                role=role,
                kind=kind,
                view=view,
                change=change,
                delete=delete,
                may_create="c" in letters,
                may_export="e" in letters,
            )
        for sensitivity, levels in FIELDS.items():
            FieldRight.objects.create(role=role, kind="", sensitivity=sensitivity, level=levels[place])
        for holder, kind, sensitivity, level in FIELDS_OF_KINDS:
            if holder == code:
                FieldRight.objects.create(role=role, kind=kind, sensitivity=sensitivity, level=level)


def remove(apps, schema_editor):
    """Takes back what nobody holds: a role in use stays with its rights."""
    Role = apps.get_model("accounts", "Role")
    codes = [code for code, *_ in ROLES]
    Role.objects.filter(code__in=codes, users__isnull=True, invitation__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
