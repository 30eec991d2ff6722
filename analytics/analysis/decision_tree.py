"""A small tree of yes-or-no questions, to be read by people.

Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984): each question is the one that makes the
two groups purest (entropy), asked only where both groups are large enough and the difference is no chance find (G
test).
Missing values are no reason to leave a customer out: a number that is not known is not below any limit, and whether it
is known may itself be asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from analytics.analysis.contract import Flags, Floats

MOST_LIMITS = 64  # of the values of a number, those at as many equal steps of its distribution
MOST_LEVELS = 50

OPPOSITE = {"most": "more", "is": "is_not", "unknown": "known"}

Condition = dict[str, Any]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class TreeSettings:
    """depth: most questions in a row; smallest_group: customers on each side of a question; chance: of a question that
    means nothing to be asked, over all questions that could be asked at its place together (Bonferroni)."""

    depth: int = 3
    smallest_group: int = 20
    chance: float = 0.01

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= 6:
            raise ValueError("depth must lie between 1 and 6")
        if self.smallest_group < 1:
            raise ValueError("smallest_group must be 1 or more")
        if not 0 < self.chance < 1:
            raise ValueError("chance must lie between 0 and 1")


@dataclass(frozen=True)
class Node:
    """A group of customers: how many, how many of them with the outcome; and the question that divides it.

    condition: {"input", "test", "value"}, with test `most` (a number known and at most value), `is` (equal to value)
               or `unknown`; yes, no: the two groups; None in a leaf
    """

    cases: int
    positives: int
    condition: Condition | None = None
    yes: "Node | None" = None
    no: "Node | None" = None

    @property
    def rate(self) -> float:
        """Share of the outcome, drawn half a case towards one half so that it is never certain."""
        return (self.positives + 0.5) / (self.cases + 1)

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"cases": self.cases, "positives": self.positives}
        if self.condition and self.yes and self.no:
            found |= {"condition": self.condition, "yes": self.yes.as_dict(), "no": self.no.as_dict()}
        return found

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Node":
        if "condition" not in values:
            return cls(values["cases"], values["positives"])
        yes, no = cls.from_dict(values["yes"]), cls.from_dict(values["no"])
        return cls(values["cases"], values["positives"], values["condition"], yes, no)


@dataclass(frozen=True)
class Rule:
    """A leaf as the conditions that lead to it: {"input", "test", "value"}, test one of `most`, `more` (above value, or
    not known), `is`, `is_not`, `unknown`, `known`."""

    conditions: tuple[Condition, ...]
    cases: int
    positives: int


def fit(cases: pd.DataFrame, outcome: "pd.Series[Any]", settings: TreeSettings | None = None) -> Node:
    """cases: columns of numbers (yes/no included, NaN: not known) and of text (codes; missing is a code of its own);
    outcome: yes/no of the same cases, none missing"""
    settings = settings or TreeSettings()
    y = np.asarray(outcome, dtype=np.bool_)
    questions = [_Questions(str(name), _column(cases[name])) for name in cases.columns]
    return _grow(questions, y, np.arange(len(y)), settings, settings.depth)


def probability(cases: pd.DataFrame, tree: Node) -> "pd.Series[float]":
    """The share of the outcome in each customer's leaf."""
    found = np.full(len(cases), np.nan)
    for leaf, rows in _leaves(cases, tree):
        found[rows] = leaf.rate
    return pd.Series(found, index=cases.index, name="probability")


def contributions(cases: pd.DataFrame, tree: Node) -> pd.DataFrame:
    """What each input adds to the logit of a customer's leaf: at each question the change from the group to the half it
    falls into (Saabas). The logit of the root's rate plus the sum of a row is the logit of the leaf's."""
    found = pd.DataFrame(0.0, index=cases.index, columns=_asked(tree))
    _add_steps(cases, tree, found)
    return found


def rules(tree: Node) -> list[Rule]:
    """Every leaf once, the highest rate first; limits of one number are drawn together."""
    found = [Rule(_drawn_together(path), leaf.cases, leaf.positives) for path, leaf in _paths(tree, ())]
    return sorted(found, key=lambda rule: -(rule.positives + 0.5) / (rule.cases + 1))


def importance(tree: Node) -> "pd.Series[float]":
    """Share of each input in what the questions of the tree tell (fall of entropy x customers), largest first."""
    gains: dict[str, float] = {}
    for node in _nodes(tree):
        if node.condition and node.yes and node.no:
            gain = _entropy(node.cases, node.positives) - sum(
                _entropy(part.cases, part.positives) for part in (node.yes, node.no)
            )
            gains[node.condition["input"]] = gains.get(node.condition["input"], 0.0) + gain
    found = pd.Series(gains, dtype="float64", name="importance")
    found = found / found.sum() if found.sum() else found
    return found.sort_values(ascending=False, kind="stable")


def places(cases: pd.DataFrame, tree: Node) -> list[tuple[Rule, Places]]:
    """Each rule with the places of the customers of `cases` that it holds for."""
    by_leaf = {id(leaf): rows for leaf, rows in _leaves(cases, tree)}
    found = [
        (Rule(_drawn_together(path), leaf.cases, leaf.positives), by_leaf[id(leaf)]) for path, leaf in _paths(tree, ())
    ]
    return sorted(found, key=lambda pair: -(pair[0].positives + 0.5) / (pair[0].cases + 1))


class _Questions:
    """Everything that may be asked of one column, counted at once: rows fall into bins between the limits of a number,
    or one for each level of a text; the last bin holds what is not known."""

    def __init__(self, name: str, column: Any) -> None:
        self.is_number = column.dtype == np.float64
        unknown = np.isnan(column) if self.is_number else pd.isna(column)
        values = _limits(column[~unknown]) if self.is_number else _levels(column[~unknown])
        self.unknown = len(values) + 1
        self.bins = np.full(len(column), self.unknown, dtype=np.intp)
        if self.is_number:
            self.bins[~unknown] = np.searchsorted(values, column[~unknown], side="left")
        else:
            numbers = {level: place for place, level in enumerate(values)}
            self.bins[~unknown] = [numbers.get(str(each), len(values)) for each in column[~unknown]]
        test = "most" if self.is_number else "is"
        self.conditions: list[Condition] = [
            *({"input": name, "test": test, "value": value} for value in values),
            {"input": name, "test": "unknown", "value": None},
        ]

    def counts(self, rows: Places, here: Flags) -> tuple[Floats, Floats]:
        """Of each condition: rows for which it is true, and how many of them have the outcome."""
        bins = self.bins[rows]
        found = [np.bincount(each, minlength=self.unknown + 1).astype(np.float64) for each in (bins, bins[here])]
        if self.is_number:
            found = [np.r_[np.cumsum(each[: self.unknown - 1]), each[self.unknown]] for each in found]
        else:
            found = [np.r_[each[: self.unknown - 1], each[self.unknown]] for each in found]
        return found[0], found[1]


def _limits(known: Floats) -> list[float]:
    values = np.unique(known)
    if len(values) <= MOST_LIMITS:
        return values[:-1].tolist()
    steps = np.linspace(0, 1, MOST_LIMITS + 1)[1:-1]
    return np.unique(np.quantile(known, steps, method="lower")).tolist()


def _levels(known: Any) -> list[str]:
    """The most frequent, in alphabetical order."""
    levels, counts = np.unique(known.astype(str), return_counts=True)
    return sorted(levels[np.argsort(-counts, kind="stable")[:MOST_LEVELS]].tolist())


def _grow(questions: list[_Questions], y: Flags, rows: Places, settings: TreeSettings, depth: int) -> Node:
    here = y[rows]
    cases, positives = len(rows), int(here.sum())
    if depth == 0 or positives in (0, cases) or cases < 2 * settings.smallest_group:
        return Node(cases, positives)
    best = _best(questions, here, rows, settings)
    if best is None:
        return Node(cases, positives)
    asked, place = best
    answer = _answers(asked.bins[rows], asked, place)
    yes, no = (_grow(questions, y, rows[part], settings, depth - 1) for part in (answer, ~answer))
    return Node(cases, positives, asked.conditions[place], yes, no)


def _best(
    questions: list[_Questions], here: Flags, rows: Places, settings: TreeSettings
) -> tuple[_Questions, int] | None:
    """The question that tells most at this place, if it is no chance find; of equal ones the first."""
    best, most, asked = None, 0.0, 0
    cases, positives = float(len(here)), float(here.sum())
    for each in questions:
        yes, yes_positives = each.counts(rows, here)
        is_allowed = np.minimum(yes, cases - yes) >= settings.smallest_group
        asked += int(is_allowed.sum())
        told = _entropy(cases, positives) - _entropy(yes, yes_positives)
        told = np.where(is_allowed, told - _entropy(cases - yes, positives - yes_positives), 0.0)
        place = int(told.argmax())
        if told[place] > most * (1 + 1e-9):
            best, most = (each, place), float(told[place])
    if best is None or stats.chi2.sf(2 * most, 1) * asked > settings.chance:
        return None
    return best


def _answers(bins: Places, asked: _Questions, place: int) -> Flags:
    if asked.conditions[place]["test"] == "unknown":
        return bins == asked.unknown
    return bins <= place if asked.is_number else bins == place


def _entropy(cases: Any, positives: Any) -> Any:
    """Entropy x customers, in nats; 0 of nobody."""
    share = positives / np.maximum(cases, 1)
    return cases * (special.entr(share) + special.entr(1 - share))


def _column(values: "pd.Series[Any]") -> Any:
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.astype("object").where(values.notna(), None).to_numpy()


def _answer(column: Any, condition: Condition) -> Flags:
    """Yes or no for every row."""
    test, value = condition["test"], condition["value"]
    if test == "most":
        return column <= value  # never true of NaN
    if test == "unknown":
        return np.asarray(pd.isna(column), dtype=np.bool_)
    return np.array([each is not None and str(each) == value for each in column], dtype=np.bool_)


def _leaves(cases: pd.DataFrame, tree: Node) -> Iterator[tuple[Node, Places]]:
    columns = {name: _column(cases[name]) for name in _asked(tree)}

    def walk(node: Node, rows: Places) -> Iterator[tuple[Node, Places]]:
        if node.condition is None or node.yes is None or node.no is None:
            yield node, rows
            return
        answer = _answer(columns[node.condition["input"]][rows], node.condition)
        yield from walk(node.yes, rows[answer])
        yield from walk(node.no, rows[~answer])

    yield from walk(tree, np.arange(len(cases)))


def _add_steps(cases: pd.DataFrame, tree: Node, found: pd.DataFrame) -> None:
    columns = {name: _column(cases[name]) for name in _asked(tree)}
    added = {name: np.zeros(len(cases)) for name in columns}

    def walk(node: Node, rows: Places) -> None:
        if node.condition is None or node.yes is None or node.no is None:
            return
        name = node.condition["input"]
        answer = _answer(columns[name][rows], node.condition)
        for part, below in ((rows[answer], node.yes), (rows[~answer], node.no)):
            added[name][part] += special.logit(below.rate) - special.logit(node.rate)
            walk(below, part)

    walk(tree, np.arange(len(cases)))
    for name, column in added.items():
        found[name] = column


def _paths(tree: Node, path: tuple[Condition, ...]) -> Iterator[tuple[tuple[Condition, ...], Node]]:
    if tree.condition is None or tree.yes is None or tree.no is None:
        yield path, tree
        return
    yield from _paths(tree.yes, (*path, tree.condition))
    yield from _paths(tree.no, (*path, {**tree.condition, "test": OPPOSITE[tree.condition["test"]]}))


def _drawn_together(path: Sequence[Condition]) -> tuple[Condition, ...]:
    """Of several limits of one number the narrowest, in the order in which inputs are first asked about."""
    found: dict[tuple[str, str, Any], Condition] = {}
    for each in path:
        is_limit = each["test"] in {"most", "more"}
        key = (each["input"], each["test"], None if is_limit else each["value"])
        before = found.get(key)
        if before is not None and is_limit:
            nearest = min if each["test"] == "most" else max
            found[key] = {**each, "value": nearest(each["value"], before["value"])}
        else:
            found[key] = each
    return tuple(found.values())


def _asked(tree: Node) -> list[str]:
    return sorted({node.condition["input"] for node in _nodes(tree) if node.condition})


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    if tree.yes and tree.no:
        yield from _nodes(tree.yes)
        yield from _nodes(tree.no)
