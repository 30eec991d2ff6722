"""Small frames written as text, so that a test can be checked by eye."""

from io import StringIO

import pandas as pd


def frame(text: str) -> pd.DataFrame:
    """A frame from a table of words separated by blanks; `-` is a missing value.

    Columns whose name ends in `_on` are days; in a table without rows, `customer_id`, `orders` and amounts
    are whole numbers and everything else is floating point, as the facts deliver them.
    """
    table = pd.read_csv(StringIO(text.strip()), sep=r"\s+", na_values=["-"])
    for name in table.columns:
        if name.endswith("_on"):
            table[name] = pd.to_datetime(table[name])
        elif table.empty:
            is_whole = name in {"customer_id", "orders"} or "amount" in name
            table[name] = table[name].astype("int64" if is_whole else "float64")
    return table
