import pandas as pd
import pytest

from analytics.analysis.cross_table import cross_table, wide
from tests.analytics.analysis.frames import frame

CELLS = """
    region  month    product  quantity  amount
    east    2026-05  tea           100    1000
    east    2026-05  tea            20     200
    east    2026-05  coffee         30     600
    south   2026-05  tea            20     200
    south   2026-05  coffee         90    1800
"""


def test_R_035_totals_of_rows_and_columns():
    table = cross_table(frame(CELLS), rows=["region", "month"], columns=["product"], sums=["quantity", "amount"])
    grid = wide(table, rows=["region", "month"], columns=["product"], measure="quantity")
    assert grid.to_dict("index") == {
        ("east", "2026-05"): {"coffee": 30, "tea": 120},
        ("south", "2026-05"): {"coffee": 90, "tea": 20},
    }
    assert table.row_totals["quantity"].tolist() == [150, 110]
    assert table.column_totals.set_index("product")["quantity"].to_dict() == {"tea": 140, "coffee": 120}
    assert table.grand_total.to_dict("records") == [{"quantity": 260, "amount": 3800}]


def test_distinct_counts_come_from_their_own_level():
    counts = {
        ("region", "product"): frame("""
            region  product  customers
            east    tea              2
            east    coffee           2
            south   tea              1
            south   coffee           1
        """),
        ("region",): frame("""
            region  customers
            south           1
            east            3
        """),
        ("product",): frame("""
            product  customers
            tea              3
            coffee           3
        """),
        (): pd.DataFrame({"customers": [4]}),
    }
    table = cross_table(frame(CELLS), rows=["region"], columns=["product"], sums=["quantity"], distinct=counts)
    assert table.row_totals.set_index("region")["customers"].to_dict() == {"east": 3, "south": 1}
    assert table.grand_total.to_dict("records") == [{"quantity": 260, "customers": 4}]
    assert table.cells["customers"].sum() == 6
    with pytest.raises(ValueError, match="missing"):
        cross_table(frame(CELLS), rows=["region"], columns=["product"], sums=["quantity"], distinct={(): counts[()]})
    counts["region",] = counts["region",].iloc[:1]
    with pytest.raises(ValueError, match="do not cover"):
        cross_table(frame(CELLS), rows=["region"], columns=["product"], sums=["quantity"], distinct=counts)


def test_a_missing_region_is_a_group_of_its_own():
    cells = frame("""
        region  product  quantity
        -       tea             5
        east    tea             7
    """)
    table = cross_table(cells, rows=["region"], columns=["product"], sums=["quantity"])
    assert table.row_totals["quantity"].sum() == 12
    assert len(table.row_totals) == 2


def test_nothing_sold():
    table = cross_table(frame("region product amount"), rows=["region"], columns=["product"], sums=["amount"])
    assert table.cells.empty
    assert table.grand_total.to_dict("records") == [{"amount": 0}]


def test_a_dimension_cannot_be_row_and_column():
    with pytest.raises(ValueError, match="once"):
        cross_table(frame(CELLS), rows=["region"], columns=["region"], sums=["quantity"])
