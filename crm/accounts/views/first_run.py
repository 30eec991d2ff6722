"""The page that founds the company, once."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from crm.accounts import services
from crm.accounts.forms import CompanyForm, FirstAdministratorForm
from crm.accounts.founding import OffersForm
from crm.accounts.models import Company
from crm.accounts.views.doors import form_page

LATER = ("watermark", "watermark_text", "watermark_in_csv")  # not a question of the first day


@login_not_required
@sensitive_post_parameters("password1", "password2")
@form_page
def welcome(request: HttpRequest) -> HttpResponse:
    if not services.is_empty():
        raise Http404
    first = Company.objects.current()  # what an import has found out, or the defaults
    first.language = request.LANGUAGE_CODE or "en"
    company_form = CompanyForm(request.POST or None, request.FILES or None, instance=first)
    for name in LATER:
        del company_form.fields[name]
    user_form = FirstAdministratorForm(request.POST or None)
    offers_form = OffersForm(request.POST or None)
    if request.method == "POST" and all([company_form.is_valid(), user_form.is_valid(), offers_form.is_valid()]):
        try:
            user = services.found_company(
                company=company_form.save(commit=False), administrator=user_form.save(commit=False)
            )
        except services.AlreadyFounded:
            raise Http404 from None
        offers_form.act(user)
        login(request, user, backend="crm.accounts.backends.SignInBackend")
        messages.success(request, _("Welcome. Everything is ready."))
        return redirect("/")
    context = {"company_form": company_form, "user_form": user_form, "offers_form": offers_form}
    return render(request, "accounts/welcome.html", context)
