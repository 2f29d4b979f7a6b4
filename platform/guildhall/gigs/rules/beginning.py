"""Hourly work goes on held money: the most that a week can come to is held before any hour is logged in it. Pure.

It begins once its first week is held, and each week after that is held as it begins. Whether the pay of the next one is
there is looked at some time before, so that nobody hears on Monday what could have been paid in on Saturday.
"""

from guildhall.gigs.lifecycle import Actor, ContractEvent, ContractState
from guildhall.gigs.model.contracts import OPEN_WEEKS_MAX, Contract, FollowUpKind
from guildhall.gigs.model.terms import Kind
from guildhall.gigs.rules.moving import HOUR_MS, By, audited, move_contract
from guildhall.gigs.rules.opening_weeks import open_week, week_of
from guildhall.gigs.rules.telling import Told, moment, say_minor, tell, tell_both
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.follow_ups import follow


def begin(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    """The client's: hold the pay of the week that it is now; work begins when that is done. Raises MoveRefused."""
    moved = move_contract(contract, ContractEvent.BEGIN, settings, by, refusal="")
    if contract.is_paid_outside:
        return begun(moved, by.at_ms, "", settings, By("system:gigs", Actor.SYSTEM, by.at_ms))
    monday, _, _ = week_of(contract, by.at_ms)
    if monday not in moved.open_weeks:
        moved = moved.model_copy(update={"open_weeks": (*moved.open_weeks, monday)})
    return follow(moved, by.at_ms, (FollowUpKind.BEGIN, {"at_ms": by.at_ms}), audited(by, "begin"))


def begun(contract: Contract, at_ms: int, refusal: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: the week that holds `at_ms` is held, or could not be; again changes nothing."""
    if refusal:
        if contract.state is not ContractState.BEGINNING:
            return contract
        moved = move_contract(contract, ContractEvent.HOLD_REFUSED, settings, by, refusal, refusal=refusal)
        return follow(moved, by.at_ms, tell(contract, Actor.CLIENT, "not_begun", "work could not begin", refusal))
    if contract.state not in {ContractState.BEGINNING, ContractState.PENDING_FUNDING}:
        return contract
    monday, _, ends_at_ms = week_of(contract, at_ms)
    held_to_ms = 0 if contract.is_paid_outside else ends_at_ms
    moved = move_contract(contract, ContractEvent.ACTIVATE, settings, by, refusal="", weeks_held_to_ms=held_to_ms)
    text = "Hours are logged as they are worked."
    if not contract.is_paid_outside:
        text = (
            f"{say_minor(contract, most_of_a_week(contract))} is held for the week of {monday}, the most that it can"
            f" come to. {text} Each week is held as it begins, and what is not worked of it goes back."
        )
    return follow(moved, by.at_ms, *tell_both(contract, "begun", "work can begin", text))


def most_of_a_week(contract: Contract) -> int:
    """In minor units, of a week that begins under the terms as they are; 0 for work by milestone."""
    work = contract.terms.work
    return work.weekly_cap_minutes * work.rate_minor // 60


def next_week_ms(contract: Contract, settings: GigsSettings) -> int:
    """When `fire_week` has something to do; 0: never while it stands so."""
    is_hourly = contract.terms.work.kind is Kind.HOURLY
    if contract.is_paid_outside or not is_hourly or contract.state is not ContractState.ACTIVE:
        return 0
    held_to_ms = contract.weeks_held_to_ms
    if not held_to_ms:  # begun before weeks were held as they begin
        return contract.state_since_ms
    is_looked_at = contract.looked_ahead_ms >= held_to_ms
    return held_to_ms if is_looked_at else held_to_ms - settings.cover_warning_hours * HOUR_MS


def fire_week(contract: Contract, by: By) -> Contract:
    """The system's, when that is due: open the week that it is now, or look for the pay of the next one."""
    if contract.weeks_held_to_ms > by.at_ms:
        ahead = {"looked_ahead_ms": contract.weeks_held_to_ms}
        return follow(contract.model_copy(update=ahead), by.at_ms, (FollowUpKind.LOOK_AHEAD, {}))
    monday, _, ends_at_ms = week_of(contract, by.at_ms)
    changed = contract.model_copy(update={"weeks_held_to_ms": ends_at_ms})
    if monday not in contract.open_weeks and len(contract.open_weeks) >= OPEN_WEEKS_MAX:
        return changed  # whoever wants to log hours is told to settle the older weeks first
    return follow(open_week(changed, monday), by.at_ms, (FollowUpKind.OPEN_WEEK, {"at_ms": by.at_ms}))


def warned_ahead(contract: Contract, there_minor: int) -> tuple[Told, ...]:
    """What both sides are told where less is paid in than the next week needs; nothing where it is there."""
    most_minor = most_of_a_week(contract)
    if there_minor >= most_minor:
        return ()
    text = (
        f"{say_minor(contract, most_minor)} is held for it as it begins, on"
        f" {moment(contract, contract.looked_ahead_ms)}, and {say_minor(contract, there_minor)} is paid in. Until the"
        " client pays the rest in, no hours can be logged in it."
    )
    return tell_both(contract, "week_ahead", "the pay of the next week is not paid in yet", text)


def note_cover(contract: Contract, refusal: str) -> Contract:
    """The system's: how it stands with the pay of the week that work goes on in; the same where that is no news."""
    if contract.state is not ContractState.ACTIVE or contract.refusal == refusal:
        return contract
    return contract.model_copy(update={"refusal": refusal})
