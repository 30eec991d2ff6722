"""Pages of duplicates: the hint beside a form, the pairs found, merging two side by side, what was merged."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import access, log
from crm.accounts.models import AccessLog, User
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.records import history, privacy, values
from crm.records.kinds import kinds
from crm.records.tables import CappedPaginator
from customers.duplicates import finding, keys, merging, sweep
from customers.duplicates.models import CustomerMerge, DuplicatePair, DuplicateSweep
from customers.models import Customer

HINT_FROM = 45  # a person's name that is the same is worth a hint, not a question
PAIRS_PER_PAGE = 25
LONGEST_VALUE = 255
Status = DuplicatePair.Status
SHOWN = ("phone", "email", "tax_number", "address", "city", "birth_date", "owner")


def may_merge(user: User) -> bool:
    """Whoever may delete and change customers; of which two is asked of both."""
    scopes = (access.scope("customer", user, action) for action in ("view", "change", "delete"))
    return not any(each.is_nothing for each in scopes)


@login_required
@require_POST
def hint(request: HttpRequest) -> HttpResponse:
    """Who the customer in the form may already be, while it is typed. Sent, so that no address holds what was typed."""
    user = cast(User, request.user)
    if not access.may_create("customer", user) and access.scope("customer", user, "change").is_nothing:
        raise Http404
    typed: dict[str, Any] = {name: request.POST.get(name, "").replace("\0", "")[:LONGEST_VALUE] for name in keys.FIELDS}
    typed["birth_date"] = _day(typed["birth_date"])
    own = request.POST.get("record", "")
    rows = Customer.objects.changeable_by(user)
    customer = rows.filter(pk=int(own)).first() if own.isascii() and own.isdigit() and len(own) < 19 else None
    finding.index_new()
    found = finding.candidates([typed], user, customer, least=HINT_FROM, outside=False)[0]
    return TemplateResponse(request, "customers/_duplicate_hint.html", {"candidates": found})


@login_required
@require_safe
def pair_list(request: HttpRequest) -> HttpResponse:
    """The pairs that the last search found, the likeliest first; `?status=dismissed`, `?group=`."""
    user = _merger(request)
    status = Status.DISMISSED if request.GET.get("status") == Status.DISMISSED else Status.OPEN
    rows = visible_pairs(user).filter(status=status)
    group = request.GET.get("group", "")
    if group.isascii() and group.isdigit() and len(group) < 19:
        rows = rows.filter(group=int(group))
    paginator = CappedPaginator(rows.select_related("first__owner", "second__owner", "decided_by"), PAIRS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page", 1))
    context = {
        "page": page,
        "pairs": _shown_pairs(list(page.object_list), user),
        "count": paginator.count,
        "count_is_capped": paginator.is_capped,
        "status": status,
        "group": group,
        "sweep": DuplicateSweep.objects.filter(finished_at__isnull=False).select_related("user").first(),
        "job": Job.objects.filter(name=sweep.JOB).order_by("-id").first(),
        "may_see_job": user.is_administrator,
    }
    return TemplateResponse(request, "customers/duplicate_list.html", context)


@login_required
@require_POST
def sweep_start(request: HttpRequest) -> HttpResponse:
    jobs.enqueue(sweep.JOB, key="all", user=_merger(request))
    messages.success(request, _("The search for duplicates has been asked for."))
    return redirect("customers:duplicate_list")  # which shows how far it is, and the pairs once it is done


@login_required
@require_POST
def pair_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Status.OPEN, Status.DISMISSED, _("Remembered: these are two customers."))


@login_required
@require_POST
def pair_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Status.DISMISSED, Status.OPEN, _("The pair is open again."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def customer_merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Two customers side by side: whose value of each field is kept. `pk` stays, `other_pk` becomes part of it."""
    user = _merger(request)
    survivor, duplicate = _mergeable(user, pk), _mergeable(user, other_pk, is_duplicate=True)
    if pk == other_pk:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            _merge(request, survivor, duplicate, user)
        except merging.MergeRefused as refused:
            problem = str(refused)
            survivor, duplicate = _mergeable(user, pk), _mergeable(user, other_pk, is_duplicate=True)
        else:
            text = _("%(duplicate)s (%(number)s) is now part of %(survivor)s.")
            told = {"duplicate": duplicate, "number": duplicate.number, "survivor": survivor}
            messages.success(request, text % told)
            return redirect(survivor)
    context = {
        "survivor": survivor,
        "duplicate": duplicate,
        "rows": _side_by_side(request, survivor, duplicate, user),
        "problem": problem,
        "may_swap": privacy.may_act(survivor, user, "delete"),
        "pair": DuplicatePair.objects.between(pk, other_pk).first(),
    }
    return TemplateResponse(request, "customers/customer_merge.html", context, status=409 if problem else 200)


@login_required
@require_safe
def customer_duplicates(request: HttpRequest, pk: int) -> HttpResponse:
    """Who this customer may be besides, whom it was merged with; `?number=` leads to merging it with another."""
    user = _merger(request)
    customer = _mergeable(user, pk)
    number = request.GET.get("number", "").replace("\0", "").strip()[:40]
    other = Customer.objects.visible_to(user).filter(number__iexact=number).exclude(pk=pk).first() if number else None
    if other is not None:
        return redirect("customers:customer_merge", pk, other.pk)
    values_of = {name: getattr(customer, name) for name in keys.FIELDS}
    context = {
        "customer": customer,
        "candidates": finding.candidates([values_of], user, customer, least=HINT_FROM, outside=False)[0],
        "merges": customer.merges.select_related("duplicate", "merged_by", "undone_by")[:50],
        "number": number,
    }
    return TemplateResponse(request, "customers/customer_duplicates.html", context)


@login_required
@require_safe
def merge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a merge did, the history of the customer that it ended, and whether it can be taken back."""
    user = cast(User, request.user)
    merge = _visible_merge(user, pk)
    kind = kinds["customer"]
    moved = [(str(_name_of(entry["relation"])), len(entry["ids"])) for entry in merge.moved if entry["ids"]]
    may_undo = merge.undone_at is None and privacy.may_act(merge.survivor, user, "delete") and may_merge(user)
    context = {
        "merge": merge,
        "moved": moved,
        "fields": _changed_fields(merge, user),
        "entries": history.entries(kind, merge.duplicate, user),
        "against": merging.why_not_undone(merge) if may_undo else [],
        "may_undo": may_undo,
    }
    return TemplateResponse(request, "customers/merge_detail.html", context)


@login_required
@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    user = _merger(request)
    merge = _visible_merge(user, pk)
    if not privacy.may_act(merge.survivor, user, "change") or not privacy.may_act(merge.survivor, user, "delete"):
        raise Http404
    try:
        duplicate = merging.undo(merge, user=user)
    except merging.MergeRefused as refused:
        messages.error(request, str(refused))
        return redirect("customers:merge_detail", pk)
    messages.success(request, _("%(customer)s is a customer of its own again.") % {"customer": duplicate})
    return redirect(duplicate)


@login_required
@require_safe
def customer_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """The customer of a number, also of one that was merged since."""
    user = cast(User, request.user)
    found = Customer.objects.visible_to(user).filter(number=number[:40]).first()
    found = found or merging.survivor_of(number, user)
    if found is None:
        raise Http404
    return redirect(found)


# who may what ---------------------------------------------------------------------------------------------------------


def visible_pairs(user: User) -> QuerySet:
    """Pairs of two customers whom the user may see, found by fields that he may read."""
    rows = DuplicatePair.objects.of_kept()
    if not access.scope("customer", user).is_everything:
        seen = Customer.objects.visible_to(user).order_by().values("pk")
        rows = rows.filter(first__in=seen, second__in=seen)
    for sensitivity in finding.unreadable(user):
        rows = rows.exclude(used__contains=f",{sensitivity},")
    return rows


def _merger(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not may_merge(user):
        raise Http404
    return user


def _mergeable(user: User, pk: int, *, is_duplicate: bool = False) -> Customer:
    rows = Customer.objects.changeable_by(user)
    if is_duplicate:
        rows = rows & Customer.objects.deletable_by(user)
    if pk > 2**63 - 1:
        raise Http404
    return get_object_or_404(rows.select_related("owner"), pk=pk)


def _visible_merge(user: User, pk: int) -> CustomerMerge:
    if pk > 2**63 - 1:
        raise Http404
    rows = CustomerMerge.objects.select_related("survivor", "duplicate", "merged_by", "undone_by")
    if not access.scope("customer", user).is_everything:
        rows = rows.filter(survivor__in=Customer.objects.filter(access.rows(Customer, user)).values("pk"))
        rows = rows.filter(duplicate__in=Customer.objects.filter(access.rows(Customer, user)).values("pk"))
    elif access.scope("customer", user).is_nothing:
        raise Http404
    return get_object_or_404(rows, pk=pk)


def _decide(request: HttpRequest, pk: int, before: str, after: str, text: str) -> HttpResponse:
    user = _merger(request)
    if pk > 2**63 - 1:
        raise Http404
    pair = get_object_or_404(visible_pairs(user).filter(status__in=[before, after]), pk=pk)
    is_decided = after != Status.OPEN
    DuplicatePair.objects.filter(pk=pair.pk).update(
        status=after, decided_at=timezone.now() if is_decided else None, decided_by=user if is_decided else None
    )
    messages.success(request, text)
    return redirect(reverse("customers:duplicate_list") + ("" if is_decided else f"?status={Status.DISMISSED}"))


# showing --------------------------------------------------------------------------------------------------------------


def _shown_pairs(pairs: list[DuplicatePair], user: User) -> list[dict[str, Any]]:
    groups = {each.group for each in pairs}
    counts = visible_pairs(user).open().filter(group__in=groups).order_by().values_list("group").annotate(Count("id"))
    sizes = dict(counts)
    return [
        {
            "pair": pair,
            "customers": [_shown_customer(each, user) for each in (pair.first, pair.second)],
            "reasons": finding.words(pair.reasons),
            "others": max(0, sizes.get(pair.group, 0) - 1),
            "may_merge": _may_merge_two(pair, user),
        }
        for pair in pairs
    ]


def _may_merge_two(pair: DuplicatePair, user: User) -> bool:
    may_change = all(privacy.may_act(each, user, "change") for each in (pair.first, pair.second))
    return may_change and privacy.may_act(pair.second, user, "delete")


def _shown_customer(customer: Customer, user: User) -> dict[str, Any]:
    kind = kinds["customer"]
    attributes = [kind.attribute(key) for key in SHOWN]
    shown = [values.show(kind, each, customer, user) for each in attributes if privacy.may_see(kind, each, user)]
    return {"customer": customer, "facts": [each for each in shown if each.text]}


def _side_by_side(request: HttpRequest, survivor: Customer, duplicate: Customer, user: User) -> list[dict[str, Any]]:
    """Fields in which the two differ first; a field that the user may not write cannot be chosen."""
    kind = kinds["customer"]
    by_source = {each.source: each for each in kind.attributes}
    proposed, choosable = merging.proposed(survivor, duplicate), set(merging.choosable(user))
    rows = []
    for name in merging.fields():
        attribute = by_source.get(name)
        if attribute is None or not privacy.may_see(kind, attribute, user):
            continue
        shown = [values.show(kind, attribute, each, user) for each in (survivor, duplicate)]
        if not any(each.text for each in shown):
            continue
        takes_duplicate = request.POST.get(f"choice-{name}") == "duplicate" or (
            f"choice-{name}" not in request.POST and proposed[name] is duplicate
        )
        differs = values.raw(attribute, survivor) != values.raw(attribute, duplicate)
        may_choose = name in choosable and differs
        row = {
            "name": name,
            "label": attribute.label,
            "texts": [each.text for each in shown],
            "differs": differs and name in choosable,
            "may_choose": may_choose,
            "takes_duplicate": takes_duplicate,
        }
        rows.append(row)
    return sorted(rows, key=lambda row: not row["differs"])


def _merge(request: HttpRequest, survivor: Customer, duplicate: Customer, user: User) -> None:
    choices = {name: request.POST.get(f"choice-{name}", "") for name in merging.choosable(user)}
    versions = {}
    for customer in (survivor, duplicate):
        given = request.POST.get(f"version-{customer.pk}", "")
        if given.isascii() and given.isdigit():
            versions[customer.pk] = int(given)
    merge = merging.merge(
        survivor=survivor,
        duplicate=duplicate,
        user=user,
        take=[name for name, choice in choices.items() if choice == "duplicate"],
        keep=[name for name, choice in choices.items() if choice == "survivor"],
        versions=versions,
    )
    detail = {"merged": duplicate.number, "into": survivor.number, "merge": merge.pk}
    log.record(user, AccessLog.Action.SETTINGS, "customer", object_id=survivor.pk, detail=detail, request=request)


def _changed_fields(merge: CustomerMerge, user: User) -> list[dict[str, Any]]:
    kind = kinds["customer"]
    by_source = {each.source: each for each in kind.attributes}
    found = []
    for name in merge.fields:
        attribute = by_source.get(name)
        if attribute is not None and privacy.may_see(kind, attribute, user):
            found.append({"label": attribute.label})
    return found


def _name_of(relation: str) -> Any:
    if relation.startswith("custom:"):
        return kinds[relation.split(":")[1]].label_plural
    found = merging.relations.find(relation)
    return found.model._meta.verbose_name_plural if found else relation


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


urlpatterns = [
    path("customers/duplicates/", pair_list, name="duplicate_list"),
    path("customers/duplicates/hint/", hint, name="duplicate_hint"),
    path("customers/duplicates/search/", sweep_start, name="duplicate_sweep"),
    path("customers/duplicates/<int:pk>/dismiss/", pair_dismiss, name="duplicate_dismiss"),
    path("customers/duplicates/<int:pk>/reopen/", pair_reopen, name="duplicate_reopen"),
    path("customers/<int:pk>/merge/<int:other_pk>/", customer_merge, name="customer_merge"),
    path("customers/<int:pk>/duplicates/", customer_duplicates, name="customer_duplicates"),
    path("customers/merges/<int:pk>/", merge_detail, name="merge_detail"),
    path("customers/merges/<int:pk>/undo/", merge_undo, name="merge_undo"),
    path("customers/number/<str:number>/", customer_by_number, name="customer_by_number"),
]
