"""What can be wrong with a question, said so that whoever asked can put it right."""

from django.utils.translation import gettext as _


class ReportError(Exception):
    """A question that cannot be answered as put: page and API answer 400, the command ends with 2."""


class UnknownReport(ReportError):
    """No such report, or none that this reader may see: page and API answer 404."""

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no report “%(slug)s”.") % {"slug": slug})
