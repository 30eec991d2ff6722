"""Founding the company, inviting users, changing what they are: each one transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Company, Invitation, Region, Role, Unit, User

INVITATION_DAYS = 7
LAST_ADMINISTRATOR = gettext_lazy("Somebody must remain who manages users and settings.")

logger = logging.getLogger(__name__)


class AlreadyFounded(Exception):
    """There is a company or a user already."""


class InvitationClosed(Exception):
    """The invitation was used, withdrawn or has run out."""


def is_empty() -> bool:
    """Nobody has set this installation up yet: no company with a name, no user.

    An import into an empty installation keeps time zone and currency in a company without a name.
    """
    return not Company.objects.exclude(name="").exists() and not User.objects.exists()


def found_company(*, company: Company, administrator: User) -> User:
    """Save the company and its first administrator. Of two founders at once one wins: there is only one row 1."""
    try:
        with transaction.atomic():
            Company.objects.filter(name="").delete()
            company.save(force_insert=True)
            if User.objects.exists():
                raise AlreadyFounded
            administrator.role = Role.objects.get(code=Role.ADMINISTRATOR)
            administrator.language = administrator.language or company.language
            administrator.save()
    except IntegrityError as error:
        raise AlreadyFounded from error
    return administrator


@contextmanager
def keeping_an_administrator() -> Iterator[None]:
    """Undo what is done inside, with a ValidationError, when it leaves nobody who manages the house.

    The administrators' rows are locked first, so that two who dismiss each other wait for one another.
    """
    with transaction.atomic():
        list(User.objects.administrators().select_for_update(of=("self",)).values_list("pk", flat=True))
        yield
        if not User.objects.administrators().exists():
            raise ValidationError(LAST_ADMINISTRATOR)


def change_user(user: User) -> User:
    """Save a user's role, places or names."""
    with keeping_an_administrator():
        user.save()
    return user


def set_active(user: User, is_active: bool) -> User:
    """Let a user in again, or out at the next request."""
    with keeping_an_administrator():
        user.is_active = is_active
        user.save(update_fields=["is_active"])
    return user


def save_role(role: Role) -> Role:
    with keeping_an_administrator():
        role.save()
    return role


def invite(
    *,
    email: str,
    role: Role,
    invited_by: User,
    unit: Unit | None = None,
    region: Region | None = None,
    language: str = "en",
) -> Invitation:
    """An open invitation; one that was still open for this address is replaced."""
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, accepted_at=None).delete()
        return Invitation.objects.create(
            email=email,
            role=role,
            unit=unit,
            region=region,
            language=language,
            invited_by=invited_by,
            expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
        )


def renew(invitation: Invitation) -> Invitation:
    """A new link and a new week; the old link is dead."""
    invitation.token = Invitation._meta.get_field("token").get_default()
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["token", "expires_at"])
    return invitation


def send_invitation(invitation: Invitation, *, link: str, company: Company) -> bool:
    """Mail the link in the language of the invited. False when no mail could be sent: the link is then passed on."""
    context: dict[str, Any] = {"invitation": invitation, "link": link, "company": company, "days": INVITATION_DAYS}
    with translation.override(invitation.language):
        subject = _("Your access to the customer system of %(company)s") % {"company": company.name or "Clientele"}
        text = render_to_string("accounts/mail/invitation.txt", context)
    try:
        send_mail(" ".join(subject.split()), text, None, [invitation.email])
    except (OSError, SMTPException):
        logger.exception("The invitation to user %s could not be mailed.", invitation.pk)
        return False
    return True


def accept(invitation: Invitation, user: User) -> User:
    """Make the user an invitation promised, once."""
    with transaction.atomic():
        now = timezone.now()
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now).update(
            accepted_at=now
        )
        if not taken:
            raise InvitationClosed
        user.email = invitation.email
        user.role = invitation.role
        user.unit = invitation.unit
        user.region = invitation.region
        user.language = invitation.language
        user.save()
    return user
