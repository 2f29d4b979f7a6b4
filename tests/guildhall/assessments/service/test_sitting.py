import asyncio

import pytest

from guildhall.assessments.lifecycle import AttemptEvent, AttemptState
from guildhall.assessments.messages.deliveries import InvitationEdited
from guildhall.assessments.model.attempts import Attempt, PendingTurn
from guildhall.assessments.model.exams import Accommodation
from guildhall.assessments.rules.receipts import check_chain, entries_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.rules.turning import FINISH_AFTER_MS
from guildhall.assessments.service.sitting import NotOpen
from guildhall.assessments.service.turns import Turns
from guildhall.assessments.store import NoSuch
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.assessments.conftest import DURATION_SECONDS, ExamHall, given


async def test_an_invitation_becomes_one_attempt_however_often_it_is_opened(house: ExamHall) -> None:
    invitation, other = await house.invite(), house.another()
    attempts = await asyncio.gather(
        *((house if n % 2 else other).service.sitting.enter(invitation.id, "usr_ada") for n in range(8))
    )
    assert len({attempt.id for attempt in attempts}) == 1
    assert len((await house.store.invitations.read(invitation.id)).attempts) == 1
    assert (await house.store.invitations.read(invitation.id)).account_id == "usr_ada"


async def test_an_attempt_that_was_named_and_not_made_is_made_by_whoever_comes_next(house: ExamHall) -> None:
    invitation = await house.invite()
    named = invitation.model_copy(update={"attempts": ("att_named",), "account_id": "usr_ada"})
    await house.store.invitations.replace(invitation, named, 1)
    assert (await house.service.sitting.enter(invitation.id, "usr_ada")).id == "att_named"


async def test_nobody_sits_more_often_than_allowed_and_is_told_so(house: ExamHall) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    await house.act(attempt, AttemptEvent.BEGIN)
    await house.service.sitting.submit(attempt.id, "usr_ada")
    with pytest.raises(NotOpen, match="once, and you have"):
        await house.service.sitting.enter(invitation.id, "usr_ada")
    await house.deliver("dlv_twice", attempts_allowed=2)
    twice = await house.invite("bob", "dlv_twice")
    first = await house.service.sitting.enter(twice.id, "usr_bob")
    await house.act(first, AttemptEvent.BEGIN)
    await house.service.sitting.submit(first.id, "usr_bob")
    second = await house.service.sitting.enter(twice.id, "usr_bob")
    assert (first.number, second.number) == (1, 2)
    assert first.form != second.form


async def test_an_invitation_is_for_whoever_reads_the_mail_and_for_nobody_else(house: ExamHall) -> None:
    invitation = await house.invite()
    for stranger in ("usr_eve", "nobody"):
        with pytest.raises(NoSuch):
            await house.service.sitting.enter(invitation.id, stranger)
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    with pytest.raises(NoSuch):
        await house.service.sitting.own(attempt.id, "usr_eve")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"opens_at_ms": 4_000_000_000_000, "closes_at_ms": 4_000_000_000_001}, "not open yet"),
        ({"opens_at_ms": 1, "closes_at_ms": 2}, "has closed"),
        ({"is_cancelled": True}, "was cancelled"),
    ],
)
async def test_outside_the_window_nobody_comes_in_and_is_told_why(
    house: ExamHall, changes: dict[str, int], words: str
) -> None:
    await house.deliver("dlv_2", **changes)
    invitation = await house.invite("ada", "dlv_2")
    with pytest.raises(NotOpen, match=words):
        await house.service.sitting.enter(invitation.id, "usr_ada")


async def test_who_came_in_before_the_window_closed_cannot_begin_after_it_but_who_is_sitting_keeps_their_time(
    house: ExamHall,
) -> None:
    late, early = await house.invite("bob"), await house.begin("ada")
    waiting = await house.service.sitting.enter(late.id, "usr_bob")
    delivery = await house.store.deliveries.read("dlv_1")
    shut = delivery.model_copy(update={"closes_at_ms": house.clock.now_ms() - 1})
    await house.store.deliveries.replace(delivery, shut, 1)
    with pytest.raises(MoveRefused, match="window"):
        await house.act(waiting, AttemptEvent.BEGIN)
    assert (await house.receipt(early, given("k1"))).in_force


async def test_who_has_come_in_and_whose_invitation_is_withdrawn_cannot_begin(house: ExamHall) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    kept = await house.store.invitations.read(invitation.id)
    await house.store.invitations.replace(kept, kept.model_copy(update={"is_withdrawn": True}), 1)
    with pytest.raises(MoveRefused):
        await house.act(attempt, AttemptEvent.BEGIN)


async def test_extra_time_is_in_the_budget_and_the_form_is_the_seeds(house: ExamHall) -> None:
    attempt = await house.begin(extra_time_percent=25, break_seconds=300)
    assert attempt.clock.budget_ms == DURATION_SECONDS * 1_250
    shown = await house.service.sitting.show(attempt)
    assert (shown.clock.left_ms, shown.clock.break_ms_left) == (DURATION_SECONDS * 1_250, 300_000)
    assert shown.clock.budget_ms - shown.duration_ms == DURATION_SECONDS * 250, "what the page calls extra time"
    assert [slot.id for slot in shown.slots] == [f"q{n}" for n in range(1, 10)]


async def test_what_an_invitation_gives_counts_until_the_clock_begins_also_where_the_editor_was_killed(
    house: ExamHall,
) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    author = Scope("usr_author", frozenset(), is_everywhere=True)

    async def grant(percent: int) -> Attempt:
        terms = Accommodation(extra_time_percent=percent, break_seconds=percent)
        edited = InvitationEdited(name="Ada", accommodation=terms)
        await house.service.invitations.edit_invitation(author, invitation.id, edited, lambda _: None)
        return await house.read(attempt)

    granted = await grant(50)
    shown = await house.service.sitting.show(granted)
    assert (shown.duration_ms, shown.clock.budget_ms) == (DURATION_SECONDS * 1_000, DURATION_SECONDS * 1_500)
    assert (granted.accommodation.extra_time_percent, shown.clock.break_ms_left) == (50, 50_000)
    # Whoever edits is killed between the two documents: the next who opens the door sees to it.
    seen = await house.store.invitations.read(invitation.id)
    alone = seen.model_copy(update={"accommodation": Accommodation(extra_time_percent=100)})
    await house.store.invitations.replace(seen, alone, 1)
    entered = await house.service.sitting.enter(invitation.id, "usr_ada")
    assert entered.clock.budget_ms == DURATION_SECONDS * 2_000
    await house.act(attempt, AttemptEvent.BEGIN)
    assert (await grant(25)).clock.budget_ms == DURATION_SECONDS * 2_000, "what has begun is extended, not changed"


async def test_what_is_not_judged_of_somebody_counts_at_once_also_while_they_sit(house: ExamHall) -> None:
    attempt = await house.begin()
    told: list[tuple[str, ...]] = []

    async def tell(changed: Attempt) -> None:
        told.append(changed.accommodation.muted_signals)

    house.service.turns.accommodated = tell
    author = Scope("usr_author", frozenset(), is_everywhere=True)
    terms = Accommodation(extra_time_percent=50, muted_signals=("looking_away",))
    edited = InvitationEdited(name="Ada", accommodation=terms)
    for _ in range(2):
        await house.service.invitations.edit_invitation(author, attempt.invitation_id, edited, lambda _: None)
    seen = await house.read(attempt)
    assert (told, seen.accommodation.extra_time_percent) == ([("looking_away",)], 0)
    assert seen.clock == attempt.clock


async def test_questions_are_shown_from_the_beginning_except_on_a_break_and_their_parts_in_the_forms_order(
    house: ExamHall,
) -> None:
    invitation = await house.invite(break_seconds=60)
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    assert (await house.service.sitting.show(attempt)).slots == ()
    begun = await house.act(attempt, AttemptEvent.BEGIN)
    shown = await house.service.sitting.show(begun)
    for slot, place in zip(shown.slots, begun.form.slots, strict=True):
        parts = getattr(slot.question, "choices", None) or getattr(slot.question, "parts", None)
        if parts and place.order:
            assert tuple(part.id for part in parts) == place.order
    on_break = await house.act(begun, AttemptEvent.TAKE_BREAK)
    assert (await house.service.sitting.show(on_break)).slots == ()


async def test_what_may_be_done_is_told_with_the_reason_why_not(house: ExamHall) -> None:
    attempt = await house.begin()
    actions = {one.action: one for one in (await house.service.sitting.show(attempt)).actions}
    assert actions["submit"].allowed
    assert (actions["take_break"].allowed, actions["take_break"].reason) == (False, "no break time is left")


async def test_handing_in_twice_is_handing_in(house: ExamHall) -> None:
    attempt, other = await house.begin(), house.another()
    await house.receipt(attempt, given("k1"))
    over = await asyncio.gather(
        *((house if n % 2 else other).service.sitting.submit(attempt.id, "usr_ada") for n in range(6))
    )
    assert {(one.state, one.head, one.over_at_ms) for one in over} == {
        (AttemptState.SUBMITTED, 2, house.clock.now_ms())
    }
    assert sum(move.event == "submit" for move in (await house.read(attempt)).history) == 1
    assert (await house.read(attempt)).unsettled


async def test_the_receipt_holds_the_whole_chain_and_ends_as_the_attempt_says(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.answer(attempt, *(given(f"k{n}", slot_id="q4") for n in range(5)))
    over = await house.service.sitting.submit(attempt.id, "usr_ada")
    document = await house.service.sitting.receipt(over)
    assert (document.is_closed, document.number, document.hash) == (True, over.head, over.head_hash)
    assert check_chain(entries_of(document), document.number, document.hash) is None
    shown = (await house.service.sitting.show(over)).receipt
    assert shown is not None
    assert (shown.number, shown.hash) == (over.head, over.head_hash)


class Killed(Exception):
    """The process, at this line."""


@pytest.mark.parametrize("line", ["before_the_entry", "before_the_end"])
async def test_a_submission_that_was_killed_midway_is_finished_by_the_next_who_looks(
    house: ExamHall, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    write = Turns._write_entry

    async def killed(turns: Turns, seen: Attempt, pending: PendingTurn) -> None:
        if line == "before_the_end":
            await write(turns, seen, pending)
        raise Killed

    with monkeypatch.context() as power_cut:
        power_cut.setattr(Turns, "_write_entry", killed)
        with pytest.raises(Killed):
            await house.service.sitting.submit(attempt.id, "usr_ada")
    half = await house.read(attempt)
    assert (half.state, half.pending is not None) == (AttemptState.RUNNING, True)
    other = house.another()
    assert await other.store.attempts_due(house.clock.now_ms()) == []  # whoever began it has some seconds for it
    await house.serve(FINISH_AFTER_MS)
    assert [one.id for one in await other.store.attempts_due(house.clock.now_ms())] == [attempt.id]
    over = await other.service.turns.settle(attempt.id)
    assert (over.state, over.head, over.pending) == (AttemptState.SUBMITTED, 2, None)
    late = await house.receipt(attempt, given("k2", based_on=1))
    assert late.is_late
