"""The sentences of this floor, and where notices stand in the frame of every page."""

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.records import menu, notices
from crm.records.notices.models import Notice, NoticeQuerySet


def unread(user: User) -> NoticeQuerySet:
    return Notice.objects.unread_of(user)


def register() -> None:
    notices.register("given", _("%(by)s gave you “%(what)s”"), icon="user-check")
    notices.register("given_by_the_house", _("“%(what)s” is yours now"), icon="user-check")
    notices.register("given_many", _("%(by)s gave you %(count)s records: %(what)s"), icon="user-check")
    menu.register_item(
        "notice", group="work", label=_("Notifications"), url_name="records:notice_list", icon="bell", order=60
    )
    menu.register_badge("notice", unread)
