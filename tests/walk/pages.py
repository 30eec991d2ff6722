"""The table of the walk: for each address its arguments, who is let in by which method, and what is sent.

Pages of kinds are derived from the registry and from the rights that every company starts with. A page that is not
listed here fails the suite.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import Any

from crm.records.kinds import Kind, kinds
from customers.models import Channel
from tests import factories
from tests.walk import imports
from tests.walk.world import ANONYMOUS, KEEPERS, PASSWORD, STRANGER, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHER_METHODS = ("PUT", "PATCH", "DELETE")

ROLES = ["sales_rep", "service_agent", "manager", "executive"]
ROLE_OF = {
    "owner": "sales_rep",
    "rep_here": "sales_rep",
    "rep_away": "sales_rep",
    "agent_here": "service_agent",
    "agent_away": "service_agent",
    "manager_here": "manager",
    "manager_away": "manager",
    "executive": "executive",
    "administrator": "administrator",
}
STAFF = tuple(ROLE_OF)
SIGNED_IN = (*STAFF, STRANGER)
EVERYBODY = (*SIGNED_IN, ANONYMOUS)
ADMINISTRATOR = ("administrator",)
HERE = {"owner", "rep_here", "agent_here", "manager_here"}

Sent = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """What to expect of one address.

    arguments  of the address
    let_in     method -> who may; everybody else signed in gets 404, visitors are sent to sign in
    sends      what a POST sends; with `is_form` it is put over the form that a GET shows
    answers    method -> status of those let in, where it is not 200 for GET and 302 for POST
    unchecked  methods that allauth's views answer before they look whether they know them
    is_api     JSON in and out; the page is listed by its route; visitors get 401
    """

    arguments: Callable[[World], dict[str, Any]] = lambda world: {}
    let_in: dict[str, Collection[str]] = field(default_factory=dict)
    sends: Sent = lambda world: {}
    is_form: bool = False
    answers: dict[str, set[int]] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()
    query: str | Callable[[World], str] = ""
    is_api: bool = False

    def answer(self, method: str) -> set[int]:
        return self.answers.get(method, {200} if method == "GET" else {302})


def pages() -> dict[str, Page]:
    groups = (
        _doors,
        _accounts,
        _settings,
        _jobs,
        _records,
        _duplicates,
        _privacy,
        _extra_pages_of_kinds,
        _service_desk,
        _deals,
        _talks,
        _orders,
        _analytics,
        _reports,
    )
    listed = {name: page for group in (*groups, imports.pages) for name, page in group().items()}
    for kind in kinds:
        listed.update(_pages_of(kind))
        listed.update(_api_of(kind))
    return listed


def _for(who: Collection[str], *methods: str) -> dict[str, Collection[str]]:
    return dict.fromkeys(methods, who)


def _doors() -> dict[str, Page]:
    """allauth's pages: signing in and out, forgotten and changed passwords. The rest of them is closed."""
    nobody = {name: Page(let_in={}, arguments=arguments) for name, arguments in _closed().items()}
    either = {200, 302}
    return {
        "account_login": Page(
            let_in=_for(EVERYBODY, "GET", "POST"),
            sends=lambda world: {"login": "owner", "password": PASSWORD},
            answers={"GET": either},
            unchecked=OTHER_METHODS,
        ),
        "account_logout": Page(let_in=_for(SIGNED_IN, "GET", "POST"), unchecked=OTHER_METHODS),
        "account_inactive": Page(let_in=_for(EVERYBODY, "GET")),
        "socialaccount_login_cancelled": Page(let_in=_for(EVERYBODY, "GET")),
        "account_change_password": Page(
            let_in=_for(SIGNED_IN, "GET", "POST"),
            sends=lambda world: {
                "oldpassword": PASSWORD,
                "password1": "another-good-one",
                "password2": "another-good-one",
            },
            unchecked=OTHER_METHODS,
        ),
        "account_reset_password": Page(
            let_in=_for(EVERYBODY, "GET", "POST"),
            sends=lambda world: {"email": "nobody@example.com"},
            unchecked=OTHER_METHODS,
        ),
        "account_reauthenticate": Page(
            let_in=_for(SIGNED_IN, "GET", "POST"),
            sends=lambda world: {"password": PASSWORD},
            answers={"GET": either, "POST": either},
            unchecked=OTHER_METHODS,
        ),
        **{
            f"mfa_{name}": Page(
                let_in=_for(SIGNED_IN, "GET", "POST"),
                answers={"GET": {200, 302, 404}, "POST": {200, 302, 404, 405}},
                unchecked=OTHER_METHODS,
            )
            for name in (
                "index",
                "reauthenticate",
                "activate_totp",
                "deactivate_totp",
                "view_recovery_codes",
                "generate_recovery_codes",
                "download_recovery_codes",
            )
        },
        "mfa_authenticate": Page(
            let_in=_for(EVERYBODY, "GET", "POST"), answers={"GET": either, "POST": either}, unchecked=OTHER_METHODS
        ),
        "account_reset_password_done": Page(let_in=_for(EVERYBODY, "GET")),
        "account_reset_password_from_key": Page(
            let_in=_for(EVERYBODY, "GET", "POST"),
            arguments=lambda world: {"uidb36": "1", "key": "set-password"},
            answers={"GET": either, "POST": either},
            unchecked=OTHER_METHODS,
        ),
        "account_reset_password_from_key_done": Page(let_in=_for(EVERYBODY, "GET")),
        **nobody,
    }


def _closed() -> dict[str, Callable[[World], dict[str, Any]]]:
    def nothing(world: World) -> dict[str, Any]:
        return {}

    names = [
        "account_signup", "account_email", "account_email_verification_sent",
        "account_set_password", "account_confirm_login_code",
        "socialaccount_signup", "socialaccount_connections", "socialaccount_login_error",
    ]  # fmt: skip
    no_provider = dict.fromkeys(
        ["openid_connect_login", "openid_connect_callback"], lambda world: {"provider_id": "company"}
    )
    return {
        **dict.fromkeys(names, nothing),
        **no_provider,
        "account_confirm_email": lambda world: {"key": "abc"},
    }


def _accounts() -> dict[str, Page]:
    return {
        "accounts:welcome": Page(let_in={}),  # the company is founded
        "accounts:set_language": Page(let_in=_for(EVERYBODY, "POST"), sends=lambda world: {"language": "zh-hans"}),
        "accounts:logo": Page(let_in=_for(EVERYBODY, "GET")),
        "accounts:profile": Page(let_in=_for(SIGNED_IN, "GET", "POST"), is_form=True),
        "accounts:invitation_accept": Page(
            arguments=lambda world: {"token": world.things["invitation"].token},
            let_in=_for(EVERYBODY, "GET", "POST"),
            sends=lambda world: {
                "username": "guest",
                "last_name": "Lin",
                "password1": "a-guest-from-afar",
                "password2": "a-guest-from-afar",
            },
        ),
    }


def _settings() -> dict[str, Page]:
    form = _for(ADMINISTRATOR, "GET", "POST")
    read = _for(ADMINISTRATOR, "GET")
    act = _for(ADMINISTRATOR, "POST")

    def of(thing: str) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"pk": world.things[thing].pk}

    listed = {
        "company_settings": Page(let_in=form, is_form=True),
        "exchange_rates": Page(
            let_in=form,
            sends=lambda world: {"currency": "USD", "valid_from": "2024-02-01", "rate": "7.1"},
        ),
        "exchange_rate_delete": Page(of("rate"), act),
        "user_list": Page(let_in=read),
        "user_update": Page(of("closed_user"), form, is_form=True),
        "user_deactivate": Page(lambda world: {"pk": world.users["rep_away"].pk}, act),
        "user_reactivate": Page(of("closed_user"), act),
        "invitation_create": Page(
            let_in=form,
            is_form=True,
            sends=lambda world: {"email": "new@example.com", "role": world.owner.role_id},
        ),
        "invitation_resend": Page(of("invitation"), act),
        "invitation_withdraw": Page(of("invitation"), act),
        "role_list": Page(let_in=read),
        "role_create": Page(let_in=form, is_form=True, sends=lambda world: {"code": "buyer", "name": "Buyer"}),
        "role_update": Page(of("spare_role"), form, is_form=True),
        "role_rights": Page(of("spare_role"), form, is_form=True, sends=lambda world: {"customer-view": "all"}),
        "role_delete": Page(of("spare_role"), act),
        "access_log": Page(let_in=read),
    }
    for name in ("unit", "region"):
        spare = of(f"spare_{name}")
        listed |= {
            f"{name}_list": Page(let_in=read),
            f"{name}_create": Page(let_in=form, is_form=True, sends=lambda world: {"code": "new", "name": "New"}),
            f"{name}_update": Page(spare, form, is_form=True),
            f"{name}_delete": Page(spare, act),
        }
    return {f"accounts:{name}": page for name, page in listed.items()}


def _jobs() -> dict[str, Page]:
    def job(world: World) -> dict[str, Any]:
        return {"pk": world.things["job"].pk}

    asker = ("owner", "administrator")
    return {
        "jobs:healthz": Page(let_in=_for(EVERYBODY, "GET")),
        "jobs:status": Page(let_in=_for(SIGNED_IN, "GET")),
        "jobs:job_progress": Page(job, _for(asker, "GET")),
        "jobs:job_cancel": Page(job, _for(asker, "POST")),
        "jobs:job_retry": Page(job, _for(ADMINISTRATOR, "POST")),
    }


def _records() -> dict[str, Page]:
    def bulk(world: World) -> dict[str, Any]:
        return {"pk": world.things["bulk_change"].pk}

    def field(world: World) -> dict[str, Any]:
        return {"pk": world.things["field"].pk}

    def webhook(world: World) -> dict[str, Any]:
        return {"pk": world.things["webhook"].pk}

    return {
        "api/v1/openapi.json": Page(let_in=_for(EVERYBODY, "GET"), unchecked=("POST", *OTHER_METHODS), is_api=True),
        "api/v1/": Page(let_in={}, is_api=True),
        "records:token_list": Page(
            let_in=_for(SIGNED_IN, "GET", "POST"),
            sends=lambda world: {"name": "Walk", "days": "30", "access": "read"},
            answers={"POST": {200, 302}},
        ),
        "records:token_delete": Page(lambda world: {"pk": world.things["token"].pk}, _for(["owner"], "POST")),
        "records:panel": Page(
            lambda world: {"key": "customer", "pk": world.records["customer"].pk, "name": "orders"},
            _for(who_may("customer", "view"), "GET"),
        ),
        "records:attachment_list": Page(
            lambda world: {"key": "customer", "pk": world.records["customer"].pk},
            {"GET": who_may("customer", "view"), "POST": who_may("customer", "change")},
            answers={"POST": {200}},  # no file was sent
        ),
        "records:attachment_download": Page(
            lambda world: {"pk": world.things["attachment"].pk}, _for(who_may("customer", "view"), "GET")
        ),
        "records:attachment_delete": Page(
            lambda world: {"pk": world.things["attachment"].pk}, _for(who_may("customer", "change"), "POST")
        ),
        "customers:completeness": Page(
            let_in=_for(ADMINISTRATOR, "GET", "POST"), is_form=True, sends=lambda world: {"weight-phone": "2"}
        ),
        "customers:standards": Page(let_in=_for(ADMINISTRATOR, "GET", "POST"), is_form=True),
        "records:webhook_list": Page(let_in=_for(ADMINISTRATOR, "GET")),
        "records:webhook_create": Page(
            let_in=_for(ADMINISTRATOR, "GET", "POST"),
            sends=lambda world: {"name": "Shop", "url": "https://shop.example.com/in"},
            answers={"POST": {200}},
        ),
        "records:webhook_update": Page(webhook, _for(ADMINISTRATOR, "GET", "POST"), is_form=True),
        "records:webhook_test": Page(webhook, _for(ADMINISTRATOR, "POST")),
        "records:webhook_renew": Page(webhook, _for(ADMINISTRATOR, "POST"), answers={"POST": {200}}),
        "records:webhook_delete": Page(webhook, _for(ADMINISTRATOR, "POST")),
        "records:field_list": Page(let_in=_for(ADMINISTRATOR, "GET")),
        "records:field_create": Page(
            let_in=_for(ADMINISTRATOR, "GET", "POST"), is_form=True, sends=lambda world: {"name": "Floor"}
        ),
        "records:field_update": Page(field, _for(ADMINISTRATOR, "GET", "POST"), is_form=True),
        "records:field_retire": Page(field, _for(ADMINISTRATOR, "POST")),
        "records:field_restore": Page(field, _for(ADMINISTRATOR, "POST")),
        "records:hand_over": Page(
            lambda world: {"pk": world.owner.pk},
            _for(["administrator"], "GET", "POST"),
            sends=lambda world: {"receiver": world.users["manager_here"].pk, "kinds": ["customer"]},
        ),
        "records:bulk_detail": Page(bulk, _for(["owner", "administrator"], "GET")),
        "records:bulk_undo": Page(bulk, _for(["owner", "administrator"], "POST")),
        "records:bulk_cancel": Page(bulk, _for(["owner", "administrator"], "POST")),
        "records:search": Page(let_in=_for(SIGNED_IN, "GET"), query="q=lotus"),
        "records:notice_list": Page(let_in=_for(SIGNED_IN, "GET")),
        "records:notice_open": Page(lambda world: {"pk": world.things["notice"].pk}, _for(("owner",), "POST")),
        "records:notice_read_all": Page(let_in=_for(SIGNED_IN, "POST")),
        "records:reveal": Page(  # nobody's rights of the first day say "for a reason"
            lambda world: {"key": "customer", "pk": world.records["customer"].pk, "name": "phone"},
            _for([], "GET", "POST"),
        ),
        "records:lookup": Page(lambda world: {"key": "customer"}, _for(STAFF, "GET"), query="q=lotus"),
    }


# Rights of kinds --------------------------------------------------------------------------------------------------


RIGHTS: dict[str, tuple[str, ...]] = {
    **import_module("crm.accounts.migrations.0002_default_roles").RIGHTS,
    **import_module("interactions.migrations.0011_rights_of_deals").RIGHTS,
    **import_module("interactions.migrations.0015_rights_of_needs_and_requests").RIGHTS,
    **import_module("interactions.migrations.0021_rights_of_after_sales").RIGHTS,
    **import_module("analytics.migrations.0007_rights_of_cost_entries").RIGHTS,
}


def right(kind: str, who: str, action: str) -> Any:
    """What the rights of the first day say: a scope for view, change and delete, yes or no for create and export."""
    if ROLE_OF[who] == "administrator":
        return "all" if action in {"view", "change", "delete"} else True
    rights = RIGHTS[kind][ROLES.index(ROLE_OF[who])]
    scopes, _space, letters = rights.partition(" ")
    if action in {"create", "export"}:
        return action[0] in letters
    return scopes.split("/")[("view", "change", "delete").index(action)]


def who_may(kind: str, action: str, *, is_of_company: bool = False) -> list[str]:
    """Who reaches the walk's record of a kind: it belongs to `owner`, in the branch `here`."""

    def reaches(who: str) -> bool:
        scope = right(kind, who, action)
        own = who == "owner" and not is_of_company
        return (
            scope == "all"
            or (scope in {"own", "unit"} and own)
            or (scope == "unit" and who in HERE and not is_of_company)
        )

    return [who for who in STAFF if reaches(who)]


def _pages_of(kind: Kind) -> dict[str, Page]:
    """The fourteen pages of every kind."""
    is_of_company = not kind.model.Access.unit  # products and their types have no branch and no owner
    viewers = [who for who in STAFF if right(kind.key, who, "view") != "none"]
    creators = [who for who in viewers if right(kind.key, who, "create")]
    exporters = [who for who in viewers if right(kind.key, who, "export")]
    acting = [who for who in viewers if {right(kind.key, who, "change"), right(kind.key, who, "delete")} != {"none"}]
    seeing, changing, deleting = (
        who_may(kind.key, action, is_of_company=is_of_company) for action in ("view", "change", "delete")
    )
    changing, deleting = ([who for who in group if who in seeing] for group in (changing, deleting))

    def record(world: World) -> dict[str, Any]:
        return {"pk": world.records[kind.key].pk}

    def gone(world: World) -> dict[str, Any]:
        return {"pk": world.deleted[kind.key].pk}

    named = kind.link if kind.link != "number" else "note"  # a text that may be changed in place

    def cell(world: World) -> dict[str, Any]:
        return {**record(world), "key": named}

    def named_anew(world: World) -> dict[str, Any]:
        kept = world.records[kind.key]
        kept.refresh_from_db()
        return {"version": kept.version, kind.attribute(named).field_name: "Walked"}

    listed = {
        "list": Page(let_in=_for(viewers, "GET")),
        "create": Page(let_in=_for(creators, "GET", "POST"), is_form=True, sends=NEW[kind.key]),
        "export": Page(let_in=_for(exporters, "GET")),
        "bin": Page(let_in=_for(viewers, "GET")),
        "save_view": Page(let_in=_for(viewers, "POST"), sends=lambda world: {"name": "Walk", "query": ""}),
        "bulk": Page(
            let_in=_for(acting, "GET", "POST"),
            sends=lambda world: {"action": "nothing of the kind"},
            answers={"GET": {302}, "POST": {400}},  # nothing was chosen
        ),
        "delete_view": Page(
            lambda world: {"view_pk": world.views[kind.key].pk}, _for([KEEPERS.get(kind.key, "owner")], "POST")
        ),
        "detail": Page(record, _for(seeing, "GET")),
        "update": Page(record, _for(changing, "GET", "POST"), is_form=True),
        "cell": Page(cell, _for(changing, "GET", "POST"), sends=named_anew, answers={"GET": {302}}),
        "delete": Page(record, _for(deleting, "GET", "POST")),
        "history": Page(record, _for(seeing, "GET")),
        "restore": Page(gone, _for(deleting, "POST")),
        "purge": Page(gone, _for(ADMINISTRATOR, "POST")),
    }
    app = kind.model._meta.app_label
    return {f"{app}:{kind.model_name}_{name}": page for name, page in listed.items()}


def _api_of(kind: Kind) -> dict[str, Page]:
    """The three addresses of a kind in the API, with the rights of its pages."""
    of = {name.rpartition("_")[2]: page for name, page in _pages_of(kind).items()}
    one = {
        "GET": of["detail"].let_in["GET"],
        "PATCH": of["update"].let_in["POST"],
        "DELETE": of["delete"].let_in["POST"],
    }
    root = f"api/v1/{kind.path}/"
    return {
        root: Page(
            let_in={"GET": of["list"].let_in["GET"], "POST": of["create"].let_in["POST"]},
            sends=NEW_BY_API.get(kind.key, NEW[kind.key]),
            answers={"POST": {201}},
            is_api=True,
        ),
        f"{root}<pk>": Page(of["detail"].arguments, one, answers={"PATCH": {200}, "DELETE": {204}}, is_api=True),
        f"{root}<pk>/restore": Page(
            of["restore"].arguments, of["restore"].let_in, answers={"POST": {200}}, is_api=True
        ),
    }


def _customer(world: World) -> dict[str, Any]:
    """A customer that whoever is asking may see."""
    return {"customer": world.things["customer_away" if world.asking.endswith("_away") else "customer"].pk}


NEW: dict[str, Sent] = {
    "customer": lambda world: {"name": "Bamboo House", "type": "organisation"},
    "contact_person": lambda world: {**_customer(world), "name": "Chen Jie"},
    "category": lambda world: {"name": "Teas"},
    "product": lambda world: {"name": "White tea", "price": "80"},
    "price_rule": lambda world: {"name": "Spring", "discount": "5", "is_active": "on"},
    "stock_movement": lambda world: {
        "product": world.things["product"].pk,
        "quantity": "5",
        "occurred_on": "2024-05-02",
        "reason": "received",
    },
    "after_sales": lambda world: {**_customer(world), "type": "visit", "status": "open"},
    "order": lambda world: {
        **_customer(world),
        "status": "confirmed",
        "lines-0-product": "TEA-1",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "50",
    },
    "deal": lambda world: {**_customer(world), "title": "Tea for the office", "amount": "1000"},
    "contact": lambda world: {**_customer(world), "subject": "Asked for samples"},
    "complaint": lambda world: {
        **_customer(world),
        "title": "Torn bag",
        "opinion_type": world.records["complaint"].opinion_type_id,
    },
    "enquiry": lambda world: {**_customer(world), "title": "Any new teas?"},
    "task": lambda world: {**_customer(world), "title": "Send samples"},
    "cost_entry": lambda world: {"title": "Fair", "amount": "500", "purpose": "acquisition", "target": "all"},
    "need": lambda world: {**_customer(world), "title": "Slow delivery", "type": "pain_point", "importance": "5"},
    "request": lambda world: {**_customer(world), "title": "Invoice in two parts"},
    "target": lambda world: {
        "name": "Autumn",
        "staff": world.users.get(world.asking, world.owner).pk,
        "starts_on": date(2024, 7, 1),
        "ends_on": date(2024, 9, 30),
        "amount": "500",
    },
}


NEW_BY_API: dict[str, Sent] = {
    "order": lambda world: {
        **_customer(world),
        "status": "confirmed",
        "lines": [{"product": "TEA-1", "quantity": 2, "unit_price": 50}],
    },
}


def _privacy() -> dict[str, Page]:
    """Consents and the printed file for who sees or changes the customer; personal data by a right of its own."""

    def customer(world: World) -> dict[str, Any]:
        return {"pk": world.records["customer"].pk}

    def file(world: World) -> dict[str, Any]:
        return {"pk": world.records["customer"].pk, "file_pk": world.things["personal_data_file"].pk}

    def said(world: World) -> dict[str, Any]:
        channel = Channel.objects.get(code="email")
        return {"channel": channel.pk, "purpose": "marketing", "state": "given", "source": "email"}

    def said_by_api(world: World) -> dict[str, Any]:
        return {**said(world), "channel": "email", "customer": world.records["customer"].pk}

    seeing, changing = who_may("customer", "view"), who_may("customer", "change")
    return {
        "customers:customer_consents": Page(customer, {"GET": seeing, "POST": changing}, sends=said),
        "customers:customer_print": Page(customer, _for(seeing, "GET")),
        "customers:personal_data": Page(customer, _for(ADMINISTRATOR, "GET")),
        "customers:personal_data_export": Page(customer, _for(ADMINISTRATOR, "POST")),
        "customers:personal_data_file": Page(file, _for(ADMINISTRATOR, "GET")),
        "customers:customer_erase": Page(
            customer,
            _for(ADMINISTRATOR, "GET", "POST"),
            sends=lambda world: {"number": world.records["customer"].number, "reason": "request"},
        ),
        "api/v1/consents": Page(
            let_in={"GET": seeing, "POST": changing},
            sends=said_by_api,
            query=lambda world: f"customer={world.records['customer'].pk}",
            answers={"POST": {201}},
            is_api=True,
        ),
    }


def _duplicates() -> dict[str, Page]:
    """Pairs of customers and merges: for who may delete customers. All of it lies in the branch `here`."""

    def two(world: World) -> dict[str, Any]:
        return {"pk": world.things["customer"].pk, "other_pk": world.records["customer"].pk}

    def of(thing: str) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"pk": world.things[thing].pk}

    mergers = [who for who in STAFF if right("customer", who, "delete") != "none"]
    merging = [who for who in who_may("customer", "delete") if who in mergers]
    listed = {
        "duplicate_list": Page(let_in=_for(mergers, "GET")),
        "duplicate_sweep": Page(let_in=_for(mergers, "POST")),
        "duplicate_hint": Page(
            let_in=_for([who for who in STAFF if right("customer", who, "create")], "POST"),
            sends=lambda world: {"name": "Lotus Garden"},
            answers={"POST": {200}},
        ),
        "address_check": Page(
            let_in=_for([who for who in STAFF if right("customer", who, "create")], "POST"),
            sends=lambda world: {"address": "杭州市文三路"},
            answers={"POST": {200}},
        ),
        "duplicate_dismiss": Page(of("pair"), _for(merging, "POST")),
        "duplicate_reopen": Page(of("dismissed_pair"), _for(merging, "POST")),
        "customer_merge": Page(two, _for(merging, "GET", "POST"), is_form=True),
        "customer_duplicates": Page(of("customer"), _for(merging, "GET")),
        "merge_detail": Page(of("merge"), _for(who_may("customer", "view"), "GET")),
        "merge_undo": Page(of("merge"), _for(merging, "POST")),
        "customer_by_number": Page(
            lambda world: {"number": world.things["merge"].duplicate.number},
            _for(who_may("customer", "view"), "GET"),
            answers={"GET": {302}},
        ),
    }
    return {f"customers:{name}": page for name, page in listed.items()}


def _extra_pages_of_kinds() -> dict[str, Page]:
    """Pages that only one kind has."""

    def of(kind: str) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"pk": world.records[kind].pk}

    returning = [who for who in who_may("order", "change") if right("order", who, "create")]
    task_readers = [who for who in STAFF if right("task", who, "view") != "none"]
    logging = [who for who in STAFF if right("contact", who, "create")]
    changing = [who for who in who_may("customer", "change") if who in who_may("customer", "view")]
    return {
        "interactions:order_return": Page(
            of("order"),
            _for(returning, "GET", "POST"),
            is_form=True,
            sends=lambda world: {f"quantity_{world.records['order'].lines.get().pk}": "1"},
        ),
        "customers:customer_account": Page(
            of("customer"),
            {"GET": who_may("customer", "view"), "POST": changing},
            sends=lambda world: {"other": world.things["customer"].pk, "is_above": "false", "type": "dealer"},
        ),
        "customers:relation_delete": Page(
            lambda world: {"pk": world.things["relation"].upper_id, "relation_pk": world.things["relation"].pk},
            _for(changing, "POST"),
        ),
        "interactions:task_finish": Page(of("task"), _for(who_may("task", "change"), "POST")),
        "interactions:task_snooze": Page(
            of("task"), _for(who_may("task", "change"), "POST"), sends=lambda world: {"until": "tomorrow"}
        ),
        "interactions:task_calendar": Page(let_in=_for(task_readers, "GET", "POST"), answers={"POST": {200}}),
        "interactions:calendar_feed": Page(
            lambda world: {"token": world.things["calendar"]}, let_in=_for(EVERYBODY, "GET")
        ),
        "interactions:task_reopen": Page(of("task"), _for(who_may("task", "change"), "POST")),
        "interactions:interaction_log": Page(
            let_in=_for(logging, "POST"),
            sends=lambda world: {**_customer(world), "subject": "Asked for samples", "direction": "outbound"},
        ),
    }


def _service_desk() -> dict[str, Page]:
    """The queue, what is done with a case, boards and settings of the desk."""
    listed: dict[str, Page] = {}
    viewers = [who for who in STAFF if right("complaint", who, "view") != "none"]
    readers = [who for who in STAFF if right("complaint", who, "view") == "all"]
    filers = [who for who in readers if right("contact", who, "create")]
    for kind in ("complaint", "enquiry"):
        seeing = who_may(kind, "view")
        changing = [who for who in who_may(kind, "change") if who in seeing]
        splitting = [who for who in changing if right(kind, who, "create")]
        act, form = _for(changing, "POST"), _for(changing, "GET", "POST")

        def record(world: World, kind: str = kind) -> dict[str, Any]:
            return {"pk": world.records[kind].pk}

        def letter(world: World, kind: str = kind) -> dict[str, Any]:
            return {"pk": world.records[kind].pk, "message_pk": world.things[f"failed_{kind}"].pk}

        listed |= {
            f"{kind}_board": Page(let_in=_for([w for w in STAFF if right(kind, w, "view") != "none"], "GET")),
            f"{kind}_board_move": Page(record, form, sends=lambda world: {"to": "in_work"}, query="to=closed"),
            f"{kind}_take": Page(record, act),
            f"{kind}_assign": Page(record, act, sends=lambda world: {"staff": ""}),
            f"{kind}_answer": Page(
                record, act, sends=lambda world: {"to": "customer", "subject": "Hello", "text": "We look into it."}
            ),
            f"{kind}_send_again": Page(letter, act),
            f"{kind}_note": Page(record, act, sends=lambda world: {"text": "Called, nobody there"}),
            f"{kind}_remedy": Page(record, act, sends=lambda world: {"text": "New cup", "due_on": "2030-01-02"}),
            f"{kind}_merge": Page(record, form, answers={"POST": {200}}),  # the customer has no other case
            f"{kind}_split": Page(record, _for(splitting, "GET", "POST"), sends=lambda world: {"title": "And more"}),
            f"{kind}_presence": Page(record, _for(seeing, "POST"), answers={"POST": {200}}),
        }

    def of(thing: str, **arguments: Any) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"pk": world.things[thing].pk, **arguments}

    settings = _for(ADMINISTRATOR, "GET", "POST")
    reply = {"name": "Walk", "language": "en", "text": "Dear {customer}"}
    listed |= {
        "case_queue": Page(let_in=_for(viewers, "GET")),
        "case_by_number": Page(
            lambda world: {"number": world.records["complaint"].number},
            _for(who_may("complaint", "view"), "GET"),
            answers={"GET": {302}},
        ),
        "inbound_mail": Page(let_in=_for(readers, "GET")),
        "inbound_mail_file": Page(
            of("unfiled"), _for(filers, "POST"), sends=lambda world: {"customer": world.things["customer"].pk}
        ),
        "service_settings": Page(
            let_in=settings, sends=lambda world: {"part": "day", "day-on": "2030-10-01", "day-name": "National Day"}
        ),
        "service_setting_delete": Page(of("special_day", part="day"), _for(ADMINISTRATOR, "POST")),
        "saved_reply_list": Page(let_in=settings, sends=lambda world: reply),
        "saved_reply_update": Page(of("saved_reply"), settings, is_form=True),
    }
    return {f"interactions:{name}": page for name, page in listed.items()}


def _deals() -> dict[str, Page]:
    """The pipeline, the board, sheets to print, the order of a deal, its dates and the lists behind it."""
    seeing, viewers = who_may("deal", "view"), [who for who in STAFF if right("deal", who, "view") != "none"]
    changing = [who for who in who_may("deal", "change") if who in seeing]
    ordering = [who for who in changing if right("order", who, "create")]
    act, settings = _for(changing, "POST"), _for(ADMINISTRATOR, "GET", "POST")

    def deal(world: World) -> dict[str, Any]:
        return {"pk": world.records["deal"].pk}

    def milestone(world: World) -> dict[str, Any]:
        return {**deal(world), "milestone_pk": world.things["milestone"].pk}

    def reason(world: World) -> dict[str, Any]:
        return {"part": "reason", "pk": world.things["lost_reason"].pk}

    def open_stage(world: World) -> dict[str, Any]:
        return {"to": factories.the_stage("quote").pk}

    listed = {
        "deal_pipeline": Page(let_in=_for(viewers, "GET")),
        "deal_board": Page(let_in=_for(viewers, "GET")),
        "deal_board_move": Page(
            deal,
            _for(changing, "GET", "POST"),
            sends=open_stage,
            query=lambda world: f"to={factories.the_stage('lost').pk}",
        ),
        "deal_quote": Page(deal, _for(seeing, "GET")),
        "order_print": Page(lambda world: {"pk": world.records["order"].pk}, _for(who_may("order", "view"), "GET")),
        "deal_order": Page(deal, _for(ordering, "POST")),
        "deal_milestone": Page(deal, act, sends=lambda world: {"name": "Visit", "due_on": "2030-01-02"}),
        "deal_milestone_done": Page(milestone, act),
        "deal_milestone_delete": Page(milestone, act),
        "deal_settings": Page(
            let_in=settings, sends=lambda world: {"part": "source", "source-code": "fair", "source-name": "Fair"}
        ),
        "deal_setting_update": Page(reason, settings, is_form=True),
        "deal_setting_delete": Page(reason, _for(ADMINISTRATOR, "POST")),
        **_trades(settings),
    }
    return {f"interactions:{name}": page for name, page in listed.items()}


def _trades(settings: dict[str, Collection[str]]) -> dict[str, Page]:
    """Templates of trades and the short lists of the company."""

    def retail(world: World) -> dict[str, Any]:
        return {"slug": "retail"}

    def need_type(world: World) -> dict[str, Any]:
        return {"part": "need-types", "pk": world.things["need_type"].pk}

    read, act = _for(ADMINISTRATOR, "GET"), _for(ADMINISTRATOR, "POST")
    new = {"part": "industries", "industries-code": "mining", "industries-name": "Mining"}
    return {
        "trade_list": Page(let_in=read),
        "trade_detail": Page(retail, read),
        "trade_load": Page(retail, act),
        "trade_take_back": Page(retail, act),
        "short_lists": Page(let_in=settings, sends=lambda world: new),
        "short_list_update": Page(need_type, settings, is_form=True),
        "short_list_delete": Page(need_type, act),
    }


def _talks() -> dict[str, Page]:
    """Guides and answers beside the contact form, the lists behind them, needs analysis."""
    settings = _for(ADMINISTRATOR, "GET", "POST")

    def observation(world: World) -> dict[str, Any]:
        return {"part": "observation", "pk": world.things["observation"].pk}

    changing = [who for who in who_may("customer", "change") if who in who_may("customer", "view")]

    def account(world: World) -> dict[str, Any]:
        return {"pk": world.things["customer"].pk}

    def viewing(kind: str) -> dict[str, Collection[str]]:
        return _for([who for who in STAFF if right(kind, who, "view") != "none"], "GET")

    listed = {
        "talk_library": Page(let_in=viewing("contact"), query="part=panel&concern=price"),
        "talk_settings": Page(
            let_in=settings,
            sends=lambda world: {"part": "objection", "objection-code": "later", "objection-name": "Later"},
        ),
        "talk_setting_update": Page(observation, settings, is_form=True),
        "talk_setting_delete": Page(observation, _for(ADMINISTRATOR, "POST")),
        "contact_plan": Page(
            let_in=viewing("contact") | _for([who for who in STAFF if right("target", who, "create")], "POST"),
            sends=lambda world: {"month": "2026-05", "key": "10"},
        ),
        "customer_knowledge": Page(
            account,
            {"GET": who_may("customer", "view"), "POST": changing},
            sends=lambda world: {"item": "image", "grade": "A"},
        ),
        "level_delete": Page(
            lambda world: {**account(world), "level_pk": world.things["level"].pk}, _for(changing, "POST")
        ),
        "needs_analysis": Page(let_in=viewing("need")),
    }
    return {f"interactions:{name}": page for name, page in listed.items()}


def _orders() -> dict[str, Page]:
    """Drafts confirmed, orders repeated, offers for the grid of lines, stock counted."""
    seeing = who_may("order", "view")
    changing = [who for who in who_may("order", "change") if who in seeing]
    counting = [who for who in STAFF if right("stock_movement", who, "create")]

    def order(world: World) -> dict[str, Any]:
        return {"pk": world.records["order"].pk}

    listed = {
        "order_confirm": Page(lambda world: {"pk": world.things["draft"].pk}, _for(changing, "POST")),
        "order_again": Page(order, _for([who for who in seeing if right("order", who, "create")], "POST")),
        "order_offers": Page(
            let_in=_for([who for who in STAFF if right("product", who, "view") != "none"], "GET"), query="q=tea"
        ),
        "product_count": Page(
            lambda world: {"pk": world.things["product"].pk},
            _for(counting, "POST"),
            sends=lambda world: {"counted": "12"},
        ),
    }
    return {f"interactions:{name}": page for name, page in listed.items()}


def _analytics() -> dict[str, Page]:
    """The home page, alerts and segments."""
    viewers = [who for who in STAFF if right("alert", who, "view") != "none"]
    seeing = who_may("alert", "view")
    handling = [who for who in who_may("alert", "change") if who in seeing]
    managing = [who for who in STAFF if ROLE_OF[who] in {"manager", "administrator"}]

    def alert(world: World) -> dict[str, Any]:
        return {"pk": world.things["alert"].pk}

    def segment(world: World) -> dict[str, Any]:
        return {"pk": world.things["segment"].pk}

    def new_segment(world: World) -> dict[str, Any]:
        rule = {"a-0.0": "relation_class", "o-0.0": "is", "v-0.0": "key"}
        return {
            "name": "Key accounts of the walk",
            "purpose": "To be called first",
            "owner": world.owner.pk,
            **rule,
            "action": "save",
        }

    form, act = _for(managing, "GET", "POST"), _for(managing, "POST")
    return {
        "analytics:home": Page(let_in=_for(SIGNED_IN, "GET")),
        "analytics:alert_list": Page(let_in=_for(viewers, "GET")),
        "analytics:alert_detail": Page(alert, _for(seeing, "GET")),
        "analytics:alert_handle": Page(
            alert, _for(handling, "POST"), sends=lambda world: {"result": "kept", "reason": "Ordered again."}
        ),
        "analytics:segment_list": Page(let_in=_for(STAFF, "GET")),
        "analytics:analysis_settings": Page(let_in=form, answers={"POST": {302, 422}}),
        "analytics:analysis_settings_file": Page(let_in={"GET": form["GET"]}),
        "analytics:analysis_settings_take_over": Page(let_in={"POST": form["POST"]}),
        "analytics:segment_migration": Page(let_in=_for(STAFF, "GET")),
        "analytics:segment_detail": Page(segment, _for(STAFF, "GET")),
        "analytics:segment_create": Page(let_in=form, is_form=True, sends=new_segment),
        "analytics:segment_update": Page(
            segment,
            form,
            is_form=True,
            sends=lambda world: {"purpose": "Another", "owner": world.owner.pk, "action": "save"},
        ),
        "analytics:segment_copy": Page(segment, act),
        "analytics:segment_retire": Page(segment, act),
        "analytics:segment_reactivate": Page(segment, act),
    }


def _reports() -> dict[str, Page]:
    """Nothing has been recomputed in the walk's company: a report says so, its rights count all the same."""
    exporters = [who for who in STAFF if right("report", who, "export")]

    def slug(world: World) -> dict[str, Any]:
        return {"slug": "orders-summary"}

    without_figures = {"GET": {200, 400, 409, 503}}
    read = _for(STAFF, "GET")
    return {
        "analytics:report_list": Page(let_in=read),
        "analytics:report_detail": Page(slug, read, answers=without_figures),
        "analytics:report_records": Page(slug, read, answers=without_figures, query="measure=orders"),
        "analytics:report_export": Page(slug, _for(exporters, "GET"), answers=without_figures),
        "analytics:report_refresh": Page(let_in=_for(STAFF, "POST")),
        "api/v1/reports": Page(let_in=read, is_api=True),
        "api/v1/reports/<slug>": Page(slug, read, answers=without_figures, is_api=True),
        "api/v1/reports/<slug>/description": Page(slug, read, is_api=True),
        "api/v1/reports/<slug>/records": Page(slug, read, answers=without_figures, is_api=True, query="measure=orders"),
    }
