"""What always holds in a town, whoever did what, and whatever process was killed over it.

The numbers are those of the list of invariants that this domain was designed by. What one document holds is checked
after every step; what takes two documents is checked where nothing of theirs is left to be carried out.

1. What is held for a contract = its milestones from funded to disputed, and its covered weeks.
2. What was released, what was given back and what is held = what was funded, for each milestone and week.
3. A released milestone was released exactly once.
4. A completed contract holds nothing, and nothing of it is open.
5. As many contracts as people hired, and never more than positions.
6. (payouts: `payments`, whose own walk checks it; no step here asks for one)
7. A completed onboarding has every required step passed, waived or expired, or opened again since; and what is not
   passed or waived gives none of the capabilities that need it.
8. (sessions of suspended accounts: the accounts domain's own tests)
9. A timer belongs to a state that declares it: it is what the document's rules say, and a pass leaves none due.
10. The ledger proves: trial balance, chain of hashes and projections.

Beyond the list: no two entries of an agent's hours overlap, whatever contracts they are under; one open offer at most;
no position is lost for good; what anybody looks at can be shown.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from guildhall.gigs.lifecycle import HELD, OVER, SETTLED, ContractState, MilestoneState, WeekState
from guildhall.gigs.model.contracts import Contract, Milestone
from guildhall.gigs.model.weeks import Entry, Week
from guildhall.gigs.rules import hours
from guildhall.gigs.rules.timing import next_due
from guildhall.gigs.service.funding import Pay
from guildhall.gigs.service.paying import cover_of, pay_of, pay_of_week
from guildhall.kit.errors import NotFound
from guildhall.onboarding.lifecycle import SETTLED as STEP_SETTLED
from guildhall.onboarding.lifecycle import OnboardingState, StepState
from guildhall.onboarding.model.flows import Capability, Due
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.moving import step_of
from guildhall.onboarding.rules.walking import next_due as onboarding_due
from guildhall.opportunities.lifecycle import ApplicationState, OfferState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, PlaceState
from guildhall.opportunities.rules.moving import timed_application, timed_posting
from guildhall.opportunities.settings import OpportunitySettings
from guildhall.payments.service.holding import hold_id
from tests.guildhall.payments.purse import prove_whole
from tests.soaks.guild.town import Town

_COVERING = frozenset({WeekState.OPEN, WeekState.SUBMITTED, WeekState.QUERIED})


async def check(town: Town) -> None:
    """After any step. Raises AssertionError."""
    contracts, weeks = await town.contracts(), await town.weeks()
    opportunities, applications = await town.posted(), await town.applications()
    for contract in contracts:
        await _check_contract(town, contract, [one for one in weeks if one.contract_id == contract.id])
    _check_hours(weeks)
    _check_hired(town.opportunities.context.settings, opportunities, applications, contracts)
    for onboarding in await town.onboardings():
        await _check_onboarding(town, onboarding)
    await prove_whole(town.payments.ledger)  # 10


async def check_settled(town: Town) -> None:
    """When passes have done what was left behind: nothing is, no timer is due, no position is lost."""
    contracts, weeks = await town.contracts(), await town.weeks()
    opportunities, applications = await town.posted(), await town.applications()
    onboardings, now_ms = await town.onboardings(), town.clock.now_ms()
    documents: tuple[Any, ...] = (*contracts, *weeks, *opportunities, *applications, *onboardings)
    for document in documents:
        assert document.follow_ups == (), (document.id, document.follow_ups)
        assert not document.unsettled, document.id
        assert not 0 < document.due_at_ms <= now_ms, (document.id, document.due_at_ms, now_ms)
    by_id = {one.id: one for one in applications}
    for opportunity in opportunities:
        for application_id, place in opportunity.places.items():
            state = by_id[application_id].state
            is_hired = state is ApplicationState.HIRED
            assert is_hired or state is ApplicationState.OFFERED, (opportunity.id, place, state)
            assert place.state is (PlaceState.FILLED if is_hired else PlaceState.HELD), (opportunity.id, place, state)
    await check(town)


# --- contracts


async def _check_contract(town: Town, contract: Contract, weeks: list[Week]) -> None:
    assert contract.due_at_ms == next_due(contract, town.gigs.context.settings), contract.id  # 9
    if contract.state in OVER - {ContractState.COMPLETED, ContractState.TERMINATED}:
        assert contract.due_at_ms == 0
    for week in weeks:
        assert week.monday in contract.open_weeks or hours.is_done(week), (week.id, week.state)
        if week.state is not WeekState.APPROVED:
            assert week.due_at_ms == hours.next_due(week, town.gigs.context.settings), week.id  # 9
    if contract.state is ContractState.COMPLETED:  # 4
        assert all(one.state in SETTLED for one in contract.milestones)
        assert not contract.has_open_dispute
        assert contract.open_weeks == ()
        assert all(hours.is_done(one) for one in weeks)
    if contract.unsettled or any(one.unsettled for one in weeks):
        return
    held = 0
    for milestone in contract.milestones:
        held += await _check_milestone(town, contract, milestone)
    for week in weeks:
        held += await _check_week(town, contract, week)
    if contract.state is ContractState.COMPLETED:  # 4
        assert held == 0, contract.id


async def _check_milestone(town: Town, contract: Contract, one: Milestone) -> int:
    """What is held for it."""
    held, released, refunded, funded = await _moved(town, pay_of(contract, one.key))
    assert held + released + refunded == funded, (contract.id, one.key)  # 2
    if one.state in HELD:
        assert (held, funded) == (one.minor, one.minor), (contract.id, one.key, one.state, held)  # 1
        return held
    if one.state is MilestoneState.AGREED and one.was_tried:
        # A follower that was killed between the hold and the word of it: held, and gone back when it is cancelled.
        assert held in {0, one.minor}
        return held
    assert held == 0, (contract.id, one.key, one.state, held)  # 1
    if one.state in SETTLED - {MilestoneState.CANCELLED}:
        assert one.division is not None
        assert (released, refunded) == (one.division.agent_minor, one.division.client_minor)  # 3
        assert released + refunded == one.minor
    else:
        assert released == 0, (contract.id, one.key, one.state)
    return held


async def _check_week(town: Town, contract: Contract, week: Week) -> int:
    held, released, refunded, funded = await _moved(town, cover_of(contract, week))
    assert held + released + refunded == funded, week.id  # 2
    own = await _moved(town, pay_of_week(contract, week))
    if week.state in _COVERING and week.is_covered:
        assert held == week.cap_minor, week.id  # 1
        return held
    assert held == 0, (week.id, week.state, held)
    if week.state is WeekState.PAID:  # 3: from its cover, or by itself, and never both
        assert released + own[1] == week.minor, (week.id, released, own)
        assert 0 in {released, own[1]}, (week.id, released, own)
    return own[0]


async def _moved(town: Town, pay: Pay) -> tuple[int, int, int, int]:
    """(held, released, refunded, funded) as the ledger has it; nothing where nobody held anything."""
    if pay.amount.minor == 0:
        return 0, 0, 0, 0
    try:
        shown = await town.payments.holding.show(hold_id(pay.key.replace("/", "_")))
    except NotFound:
        return 0, 0, 0, 0
    is_funded = shown.held + shown.released + shown.refunded > 0
    return shown.held, shown.released, shown.refunded, shown.terms.minor if is_funded else 0


def _check_hours(weeks: Iterable[Week]) -> None:
    by_agent: dict[str, list[Entry]] = {}
    for week in weeks:
        assert week.minutes <= week.cap_minutes
        by_agent.setdefault(week.agent_id, []).extend(week.entries)
    for entries in by_agent.values():
        entries.sort(key=lambda one: one.started_at_ms)
        for one, other in pairwise(entries):
            assert not hours.overlap(one, other), (one, other)


# --- opportunities


def _check_hired(
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


# --- onboarding


async def _check_onboarding(town: Town, onboarding: Onboarding) -> None:
    terms = await town.onboarding.context.terms_of(onboarding)
    assert onboarding_due(onboarding, terms) == onboarding.due_at_ms, (onboarding.id, onboarding.state)  # 9
    if onboarding.state is OnboardingState.COMPLETED:  # 7
        for step in terms.flow.plan.steps:
            record = step_of(onboarding, step.key)
            if not step.is_required or step.due is not Due.NOW:
                continue
            is_settled = record.state in STEP_SETTLED | {StepState.EXPIRED, StepState.FAILED}
            was_opened_again = max(record.saved_at_ms, record.submitted_at_ms) >= onboarding.completed_at_ms
            is_new = terms.flow.version > 1 and record.state is StepState.OPEN
            assert is_settled or was_opened_again or is_new, (onboarding.id, step.key, record.state)
    for capability, rule in terms.flow.plan.capabilities.items():  # 7
        told = await town.onboarding.capability(onboarding.account_id, Capability(capability))
        missing = [key for key in rule.steps if step_of(onboarding, key).state not in STEP_SETTLED]
        is_missing = bool(missing) or (rule.needs_completed and onboarding.state is not OnboardingState.COMPLETED)
        if is_missing:
            assert not told.is_given, (onboarding.id, capability, missing)
            assert told.reason
