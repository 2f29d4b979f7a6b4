import itertools
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import AllowedAction, Guard, Machine, MachineError, Move, Moved, MoveRefused, Timer


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"
    GONE = "gone"


HAS_KEY = Guard("has key", lambda facts: facts["key"], "the key is missing")
IS_STRONG = Guard("is strong", lambda facts: facts["strength"] > 9, "no")
MOVES = (
    Move("shut", frozenset({Door.OPEN}), Door.SHUT, frozenset({"guest", "owner"}), timer=Timer("lock", 30)),
    Move("open", frozenset({Door.SHUT}), Door.OPEN, frozenset({"guest", "owner"}), effects=("ring the bell",)),
    Move("lock", frozenset({Door.SHUT}), Door.LOCKED, frozenset({"owner", "clock"}), guard=HAS_KEY),
    Move("unlock", frozenset({Door.LOCKED}), Door.SHUT, frozenset({"owner"}), guard=HAS_KEY),
    Move("unlock", frozenset({Door.LOCKED}), Door.GONE, frozenset({"owner"}), guard=IS_STRONG, effects=("mourn",)),
    Move("remove", frozenset({Door.OPEN, Door.SHUT}), Door.GONE, frozenset({"owner"})),
)
DOOR = Machine("door", Door, Door.OPEN, frozenset({Door.GONE}), MOVES)
FACTS = [{"key": key, "strength": strength} for key in (True, False) for strength in (1, 10)]
EVENTS = ["shut", "open", "lock", "unlock", "remove", "paint"]
ACTORS = ["guest", "owner", "clock", "thief"]

# Written by hand, not taken from the table: (state, event, actor) -> target where there is a key and no strength.
WITH_KEY = {
    (Door.OPEN, "shut", "guest"): Door.SHUT,
    (Door.OPEN, "shut", "owner"): Door.SHUT,
    (Door.OPEN, "remove", "owner"): Door.GONE,
    (Door.SHUT, "open", "guest"): Door.OPEN,
    (Door.SHUT, "open", "owner"): Door.OPEN,
    (Door.SHUT, "lock", "owner"): Door.LOCKED,
    (Door.SHUT, "lock", "clock"): Door.LOCKED,
    (Door.SHUT, "remove", "owner"): Door.GONE,
    (Door.LOCKED, "unlock", "owner"): Door.SHUT,
}


@pytest.mark.parametrize(("state", "event", "actor"), list(itertools.product(Door, EVENTS, ACTORS)))
def test_every_state_event_and_actor_leads_where_the_table_says_or_is_refused(
    state: Door, event: str, actor: str
) -> None:
    facts = {"key": True, "strength": 1}
    target = WITH_KEY.get((state, event, actor))
    if target is not None:
        assert DOOR.move(state, event, actor, facts).target is target
    else:
        with pytest.raises(MoveRefused):
            DOOR.move(state, event, actor, facts)


@pytest.mark.parametrize("state", list(Door))
def test_what_is_offered_is_exactly_what_can_be_done(state: Door) -> None:
    for event, actor, facts in itertools.product(EVENTS, ACTORS, FACTS):
        actions = DOOR.allowed_actions(state, actor, facts)
        offered = [action for action in actions if action.event == event]
        if offered and offered[0].allowed:
            assert offered == [AllowedAction(event, allowed=True, reason=None)]
            assert DOOR.move(state, event, actor, facts).target in Door
            continue
        with pytest.raises(MoveRefused) as refused:
            DOOR.move(state, event, actor, facts)
        assert list(refused.value.possible) == [action.event for action in actions if action.allowed]
        assert [action.reason for action in offered] == [refused.value.reason] * len(offered)


def test_a_move_tells_its_effects_and_its_timer() -> None:
    assert DOOR.move(Door.OPEN, "shut", "guest", {}) == Moved(Door.SHUT, (), Timer("lock", 30))
    assert DOOR.move(Door.SHUT, "open", "guest", {}) == Moved(Door.OPEN, ("ring the bell",), None)


def test_of_several_rows_the_first_whose_guard_holds_is_taken() -> None:
    assert DOOR.move(Door.LOCKED, "unlock", "owner", {"key": True, "strength": 10}).target is Door.SHUT
    assert DOOR.move(Door.LOCKED, "unlock", "owner", {"key": False, "strength": 10}).target is Door.GONE


@pytest.mark.parametrize(
    ("state", "event", "actor", "sentence"),
    [
        (
            Door.SHUT,
            "lock",
            "owner",
            "'lock' is not possible while the door is shut: the key is missing (possible now: open, remove).",
        ),
        (
            Door.OPEN,
            "remove",
            "guest",
            "'remove' is not possible while the door is open: that is not for the guest (possible now: shut).",
        ),
        (
            Door.LOCKED,
            "open",
            "owner",
            "'open' is not possible while the door is locked: it belongs to another state (nothing is possible now).",
        ),
        (
            Door.GONE,
            "paint",
            "owner",
            "'paint' is not possible while the door is gone: there is no such event (nothing is possible now).",
        ),
        (
            Door.LOCKED,
            "unlock",
            "owner",
            "'unlock' is not possible while the door is locked: the key is missing; no (nothing is possible now).",
        ),
    ],
)
def test_a_refusal_says_why_and_what_is_possible_instead(state: Door, event: str, actor: str, sentence: str) -> None:
    with pytest.raises(Conflict) as refused:
        DOOR.move(state, event, actor, {"key": False, "strength": 1})
    assert str(refused.value) == sentence
    assert refused.value.as_problem().status == 409


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(ACTORS), st.sampled_from(FACTS)), max_size=30))
def test_no_sequence_of_events_leaves_a_final_state_or_an_unknown_one(
    steps: list[tuple[str, str, dict[str, Any]]],
) -> None:
    state = Door.OPEN
    for event, actor, facts in steps:
        try:
            moved = DOOR.move(state, event, actor, facts)
        except MoveRefused:
            continue
        assert state is not Door.GONE
        state = moved.target
        assert state in Door


def remade(*moves: Move[Door], final: frozenset[Door] = frozenset({Door.GONE})) -> Machine[Door]:
    return Machine("door", Door, Door.OPEN, final, moves)


def test_a_table_that_contradicts_itself_cannot_be_made() -> None:
    everybody = frozenset({"owner"})
    with pytest.raises(MachineError, match="door: locked cannot be reached"):
        remade(*(move for move in MOVES if move.target is not Door.LOCKED))
    with pytest.raises(MachineError, match="gone is final, yet return leads on"):
        remade(*MOVES, Move("return", frozenset({Door.GONE}), Door.OPEN, everybody))
    with pytest.raises(MachineError, match="gone is not final, yet nothing leads on"):
        remade(*MOVES, final=frozenset())
    with pytest.raises(MachineError, match="shut in open has two rows, and nothing tells the second apart"):
        remade(*MOVES, Move("shut", frozenset({Door.OPEN}), Door.GONE, everybody))
    with pytest.raises(MachineError, match="unlock in locked has two rows"):
        remade(*MOVES, Move("unlock", frozenset({Door.LOCKED}), Door.OPEN, everybody, guard=HAS_KEY))
    with pytest.raises(MachineError, match="paint sets a timer for dry, which no row has"):
        remade(*MOVES, Move("paint", frozenset({Door.OPEN}), Door.OPEN, everybody, timer=Timer("dry", 5)))
    with pytest.raises(MachineError, match="paint has no source or no actor"):
        remade(*MOVES, Move("paint", frozenset({Door.OPEN}), Door.OPEN, frozenset()))


def test_the_flowchart_is_drawn_from_the_table_the_same_each_time() -> None:
    assert DOOR.as_mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> open\n"
        "    open --> shut: shut by guest or owner ⏱ lock after 30 s\n"
        "    open --> gone: remove by owner\n"
        "    shut --> open: open by guest or owner / ring the bell\n"
        "    shut --> locked: lock by clock or owner [has key]\n"
        "    shut --> gone: remove by owner\n"
        "    locked --> shut: unlock by owner [has key]\n"
        "    locked --> gone: unlock by owner [is strong] / mourn\n"
        "    gone --> [*]\n"
    )
