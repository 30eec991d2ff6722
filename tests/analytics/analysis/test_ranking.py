from analytics.analysis.ranking import share_ranking
from tests.analytics.analysis.frames import frame


def test_R_033_ranking_with_shares():
    result = share_ranking(
        frame("""
            product  quantity
            C               5
            A             120
            B              80
        """),
        measure="quantity",
    )
    assert result["product"].tolist() == ["A", "B", "C"]
    assert result["rank"].tolist() == [1, 2, 3]
    assert result["share"].round(3).tolist() == [0.585, 0.390, 0.024]
    assert result["cumulative_share"].iloc[-1] == 1.0


def test_equal_values_share_the_better_rank():
    result = share_ranking(
        frame("""
            product  quantity
            A               3
            B               7
            C               3
            D               1
        """),
        measure="quantity",
    )
    assert result["product"].tolist() == ["B", "A", "C", "D"]
    assert result["rank"].tolist() == [1, 2, 2, 4]


def test_nothing_and_only_returns_have_no_shares():
    assert share_ranking(frame("product amount"), measure="amount").empty
    returns = share_ranking(
        frame("""
            product  amount
            A            -5
        """),
        measure="amount",
    )
    assert returns["share"].isna().all()
