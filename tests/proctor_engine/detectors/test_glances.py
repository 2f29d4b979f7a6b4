"""Looks at changed places: nothing new is forgotten, what always stirs has its turn, and the last looks are kept."""

from dataclasses import replace

import pytest

from proctor_engine.detectors import unrest, windows
from proctor_engine.detectors.change import COLUMNS, ROWS, Stir
from proctor_engine.detectors.glances import GLANCES_MOST, GLANCES_PER_SECOND, KEPT_FOR_CALM, KEPT_FOR_NEWS, Glances
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
    assert glances.owed == 0


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
    assert 1 < looks <= 12


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
