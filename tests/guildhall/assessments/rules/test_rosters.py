import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.rules.rosters import ROSTER_LINES_MAX, read_roster

PASTED = """Name, E-mail
Ada Lovelace, ada@example.org
grace@example.org; Grace Hopper
"Johnson, Katherine",kath@example.org
Alan Turing <alan@example.org>,
Emmy\temmy@example.org

solo@example.org
no address here
two@example.org, twice@example.org
broken@@example.org
ADA again, ADA@example.org
"""


def test_lists_as_people_paste_them_are_understood() -> None:
    roster = read_roster(PASTED)
    assert [(one.line, one.name, one.email) for one in roster.entries] == [
        (2, "Ada Lovelace", "ada@example.org"),
        (3, "Grace Hopper", "grace@example.org"),
        (4, "Johnson, Katherine", "kath@example.org"),
        (5, "Alan Turing", "alan@example.org"),
        (6, "Emmy", "emmy@example.org"),
        (8, "solo", "solo@example.org"),
    ]


def test_every_line_that_names_nobody_is_told_with_its_reason() -> None:
    told = {one.line: one.reason for one in read_roster(PASTED).refused}
    assert told == {
        9: "There is no e-mail address in it.",
        10: "There is more than one address in it.",
        11: "That is not an e-mail address.",
        12: "The same address stands in line 2.",
    }


def test_too_many_at_once_are_told_and_the_first_are_taken() -> None:
    roster = read_roster("\n".join(f"p{n}@example.org" for n in range(ROSTER_LINES_MAX + 2)))
    assert (len(roster.entries), len(roster.refused)) == (ROSTER_LINES_MAX, 2)


@pytest.mark.parametrize("text", ["", "\n\n", "Name;E-mail\n"])
def test_nothing_is_nothing(text: str) -> None:
    roster = read_roster(text)
    assert (roster.entries, roster.refused) == ((), ())


@given(st.text(max_size=300))
def test_whatever_is_pasted_each_line_is_taken_or_told(text: str) -> None:
    roster = read_roster(text)
    told = [one.line for one in roster.entries] + [one.line for one in roster.refused]
    assert len(set(told)) == len(told)
