from django import template
from django.conf import settings

from crm.accounts.models import User

register = template.Library()


@register.simple_tag
def demo_users() -> list[User]:
    """Whom visitors of the demo company may sign in as; nobody outside the demo."""
    if not settings.DEMO:
        return []
    return list(User.objects.filter(is_demo=True, is_active=True, role__isnull=False).select_related("role")[:10])


@register.filter
def page_query(request_query: object, page: int) -> str:
    """The query string of another page of the same list."""
    query = request_query.copy()  # type: ignore[attr-defined]
    query["page"] = page
    return str(query.urlencode())
