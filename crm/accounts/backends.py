from allauth.account.auth_backends import AuthenticationBackend

from crm.accounts.models import User


class SignInBackend(AuthenticationBackend):
    """User name or e-mail and password; a request's user comes with role and places, which every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("role", "unit", "region").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
