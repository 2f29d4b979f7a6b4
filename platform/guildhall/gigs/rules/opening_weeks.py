"""Weeks of hours under their contract: which one it is, opened and closed, and whether its pay is held. Pure."""

from datetime import datetime, time, timedelta
from typing import Final

from guildhall.gigs.lifecycle import ContractState, WeekState
from guildhall.gigs.model.contracts import OPEN_WEEKS_MAX, Contract, FollowUpKind
from guildhall.gigs.model.terms import Kind
from guildhall.gigs.model.weeks import Week, week_id
from guildhall.gigs.rules.moving import HOUR_MS, By, with_disputed_weeks
from guildhall.kit.business_days import zone_named
from guildhall.kit.errors import Conflict
from guildhall.kit.follow_ups import follow

HAND_IN_AFTER_MS: Final = 12 * HOUR_MS
COVERING: Final = frozenset({WeekState.OPEN, WeekState.SUBMITTED, WeekState.QUERIED})


def week_of(contract: Contract, at_ms: int) -> tuple[str, int, int]:
    """(Monday, begin, end) of the week that holds this moment, in the contract's time zone."""
    zone = zone_named(contract.terms.work.time_zone)
    day = datetime.fromtimestamp(at_ms / 1000, zone).date()
    monday = day - timedelta(days=day.weekday())
    begins, ends = (datetime.combine(one, time(), zone) for one in (monday, monday + timedelta(days=7)))
    return monday.isoformat(), int(begins.timestamp() * 1000), int(ends.timestamp() * 1000)


def open_week(contract: Contract, monday: str) -> Contract:
    """The contract knows of the week before any hour is logged in it, and cannot end without it. Raises Conflict."""
    if monday in contract.open_weeks:
        return contract
    if contract.terms.work.kind is not Kind.HOURLY:
        raise Conflict("This work is paid by milestone: no hours are logged.")
    if contract.state is not ContractState.ACTIVE:
        raise Conflict("Hours are logged while the contract is active.")
    if len(contract.open_weeks) >= OPEN_WEEKS_MAX:
        raise Conflict("Too many weeks are not settled yet: hand the older ones in first.")
    return contract.model_copy(update={"open_weeks": (*contract.open_weeks, monday)})


def close_week(contract: Contract, monday: str) -> Contract:
    """The system's, once a week is paid or was empty; again changes nothing."""
    if monday not in contract.open_weeks:
        return contract
    closed = contract.model_copy(update={"open_weeks": tuple(one for one in contract.open_weeks if one != monday)})
    return with_disputed_weeks(closed, tuple(one for one in contract.disputed_weeks if one != monday))


def new_week(contract: Contract, at_ms: int, now_ms: int) -> Week:
    """Under the terms of its Monday, however late it is opened."""
    monday, begins_at_ms, ends_at_ms = week_of(contract, at_ms)
    work = contract.work_at(begins_at_ms)
    week = Week(
        id=week_id(contract.id, monday),
        created_at_ms=now_ms,
        contract_id=contract.id,
        agent_id=contract.agent_id,
        organisation_id=contract.organisation_id,
        monday=monday,
        begins_at_ms=begins_at_ms,
        ends_at_ms=ends_at_ms,
        state_since_ms=now_ms,
        rate_minor=work.rate_minor,
        cap_minutes=work.weekly_cap_minutes,
        given_back_ms=now_ms,
        due_at_ms=ends_at_ms + HAND_IN_AFTER_MS,
    )
    return week if contract.is_paid_outside else follow(week, now_ms, (FollowUpKind.COVER, {}))


def is_pay_held(week: Week, contract: Contract) -> bool:
    """Whether hours may be logged on it: never on money that nobody has put aside, unless the contract says so."""
    return week.is_covered or contract.is_paid_outside


def ask_cover(week: Week, contract: Contract, by: By) -> Week:
    """Hold the most that it can come to; the same week where that is held, or on its way."""
    is_asked = any(one.kind == FollowUpKind.COVER for one in week.follow_ups)
    if is_asked or is_pay_held(week, contract) or week.state not in COVERING:
        return week
    return follow(week, by.at_ms, (FollowUpKind.COVER, {}))
