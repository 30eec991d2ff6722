"""Where the board of a kind is: {% load boards %} {% board_url kind as address %}, empty where it has none."""

from django import template

from crm.records.board import boards
from crm.records.kinds import Kind

register = template.Library()


@register.simple_tag
def board_url(kind: Kind) -> str:
    return kind.url("board") if boards.get(kind.key) else ""
