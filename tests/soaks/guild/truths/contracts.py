"""Contracts, their terms, milestones and weeks, and what is held for them."""

from itertools import pairwise

from guildhall.gigs.lifecycle import HELD, OVER, SETTLED, ContractState, MilestoneState, WeekState
from guildhall.gigs.model.contracts import Contract, Milestone, first_milestones
from guildhall.gigs.model.terms import WorkTerms, terms_sha256
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import hours
from guildhall.gigs.rules.timing import next_due
from guildhall.gigs.service.funding import Pay
from guildhall.gigs.service.paying import cover_of, pay_of, pay_of_week
from guildhall.kit.errors import NotFound
from guildhall.payments.service.holding import hold_id
from tests.soaks.guild.town import Town

_COVERING = frozenset({WeekState.OPEN, WeekState.SUBMITTED, WeekState.QUERIED})
_WORKED_UNDER = frozenset({ContractState.ACTIVE, ContractState.PAUSED})


async def check_contract(town: Town, contract: Contract, weeks: list[Week]) -> None:
    assert contract.due_at_ms == next_due(contract, town.gigs.context.settings), contract.id  # 9
    if contract.state in OVER - {ContractState.COMPLETED, ContractState.TERMINATED}:
        assert contract.due_at_ms == 0
    _check_terms(contract, weeks)
    for week in weeks:
        assert week.monday in contract.open_weeks or hours.is_done(week), (week.id, week.state)
        if week.state not in {WeekState.APPROVED, WeekState.SETTLING}:
            assert week.due_at_ms == hours.next_due(week, town.gigs.context.settings), week.id  # 9
    if contract.state is ContractState.COMPLETED:  # 4
        assert all(one.state in SETTLED for one in contract.milestones)
        assert not contract.has_open_dispute
        assert contract.open_weeks == ()
        assert contract.disputed_weeks == ()
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
    """What is held for it: from its cover, or by itself, and never both."""
    covered, own = await _moved(town, cover_of(contract, week)), await _moved(town, pay_of_week(contract, week))
    for held, released, refunded, funded in (covered, own):
        assert held + released + refunded == funded, week.id  # 2
    assert 0 in {covered[1], own[1]}, (week.id, covered, own)
    held, released = covered[0] + own[0], covered[1] + own[1]
    if week.state in _COVERING and week.is_covered:
        assert (held, own[0]) == (week.cap_minor, 0), week.id  # 1
    elif week.state is WeekState.DISPUTED and week.is_parted:  # 1: what is disputed stands still, the rest is paid
        assert week.dispute is not None
        assert (held, released) == (week.dispute.minor, week.undisputed_minor), (week.id, covered, own)
    elif week.state is WeekState.DISPUTED:  # or none of it could be held yet
        assert held in {0, week.cap_minor, week.minor}, (week.id, covered, own)
        assert week.refusal, week.id
    else:
        assert held == 0, (week.id, week.state, held)
    if week.state is WeekState.PAID:  # 3
        assert released == week.agent_minor, (week.id, released, own)
    return held


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


def check_settled_contract(contract: Contract, weeks: list[Week]) -> None:
    """The contract knows which of its weeks are disputed, as the staff find it by that."""
    disputed = sorted(one.monday for one in weeks if one.state is WeekState.DISPUTED)
    assert sorted(contract.disputed_weeks) == disputed, (contract.id, contract.disputed_weeks, disputed)


def _check_terms(contract: Contract, weeks: list[Week]) -> None:
    """Every version under its hash and in its time; what was agreed on for what has begun stays as it was."""
    proposed, before = contract.amendment, contract.terms_before
    assert proposed is None or contract.state in _WORKED_UNDER, (contract.id, contract.state)
    stated = [(one.work, one.terms_sha256) for one in before]
    stated += [(contract.terms.work, contract.terms.terms_sha256)]
    stated += [(proposed.work, proposed.terms_sha256)] if proposed is not None else []
    assert all(sha256 == terms_sha256(work) for work, sha256 in stated), (contract.id, stated)
    assert [one.version for one in before] == list(range(1, len(before) + 1)), contract.id
    assert all(one.until_ms <= other.until_ms for one, other in pairwise(before)), contract.id
    accepted = sum(one.event == "accept_terms" for one in contract.history)
    assert accepted == len(before), (contract.id, accepted)
    first = before[0].work if before else contract.terms.work
    agreed = first_milestones(contract.terms.model_copy(update={"work": first}))
    minors = {one.key: one.minor for one in contract.milestones}
    assert all(minors[one.key] == one.minor for one in agreed), (contract.id, minors)
    for week in weeks:
        work = _in_force(contract, max(week.begins_at_ms, contract.opened_at_ms))
        seen = (week.rate_minor, week.cap_minutes)
        assert seen == (work.rate_minor, work.weekly_cap_minutes), (week.id, seen, work)


def _in_force(contract: Contract, at_ms: int) -> WorkTerms:
    return next((one.work for one in contract.terms_before if one.until_ms >= at_ms), contract.terms.work)
