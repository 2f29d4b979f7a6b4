"""A flagged exam from its end to its released, voided or repeated result; over real SQLite, killed at every write."""

from contextlib import suppress
from pathlib import Path

import pytest

from guildhall.assessments.lifecycle import AttemptState, ResultState
from guildhall.assessments.model.exams import ReleaseRule
from guildhall.assessments.model.results import HeldFor
from guildhall.kit.errors import NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.messages.acting import ActionWanted
from guildhall.proctoring.model import ProctorClaims, Rule, seat_id
from guildhall.proctoring.model.reviews import Penalty
from tests.fakes.dying import Dying
from tests.fakes.observations import CALM, CROWD, DARK
from tests.guildhall.assessments.hall import Hall as Exams
from tests.guildhall.assessments.hall import staff
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.court import DAY_MS, Court, reviewer


@pytest.fixture
async def court(hall: Hall, tmp_path: Path) -> Court:
    made = Court(hall, Exams(hall.storage, hall.clock, tmp_path))
    await made.open_exam()
    return made


async def test_without_a_flag_the_result_goes_as_soon_as_that_is_known(court: Court) -> None:
    await court.sit("ada", (CALM, 4), (DARK, 4), (CALM, 2))
    await court.exams.tidy()
    assert (await court.result()).state is ResultState.HELD
    assert not (await court.rights.own("usr_ada", "att_ada")).is_known
    await court.pass_()
    assert (await court.rights.own("usr_ada", "att_ada")).is_known
    result = await court.result()
    assert (result.state, result.held_for) == (ResultState.RELEASED, HeldFor.NOTHING)
    assert await court.store.reviews.reviews.get(seat_id("att_ada")) is None


async def test_a_flagged_exam_is_held_and_reviewed_and_cleared_by_one_person(court: Court) -> None:
    await court.sit()
    await court.pass_()
    review = await court.review()
    assert ([flag.rule for flag in review.flags], review.state) == ([Rule.SEVERAL_FACES], ReviewState.QUEUED)
    assert (await court.result()).state is ResultState.HELD
    with pytest.raises(MoveRefused, match="still being reviewed"):
        await court.exams.service.results.release(staff(), "att_ada")
    assert await court.exams.service.results.release_all(staff(), "dlv_1") == 0
    await court.judge_all("grace", upholds=False)
    await court.reviewing.clear(reviewer("grace"), review.id, "It was a poster.")
    assert (await court.review()).state is ReviewState.CLEARED
    assert (await court.result()).state is ResultState.RELEASED
    assert await court.actions() == [
        "proctoring.open_review",
        "proctoring.claim_review",
        "proctoring.judge_review",
        "proctoring.clear_review",
    ]
    assert {mail.subject.partition(":")[0] for mail in await court.exams.mails("ada")} == {
        "People look at what was flagged",
        "Nothing is held against you",
        "Your result is there",
    }


async def test_a_result_released_by_hand_waits_for_its_person_after_the_review(court: Court) -> None:
    await court.exams.store.exam_versions.change(
        "exm_1@1",
        0,
        lambda seen: seen.model_copy(update={"plan": seen.plan.model_copy(update={"release": ReleaseRule.BY_HAND})}),
    )
    await court.sit()
    await court.pass_()
    await court.judge_all("grace", upholds=False)
    await court.reviewing.clear(reviewer("grace"), seat_id("att_ada"), "Nothing.")
    assert (await court.result()).state is ResultState.MARKED


@pytest.mark.parametrize("penalty", Penalty)
async def test_a_penalty_takes_effect_only_after_the_time_to_contest(court: Court, penalty: Penalty) -> None:
    await court.sit()
    await court.pass_()
    await court.penalise("grace", penalty)
    assert (await court.review()).state is ReviewState.AWAITING_SECOND
    await court.penalise("alan", penalty)
    attempt = await court.exams.store.attempts.read("att_ada")
    assert attempt.state is AttemptState.SUBMITTED
    is_reprimand = penalty is Penalty.REPRIMAND
    assert (await court.result()).state is (ResultState.RELEASED if is_reprimand else ResultState.HELD)
    court.clock.advance(14 * DAY_MS)
    await court.pass_()
    assert (await court.review()).state is ReviewState.CONFIRMED
    attempt, result = await court.exams.store.attempts.read("att_ada"), await court.result()
    assert attempt.state is (AttemptState.SUBMITTED if is_reprimand else AttemptState.VOIDED)
    assert result.state is (ResultState.RELEASED if is_reprimand else ResultState.WITHHELD)
    assert result.held_for is HeldFor.NOTHING
    voided = [one.key for one in await court.exams.audit.read(0, 500) if one.action == "assessments.void"]
    assert voided == ([] if is_reprimand else ["att_ada/sit_ada/void/allowed"])
    invitation = await court.exams.store.invitations.read("inv_ada")
    assert len(invitation.resits) == (penalty is Penalty.RESIT)


async def test_a_contested_decision_is_answered_by_a_third_person_and_overturned(court: Court) -> None:
    await court.sit()
    await court.pass_()
    await court.penalise("grace")
    await court.penalise("alan")
    own = await court.rights.contest("usr_ada", "att_ada", "That was my sister, for a moment.")
    assert own.review is not None
    assert own.review.state is ReviewState.CONTESTED
    court.clock.advance(30 * DAY_MS)
    await court.pass_()
    assert (await court.review()).state is ReviewState.CONTESTED, "an appeal does not run out"
    for decider in ("grace", "alan"):
        with pytest.raises(MoveRefused, match="cannot decide again"):
            await court.reviewing.claim(reviewer(decider), seat_id("att_ada"))
        assert await court.reviewing.queue(reviewer(decider)) == ([], 1)
    await court.reviewing.claim(reviewer("katherine"), seat_id("att_ada"))
    await court.reviewing.answer(reviewer("katherine"), seat_id("att_ada"), "Believable.", is_overturned=True)
    review, result = await court.review(), await court.result()
    assert (review.state, review.penalty, result.state) == (ReviewState.OVERTURNED, None, ResultState.RELEASED)
    refused = [one for one in await court.exams.audit.read(0, 500) if one.decision == "refused"]
    assert [(one.actor, one.action) for one in refused] == [
        ("usr_grace", "proctoring.claim_review"),
        ("usr_alan", "proctoring.claim_review"),
    ]


async def test_nothing_from_before_the_exam_or_after_it_is_held_against_anybody(court: Court) -> None:
    await court.sit()
    session = await court.hall.service.session(seat_id("att_ada"))
    (incident,) = await court.follower.incidents(session.id)
    for started, over in ((incident.closed_at_ms or 0) + 1, None), (None, incident.opened_at_ms - 1):
        name = f"att_{'late' if over is None else 'early'}"
        attempt = await court.exams.store.attempts.read("att_ada")
        clock = attempt.clock if started is None else attempt.clock.model_copy(update={"started_at_ms": started})
        changed = attempt.model_copy(update={"clock": clock, "over_at_ms": over or attempt.over_at_ms})
        await court.exams.store.attempts.change("att_ada", 0, lambda _, changed=changed: changed)  # type: ignore[misc]
        await court.pass_()
        assert await court.store.reviews.reviews.get(session.id) is None, name
        assert (await court.result()).state is ResultState.RELEASED


async def test_a_candidate_who_never_says_that_they_are_done_is_waited_for_and_not_for_ever(court: Court) -> None:
    await court.sit(finishes=False)
    await court.pass_()
    assert await court.store.reviews.reviews.get(seat_id("att_ada")) is None
    court.clock.advance(121_000)
    await court.pass_()
    assert (await court.review()).state is ReviewState.QUEUED


async def test_what_a_proctor_flagged_by_hand_is_reviewed_and_not_by_that_proctor(court: Court) -> None:
    session = await court.hall.service.invite_candidate("dlv_1", "Welding", "Ada", seat_id("att_ada"), "att_ada")
    claims = ProctorClaims(exam_id="dlv_1", exam_title="Welding", account_id="usr_grace", name="Grace")
    court.clock.advance(1_000)
    await court.sit("ada", (CALM, 4))
    attempt = await court.exams.store.attempts.read("att_ada")
    flag_ms = attempt.over_at_ms
    assert flag_ms is not None
    await court.hall.service.acting.note(claims, session.id, "f1", "Reads from a sheet.", is_flag=True)
    await court.pass_()
    review = await court.review()
    assert [(flag.rule, flag.reason) for flag in review.flags] == [(None, "Reads from a sheet.")]
    assert await court.reviewing.queue(reviewer("grace")) == ([], 1)
    with pytest.raises(MoveRefused, match="raised one of its flags"):
        await court.reviewing.claim(reviewer("grace"), review.id)


async def test_whoever_paused_a_candidate_does_not_review_them(court: Court) -> None:
    await court.sit()
    claims = ProctorClaims(exam_id="dlv_1", exam_title="Welding", account_id="usr_grace", name="Grace")
    warning = {"session_id": seat_id("att_ada"), "key": "w1", "kind": "warn", "reason": "talking"}
    await court.hall.service.acting.ask(claims, ActionWanted.model_validate(warning))
    await court.pass_()
    assert (await court.review()).witnesses == ("usr_grace",)


AGAIN = ((CALM, 4.0), (CROWD, 4.0), (CALM, 3.0))


async def clear(court: Court, by: str = "grace") -> None:
    await court.judge_all(by, upholds=False)
    await court.reviewing.clear(reviewer(by), seat_id("att_ada"), "It was a poster.")


async def test_an_attempt_that_was_opened_again_is_watched_held_and_reviewed_again(court: Court) -> None:
    await court.sit()
    await court.pass_()
    (first,) = (await court.review()).flags
    await clear(court)
    assert (await court.result()).state is ResultState.RELEASED
    await court.sit_again(*AGAIN)
    await court.exams.tidy()
    assert (await court.result()).state is ResultState.HELD
    assert not (await court.rights.own("usr_ada", "att_ada")).is_known
    await court.pass_()
    review = await court.review()
    (flag,) = review.flags
    assert (flag.id != first.id, review.state, review.rounds) == (True, ReviewState.QUEUED, ())
    assert [(case.state, case.flags) for case in review.earlier] == [(ReviewState.CLEARED, (first,))]
    await court.pass_()
    assert (await court.result()).state is ResultState.HELD
    await clear(court)
    assert (await court.result()).state is ResultState.RELEASED
    told = [mail.subject.partition(":")[0] for mail in await court.exams.mails("ada")]
    assert told.count("Nothing is held against you") == 2


async def test_opened_again_with_nothing_flagged_it_goes_as_soon_as_that_is_known(court: Court) -> None:
    await court.sit()
    await court.pass_()
    await clear(court)
    await court.sit_again((CALM, 4.0))
    await court.pass_()
    assert (await court.result()).state is ResultState.RELEASED
    assert ((await court.review()).state, (await court.review()).earlier) == (ReviewState.CLEARED, ())


async def test_whoever_has_the_first_case_decides_it_before_the_next_one_begins(court: Court) -> None:
    await court.sit()
    await court.pass_()
    await court.reviewing.claim(reviewer("grace"), seat_id("att_ada"))
    await court.sit_again(*AGAIN)
    await court.pass_()
    assert ((await court.review()).state, len((await court.review()).flags)) == (ReviewState.IN_REVIEW, 1)
    await clear(court)
    assert (await court.result()).held_for is HeldFor.FLAGS
    await court.pass_()
    assert ((await court.review()).state, len((await court.review()).earlier)) == (ReviewState.QUEUED, 1)
    assert ((await court.result()).state, (await court.result()).held_for) == (ResultState.HELD, HeldFor.REVIEW)


async def test_a_case_that_nobody_has_looked_into_takes_in_what_came_after(court: Court) -> None:
    await court.sit()
    await court.pass_()
    await court.sit_again(*AGAIN)
    await court.pass_()
    review = await court.review()
    assert (review.state, len(review.flags), review.earlier) == (ReviewState.QUEUED, 2, ())
    await clear(court)
    assert (await court.result()).state is ResultState.RELEASED


async def test_nobody_reviews_themselves_nor_what_is_another_organisations(court: Court) -> None:
    await court.sit()
    await court.pass_()
    for who in (reviewer("ada"), reviewer("boss", "org_other")):
        assert await court.reviewing.queue(who) == ([], int(who.is_everywhere))
        for verb in (court.reviewing.look, court.reviewing.claim, court.reviewing.leave):
            with pytest.raises(NotFound):
                await verb(who, seat_id("att_ada"))
    mine, _ = await court.reviewing.queue(reviewer("boss", "org_guild"))
    assert len(mine) == 1


async def test_every_look_is_written_down_before_anything_is_shown_and_the_candidate_sees_it(court: Court) -> None:
    await court.sit()
    await court.pass_()
    review = await court.reviewing.look(reviewer("grace"), seat_id("att_ada"))
    await court.reviewing.look(reviewer("grace"), review.id)
    _, points = await court.reviewing.trace(reviewer("alan"), review.id, review.flags[0].id)
    assert points is not None
    assert {1, 2} == {point.faces for point in points}
    looks = [(one.actor, one.action) for one in (await court.rights.own("usr_ada", "att_ada")).looks]
    assert looks == [
        ("system:review", "proctoring.open_review"),
        ("usr_grace", "proctoring.view_review"),
        ("usr_alan", "proctoring.view_trace"),
        ("usr_ada", "proctoring.view_own"),
    ]
    assert (await court.exams.audit.check()).is_whole
    assert (await court.store.strips.log(court.clock).check(review.id)).is_whole


async def test_where_the_evidence_is_destroyed_a_trace_says_so(court: Court) -> None:
    await court.sit()
    await court.pass_()
    review = await court.review()
    await court.store.signals.destroy_key(review.id, 1)
    _, points = await court.reviewing.trace(reviewer("grace"), review.id, review.flags[0].id)
    assert points is None


async def test_while_an_exam_goes_on_its_candidate_is_not_told_what_was_noticed(court: Court) -> None:
    await court.sit()
    assert len((await court.rights.own("usr_ada", "att_ada")).incidents) == 1
    await court.exams.store.attempts.change("att_ada", 0, lambda seen: seen.model_copy(update={"over_at_ms": None}))
    assert (await court.rights.own("usr_ada", "att_ada")).incidents == []


async def test_rights_are_ones_own(court: Court) -> None:
    await court.sit()
    await court.pass_()
    with pytest.raises(NotFound):
        await court.rights.own("usr_eve", "att_ada")
    assert [one.attempt.id for one in await court.rights.mine("usr_ada")] == ["att_ada"]
    with pytest.raises(MoveRefused, match="belongs to another state"):
        await court.rights.contest("usr_ada", "att_ada", "Why?")


@pytest.mark.parametrize("is_after", [False, True])
async def test_a_review_may_be_killed_at_any_write_and_everything_happens_once(court: Court, is_after: bool) -> None:
    """A few of the forty writes until the penalty and of those that carry it out, other ones before than after."""
    deaths = 0
    for number in range(int(is_after), 42, 8):
        name = f"ada{number:02}"
        await court.sit(name, (CROWD, 2))
        await court.exams.tidy()
        box = {"left": number, "is_after": int(is_after)}
        dying = court.another(Dying(court.hall.storage, box))
        try:
            await dying.pass_()
            await dying.penalise("grace", Penalty.RESIT, name)
            await dying.penalise("alan", Penalty.RESIT, name)
        except StorageUnavailable:
            deaths += 1
        court.clock.advance(5_000)
        await court.another().pass_()
        await _finish(court.another(), name)
        court.clock.advance(14 * DAY_MS)
        with suppress(StorageUnavailable):
            await court.another(Dying(court.hall.storage, {"left": number // 3, "is_after": int(is_after)})).pass_()
        court.clock.advance(5_000)
        for _ in range(2):
            await court.another().pass_()
        review, result = await court.review(name), await court.result(name)
        assert (review.state, review.acts, review.is_pending) == (ReviewState.CONFIRMED, (), False)
        assert (result.state, result.held_for) == (ResultState.WITHHELD, HeldFor.NOTHING)
        assert (await court.exams.store.invitations.read(f"inv_{name}")).resits == (review.id,)
        told = [one.action for one in await court.exams.audit.read(0, 5_000) if one.object_id == review.id]
        for once in ("open_review", "close_review"):
            assert told.count(f"proctoring.{once}") == 1
        assert told.count("proctoring.penalise_review") == 2
        subjects = [mail.subject.partition(":")[0] for mail in await court.exams.mails(name)]
        assert len(subjects) == len(set(subjects))
    assert deaths > 3


async def _finish(court: Court, name: str) -> None:
    """What the reviewers do who were cut off: go on where they were."""
    for by in ("grace", "alan"):
        if (await court.review(name)).state in {ReviewState.PENALISED, ReviewState.CONFIRMED}:
            return
        with suppress(MoveRefused):  # they decided before they were cut off
            await court.penalise(by, Penalty.RESIT, name)
