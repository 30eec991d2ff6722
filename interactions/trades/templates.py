"""The templates as they lie in `data`: names are always English, Simplified and Traditional Chinese.

{"name": [...], "opinion_types": {"waiting_time": [...]}, "fields": {"customer.insurance": {"name": [...],
 "type": "choice", "options": {"public": [...]}}}, "talk_guides": {...}, ...}
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

DATA = Path(__file__).with_name("data")
ORDER = ("retail", "ecommerce", "finance", "telecom", "internet", "education", "medical")


@dataclass(frozen=True)
class Template:
    """parts: key of a list -> code -> what the row is made of"""

    slug: str
    names: tuple[str, str, str]
    parts: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        return in_own_language(self.names)

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self.parts.values())


def in_own_language(names: Any) -> str:
    place = {"zh-hans": 1, "zh-hant": 2}.get(get_language() or "", 0)
    return str(names[place] or names[0])


@cache
def templates() -> dict[str, Template]:
    found = {}
    for slug in ORDER:
        content = json.loads((DATA / f"{slug}.json").read_text(encoding="utf-8"))
        names = tuple(content.pop("name"))
        found[slug] = Template(slug, names, content)  # type: ignore[arg-type]
    return found
