from proctor_engine.contract import Observation, Observed, Unexamined
from proctor_engine.memories import Memories

ROOM = Observation(640, 480, 0.5, 0.25, 0.5, 4_000, ())


def test_a_session_has_what_its_last_observation_left() -> None:
    memories = Memories(8)
    assert memories.recall("a") == b""
    memories.keep("a", Observed(ROOM, b"one"))
    memories.keep("b", Observed(ROOM, b"other"))
    memories.keep("a", Observed(ROOM, b"two"))
    assert (memories.recall("a"), memories.recall("b")) == (b"two", b"other")


def test_a_frame_that_nobody_looked_at_leaves_it_alone() -> None:
    memories = Memories(8)
    memories.keep("a", Observed(ROOM, b"one"))
    memories.keep("a", Unexamined("The engine child died."))
    assert memories.recall("a") == b"one"


def test_an_ended_session_is_forgotten() -> None:
    memories = Memories(8)
    memories.keep("a", Observed(ROOM, b"one"))
    memories.forget("a")
    memories.forget("never seen")
    assert memories.recall("a") == b""


def test_the_session_longest_unused_makes_room() -> None:
    memories = Memories(2)
    for session in ("a", "b", "a", "c"):
        memories.keep(session, Observed(ROOM, session.encode()))
    assert [memories.recall(session) for session in ("a", "b", "c")] == [b"a", b"", b"c"]
