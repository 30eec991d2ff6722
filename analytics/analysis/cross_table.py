"""Cross tables with totals, for any dimensions and measures (R-035)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.analysis.contract import require_columns


@dataclass(frozen=True)
class CrossTable:
    """Tidy frames: the cells, the totals of each row and column head, the grand total (exactly one row)."""

    cells: pd.DataFrame
    row_totals: pd.DataFrame
    column_totals: pd.DataFrame
    grand_total: pd.DataFrame


def cross_table(
    cells: pd.DataFrame,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    sums: Sequence[str],
    distinct: Mapping[tuple[str, ...], pd.DataFrame] | None = None,
) -> CrossTable:
    """Totals of rows, of columns and of everything.

    cells:    tidy frame: the dimensions of rows and columns and the measures named in `sums`; rows of equal
              dimensions are added up; a missing dimension value is a group of its own
    sums:     measures that may be added (quantity, amount in cents)
    distinct: measures that may not be added, because one customer is in several cells (customers, orders):
              for each set of dimensions - rows + columns, rows, columns, () - a frame counted at that level
              with those dimensions and the measures. A missing level is an error; it is never replaced by a
              sum.
    returns:  frames sorted by their dimensions
    """
    dimensions = [*rows, *columns]
    if len(set(dimensions)) != len(dimensions):
        raise ValueError("a dimension can only be used once")
    require_columns(cells, *dimensions, *sums)
    levels = (tuple(dimensions), tuple(rows), tuple(columns), ())
    counted = {frozenset(level): frame for level, frame in (distinct or {}).items()}
    missing = [level for level in levels if distinct is not None and frozenset(level) not in counted]
    if missing:
        raise ValueError(f"distinct counts are missing for {missing}")
    tables = [_totals(cells, level, list(sums), counted.get(frozenset(level))) for level in levels]
    return CrossTable(*tables)


def wide(table: CrossTable, *, rows: Sequence[str], columns: Sequence[str], measure: str) -> pd.DataFrame:
    """One measure as a grid: row heads in the index, column heads in the columns, 0 where nothing is."""
    groups = table.cells.groupby([*rows, *columns], dropna=False)[measure].sum()
    return groups.unstack(list(columns), fill_value=0) if columns else groups.to_frame()


def _totals(cells: pd.DataFrame, level: tuple[str, ...], sums: list[str], counted: pd.DataFrame | None) -> pd.DataFrame:
    keys = list(level)
    if keys:
        result: pd.DataFrame = cells.groupby(keys, dropna=False)[sums].sum().reset_index()
    else:
        result = pd.DataFrame(
            {name: pd.Series([cells[name].sum()], dtype=cells[name].dtype) for name in sums}, index=[0]
        )
    if counted is None:
        return result
    measures = [name for name in counted.columns if name not in keys]
    if not keys:
        return pd.concat([result, _one_row(counted[measures])], axis=1)
    merged: Any = result.merge(counted[keys + measures], how="left", on=keys, validate="one_to_one")
    if merged[measures].isna().to_numpy().any():
        raise ValueError(f"distinct counts by {', '.join(keys)} do not cover all groups")
    return merged


def _one_row(counted: pd.DataFrame) -> pd.DataFrame:
    if len(counted) != 1:
        raise ValueError("the distinct counts of everything must be one row")
    return counted.reset_index(drop=True)
