"""Sentences that libraries lack in Chinese: named here, they get into our catalogues, which are asked first."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

STRINGS = (
    # django.contrib.auth, django.db
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "count",
    ),
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    # django-axes
    _("Account locked: too many login attempts. Please try again later."),
    _("Account locked: too many login attempts. Contact an admin to unlock your account."),
    # django-filter
    _("Range query expects two values."),
    _("Multiple values may be separated by commas."),
    _("Select a lookup."),
    _("exclude"),
    # django-phonenumber-field
    _("Phone number"),
    _("Enter a valid phone number."),
    _("Enter a valid phone number (e.g. {example_number})."),
    _("Enter a valid phone number (e.g. {example_number}) or a number with an international call prefix."),
    _("The phone number entered is not valid."),
    # django-tables2
    _("previous"),
    _("next"),
)
