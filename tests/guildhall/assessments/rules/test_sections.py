import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.model.attempts import SectionStanding
from guildhall.assessments.rules.sections import CannotMoveOn, SectionLeft, SectionNotOpen, Sections

OF_SLOT = {"q1": "a", "q2": "b", "q3": "b", "q4": "c"}
FORWARD = Sections(("a", "b", "c"), OF_SLOT, is_free=False)
FREE = Sections(("a", "b", "c"), OF_SLOT, is_free=True)


def test_of_an_exam_that_goes_forwards_one_section_is_open_those_before_are_left_and_those_after_are_to_come() -> None:
    standing = [FORWARD.standing(section, {"a"}) for section in FORWARD.order]
    assert standing == [SectionStanding.LEFT, SectionStanding.OPEN, SectionStanding.LATER]


def test_where_one_may_go_back_and_forth_every_section_is_open_and_none_can_be_left() -> None:
    assert {FREE.standing(section, set()) for section in FREE.order} == {SectionStanding.OPEN}
    for slot in OF_SLOT:
        FREE.check_answer(slot, set())
    with pytest.raises(CannotMoveOn, match="back and forth"):
        FREE.check_leaving("a", set())


def test_an_answer_to_a_section_that_is_not_open_is_refused_and_told_which_of_both_it_is() -> None:
    FORWARD.check_answer("q2", {"a"})
    with pytest.raises(SectionLeft):
        FORWARD.check_answer("q1", {"a"})
    with pytest.raises(SectionNotOpen):
        FORWARD.check_answer("q4", {"a"})


def test_only_the_open_section_can_be_left_and_the_last_one_is_handed_in() -> None:
    FORWARD.check_leaving("a", set())
    for section in ("b", "c"):
        with pytest.raises(CannotMoveOn, match="not in this section"):
            FORWARD.check_leaving(section, set())
    with pytest.raises(CannotMoveOn, match="last section"):
        FORWARD.check_leaving("c", {"a", "b"})


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=8))
def test_whatever_is_asked_in_whatever_order_exactly_one_section_is_open_and_it_never_goes_back(
    asked: list[str],
) -> None:
    left: set[str] = set()
    places = []
    for section in asked:
        try:
            FORWARD.check_leaving(section, left)
        except CannotMoveOn:
            pass
        else:
            left.add(section)
        standings = [FORWARD.standing(one, left) for one in FORWARD.order]
        assert standings.count(SectionStanding.OPEN) == 1
        places.append(standings.index(SectionStanding.OPEN))
    assert places == sorted(places)
