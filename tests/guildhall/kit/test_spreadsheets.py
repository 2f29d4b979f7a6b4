import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.spreadsheets import as_csv, hundredths


@pytest.mark.parametrize("evil", ["=1+1", "+1", "@x", "-x", "\t=1", " =1", "\uff1d1", "\r=1"])
def test_a_cell_that_would_run_gets_an_apostrophe(evil: str) -> None:
    assert as_csv(("name",), [(evil,)]).decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith("'")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1), min_size=2, max_size=4))
def test_what_is_read_back_is_what_was_written_but_for_that_apostrophe(row: list[str]) -> None:
    (read,) = list(csv.reader(io.StringIO(as_csv(row, []).decode("utf-8-sig"), newline="")))
    assert read == row
    _, again = list(csv.reader(io.StringIO(as_csv(["h"] * len(row), [row]).decode("utf-8-sig"), newline="")))
    assert [cell.removeprefix("'") for cell in again] == [cell.removeprefix("'") for cell in row]


def test_points_are_numbers_with_two_places() -> None:
    assert [hundredths(one) for one in (12_345, 5, -250, 0)] == ["123.45", "0.05", "-2.50", "0.00"]
    assert b"'" not in as_csv(("points",), [(hundredths(-250),)])
