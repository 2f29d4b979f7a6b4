"""What is posted, looked at and found; who waits for an exam, is interviewed, offered and hired."""

from collections import Counter

from guildhall.assessments.model.progress import ExamProgress
from guildhall.gigs.model.contracts import Contract
from guildhall.opportunities.lifecycle import ApplicationState, OfferState, PostingEvent, PostingState
from guildhall.opportunities.model.applications import Application, RejectionCode
from guildhall.opportunities.model.postings import HISTORY_MAX, Opportunity, PlaceState
from guildhall.opportunities.rules.moving import REMIND_BEFORE_MS, missing_of, timed_application, timed_posting
from guildhall.opportunities.settings import Moderation, OpportunitySettings
from tests.soaks.guild.exams import MARKET_EXAM, ON_ITS_WAY, Stood
from tests.soaks.guild.town import Town

SLOW_MS = 60_000
"""Between what a job reads of an exam and what it writes; a process that is stopped for longer is not judged by it."""
_UNSEEN = frozenset({PostingState.DRAFT, PostingState.PENDING_REVIEW})


async def check_hiring(
    town: Town, opportunities: list[Opportunity], applications: list[Application], contracts: list[Contract]
) -> None:
    check_hired(town.opportunities.context.settings, opportunities, applications, contracts)
    _check_looked_at(town.opportunities.context.settings.moderation, opportunities, applications)
    for one in applications:
        await _check_exam(town, one)
        _check_interview(one)


async def check_settled_hiring(town: Town, opportunities: list[Opportunity], applications: list[Application]) -> None:
    """No position is lost, and nobody waits for a pass that is there or cannot be had."""
    by_id = {one.id: one for one in applications}
    for opportunity in opportunities:
        for application_id, place in opportunity.places.items():
            state = by_id[application_id].state
            is_hired = state is ApplicationState.HIRED
            assert is_hired or state is ApplicationState.OFFERED, (opportunity.id, place, state)
            assert place.state is (PlaceState.FILLED if is_hired else PlaceState.HELD), (opportunity.id, place, state)
    posted = {one.id: one for one in opportunities}
    for one in applications:
        if one.state is ApplicationState.ASSESSMENT:
            await _check_waits_rightly(town, posted[one.opportunity_id], one)


def check_hired(
    settings: OpportunitySettings,
    opportunities: list[Opportunity],
    applications: list[Application],
    contracts: list[Contract],
) -> None:
    opened = Counter(one.terms.opportunity_id for one in contracts)
    assert len({one.terms.application_id for one in contracts}) == len(contracts)
    for opportunity in opportunities:  # 5
        of_it = [one for one in applications if one.opportunity_id == opportunity.id]
        hired = [one for one in of_it if one.state is ApplicationState.HIRED]
        assert opened[opportunity.id] <= len(hired) <= len(opportunity.places) <= opportunity.posting.positions
        assert all(one.id in opportunity.places for one in hired)
        if not any(one.unsettled for one in hired):
            assert opened[opportunity.id] == len(hired)
            assert all(one.contract_id for one in hired)
        assert timed_posting(opportunity).due_at_ms == opportunity.due_at_ms  # 9
    for one in applications:
        assert timed_application(one, settings).due_at_ms == one.due_at_ms, (one.id, one.state)  # 9
        sent = [offer for offer in one.offers if offer.state is OfferState.SENT]
        accepted = [offer for offer in one.offers if offer.state is OfferState.ACCEPTED]
        assert len(sent) == (one.state is ApplicationState.OFFERED)
        assert len(accepted) == (one.state is ApplicationState.HIRED)
        assert (one.outcome is not None) == (one.state is ApplicationState.REJECTED)


def _check_looked_at(moderation: Moderation, opportunities: list[Opportunity], applications: list[Application]) -> None:
    """Nobody but its client sees what waits for a look, and what had to be looked at was."""
    with_applications = {one.opportunity_id for one in applications}
    for one in opportunities:
        if one.state in _UNSEEN:
            assert not one.published_at_ms, (one.id, one.state)
            assert not one.places, (one.id, one.state)
            assert one.id not in with_applications, (one.id, one.state)
        is_taken = bool(one.reviewer_id or one.lease_until_ms)
        assert not is_taken or one.waits_since_ms, (one.id, one.state, one.reviewer_id)
        is_edit_waiting = one.edit is not None and not one.edit.returned_for
        is_waiting = one.state is PostingState.PENDING_REVIEW or is_edit_waiting
        assert bool(one.waits_since_ms) is is_waiting, (one.id, one.state, one.edit)
        if one.state is PostingState.DRAFT:
            returned = [past for past in one.history if past.event == PostingEvent.RETURN]
            assert all(past.reason for past in returned), one.id
    published = [one for one in opportunities if one.published_at_ms and len(one.history) < HISTORY_MAX]
    if moderation is Moderation.ALL:
        assert all(_was_approved(one) for one in published), [one.id for one in published]
    if moderation is Moderation.FIRST:
        for organisation in {one.organisation_id for one in opportunities}:
            own = [one for one in published if one.organisation_id == organisation]
            first_ms = min((_first_published_ms(one) for one in own), default=0)
            firsts = [one for one in own if _first_published_ms(one) == first_ms]
            assert not firsts or any(_was_approved(one) for one in firsts), [one.id for one in firsts]


def _was_approved(one: Opportunity) -> bool:
    return any(past.event == PostingEvent.APPROVE for past in one.history)


def _first_published_ms(one: Opportunity) -> int:
    return next(past.at_ms for past in one.history if past.state is PostingState.PUBLISHED)


async def _stood(town: Town, application: Application, at_ms: int) -> list[Stood]:
    """How the exam stood at about this moment, in every way that it did."""
    found = await town.board.sitting(application.agent_id, MARKET_EXAM.delivery_id)
    return list(found.between(at_ms - SLOW_MS, at_ms)) if found is not None else []


async def _check_exam(town: Town, application: Application) -> None:
    """Ended for an exam: rightly, and never while it was being sat or marked."""
    assert (application.assessment is not None) == (application.state is ApplicationState.ASSESSMENT), application.id
    last = application.history[-1]
    days_ms = town.opportunities.context.settings.assessment_days * 86_400_000
    match last.event:
        case "assessment_late":
            stood = await _stood(town, application, last.at_ms)
            assert not stood or any(one.of not in ON_ITS_WAY for one in stood), (application.id, stood)
            asked = [one.at_ms for one in application.history if one.event == "require_assessment"]
            assert asked[-1] + days_ms <= last.at_ms, (application.id, asked, last)
        case "assessment_failed":
            stood = await _stood(town, application, last.at_ms)
            is_over = any(one.of is ExamProgress.NOT_PASSED and not one.may_sit for one in stood)
            assert is_over, (application.id, stood)
            assert application.outcome is not None
            assert application.outcome.code is RejectionCode.BELOW_BAR
        case _:
            return


async def _check_waits_rightly(town: Town, opportunity: Opportunity, application: Application) -> None:
    held = await town.opportunities.context.held_by(application.agent_id, opportunity.posting)
    missing = [one for one in missing_of(opportunity.posting, held) if one.delivery_id]
    assert missing, (application.id, "waits for a pass that is there")
    found = await town.board.sitting(application.agent_id, MARKET_EXAM.delivery_id)
    assert found is not None, (application.id, "was never invited")
    now = found.now
    assert now.of is not ExamProgress.NOT_PASSED or now.may_sit, (application.id, now)
    assert application.assessment is not None
    is_over = application.assessment.until_ms <= town.clock.now_ms()
    assert not is_over or now.of in ON_ITS_WAY, (application.id, now)


def _check_interview(application: Application) -> None:
    """At no time, or at one that was to come when it was asked for."""
    found = application.interview
    assert found is not None or application.state is not ApplicationState.INTERVIEW, application.id
    assert found is None or found.at_ms == 0 or found.at_ms > found.asked_at_ms, (application.id, found)
    assert found is None or 0 <= found.reminders <= (len(REMIND_BEFORE_MS) if found.at_ms else 0), application.id
    is_timed = found is not None and found.at_ms and found.reminders < len(REMIND_BEFORE_MS)
    if application.state is ApplicationState.INTERVIEW:
        assert bool(application.due_at_ms) is bool(is_timed), (application.id, found, application.due_at_ms)
