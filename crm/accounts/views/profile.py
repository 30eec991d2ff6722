"""What readers set for themselves, and the logo everybody sees."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from crm.accounts.forms import ProfileForm
from crm.accounts.models import Company, User
from crm.accounts.views.doors import action, form_page, read_page, reader


@form_page
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: an invalid form must not change the name that the rest of the page shows.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=reader(request).pk))
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with translation.override(user.language or None):
            messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_not_required
@action
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the browser, and of a signed-in reader for good; then back to the page."""
    language = request.POST.get("language", "")
    target = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = redirect(target if here else "/")
    if language not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@read_page
def logo(request: HttpRequest) -> HttpResponseBase:
    """The company's logo: also the sign-in page shows it."""
    company: Company = request.company  # type: ignore[attr-defined]
    if not company.logo:
        raise Http404
    try:
        picture = company.logo.open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(picture, content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
