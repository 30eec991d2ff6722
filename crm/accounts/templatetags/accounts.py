from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.accounts.models import AccessRule, User
from crm.accounts.settings_pages import listed

register = template.Library()


@register.simple_tag
def demo_users() -> list[User]:
    """Whom visitors of the demo company may sign in as; nobody outside the demo."""
    if not settings.DEMO:
        return []
    return list(User.objects.filter(is_demo=True, is_active=True, role__isnull=False).select_related("role")[:10])


@register.simple_tag
def single_sign_on() -> dict[str, str] | None:
    """Where to sign in with the company's own account, and what it is called; None where there is none."""
    if not settings.OIDC_ISSUER:
        return None
    address = reverse("openid_connect_login", args=[settings.OIDC_PROVIDER])
    return {"address": address, "name": settings.OIDC_NAME or _("company account")}


@register.filter
def settings_pages(request: Any) -> list[dict[str, Any]]:
    """The list at the side of the settings pages."""
    return listed(request.resolver_match.view_name)


@register.filter
def scope_word(scope: str) -> str:
    """A scope in one word, for the cells of the matrix."""
    words = {
        AccessRule.Scope.NONE: "–",
        AccessRule.Scope.OWN: _("own"),
        AccessRule.Scope.UNIT: _("department"),
        AccessRule.Scope.REGION: _("region"),
        AccessRule.Scope.ALL: _("all"),
    }
    return str(words[AccessRule.Scope(scope)])


@register.filter
def page_query(request_query: object, page: int) -> str:
    """The query string of another page of the same list."""
    query = request_query.copy()  # type: ignore[attr-defined]
    query["page"] = page
    return str(query.urlencode())
