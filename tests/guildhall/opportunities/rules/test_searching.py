"""Of several words the one leads whose list is shortest, as far as its first part tells."""

from guildhall.opportunities.rules.searching import Row, rarest_first


def _part(*ranks: int) -> list[Row]:
    return [(f"{rank:04d}", f"opp_{rank}") for rank in ranks]


def test_of_lists_read_whole_the_shortest_leads_and_then_of_those_only_begun_the_one_that_reaches_furthest() -> None:
    parts = {
        "common": _part(1, 2, 3),
        "few": _part(1, 9),
        "rare": _part(40, 70, 900),
        "none": [],
        "some": _part(5, 20, 30),
    }
    assert rarest_first(parts, 3) == ["none", "few", "rare", "some", "common"]
