"""Rules over attributes: one tree that picks records, for segments, saved filters and alerts.

    {"all": [rule, …]}   {"any": [rule, …]}   {"not": rule}
    {"attribute": "city", "op": "is", "value": "Hangzhou"}

`parse` checks a tree against a kind's attributes and says in words what is wrong with it; `to_q` compiles it for the
ORM. What analysis has computed is looked up in its saved figures, the figures of one run. Who can compile further kinds
of conditions than those on attributes gives `parse` their readers.
"""

from crm.records.rules.figures import register_figures, with_figures
from crm.records.rules.orm import to_q
from crm.records.rules.reading import Asked, Reading, describe, dump, may_ask, parse
from crm.records.rules.tree import (
    COUNTS_OF_DAYS,
    EMPTINESS,
    LABELS,
    LONGEST_TEXT,
    NEGATIONS,
    OPERATORS,
    Condition,
    Group,
    Leaf,
    Rule,
    RuleError,
    conditions,
    leaves,
    operators,
    parts,
)

__all__ = [
    "COUNTS_OF_DAYS",
    "EMPTINESS",
    "LABELS",
    "LONGEST_TEXT",
    "NEGATIONS",
    "OPERATORS",
    "Asked",
    "Condition",
    "Group",
    "Leaf",
    "Reading",
    "Rule",
    "RuleError",
    "conditions",
    "describe",
    "dump",
    "leaves",
    "may_ask",
    "operators",
    "parse",
    "parts",
    "register_figures",
    "to_q",
    "with_figures",
]
