from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: users come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
