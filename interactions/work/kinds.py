"""The kind of this room: tasks."""

from django.utils.translation import gettext_lazy as _

from crm.records import menu
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.work.models import Task

TASK = kinds.register(
    Kind(
        key="task",
        model=Task,
        label=_("task"),
        label_plural=_("Tasks"),
        hand_over={"status__in": (Task.Status.OPEN, Task.Status.IN_WORK)},
        path="tasks",
        icon="checkbox",
        form="interactions.work.forms.TaskForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("title", _("title"), source="title"),
            *of_customer_records(),
            Attribute("source", _("kind of task"), Type.CHOICE, source="source", choices=Task.Source.choices),
            Attribute("status", _("status"), Type.CHOICE, source="status", choices=Task.Status.choices),
            Attribute("priority", _("priority"), Type.CHOICE, source="priority", choices=Task.Priority.choices),
            Attribute("due_at", _("due"), Type.MOMENT, source="due_at"),
            Attribute(
                "description",
                _("what to do"),
                Type.LONG_TEXT,
                source="description",
                is_sortable=False,
                is_column=False,
            ),
            Attribute("outcome", _("result"), Type.LONG_TEXT, source="outcome", is_sortable=False, is_column=False),
            Attribute("completed_at", _("done at"), Type.MOMENT, source="completed_at", is_importable=False),
            Attribute("escalated_at", _("escalated at"), Type.MOMENT, source="escalated_at", is_importable=False),
            *provenance(),
        ),
        columns=("title", "customer", "due_at", "priority", "status", "source", "staff"),
        filters=("status", "due_at", "staff", "unit", "source", "priority", "customer"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": ("open", "in_work")}),
            Quick(_("Overdue"), {"status": ("open", "in_work"), "due_at_to": "now"}),
            Quick(_("Due today"), {"due_at_from": "today", "due_at_to": "today"}),
        ),
        summary=(
            (_("Task"), ("number", "customer", "source", "status", "priority", "due_at", "description")),
            (_("Result"), ("outcome", "completed_at")),
            (_("Who and where"), ("staff", "unit", "region", "occurred_at", "escalated_at")),
        ),
        search=("number", "title"),
        link="title",
        select_related=("customer", "staff", "unit", "region", "channel", "created_by"),
        order_by=("due_at", "id"),
        timeline=TimelineEntry(
            icon="checkbox", colour="orange", title="title", text="description", code="status", group="work"
        ),
        detail_template="interactions/task_detail.html",
        list_template="interactions/task_list.html",
        create_label=_("New task"),
    )
)

menu.register_badge("task", Task.objects.due_for)
