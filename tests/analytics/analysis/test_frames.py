from tests.analytics.analysis.frames import frame


def test_columns_are_typed():
    table = frame("""
        customer_id  seen_on     amount  rate  name  is_new
                  1  2026-01-31     100   0.5  tea   True
                  2  -              200     -  -     False
    """)
    assert [dtype.kind for dtype in table.dtypes] == ["i", "M", "i", "f", "O", "b"]
    assert table["seen_on"].isna().tolist() == [False, True]


def test_a_table_without_rows_is_typed_by_its_names():
    assert [dtype.kind for dtype in frame("customer_id seen_on amount rate").dtypes] == ["i", "M", "i", "f"]
