"""What the floors below know of duplicates: the check of forms, API and imports, the survivor of a merge, the menu."""

from django.utils.translation import gettext_lazy as _

from crm.records import duplicates, menu
from customers.duplicates import finding, keys, merging
from customers.duplicates.pages import may_merge

duplicates.register("customer", finding.check, watched=keys.FIELDS, survivor=merging.survivor_of)

menu.register_item(
    "duplicates",
    group="customers",
    label=_("Duplicates"),
    url_name="customers:duplicate_list",
    icon="copy",
    order=300,
    is_visible=may_merge,
)
