"""Trees as JSON brings them: checked against the attributes of a kind, and what is wrong with them said in words."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records import lookups, privacy
from crm.records.attributes import Attribute, Type
from crm.records.filters import EARLIEST, LATEST
from crm.records.kinds import Kind, kinds
from crm.records.rules.tree import (
    COUNTS_OF_DAYS,
    DEEPEST,
    EMPTINESS,
    LABELS,
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MOST_CONDITIONS,
    MOST_DAYS,
    MOST_VALUES,
    SYMBOLS,
    Condition,
    Group,
    Leaf,
    Rule,
    RuleError,
    below,
    operators,
)


class Asked(Protocol):
    """What conditions are about: a kind, or whatever else has attributes under the access rule of one."""

    @property
    def key(self) -> str: ...

    @property
    def attributes(self) -> Iterable[Attribute]: ...

    @property
    def by_key(self) -> Mapping[str, Attribute]: ...


LeafReader = Callable[[dict[str, Any], "Reading", str, int], Leaf]


def parse(
    tree: Any, kind: Kind | str, *, user: User | None = None, leaves: Mapping[str, LeafReader] | None = None
) -> Rule:
    """The rule of a tree; RuleError in words for anything that is not one.

    user    limits it to what he may ask
    leaves  readers of further kinds of conditions, by the word that such a condition begins with
    """
    kind = kinds[kind] if isinstance(kind, str) else kind
    return Reading(user, leaves or {}).rule(tree, kind, "", 1)


def dump(rule: Rule) -> dict[str, Any]:
    """The tree of a rule, as JSON keeps it: what `parse` read, in its plainest form."""
    if isinstance(rule, Leaf):
        return rule.tree()
    if isinstance(rule, Group):
        return {"not": dump(rule.rules[0])} if rule.mode == "not" else {rule.mode: [dump(each) for each in rule.rules]}
    found: dict[str, Any] = {"attribute": rule.attribute.key, "op": rule.op}
    if rule.op not in EMPTINESS:
        found["value"] = plain(rule.value)
    return found


def describe(kind: Kind, user: User | None) -> list[dict[str, Any]]:
    """What a builder may offer this reader: attributes with their operators, choices and look-ups."""
    return [
        {
            "key": each.key,
            "label": str(each.label),
            "type": str(each.type),
            "unit": each.unit,
            "is_computed": each.is_computed,
            "formula": str(each.formula),
            "operators": [{"op": op, "label": str(LABELS[op])} for op in operators(each)],
            "choices": [{"value": code, "label": str(label)} for code, label in each.choice_pairs()],
            "related": each.related,
        }
        for each in kind.attributes
        if may_ask(kind, each, user)
    ]


def may_ask(kind: Asked, attribute: Attribute, user: User | None) -> bool:
    """Masked attributes may not be asked about; to such a reader they are unknown."""
    is_askable = attribute.is_computed or (bool(attribute.source) and attribute.is_filterable)
    return is_askable and privacy.may_read(kind, attribute, user)  # type: ignore[arg-type]


class Reading:
    """One tree being read: for whom, and how many parts it may still have."""

    def __init__(self, user: User | None, leaves: Mapping[str, LeafReader]) -> None:
        self.user, self.leaves = user, leaves
        self.budget = MOST_CONDITIONS

    def rule(self, tree: Any, kind: Asked, path: str, depth: int, *, has_leaves: bool = True) -> Rule:
        """The rule at `path`, about records of `kind`; a leaf reads the rules within it with `has_leaves` off."""
        if not isinstance(tree, dict):
            raise RuleError(_("A rule must be an object with “all”, “any”, “not” or “attribute”."), path)
        if depth > DEEPEST:
            raise RuleError(_("The rule is nested too deeply; at most %(count)s levels.") % {"count": DEEPEST}, path)
        self.budget -= 1
        if self.budget < 0:
            raise RuleError(_("The rule has too many parts; at most %(count)s.") % {"count": MOST_CONDITIONS}, path)
        if "attribute" in tree:
            return self._condition(tree, kind, path)
        word = next((each for each in self.leaves if each in tree), "") if has_leaves else ""
        if word:
            return self.leaves[word](tree, self, path, depth)
        if len(tree) != 1:
            raise RuleError(_("A rule has exactly one of “all”, “any”, “not” and “attribute”."), path)
        mode, inner = next(iter(tree.items()))
        if mode == "not":
            found = self.rule(inner, kind, below(path, "not"), depth + 1, has_leaves=has_leaves)
            return Group("not", (found,))
        if mode not in {"all", "any"}:
            raise RuleError(_("“%(mode)s” is no way to join conditions.") % {"mode": str(mode)[:40]}, path)
        if not isinstance(inner, list) or not inner:
            raise RuleError(_("“%(mode)s” needs a list of at least one condition.") % {"mode": mode}, path)
        rules = tuple(
            self.rule(each, kind, below(path, f"{mode}.{at}"), depth + 1, has_leaves=has_leaves)
            for at, each in enumerate(inner)
        )
        return Group(mode, rules)

    def _condition(self, tree: dict[str, Any], kind: Asked, path: str) -> Condition:
        check_words(tree, {"attribute", "op", "value"}, path)
        key = tree["attribute"]
        attribute = kind.by_key.get(key) if isinstance(key, str) else None
        if attribute is None or not may_ask(kind, attribute, self.user):
            raise RuleError(_("There is no attribute “%(name)s”.") % {"name": str(key)[:60]}, below(path, "attribute"))
        op = operator(tree.get("op", "is"), operators(attribute), attribute.label, below(path, "op"))
        if op in EMPTINESS:
            return Condition(attribute, op)
        try:
            return Condition(attribute, op, value_of(attribute, op, tree.get("value"), self.user))
        except RuleError as error:
            raise RuleError(f"{attribute.label}: {error.message}", below(path, "value")) from None


def check_words(tree: dict[str, Any], known: set[str], path: str) -> None:
    unknown = set(tree) - known
    if unknown:
        raise RuleError(_("A condition has no “%(name)s”.") % {"name": str(sorted(map(str, unknown))[0])[:40]}, path)


def operator(given: Any, possible: Iterable[str], label: Any, path: str) -> str:
    """The operator that a word or sign stands for; RuleError unless it is one of the possible."""
    op = SYMBOLS.get(given, given) if isinstance(given, str) else ""
    if op not in possible:
        text = _("%(label)s cannot be asked “%(op)s”; possible are %(possible)s.")
        said = {"label": label, "op": str(given)[:40], "possible": ", ".join(possible)}
        raise RuleError(text % said, path)
    return op


def value_of(attribute: Attribute, op: str, given: Any, user: User | None) -> Any:
    """The typed value that an operator compares with."""
    if op in COUNTS_OF_DAYS:
        return count_of_days(given)
    read: Callable[[Any], Any] = lambda each: _single(attribute, each)  # noqa: E731
    if op == "between":
        return pair(given, read)
    is_list = op in {"in", "not_in"}
    if not is_list:
        found = (read(given),)
    else:
        if not isinstance(given, list | tuple) or not 0 < len(given) <= MOST_VALUES:
            raise RuleError(_("give a list of 1 to %(count)s values.") % {"count": MOST_VALUES})
        found = tuple(dict.fromkeys(read(each) for each in given))
    if attribute.type == Type.RELATION:
        _check_related(attribute, found, user)
    return found if is_list else found[0]


def pair(given: Any, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise RuleError(_("give two values, from and to."))
    low, high = read(given[0]), read(given[1])
    if low > high:
        raise RuleError(_("the first value must not be above the second."))
    return (low, high)


def number(given: Any) -> Decimal:
    try:
        if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal) or len(str(given)) > 40:
            raise InvalidOperation
        found = Decimal(str(given).strip())
        if not found.is_finite() or abs(found) > LARGEST_NUMBER:
            raise InvalidOperation
    except InvalidOperation:
        raise RuleError(_("give a number.")) from None
    return found


def day(given: Any) -> datetime.date:
    try:
        found = datetime.date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise RuleError(_("give a date such as 2024-05-31."))
    return found


def count_of_days(given: Any) -> int:
    found = number(given)
    if found != found.to_integral_value() or not 0 < found <= MOST_DAYS:
        raise RuleError(_("give a whole number of days, 1 to %(count)s.") % {"count": MOST_DAYS})
    return int(found)


def plain(value: Any) -> Any:
    """A typed value as JSON keeps it."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def _single(attribute: Attribute, given: Any) -> Any:
    match attribute.type:
        case Type.TEXT | Type.LONG_TEXT:
            return _text(given)
        case Type.NUMBER | Type.MONEY | Type.RATIO:
            return number(given)
        case Type.DATE | Type.MOMENT:
            return day(given)
        case Type.BOOLEAN:
            if given in (True, "true") or given in (False, "false"):
                return given in (True, "true")
            raise RuleError(_("give true or false."))
        case Type.CHOICE:
            codes = [str(code) for code, _label in attribute.choice_pairs()]
            if not isinstance(given, str) or given not in codes:
                said = {"value": str(given)[:40], "codes": ", ".join(codes[:30])}
                raise RuleError(_("“%(value)s” is none of %(codes)s.") % said)
            return given
        case Type.RELATION:
            if isinstance(given, bool) or not lookups.is_id(given):
                raise RuleError(_("give the number of a record."))
            return int(given)
    raise RuleError(_("this cannot be asked."))


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        raise RuleError(_("give a text."))
    if len(given) > LONGEST_TEXT:
        raise RuleError(_("give at most %(count)s letters.") % {"count": LONGEST_TEXT})
    return given.strip()


def _check_related(attribute: Attribute, ids: tuple[int, ...], user: User | None) -> None:
    known = lookups.get(attribute.related).queryset(user).filter(pk__in=ids).values_list("pk", flat=True)
    missing = sorted(set(ids) - set(known))
    if missing:
        raise RuleError(_("there is no record %(number)s.") % {"number": missing[0]})
