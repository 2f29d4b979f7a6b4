"""Decisions about weeks of hours: log, hand in, ask about, approve, pay. Pure.

A week goes from Monday to Monday where the contract says, is handed in by the agent or by itself twelve hours after its
end, and is looked at by the client within the contract's review days. No two entries of a contract overlap.
"""

from collections.abc import Mapping
from typing import Any, Final

from guildhall.gigs.lifecycle import DISPUTE_OVER, WEEK, Actor, ContractState, WeekEvent, WeekFacts, WeekState
from guildhall.gigs.model.contracts import Contract, FollowUpKind, Passage
from guildhall.gigs.model.weeks import ENTRIES_MAX, HISTORY_MAX, QUERIES_MAX, Entry, Query, Week
from guildhall.gigs.rules.moving import DAY_MS, HOUR_MS, LOOK_AFTER_MS, By, audited, check_decides
from guildhall.gigs.rules.opening_weeks import COVERING, HAND_IN_AFTER_MS, ask_cover, is_pay_held
from guildhall.gigs.rules.telling import booked, moment, say_minor, tell, tell_both
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.follow_ups import follow
from guildhall.kit.lifecycle import AllowedAction

PAY_AGAIN_AFTER_MS: Final = 60_000
COVER_AGAIN_AFTER_MS: Final = 60_000
"""An approved week whose pay could not be held is tried again so often: the client may have paid in meanwhile."""
_DONE: Final = frozenset({WeekState.PAID, WeekState.VOID})
_TAKES_HOURS: Final = frozenset({ContractState.ACTIVE, ContractState.ENDING})
_PAYING: Final = frozenset({WeekState.APPROVED, WeekState.SETTLING})


class HoursRefused(Invalid):
    type = "hours-refused"
    title = "These hours cannot be logged"


def covered(week: Week, contract: Contract, refusal: str, settings: GigsSettings, by: By) -> Week:
    """The system's: the most that it can come to is held, or could not be; the same week where that is no news.

    While the contract takes hours it is tried again until it is held. Both sides are told once of each.
    """
    if week.state not in COVERING or week.is_covered:
        return week
    is_waited_for = contract.state in _TAKES_HOURS
    again_ms = by.at_ms + COVER_AGAIN_AFTER_MS if refusal and is_waited_for else 0
    changed = week.model_copy(update={"is_covered": not refusal, "refusal": refusal, "cover_at_ms": again_ms})
    changed = changed.model_copy(update={"due_at_ms": next_due(changed, settings)})
    if not is_waited_for or bool(refusal) is bool(week.refusal):
        return changed
    if refusal:
        title, text = f"the pay of the week of {week.monday} is not held", f"{refusal} No hours can be logged before."
        return follow(changed, by.at_ms, *tell_both(contract, "week_not_covered", title, text))
    title = f"the pay of the week of {week.monday} is held"
    text = f"{say_minor(contract, week.cap_minor)}, the most that it can come to. Hours can be logged."
    return follow(changed, by.at_ms, *tell_both(contract, "week_covered", title, text))


def week_facts(week: Week, contract: Contract, settings: GigsSettings, at_ms: int) -> WeekFacts:
    reminder_ms = week.auto_at_ms - settings.remind_hours * HOUR_MS
    return WeekFacts(
        is_loggable=contract.state in _TAKES_HOURS,
        is_pay_held=is_pay_held(week, contract),
        has_entries=bool(week.entries),
        has_queries_left=len(week.queries) < QUERIES_MAX,
        is_reminder_due=0 < reminder_ms <= at_ms and not week.reminded_at_ms,
        is_time_over=0 < week.auto_at_ms <= at_ms,
        was_reminded=bool(week.reminded_at_ms),
    )


def week_actions(week: Week, contract: Contract, settings: GigsSettings, by: By) -> tuple[AllowedAction, ...]:
    if by.only_funds:
        return ()
    return WEEK.allowed_actions(week.state, by.actor, week_facts(week, contract, settings, by.at_ms))


def move_week(
    week: Week, contract: Contract, event: WeekEvent, settings: GigsSettings, by: By, words: str = "", **changes: Any
) -> Week:
    """With its next timer. Raises MoveRefused, OnlyFunds."""
    check_decides(by)
    moved = WEEK.move(week.state, event, by.actor, week_facts(week, contract, settings, by.at_ms))
    passage = Passage(at_ms=by.at_ms, event=f"week.{event.value}", actor=by.actor, about=week.monday, words=words)
    update: dict[str, Any] = {"state": moved.target, "history": (*week.history, passage)[-HISTORY_MAX:]}
    if moved.target is not week.state:
        update["state_since_ms"] = by.at_ms
    changed = week.model_copy(update=update | changes)
    return changed.model_copy(update={"due_at_ms": next_due(changed, settings)})


def next_due(week: Week, settings: GigsSettings) -> int:
    due_ms = _next_due(week, settings)
    if week.cover_at_ms and week.state in COVERING:
        return min(week.cover_at_ms, due_ms or week.cover_at_ms)
    return due_ms


def _next_due(week: Week, settings: GigsSettings) -> int:
    if week.state in {WeekState.OPEN, WeekState.QUERIED} and (week.state is WeekState.OPEN or not week.entries):
        return hand_in_at_ms(week)
    if week.state is WeekState.SUBMITTED:
        return week.auto_at_ms if week.reminded_at_ms else week.auto_at_ms - settings.remind_hours * HOUR_MS
    if week.state in _DONE and not week.is_covered and not week.was_looked_after:
        return week.state_since_ms + LOOK_AFTER_MS
    if week.state is WeekState.DISPUTED and week.dispute is not None:
        answer_ms = 0 if week.dispute.state in DISPUTE_OVER else week.dispute.due_at_ms
        return min((one for one in (answer_ms, week.pay_again_at_ms) if one), default=0)
    return week.due_at_ms if week.state in _PAYING and week.refusal else 0


def hand_in_at_ms(week: Week) -> int:
    """When it hands itself in, or lapses without hours."""
    return week.ends_at_ms + HAND_IN_AFTER_MS + week.extra_ms


def log(week: Week, contract: Contract, entry: Entry, settings: GigsSettings, by: By) -> Week:
    """Add an entry. Raises MoveRefused, HoursRefused."""
    moved = move_week(week, contract, WeekEvent.LOG, settings, by)
    if entry.started_at_ms < week.begins_at_ms or entry.ended_at_ms > week.ends_at_ms:
        raise HoursRefused("An entry lies within one week: split it at Monday, 0:00.")
    if entry.started_at_ms < contract.opened_at_ms:
        raise HoursRefused("The contract did not exist then.")
    if entry.ended_at_ms > by.at_ms:
        raise HoursRefused("It is not over yet: hours are logged when they are done.")
    if entry.id in week.barred:
        raise HoursRefused("It took too long to be logged: log it once more.")
    if any(overlap(one, entry) for one in week.entries):
        raise HoursRefused("Another entry covers some of this time already.")
    if week.minutes + entry.minutes > week.cap_minutes:
        left = week.cap_minutes - week.minutes
        raise HoursRefused(f"The agreed cap leaves {left} minutes in this week: agree on more with the client first.")
    if len(week.entries) >= ENTRIES_MAX:
        raise HoursRefused(f"A week has at most {ENTRIES_MAX} entries.")
    entries = tuple(sorted((*week.entries, entry), key=lambda one: one.started_at_ms))
    return moved.model_copy(update={"entries": entries, "history": week.history})


def drop_entry(week: Week, contract: Contract, entry_id: str, settings: GigsSettings, by: By) -> Week:
    """Raises MoveRefused, NotFound."""
    moved = move_week(week, contract, WeekEvent.DROP, settings, by)
    entries = tuple(one for one in week.entries if one.id != entry_id)
    if len(entries) == len(week.entries):
        raise NotFound("There is no such entry in this week.")
    changed = moved.model_copy(update={"entries": entries, "history": week.history})
    return changed.model_copy(update={"due_at_ms": next_due(changed, settings)})


def overlap(one: Entry, other: Entry) -> bool:
    return one.started_at_ms < other.ended_at_ms and other.started_at_ms < one.ended_at_ms


def submit(week: Week, contract: Contract, settings: GigsSettings, by: By) -> Week:
    auto_at_ms = by.at_ms + contract.terms.work.review_days * DAY_MS
    moved = move_week(week, contract, WeekEvent.SUBMIT, settings, by, auto_at_ms=auto_at_ms, reminded_at_ms=0)
    told = tell(
        contract,
        Actor.CLIENT,
        "hours_submitted",
        f"{say_hours(week.minutes)} of the week of {week.monday}",
        f"{say_minor(contract, week.minor)}. Approve or ask about them until {moment(contract, auto_at_ms)}; after "
        "that they count as approved.",
    )
    return follow(moved, by.at_ms, told)


def query(week: Week, contract: Contract, words: str, settings: GigsSettings, by: By) -> Week:
    moved = move_week(
        week,
        contract,
        WeekEvent.QUERY,
        settings,
        by,
        words,
        queries=(*week.queries, Query(words=words, at_ms=by.at_ms)),
        auto_at_ms=0,
        reminded_at_ms=0,
    )
    title = f"the client asks about the week of {week.monday}"
    return follow(moved, by.at_ms, tell(contract, Actor.AGENT, "hours_queried", title, words))


def approve(week: Week, contract: Contract, settings: GigsSettings, by: By) -> Week:
    event = WeekEvent.AUTO_APPROVE if by.actor is Actor.SYSTEM else WeekEvent.APPROVE
    moved = move_week(week, contract, event, settings, by, auto_at_ms=0, reminded_at_ms=0, refusal="")
    title = f"the week of {week.monday} is approved"
    text = f"{say_hours(week.minutes)}, {say_minor(contract, week.minor)}."
    if by.actor is Actor.SYSTEM:
        told = tell_both(contract, "hours_approved", title, f"The time to look at it is over. {text}")
        return follow(moved, by.at_ms, *told, to_pay(week), audited(by, "approve_hours", week=week.monday))
    one = tell(contract, Actor.AGENT, "hours_approved", title, text)
    return follow(moved, by.at_ms, one, to_pay(week), audited(by, "approve_hours", week=week.monday))


def paid(week: Week, contract: Contract, settings: GigsSettings, by: By) -> Week:
    """The system's; again changes nothing."""
    if week.state not in _PAYING:
        return week
    moved = move_week(week, contract, WeekEvent.PAID_OUT, settings, by, refusal="")
    told = tell(contract, Actor.AGENT, "hours_paid", f"the week of {week.monday} is settled", booked(contract))
    return follow(moved, by.at_ms, told, _close())


def unpaid(week: Week, contract: Contract, refusal: str, settings: GigsSettings, by: By) -> Week:
    """The system's: it is to be paid, and its pay could not be held; tried again until it can, told once."""
    again_ms = by.at_ms + PAY_AGAIN_AFTER_MS
    if week.state is WeekState.DISPUTED and not week.is_parted:
        changed = week.model_copy(update={"refusal": refusal, "pay_again_at_ms": again_ms})
        changed = changed.model_copy(update={"due_at_ms": next_due(changed, settings)})
    elif week.state in _PAYING:
        changed = week.model_copy(update={"refusal": refusal, "due_at_ms": again_ms})
    else:
        return week
    if week.refusal:
        return changed
    title = f"the week of {week.monday} waits for the client's money"
    return follow(changed, by.at_ms, *tell_both(contract, "week_unpaid", title, refusal))


def fire(week: Week, contract: Contract, settings: GigsSettings, at_ms: int) -> Week:
    """What is due in a week whose hours nobody disputes; the same week for nothing."""
    by = By("system:gigs", Actor.SYSTEM, at_ms)
    if not 0 < next_due(week, settings) <= at_ms:
        return week
    if week.state in COVERING and 0 < week.cover_at_ms <= at_ms:
        asked = ask_cover(week.model_copy(update={"cover_at_ms": 0}), contract, by)
        return asked.model_copy(update={"due_at_ms": next_due(asked, settings)})
    if week.state in _DONE:  # its cover may have been held by a follower that died before it could say so
        looked_after = week.model_copy(update={"was_looked_after": True, "due_at_ms": 0})
        return looked_after if contract.is_paid_outside else follow(looked_after, at_ms, (FollowUpKind.LET_GO, {}))
    if week.state in _PAYING:
        return follow(week.model_copy(update={"due_at_ms": 0}), at_ms, to_pay(week))
    if not week.entries:
        lapsed = move_week(week, contract, WeekEvent.LAPSE, settings, by)
        return follow(lapsed, at_ms, *([(FollowUpKind.LET_GO, {})] if week.is_covered else []), _close())
    if week.state is WeekState.OPEN:
        return submit(week, contract, settings, by)
    if week.reminded_at_ms:
        return approve(week, contract, settings, by)
    until_ms = max(week.auto_at_ms, at_ms + settings.remind_hours * HOUR_MS)
    moved = move_week(week, contract, WeekEvent.REMIND, settings, by, auto_at_ms=until_ms, reminded_at_ms=at_ms)
    title, text = (
        f"the week of {week.monday} still waits for you",
        f"It counts as approved from {moment(contract, until_ms)} on.",
    )
    return follow(moved, at_ms, tell(contract, Actor.CLIENT, "hours_reminder", title, text))


def is_done(week: Week) -> bool:
    return week.state in _DONE


def say_hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02} hours"


def to_pay(week: Week) -> tuple[FollowUpKind, Mapping[str, Any]]:
    """What it is paid from is decided here: a cover that comes later goes back."""
    return FollowUpKind.PAY_OUT, {"is_covered": week.is_covered}


def _close() -> tuple[FollowUpKind, Mapping[str, Any]]:
    return FollowUpKind.CLOSE_WEEK, {}
