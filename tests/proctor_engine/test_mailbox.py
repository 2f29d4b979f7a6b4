import asyncio

import pytest

from proctor_engine.contract import Frame, Outcome, Superseded, Unexamined
from proctor_engine.mailbox import Mailbox, MailboxFull, Offer


def offer(session_id: str, number: int = 1) -> Offer:
    outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    return Offer(Frame(session_id, number, 0, 0, b""), outcome)


def taken_sessions(mailbox: Mailbox) -> list[str]:
    return [taken.frame.session_id for taken in iter(mailbox.take, None)]


async def test_the_newest_frame_takes_the_slot_and_the_older_is_superseded() -> None:
    mailbox = Mailbox(8)
    older, newer = offer("a", 1), offer("a", 2)
    mailbox.put(older)
    mailbox.put(newer)
    assert older.outcome.result() == Superseded()
    assert mailbox.take() is newer
    assert mailbox.take() is None


async def test_sessions_are_served_in_the_order_they_began_to_wait() -> None:
    mailbox = Mailbox(8)
    for session_id in ("a", "b", "c", "a", "b"):
        mailbox.put(offer(session_id))
    assert taken_sessions(mailbox) == ["a", "b", "c"]


async def test_a_session_that_sends_often_does_not_overtake() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("quiet"))
    for number in range(5):
        mailbox.put(offer("busy", number))
    assert taken_sessions(mailbox) == ["quiet", "busy"]


async def test_frames_of_one_session_are_taken_one_at_a_time() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("a", 1))
    assert mailbox.take() is not None
    second = offer("a", 2)
    mailbox.put(second)
    assert mailbox.take() is None
    mailbox.release("a")
    assert mailbox.take() is second


async def test_a_full_mailbox_refuses_a_newcomer_but_not_those_inside() -> None:
    mailbox = Mailbox(1)
    mailbox.put(offer("a", 1))
    with pytest.raises(MailboxFull):
        mailbox.put(offer("b"))
    newest = offer("a", 2)
    mailbox.put(newest)
    assert mailbox.take() is newest


async def test_a_dropped_session_waits_no_longer() -> None:
    mailbox = Mailbox(8)
    waiting = offer("a")
    mailbox.put(waiting)
    mailbox.drop("a")
    mailbox.drop("never seen")
    assert waiting.outcome.result() == Superseded()
    assert mailbox.take() is None
    assert len(mailbox) == 0


async def test_emptying_hands_out_even_the_frames_of_held_sessions() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("a", 1))
    assert mailbox.take() is not None
    held, free = offer("a", 2), offer("b")
    mailbox.put(held)
    mailbox.put(free)
    assert mailbox.empty() == [held, free]
    mailbox.release("a")
    assert mailbox.take() is None


async def test_an_answer_is_given_once_and_a_caller_that_left_is_no_error() -> None:
    answered, left = offer("a"), offer("b")
    answered.answer(Superseded())
    answered.answer(Unexamined("too late"))
    left.outcome.cancel()
    left.answer(Superseded())
    assert answered.outcome.result() == Superseded()
    assert left.outcome.cancelled()
