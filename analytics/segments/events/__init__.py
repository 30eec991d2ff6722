"""Conditions on what happened with a customer: how often, how much, how long ago, within some days.

    {"event": "order_line", "where": {"attribute": "category", "op": "in", "value": [7]},
     "measure": "times", "op": "gte", "value": 3, "window": {"last_days": 90}}

`vocabulary` declares what may be asked, `reading` checks a tree, `compiling` makes SQL of it, `words` says it.
"""

from analytics.segments.events.reading import EventCondition, read
from analytics.segments.events.vocabulary import Event, Measure, offered
from analytics.segments.events.windows import Window

LEAVES = {"event": read}  # what `rules.parse` is given

__all__ = ["LEAVES", "Event", "EventCondition", "Measure", "Window", "offered"]
