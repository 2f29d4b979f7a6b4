import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.contract import Frame, Observation, Observed, Outcome, Stages, Superseded, Unexamined
from proctor_engine.mailbox import Mailbox, MailboxFull, Offer


def offer(session_id: str, number: int = 1) -> Offer:
    outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    return Offer(Frame(session_id, number, 0, 0, b""), outcome)


def taken_sessions(mailbox: Mailbox, now: float = 0.0) -> list[str]:
    return [taken.frame.session_id for taken in iter(lambda: mailbox.take(now), None)]


async def test_the_newest_frame_takes_the_slot_and_the_older_is_superseded() -> None:
    mailbox = Mailbox(8)
    older, newer = offer("a", 1), offer("a", 2)
    mailbox.put(older, 0)
    mailbox.put(newer, 0)
    assert older.outcome.result() == Superseded()
    assert mailbox.take(0) is newer
    assert mailbox.take(0) is None


async def test_sessions_are_served_in_the_order_they_began_to_wait() -> None:
    mailbox = Mailbox(8)
    for session_id in ("a", "b", "c", "a", "b"):
        mailbox.put(offer(session_id), 0)
    assert taken_sessions(mailbox) == ["a", "b", "c"]


async def test_a_session_that_sends_often_does_not_overtake() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("quiet"), 0)
    for number in range(5):
        mailbox.put(offer("busy", number), number)
    assert taken_sessions(mailbox, 5) == ["quiet", "busy"]


async def test_frames_of_one_session_are_taken_one_at_a_time() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("a", 1), 0)
    assert mailbox.take(0) is not None
    second = offer("a", 2)
    mailbox.put(second, 0)
    assert mailbox.take(0) is None
    mailbox.release("a", 0)
    assert mailbox.take(0) is second


async def test_a_session_is_not_served_again_before_its_share_of_time_has_passed() -> None:
    mailbox = Mailbox(8)
    mailbox.share_seconds = 1.0
    mailbox.put(offer("a"), 0)
    assert taken_sessions(mailbox) == ["a"]
    mailbox.release("a", 0.1)
    mailbox.put(offer("a"), 0.1)
    mailbox.put(offer("b"), 0.9)
    assert taken_sessions(mailbox, 0.95) == ["b"]
    assert mailbox.due_at() == 1.0
    assert taken_sessions(mailbox, 1.0) == ["a"]
    assert mailbox.due_at() is None


async def test_a_frame_superseded_by_its_own_sessions_haste_was_not_late() -> None:
    mailbox = Mailbox(8)
    mailbox.share_seconds = 1.0
    assert not mailbox.put(offer("a"), 0)
    assert mailbox.put(offer("a"), 0.1)  # no child had room for the first
    assert taken_sessions(mailbox, 0.1) == ["a"]
    assert not mailbox.put(offer("a"), 0.2)
    mailbox.release("a", 0.2)
    assert not mailbox.put(offer("a"), 0.3)  # the one before would have had to wait in any case


async def test_a_full_mailbox_refuses_a_newcomer_but_not_those_inside() -> None:
    mailbox = Mailbox(1)
    mailbox.put(offer("a", 1), 0)
    with pytest.raises(MailboxFull):
        mailbox.put(offer("b"), 0)
    newest = offer("a", 2)
    mailbox.put(newest, 0)
    assert mailbox.take(0) is newest


async def test_a_dropped_session_waits_no_longer() -> None:
    mailbox = Mailbox(8)
    waiting = offer("a")
    mailbox.put(waiting, 0)
    mailbox.drop("a")
    mailbox.drop("never seen")
    assert waiting.outcome.result() == Superseded()
    assert mailbox.take(0) is None
    assert len(mailbox) == 0


async def test_sessions_that_come_and_go_leave_no_trace() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("first"), 0)
    for number in range(1_000):
        mailbox.put(offer(f"session {number}"), 0)
        mailbox.drop(f"session {number}")
    assert len(mailbox._queue) <= 2 * 8 + 1
    assert taken_sessions(mailbox) == ["first"]


async def test_emptying_hands_out_even_the_frames_of_held_sessions() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("a", 1), 0)
    assert mailbox.take(0) is not None
    held, free = offer("a", 2), offer("b")
    mailbox.put(held, 0)
    mailbox.put(free, 0)
    assert mailbox.empty() == [held, free]
    mailbox.release("a", 0)
    assert mailbox.take(0) is None


async def test_an_answer_is_given_once_and_a_caller_that_left_is_no_error() -> None:
    answered, left = offer("a"), offer("b")
    answered.answer(Superseded())
    answered.answer(Unexamined("too late"))
    left.outcome.cancel()
    left.answer(Superseded())
    assert answered.outcome.result() == Superseded()
    assert left.outcome.cancelled()


async def test_the_wait_and_the_way_are_added_to_what_the_engine_measured() -> None:
    mailbox = Mailbox(8)
    mailbox.put(offer("a"), 1.0)
    taken = mailbox.take(1.25)
    assert taken is not None
    seen = Observation(640, 480, 0.5, 0.2, 0.5, 300_000, ())
    told = taken.timed(Observed(seen, b"m", Stages(decode_us=100_000, detect_us=200_000)), 2.25)
    assert isinstance(told, Observed)
    assert told.stages == Stages(250_000, 700_000, 100_000, 200_000, 0)
    assert (told.observation, told.memory) == (seen, b"m")
    assert taken.timed(Superseded(), 2.0) == Superseded()


class Overload:
    """A mailbox whose sessions send at intervals of their own to one child; time is counted, not waited for."""

    def __init__(self, intervals_ms: list[int], service_ms: int, share_ms: float) -> None:
        self.intervals_ms = intervals_ms
        self.service_ms = service_ms
        self.mailbox = Mailbox(64)
        self.mailbox.share_seconds = share_ms / 1_000
        self.served: list[tuple[int, str]] = []  # when, and whose

    def run(self, length_ms: int) -> None:
        held: tuple[int, str] | None = None
        for now_ms in range(length_ms):
            for number, interval_ms in enumerate(self.intervals_ms):
                if now_ms % interval_ms == number % interval_ms:
                    self.mailbox.put(offer(str(number)), now_ms / 1_000)
            if held is not None and held[0] == now_ms:
                self.mailbox.release(held[1], now_ms / 1_000)
                held = None
            if held is None and (taken := self.mailbox.take(now_ms / 1_000)) is not None:
                self.served.append((now_ms, taken.frame.session_id))
                held = now_ms + self.service_ms, taken.frame.session_id

    def counts(self, from_ms: int, to_ms: int) -> Counter[str]:
        counts = Counter({str(number): 0 for number in range(len(self.intervals_ms))})
        counts.update(session_id for at_ms, session_id in self.served if from_ms <= at_ms < to_ms)
        return counts


@given(
    st.lists(st.integers(10, 200), min_size=2, max_size=12),
    st.integers(0, 2_000),
    st.integers(100, 2_000),
)
def test_of_sessions_that_all_want_more_than_there_is_each_gets_its_share_within_one_frame_in_any_window(
    intervals_ms: list[int], from_ms: int, length_ms: int
) -> None:
    service_ms = 1 + 200 // len(intervals_ms)  # a turn of everybody takes longer than the longest interval

    async def simulate() -> Counter[str]:
        overload = Overload(intervals_ms, service_ms, service_ms * len(intervals_ms))
        overload.run(600 + from_ms + length_ms)
        return overload.counts(600 + from_ms, 600 + from_ms + length_ms)  # the first turns fill the slots

    counts = asyncio.run(simulate())
    assert max(counts.values()) - min(counts.values()) <= 1


@given(st.integers(2, 12), st.integers(2, 20))
def test_a_session_that_sends_ten_times_faster_gains_nothing_and_costs_the_others_nothing(
    sessions: int, service_ms: int
) -> None:
    share_ms = sessions * service_ms
    obedient_ms = -(-share_ms * 10 // 9)  # what they are told: nine tenths of what there is

    async def simulate() -> Counter[str]:
        overload = Overload([max(1, obedient_ms // 10)] + [obedient_ms] * (sessions - 1), service_ms, share_ms)
        overload.run(41 * obedient_ms)
        return overload.counts(obedient_ms, 41 * obedient_ms)

    counts = asyncio.run(simulate())
    hasty = counts.pop("0")
    assert min(counts.values()) >= 39
    assert hasty <= 40 * obedient_ms / share_ms + 1  # no more than one share of the whole engine
