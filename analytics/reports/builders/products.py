"""What builders of reports on products share: codes and names of products, and the lines that are goods sold."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from analytics.reports.composition import Question, Reader

GOODS_SOLD = ("f.is_product", "f.is_gross", "f.product_id IS NOT NULL")  # no fees, returns or corrections


@dataclass(frozen=True)
class Named:
    """A product: code for scripts, name in the reader's language for people."""

    id: int
    code: str
    name: str
    category_id: int | None = None


def products(reader: Reader) -> dict[int, Named]:
    """Every product of the snapshot by id."""
    own = f"name_{(get_language() or 'en').replace('-', '_')}"
    found = reader.rows("SELECT product_id, code, name, name_zh_hans, name_zh_hant, category_id FROM products")
    return {
        row["product_id"]: Named(
            row["product_id"],
            row["code"] or str(row["product_id"]),
            row.get(own) or row["name"] or row["code"] or str(row["product_id"]),
            row["category_id"],
        )
        for row in found
    }


def by_code(named: dict[int, Named]) -> dict[str, Named]:
    return {each.code: each for each in named.values()}


def named(found: dict[int, Named], key: Any) -> Named:
    """A product by id; one that the snapshot does not name goes by its id."""
    number = int(key)
    return found.get(number) or Named(number, str(number), str(number))


def lines(question: Question, *columns: str) -> Any:
    """The lines of a question as a frame; each combination of the columns once."""
    return question.frame(question.select(*columns).distinct())


def joined(codes: Iterable[str]) -> str:
    """Several codes in one cell."""
    return ", ".join(codes)
