"""The tree below a customer, with what each one and all of it ordered; making and ending relations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from customers.models import Customer
from customers.relations.models import CustomerRelation

DEEPEST = 8
MOST = 500

Totals = Callable[[Iterable[int], User | None], dict[int, tuple[int, Decimal]]]
_totals: list[Totals] = []


class RelationError(ValueError):
    """A relation that cannot be; the text says why."""


@dataclass(frozen=True)
class Node:
    """A customer of the tree. `relation` leads to it from above, None at the root; `amount` is net, of its own."""

    customer: Customer
    relation: CustomerRelation | None
    depth: int
    orders: int
    amount: Decimal


@dataclass(frozen=True)
class Tree:
    """`nodes` from the top, each followed by what is below it; sums are of every customer once."""

    nodes: list[Node]
    orders: int
    amount: Decimal

    @property
    def below(self) -> int:
        return len(self.nodes) - 1


def register_totals(totals: Totals) -> None:
    """Orders are of a floor above: it gives (number, net amount) for the ids of customers, as a reader sees them."""
    _totals[:] = [totals]


def relate(*, upper: Customer, lower: Customer, type: str, note: str = "", user: User | None) -> CustomerRelation:
    """RelationError for a customer below itself, and for two that are related already."""
    with transaction.atomic():
        list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=[upper.pk, lower.pk]).order_by("pk"))
        if upper.pk == lower.pk or upper.pk in _ids_below(lower.pk):
            raise RelationError(_("%(upper)s cannot stand above and below the same customer.") % {"upper": upper})
        if CustomerRelation.objects.filter(upper=upper, lower=lower).exists():
            raise RelationError(_("%(lower)s stands below %(upper)s already.") % {"lower": lower, "upper": upper})
        made: CustomerRelation = CustomerRelation.objects.create(
            upper=upper, lower=lower, type=type, note=note, created_by=user
        )
    return made


def above(customer: Customer, user: User | None) -> list[CustomerRelation]:
    rows = CustomerRelation.objects.filter(lower=customer, upper__in=Customer.objects.visible_to(user))
    return list(rows.exclude(upper=customer).select_related("upper").order_by("upper__name", "id"))


def tree(customer: Customer, user: User | None) -> Tree:
    """Whoever the reader may see of the customers below; what hangs below one he may not see hangs there unseen too."""
    ids = _ids_below(customer.pk)
    relations = CustomerRelation.objects.filter(upper__in=[customer.pk, *ids]).order_by("type", "lower__name", "id")
    seen = Customer.objects.visible_to(user).filter(pk__in=ids).in_bulk() if ids else {}
    totals = _totals[0]([customer.pk, *seen], user) if _totals else {}
    lower: dict[int, list[CustomerRelation]] = {}
    for each in relations:
        if each.lower_id in seen:
            lower.setdefault(each.upper_id, []).append(each)
    nodes: list[Node] = []
    met: set[int] = set()

    def walk(one: Customer, relation: CustomerRelation | None, depth: int) -> None:
        if one.pk in met:
            return
        met.add(one.pk)
        orders, amount = totals.get(one.pk, (0, Decimal(0)))
        nodes.append(Node(one, relation, depth, orders, amount))
        for each in lower.get(one.pk, []):
            walk(seen[each.lower_id], each, depth + 1)

    walk(customer, None, 0)
    return Tree(nodes, sum(each.orders for each in nodes), sum((each.amount for each in nodes), Decimal(0)))


def _ids_below(pk: int) -> list[int]:
    """Ids of all customers below one, nearest first; the same SQL on every database."""
    sql = (
        "WITH RECURSIVE below(id, depth) AS ("
        " SELECT lower_id, 1 FROM customers_customerrelation WHERE upper_id = %s"
        " UNION SELECT r.lower_id, b.depth + 1 FROM customers_customerrelation r"
        " JOIN below b ON r.upper_id = b.id WHERE b.depth < %s"
        ") SELECT id FROM below GROUP BY id ORDER BY MIN(depth), id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk, DEEPEST, MOST])
        return [row[0] for row in cursor.fetchall()]
