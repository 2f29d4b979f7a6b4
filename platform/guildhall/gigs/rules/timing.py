"""Every clock of a contract: when it fires, what it does, and the time that outages of ours give back. Pure."""

from collections.abc import Iterable
from typing import Any, Final

from guildhall.gigs.lifecycle import DISPUTE_OVER, Actor, ContractState, DisputeState, MilestoneState, WeekState
from guildhall.gigs.model.contracts import Contract, Milestone
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import (
    beginning,
    contracting,
    deciding,
    disputed_hours,
    disputed_milestones,
    disputing,
    hours,
    reviewing,
    working,
)
from guildhall.gigs.rules.moving import HOUR_MS, LOOK_AFTER_MS, By, with_milestone
from guildhall.gigs.rules.paying import let_go
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.follow_ups import FOLLOW_UPS_MAX, follow
from guildhall.kit.outages import Outage, lost_ms, newer

BEFORE_WORK: Final = frozenset({ContractState.PENDING_FUNDING, ContractState.BEGINNING})


def next_due(contract: Contract, settings: GigsSettings) -> int:
    """When `fire` has something to do next; 0 for never."""
    due = [one.due_at_ms for one in contract.disputes if one.state not in DISPUTE_OVER and one.due_at_ms]
    due += [_looked_after_ms(one) for one in contract.milestones if _may_be_stray(one)]
    due += [_milestone_due(one, settings) for one in contract.milestones if one.auto_at_ms]
    if contract.state is ContractState.PENDING_FUNDING:
        due.append(contracting.void_at_ms(contract, settings))
    if week_ms := beginning.next_week_ms(contract, settings):
        due.append(week_ms)
    if contracting.closable(contract):
        due.append(contract.ends_at_ms)
    if contract.reviews and not contract.revealed_at_ms and not contract.has_open_dispute:
        due.append(reviewing.ends_at_ms(contract, settings))
    return min(due, default=0)


def _may_be_stray(milestone: Milestone) -> bool:
    """A follower that stalled before the hold, and died before the word of it, may leave pay held for what is over."""
    return milestone.state is MilestoneState.CANCELLED and milestone.was_tried and not milestone.was_looked_after


def _looked_after_ms(milestone: Milestone) -> int:
    return milestone.state_since_ms + LOOK_AFTER_MS


def _milestone_due(milestone: Milestone, settings: GigsSettings) -> int:
    remind_ms = milestone.auto_at_ms - settings.remind_hours * HOUR_MS
    return milestone.auto_at_ms if milestone.reminded_at_ms else remind_ms


def fire(contract: Contract, settings: GigsSettings, at_ms: int) -> Contract:
    """Everything whose time has come, as far as there is room for what follows it; the same contract for nothing."""
    by = By("system:gigs", Actor.SYSTEM, at_ms)
    if contract.state is ContractState.PENDING_FUNDING:
        is_funding = any(one.state is MilestoneState.FUNDING for one in contract.milestones)
        if not is_funding and contracting.void_at_ms(contract, settings) <= at_ms:
            return contracting.void(contract, "", settings, by)
    for fire_some in (_look_after, _fire_milestones, _fire_weeks, _fire_disputes, _fire_ending):
        contract = fire_some(contract, settings, by)
    is_unread = contract.reviews and not contract.revealed_at_ms and not contract.has_open_dispute
    if is_unread and reviewing.ends_at_ms(contract, settings) <= at_ms:
        contract = reviewing.reveal(contract, by)
    return contracting.settle(contract, settings, by)


def fire_week(week: Week, contract: Contract, settings: GigsSettings, at_ms: int) -> Week:
    """What is due in a week of hours; the same week for nothing."""
    fire_some = disputed_hours.fire if week.state is WeekState.DISPUTED else hours.fire
    return fire_some(week, contract, settings, at_ms)


def _look_after(contract: Contract, _settings: GigsSettings, by: By) -> Contract:
    for one in contract.milestones:
        if _may_be_stray(one) and _looked_after_ms(one) <= by.at_ms and not _is_full(contract):
            contract = with_milestone(contract, one.model_copy(update={"was_looked_after": True}))
            contract = follow(contract, by.at_ms, *let_go(one))
    return contract


def _fire_milestones(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    for milestone in contract.milestones:
        if milestone.auto_at_ms and _milestone_due(milestone, settings) <= by.at_ms and not _is_full(contract):
            act = working.auto_approve if milestone.reminded_at_ms else working.remind
            contract = act(contract, milestone.key, settings, by)
    return contract


def _fire_weeks(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    is_due = 0 < beginning.next_week_ms(contract, settings) <= by.at_ms
    return beginning.fire_week(contract, by) if is_due and not _is_full(contract) else contract


def _fire_disputes(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    for dispute in contract.disputes:
        is_due = dispute.state not in DISPUTE_OVER and 0 < dispute.due_at_ms <= by.at_ms
        if is_due and not _is_full(contract):
            end = deciding.close if dispute.state is DisputeState.DECIDED else disputing.silence
            contract = disputed_milestones.act(contract, dispute.id, end, settings, by)
    return contract


def _fire_ending(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    for milestone in contracting.closable(contract):
        if contract.ends_at_ms <= by.at_ms and not _is_full(contract):
            contract = contracting.close_out(contract, milestone, settings, by)
    return contract


def _is_full(contract: Contract) -> bool:
    """What one timer leaves to follow is at most a handful; the rest waits for the next pass."""
    return len(contract.follow_ups) > FOLLOW_UPS_MAX // 2


def give_back(contract: Contract, outages: Iterable[Outage], settings: GigsSettings) -> Contract:
    """Every running clock goes on as much later as outages of ours took from it, each outage once.

    Weeks of hours begin and end with the calendar, outage or not: what is held for one is no clock of anybody's.
    """
    known_ms = contract.given_back_ms
    if not (new := newer(outages, known_ms)):
        return contract

    def later(from_ms: int, until_ms: int) -> int:
        return until_ms and until_ms + lost_ms(from_ms, until_ms, known_ms, new)

    milestones = tuple(
        one.model_copy(update={"auto_at_ms": later(one.state_since_ms, one.auto_at_ms)}) for one in contract.milestones
    )
    disputes = tuple(
        one.model_copy(update={"due_at_ms": later(one.state_since_ms, one.due_at_ms)}) for one in contract.disputes
    )
    update: dict[str, Any] = {"milestones": milestones, "disputes": disputes}
    if contract.state is ContractState.ENDING:
        update["ends_at_ms"] = later(contract.state_since_ms, contract.ends_at_ms)
    if contract.state in BEFORE_WORK:
        update["extra_ms"] = contract.extra_ms + lost_ms(
            contract.opened_at_ms, contracting.void_at_ms(contract, settings), known_ms, new
        )
    if contract.state in reviewing.REVIEWED and not contract.revealed_at_ms:
        update["extra_ms"] = contract.extra_ms + lost_ms(
            contract.state_since_ms, reviewing.ends_at_ms(contract, settings), known_ms, new
        )
    return contract.model_copy(update=update | {"given_back_ms": max(one.ended_at_ms for one in new)})


def give_back_week(week: Week, outages: Iterable[Outage], settings: GigsSettings) -> Week:
    """The same for a week of hours: the agent's time to complete it, the client's to look at it, and its dispute's."""
    known_ms = week.given_back_ms
    if not (new := newer(outages, known_ms)):
        return week
    update: dict[str, Any] = {"given_back_ms": max(one.ended_at_ms for one in new)}
    if week.state in {WeekState.OPEN, WeekState.QUERIED}:
        since_ms = max(week.ends_at_ms, week.created_at_ms)
        update["extra_ms"] = week.extra_ms + lost_ms(since_ms, hours.hand_in_at_ms(week), known_ms, new)
    if week.auto_at_ms:
        lost = lost_ms(week.state_since_ms, week.auto_at_ms, known_ms, new)
        update["auto_at_ms"] = week.auto_at_ms + lost
    if week.dispute is not None and week.dispute.due_at_ms:
        disputed = week.dispute
        lost = lost_ms(disputed.state_since_ms, disputed.due_at_ms, known_ms, new)
        update["dispute"] = disputed.model_copy(update={"due_at_ms": disputed.due_at_ms + lost})
    changed = week.model_copy(update=update)
    return changed.model_copy(update={"due_at_ms": hours.next_due(changed, settings)})
