"""The rule builder as a form: lines and groups with their places as names, so that it works without scripts.

g-0=all              the group at place 0 joins its parts by `all`, `any` or `none`
a-0.1=orders         the line at place 0.1 asks about an attribute ...
o-0.1=gte            ... by an operator ...
v-0.1=12             ... with one or several values; w-0.1 is the second limit of `between`
a-0.2=event:contact  the line at place 0.2 asks about what happened: m- names the measure, o-, v- and w- compare it,
n-0.2=last_days      n- says which days count, x- and y- with what; g-0.2 and the lines at 0.2.0 … narrow it down
"""

from analytics.segments.builder.form import Builder
from analytics.segments.builder.parts import Branch, EventLine, Line, UnknownField

__all__ = ["Branch", "Builder", "EventLine", "Line", "UnknownField"]
