"""What may be counted of the fields of customer files: how many are filled, wrong, shared, and how fresh they are."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import RATE, Dimension, Measure, Pairs, Type, codes, vocabulary
from customers.quality import checks

BASE = "customer_fields"


def _fields() -> Pairs:
    from analytics.facts import customer_fields

    return [(key, capfirst(label)) for key, label in customer_fields.names()]


def _problems() -> Pairs:
    return [(code, capfirst(words)) for code, words in checks.PROBLEMS.items()]


vocabulary.add(
    Dimension("field", _("Field"), "field", labels=_fields),
    Dimension("problem", _("What is wrong"), "problem", labels=_problems, null_label=_("nothing")),
    Dimension(
        "source",
        _("Source"),
        on_customer="source",
        labels=codes(
            ("hand", _("Entered by hand")),
            ("import", _("Import")),
            ("api", _("API")),
            ("demo", _("Demo company")),
        ),
    ),
    Dimension("import_batch", _("File or key"), on_customer="batch_id", names="batches", null_label=_("by hand")),
    Measure(
        "customers",
        _("Customers"),
        BASE,
        "COUNT(DISTINCT f.customer_id)",
        records="f.customer_id IS NOT NULL",
        help=_("Customers of a type that has such a field, those whose personal data was erased not among them"),
    ),
    Measure(
        "filled",
        _("Filled"),
        BASE,
        "COUNT(CASE WHEN f.is_filled THEN 1 END)",
        records="f.is_filled",
        is_additive=True,
    ),
    Measure(
        "missing",
        _("Missing"),
        BASE,
        "COUNT(CASE WHEN NOT f.is_filled THEN 1 END)",
        records="NOT f.is_filled",
        is_additive=True,
    ),
    Measure(
        "completeness",
        _("Completeness"),
        BASE,
        "COUNT(CASE WHEN f.is_filled THEN 1 END) / NULLIF(COUNT(*) * 1.0, 0)",
        **RATE,
        records="f.is_filled",
        help=_("Filled / filled and missing"),
    ),
    Measure(
        "invalid",
        _("Invalid"),
        BASE,
        "COUNT(f.problem)",
        records="f.problem IS NOT NULL",
        is_additive=True,
        help=_("Filled with something that cannot be right, as far as that can be told for sure"),
    ),
    Measure(
        "duplicates",
        _("Not unique"),
        BASE,
        "COUNT(CASE WHEN f.is_shared THEN 1 END)",
        records="f.is_shared",
        is_additive=True,
        help=_("Phone, e-mail or tax number that another customer has too"),
    ),
    Measure(
        "newest",
        _("Newest"),
        BASE,
        "MAX(CASE WHEN f.is_filled THEN f.changed_on END)",
        type=Type.DATE,
        records="f.is_filled",
        help=_("Last change of a file in which it is filled"),
    ),
    Measure(
        "oldest",
        _("Oldest"),
        BASE,
        "MIN(CASE WHEN f.is_filled THEN f.changed_on END)",
        type=Type.DATE,
        records="f.is_filled",
        help=_("The file in which it is filled that was not touched for longest"),
    ),
)
