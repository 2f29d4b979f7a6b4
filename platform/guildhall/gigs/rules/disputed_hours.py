"""A dispute about hours of a week: those stand still with their pay, and what is not disputed is paid meanwhile.

Whoever disputes some hours approves the others by it, so a week has one dispute at most: however that ends, it is paid.
Pure.
"""

from collections.abc import Collection, Mapping
from typing import Any

from guildhall.gigs.lifecycle import DISPUTE_OVER, Actor, DisputeState, WeekEvent, WeekState
from guildhall.gigs.model.contracts import Contract, Dispute, Division, FollowUpKind, Passage
from guildhall.gigs.model.weeks import HISTORY_MAX, Week
from guildhall.gigs.rules import deciding, disputing, telling
from guildhall.gigs.rules.disputing import Act, answer_by_ms, divided
from guildhall.gigs.rules.hours import move_week, next_due, say_hours, to_pay
from guildhall.gigs.rules.moving import By, audited, with_disputed_weeks
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Conflict, Invalid, NotFound
from guildhall.kit.follow_ups import follow


def open_dispute(
    week: Week,
    contract: Contract,
    dispute_id: str,
    entries: Collection[str],
    agent_minor: int,
    reason: str,
    settings: GigsSettings,
    by: By,
) -> Week:
    """By the client, while the week is looked at. Raises MoveRefused, DivisionWrong, Invalid, Conflict."""
    moved = move_week(
        week, contract, WeekEvent.DISPUTE, settings, by, reason, auto_at_ms=0, reminded_at_ms=0, refusal=""
    )
    chosen = tuple(one for one in week.entries if one.id in entries)
    if not chosen or len(chosen) < len(frozenset(entries)):
        raise Invalid("Choose the hours that you dispute, as they stand in the week now.", fields={"entries": "wrong"})
    minutes = sum(one.minutes for one in chosen)
    # Of the whole less that of the others, so that no rounding loses or makes a cent.
    whole_minor = week.minor - (week.minutes - minutes) * week.rate_minor // 60
    if not whole_minor:
        raise Conflict("These hours come to no pay: there is nothing to dispute about.")
    dispute = Dispute(
        id=dispute_id,
        entries=tuple(one.id for one in chosen),
        opened_by=by.actor,
        reason=reason,
        claim=divided(contract, whole_minor, agent_minor),
        state_since_ms=by.at_ms,
        at_ms=by.at_ms,
        due_at_ms=answer_by_ms(contract, settings, by.at_ms),
    )
    moved = moved.model_copy(update={"dispute": dispute})
    moved = moved.model_copy(update={"due_at_ms": next_due(moved, settings)})
    told = tell(
        contract,
        Actor.AGENT,
        "disputed",
        f"{say_hours(minutes)} of the week of {week.monday} are disputed",
        f"{reason}\n\nThey ask for: {telling.say_division(contract, dispute.claim)}. Answer until "
        f"{telling.moment(contract, dispute.due_at_ms)}; silence decides nothing against you. What they do not "
        "dispute is approved.",
    )
    noted = audited(by, "dispute_hours", week=week.monday, dispute=dispute.id)
    return follow(moved, by.at_ms, told, to_pay(week), _mark(), noted)


def act(week: Week, contract: Contract, do: Act, settings: GigsSettings, by: By) -> Week:
    """One act in the dispute, and what it does to the week. Raises NotFound, MoveRefused, DivisionWrong, Conflict."""
    if week.dispute is None:
        raise NotFound(f"No hours of the week of {week.monday} are disputed.")
    heard = do(contract, week.dispute, settings, by)
    passage = Passage(
        at_ms=by.at_ms, event=f"dispute.{heard.event.value}", actor=by.actor, about=week.monday, words=heard.words
    )
    history = (*week.history, passage)[-HISTORY_MAX:]
    changed = week.model_copy(update={"dispute": heard.dispute, "history": history})
    changed = follow(changed, by.at_ms, *telling.about(contract, _subject(week), heard.follows))
    if heard.dispute.state is DisputeState.WITHDRAWN:
        division, why = divided(contract, heard.dispute.minor, heard.dispute.minor), "The client disputes it no more."
    elif heard.settled is not None:
        division, why = heard.settled, heard.why
    else:
        return changed.model_copy(update={"due_at_ms": next_due(changed, settings)})
    return _settled(changed, contract, division, why, settings, By("system:gigs", Actor.SYSTEM, by.at_ms))


def _settled(week: Week, contract: Contract, division: Division, why: str, settings: GigsSettings, by: By) -> Week:
    moved = move_week(
        week, contract, WeekEvent.RESOLVE, settings, by, why, division=division, pay_again_at_ms=0, refusal=""
    )
    text = f"{why} {telling.say_division(contract, division)}."
    settled = telling.tell_both(contract, "dispute_settled", "the dispute is settled", text)
    told = telling.about(contract, _subject(week), settled)
    noted = audited(by, "divide_hours", week=week.monday, **division.model_dump())
    return follow(moved, by.at_ms, to_pay(week), *told, _mark(), noted)


def parted(week: Week, contract: Contract, settings: GigsSettings, by: By) -> Week:
    """The system's: what is not disputed is paid, and the rest stands still; again changes nothing."""
    if week.state is not WeekState.DISPUTED or week.is_parted:
        return week
    changed = week.model_copy(update={"is_parted": True, "refusal": "", "pay_again_at_ms": 0})
    changed = changed.model_copy(update={"due_at_ms": next_due(changed, settings)})
    if not week.undisputed_minor:
        return changed
    title = f"what is not disputed of the week of {week.monday} is settled"
    text = f"{telling.say_minor(contract, week.undisputed_minor)}. {telling.booked(contract)}"
    return follow(changed, by.at_ms, tell(contract, Actor.AGENT, "hours_paid", title, text))


def fire(week: Week, contract: Contract, settings: GigsSettings, at_ms: int) -> Week:
    """What is due in a disputed week: its pay is tried once more, and whoever is silent has been so for long enough."""
    if 0 < week.pay_again_at_ms <= at_ms:
        waits = week.model_copy(update={"pay_again_at_ms": 0})
        week = follow(waits.model_copy(update={"due_at_ms": next_due(waits, settings)}), at_ms, to_pay(week))
    dispute = week.dispute
    if dispute is None or dispute.state in DISPUTE_OVER or not 0 < dispute.due_at_ms <= at_ms:
        return week
    end = deciding.close if dispute.state is DisputeState.DECIDED else disputing.silence
    return act(week, contract, end, settings, By("system:gigs", Actor.SYSTEM, at_ms))


def mark(contract: Contract, week: Week) -> Contract:
    """The system's: the contract knows that hours of this week are disputed, or not any more; again changes nothing.

    A week that is closed is never marked, however late a follower comes.
    """
    is_disputed = week.state is WeekState.DISPUTED and week.monday in contract.open_weeks
    if is_disputed is (week.monday in contract.disputed_weeks):
        return contract
    others = tuple(one for one in contract.disputed_weeks if one != week.monday)
    return with_disputed_weeks(contract, (*others, week.monday) if is_disputed else others)


def _subject(week: Week) -> str:
    return f"hours of the week of {week.monday}"


def _mark() -> tuple[FollowUpKind, Mapping[str, Any]]:
    return FollowUpKind.MARK_WEEK, {}
