"""Looks at changed places: nothing new is forgotten, what always stirs has its turn, and the last looks are kept."""

from dataclasses import replace

import pytest

from proctor_engine.detectors import unrest, windows
from proctor_engine.detectors.change import COLUMNS, ROWS, Change, Stir
from proctor_engine.detectors.glances import (
    GLANCES_MOST,
    GLANCES_PER_SECOND,
    KEPT_FOR_CALM,
    KEPT_FOR_NEWS,
    KEPT_FOR_STRONG,
    Glances,
)
from proctor_engine.detectors.memory import SessionMemory, begin_memory
from proctor_engine.detectors.unrest import FIELDS, RESTLESS

FRAME_MS = 200
CALM_LEVELS = [0] * FIELDS
LEVELS = 200
STREET = unrest.fields_between(6, 0, 8, 6)


def _memory(*, glances: float, street: int = 0) -> SessionMemory:
    """Before a frame: a calm picture, or one with a street that always stirs."""
    steps = bytes(RESTLESS + 20 if street >> field & 1 else 0 for field in range(FIELDS))
    return replace(begin_memory(640, 480, 0, glances, bytes(COLUMNS * ROWS)), unrest=steps)


def _next(before: SessionMemory, glances: Glances) -> SessionMemory:
    return replace(
        before,
        at_ms=before.at_ms + FRAME_MS,
        unrest=glances.unrest,
        pressing=glances.pressing,
        owed=glances.owed,
        awaited=glances.awaited,
        glances=glances.left,
    )


def _stir(*fields: int) -> Stir:
    return Stir([LEVELS if field in fields else 0 for field in range(FIELDS)], None)


def _frame(before: SessionMemory, stir: Stir) -> Glances:
    glances = Glances(before, before.at_ms + FRAME_MS)
    glances.take_in(stir, fades=False)
    return glances


def _usual(memory: SessionMemory) -> Stir:
    """Everything restless stirs as it always does."""
    return Stir([int(unrest.usual_levels(step)) for step in memory.unrest], None)


def test_what_has_changed_while_no_look_was_left_is_looked_at_as_soon_as_one_is() -> None:
    memory = _memory(glances=0.0, street=STREET)
    glances = _frame(memory, _stir(9))
    assert glances.spend() is None
    frames = 1
    while (window := glances.spend()) is None:
        memory = _next(memory, glances)
        glances = _frame(memory, Stir(CALM_LEVELS, None))
        frames += 1
    assert window.left_px < 80 + 40 < window.left_px + window.side_px  # field 9 is the second of the second row
    assert frames * FRAME_MS / 1_000 <= 1 / GLANCES_PER_SECOND + FRAME_MS / 1_000
    assert glances.owed == glances.pressing == 0


def test_each_part_that_always_stirs_has_its_turn_before_one_has_a_second() -> None:
    memory, seen, looks = _memory(glances=GLANCES_MOST, street=STREET), 0, 0
    for _ in range(2_000):
        glances = _frame(memory, _usual(memory))
        if (window := glances.spend()) is not None:
            looks += 1
            seen |= windows.fields_at(window, 640, 480)
            if glances.awaited == 0:
                break
        memory = _next(memory, glances)
    assert glances.awaited == 0
    assert seen & STREET == STREET
    assert 1 < looks <= 3


@pytest.mark.parametrize(
    ("stir", "kept"), [(_stir(), KEPT_FOR_NEWS), (_stir(7, 15), KEPT_FOR_CALM)], ids=["as usual", "more than usual"]
)
def test_what_always_stirs_leaves_the_last_looks_to_who_comes_elsewhere(stir: Stir, kept: float) -> None:
    memory = _memory(glances=GLANCES_MOST, street=STREET)
    while True:
        glances = _frame(memory, stir)
        if glances.spend() is None:
            break
        memory = replace(_memory(glances=glances.left, street=STREET), awaited=glances.awaited)
    assert kept <= glances.left < kept + 1
    newcomer = _frame(_memory(glances=glances.left, street=STREET), _stir(9))
    assert newcomer.spend() is not None


def test_faint_changes_leave_the_last_looks_to_what_changes_as_a_face_does() -> None:
    memory = _memory(glances=GLANCES_MOST, street=1 << 47)
    faint = Stir([10 if field in {9, 40} else 0 for field in range(FIELDS)], None)
    while _frame(memory, faint).spend() is not None:
        memory = replace(memory, glances=memory.glances - 1)
    assert KEPT_FOR_STRONG <= memory.glances < KEPT_FOR_STRONG + 1
    window = _frame(memory, _stir(30)).spend()
    assert window is not None
    assert windows.fields_at(window, 640, 480) >> 30 & 1


def test_what_changes_as_a_face_does_is_looked_at_before_faint_changes_that_wait() -> None:
    memory = replace(_memory(glances=GLANCES_MOST, street=1 << 7), owed=1 << 0 | 1 << 9)
    window = _frame(memory, _stir(46)).spend()
    assert window is not None
    assert windows.fields_at(window, 640, 480) >> 46 & 1


def test_a_face_that_comes_half_before_a_street_is_looked_at_whole() -> None:
    memory = _memory(glances=1.0, street=STREET)
    calm_half = Change(5.5 / 8, 1 / 6, 6 / 8, 2 / 6, cells=8, levels=LEVELS)
    usual = list(_usual(memory).levels)
    usual[8 + 5] = LEVELS
    window = _frame(memory, Stir(usual, calm_half)).spend()
    assert window is not None
    whole = windows.fields_at(window, 640, 480)
    assert whole & unrest.fields_between(5, 0, 7, 3) == unrest.fields_between(5, 0, 7, 3)


def test_a_field_that_a_look_has_cut_stays_owed_until_one_shows_it_whole() -> None:
    corner = Change(0.99 / 8, 0.99 / 6, 1.01 / 8, 1.01 / 6, cells=1, levels=LEVELS)  # between four fields
    memory = _memory(glances=GLANCES_MOST)
    levels = [LEVELS if field in {0, 1, 8, 9} else 0 for field in range(FIELDS)]
    glances = _frame(memory, Stir(levels, corner))
    assert glances.spend() is not None
    assert glances.pressing >> 9 & 1
    glances = _frame(_next(memory, glances), Stir(CALM_LEVELS, None))
    assert glances.spend() is not None
    assert glances.pressing == 0


def test_what_always_stirs_and_does_so_more_now_is_told_apart_from_what_is_calm() -> None:
    change = Change(0.8, 0.1, 0.9, 0.4, cells=9, levels=LEVELS)
    in_street = _frame(_memory(glances=1.0, street=STREET), Stir(_stir(7).levels, change))
    assert (in_street.change, in_street.stirring) == (None, change)
    elsewhere = _frame(_memory(glances=1.0, street=STREET), Stir(_stir(9).levels, change))
    assert (elsewhere.change, elsewhere.stirring) == (change, None)


def test_a_picture_that_stirs_everywhere_has_had_its_turn_after_few_looks() -> None:
    memory, seen, looks = _memory(glances=GLANCES_MOST, street=unrest.ALL), 0, 0
    while seen != unrest.ALL:
        glances = _frame(replace(memory, glances=GLANCES_MOST), _usual(memory))
        window = glances.spend()
        assert window is not None
        seen |= windows.fields_at(window, 640, 480)
        memory, looks = _next(memory, glances), looks + 1
    assert looks <= 4
