from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: users come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


def name_of_attempt(request: HttpRequest | None, credentials: dict | None = None) -> str:
    """The name that lock-out counts by: in one case only, and no longer than its column."""
    given = (credentials or {}).get("username") or (request.POST.get("login") if request else "")
    return str(given or "").strip().lower()[:255]
