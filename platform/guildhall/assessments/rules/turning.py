"""What a turn makes of an attempt: its new state, its clock, and when its timer is due. Pure.

Turns that end or reopen the answers are made in two steps around an entry of the log: `intended`, then `finished`.
"""

from dataclasses import dataclass, replace
from typing import Final

from guildhall.assessments.lifecycle import ATTEMPT, OVER, SITTING, Actor, AttemptEvent, AttemptFacts, AttemptState
from guildhall.assessments.model.attempts import (
    EXTENSIONS_MAX,
    MOVES_MAX,
    REOPENED,
    SUSPENSIONS_MAX,
    Attempt,
    AttemptClock,
    AttemptMove,
    EntryKind,
    Extension,
    Outage,
    PendingTurn,
    Suspension,
    SuspensionKind,
)
from guildhall.assessments.rules import clock as clocks
from guildhall.kit.entries import Entry
from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import AllowedAction

SYSTEM: Final = "system:clock"
BREAK_OVER: Final = "Your break time is used up."
ONLY_WITH_TIME: Final = "its time is used up: give some with it"
GIVEN_BACK: Final = "Our service could not be reached. You have that time back."
FINISH_AFTER_MS: Final = 5_000
"""How long whoever wrote a turn down has for it before a job takes it over: when a thousand hand in, it takes long."""
_CLOSING: Final = frozenset({AttemptEvent.SUBMIT, AttemptEvent.END, AttemptEvent.EXPIRE, AttemptEvent.VOID})
_ENDED: Final = frozenset({AttemptState.SUBMITTED, AttemptState.EXPIRED})
_ROOM: Final = {Actor.CANDIDATE: 50, Actor.PROCTOR: 25, Actor.AUTHOR: 10, Actor.SYSTEM: 0}
"""Moves and suspensions that each leaves free: whatever a candidate does, staff and the end still have their place."""


class TooManyTurns(Conflict):
    type = "too-many-turns"
    title = "Too often"

    def __init__(self) -> None:
        super().__init__("This attempt was paused, resumed or extended too often for any more of it.")


class BeingClosed(Conflict):
    type = "being-closed"
    title = "This attempt is being handed in"

    def __init__(self) -> None:
        super().__init__("This attempt is being handed in or opened again this very moment; try again in a moment.")


class NoTimeLeft(Conflict):
    type = "no-time-left"
    title = "There is no time left to go on with"

    def __init__(self, missing_ms: int) -> None:
        seconds = -(-missing_ms // 1000)  # upwards
        much = f"more than {seconds} s" if seconds > 0 else "and how much"
        super().__init__(f"Its time is used up, so it would be over at once: say that time is given, {much}.")


@dataclass(frozen=True, slots=True)
class Turn:
    """Who wants what, when and why. `extra_ms` is for `extend` and `reopen`.

    With a `key` the turn is taken once however often it is asked for, which is what followers need.
    """

    event: AttemptEvent
    actor: Actor
    by: str
    at_ms: int
    reason: str = ""
    extra_ms: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a decision needs beside the attempt."""

    grace_ms: int
    is_window_open: bool = True


def facts_of(attempt: Attempt, now_ms: int, terms: Terms) -> AttemptFacts:
    return AttemptFacts(
        needs_check_in=attempt.needs_admission,
        needs_admission=attempt.needs_admission,
        is_window_open=terms.is_window_open,
        is_time_up=clocks.left_ms(attempt.clock, now_ms) <= -terms.grace_ms,
        break_ms_left=clocks.break_left_ms(attempt.clock, now_ms),
    )


def actions_of(attempt: Attempt, actor: Actor, now_ms: int, terms: Terms) -> tuple[AllowedAction, ...]:
    """What may be done now; a reopening that would be over at once says that it has to come with time."""
    actions = ATTEMPT.allowed_actions(attempt.state, actor, facts_of(attempt, now_ms, terms))
    if attempt.state not in _ENDED or clocks.left_ms(attempt.clock, attempt.over_at_ms or now_ms) > 0:
        return actions
    return tuple(
        replace(action, reason=ONLY_WITH_TIME) if action.event == AttemptEvent.REOPEN and action.allowed else action
        for action in actions
    )


def turned(attempt: Attempt, turn: Turn, terms: Terms) -> Attempt:
    """The attempt after a turn that needs no entry in the log. Raises MoveRefused, TooManyTurns, BeingClosed."""
    if was_taken(attempt, turn):
        return attempt
    if attempt.pending is not None:
        raise BeingClosed
    moved = ATTEMPT.move(attempt.state, turn.event, turn.actor, facts_of(attempt, turn.at_ms, terms))
    _check_room(attempt, turn.actor)
    clock = attempt.clock
    for effect in moved.effects:
        clock = _with_effect(effect, clock, moved.target, turn, len(attempt.history))
    return _moved(attempt, turn, moved.target, clock, terms)


def intended(attempt: Attempt, turn: Turn, terms: Terms) -> Attempt:
    """The attempt with a turn written down that the log has to have first; unchanged where it came to that already.

    Raises MoveRefused, TooManyTurns, and NoTimeLeft where a reopening would end at once.
    """
    if attempt.pending is not None or is_done(attempt, turn.event) or was_taken(attempt, turn):
        return attempt
    ATTEMPT.move(attempt.state, turn.event, turn.actor, facts_of(attempt, turn.at_ms, terms))
    if turn.event is AttemptEvent.REOPEN:
        # The time since its end will not count. One that the clock ended is over its time by the grace.
        left_ms = clocks.left_ms(attempt.clock, attempt.over_at_ms or turn.at_ms) + turn.extra_ms
        if left_ms <= 0:
            raise NoTimeLeft(turn.extra_ms - left_ms)
    _check_room(attempt, turn.actor if turn.event is AttemptEvent.REOPEN else Actor.SYSTEM)
    pending = PendingTurn(
        event=turn.event.value, at_ms=turn.at_ms, by=turn.by, reason=turn.reason, extra_ms=turn.extra_ms, key=turn.key
    )
    return attempt.model_copy(update={"pending": pending, "due_at_ms": turn.at_ms + FINISH_AFTER_MS})


def was_taken(attempt: Attempt, turn: Turn) -> bool:
    return bool(turn.key) and any(move.key == turn.key for move in attempt.history)


def is_done(attempt: Attempt, event: AttemptEvent) -> bool:
    """Somebody, or the clock, was first: handing in twice is handing in."""
    if event is AttemptEvent.VOID:
        return attempt.state is AttemptState.VOIDED
    return event in _CLOSING and attempt.state in _ENDED


def entry_of(attempt: Attempt, pending: PendingTurn) -> tuple[EntryKind, str] | None:
    """What has to be written into the log, and its key; None where the log is closed already and stays so.

    The key has a character that no page's key has: so no answer can stand in the place of an end.
    """
    if pending.event == "void" and attempt.state in OVER:
        return None
    closings = sum(move.event in _CLOSING for move in attempt.history)
    if pending.event == "reopen":
        return EntryKind.REOPENED, f"{EntryKind.REOPENED.value}/{closings}"
    return EntryKind.CLOSED, f"{EntryKind.CLOSED.value}/{closings + 1}"


def finished(attempt: Attempt, entry: Entry | None, terms: Terms, now_ms: int) -> Attempt:
    """The attempt after its pending turn, whose entry (see `entry_of`) is in the log."""
    pending = attempt.pending
    if pending is None:
        return attempt
    event = AttemptEvent(pending.event)
    turn = Turn(event, Actor.SYSTEM, pending.by, now_ms, pending.reason, pending.extra_ms, pending.key)
    cleared = attempt.model_copy(update={"pending": None})
    if event is AttemptEvent.REOPEN:
        reopened = cleared.model_copy(update={"over_at_ms": None, "unsettled": False})
        clock = _with_gap(attempt, pending, now_ms)
        return _moved(reopened, turn, AttemptState.RUNNING, clock, terms)
    fields: dict[str, object] = {"unsettled": True}  # a void one too: the result it has may be released already
    over_at_ms = now_ms if entry is None else entry.at_ms
    if entry is not None:
        fields |= {"head": entry.number, "head_hash": str(entry.body["hash"]), "over_at_ms": over_at_ms}
    clock = clocks.end_suspensions(attempt.clock, over_at_ms)
    return _moved(cleared.model_copy(update=fields), turn, _TARGETS[event], clock, terms)


def given_back(attempt: Attempt, outages: list[Outage], terms: Terms, now_ms: int) -> Attempt:
    """The attempt with the outages that fell into its time; the same one where none is new, or it is not sitting."""
    if attempt.state not in SITTING:
        return attempt
    clock = clocks.give_back(attempt.clock, outages)
    return attempt if clock is attempt.clock else _timed(attempt, clock, terms, now_ms)


def break_ended(attempt: Attempt, terms: Terms, now_ms: int) -> Attempt:
    """By the clock, when its budget is used up."""
    turn = Turn(AttemptEvent.END_BREAK, Actor.SYSTEM, SYSTEM, now_ms, BREAK_OVER)
    return turned(attempt, turn, terms)


def _with_effect(effect: str, clock: AttemptClock, target: AttemptState, turn: Turn, place: int) -> AttemptClock:
    if effect == "start_clock":
        return clock.model_copy(update={"started_at_ms": turn.at_ms})
    if effect == "stop_clock":
        kind = SuspensionKind.BREAK if target is AttemptState.ON_BREAK else SuspensionKind.PAUSE
        suspension = Suspension(
            key=f"{kind.value}-{place}", kind=kind, began_at_ms=turn.at_ms, by=turn.by, reason=turn.reason
        )
        return clocks.suspend(clocks.end_suspensions(clock, turn.at_ms), suspension)
    if effect in ("credit_pause", "credit_break"):
        return clocks.end_suspensions(clock, turn.at_ms)
    if effect == "add_time":
        return _extended(clock, turn.at_ms, turn.extra_ms, turn.by, turn.reason)
    raise ValueError(f"Nothing is known of the effect {effect!r}.")


def _extended(clock: AttemptClock, at_ms: int, extra_ms: int, by: str, reason: str) -> AttemptClock:
    extension = Extension(at_ms=at_ms, extra_ms=extra_ms, by=by, reason=reason)
    return clock.model_copy(update={"extensions": (*clock.extensions, extension)})


def _with_gap(attempt: Attempt, pending: PendingTurn, now_ms: int) -> AttemptClock:
    """The time between the end and the reopening does not count."""
    over_at_ms = attempt.over_at_ms or now_ms
    gap = Suspension(
        key=f"{REOPENED}{len(attempt.history)}",
        kind=SuspensionKind.PAUSE,
        began_at_ms=over_at_ms,
        ended_at_ms=max(now_ms, over_at_ms),
        by=pending.by,
        reason=pending.reason,
    )
    clock = clocks.suspend(attempt.clock, gap)
    if not pending.extra_ms:
        return clock
    return _extended(clock, pending.at_ms, pending.extra_ms, pending.by, pending.reason)


def _moved(attempt: Attempt, turn: Turn, target: AttemptState, clock: AttemptClock, terms: Terms) -> Attempt:
    move = AttemptMove(
        at_ms=turn.at_ms, event=turn.event.value, state=target, by=turn.by, reason=turn.reason, key=turn.key
    )
    since = attempt.state_since_ms if target is attempt.state else turn.at_ms
    fields = {"state": target, "state_since_ms": since, "history": (*attempt.history, move)}
    return _timed(attempt.model_copy(update=fields), clock, terms, turn.at_ms)


def _timed(attempt: Attempt, clock: AttemptClock, terms: Terms, now_ms: int) -> Attempt:
    timed = attempt.model_copy(update={"clock": clock})
    return timed.model_copy(update={"due_at_ms": _due_at(timed, terms, now_ms)})


def _due_at(attempt: Attempt, terms: Terms, now_ms: int) -> int:
    """When the timer has to look at it; 0: never."""
    if attempt.pending is not None:
        return attempt.pending.at_ms + FINISH_AFTER_MS
    if attempt.state is AttemptState.RUNNING:
        deadline = clocks.deadline_ms(attempt.clock)
        return 0 if deadline is None else deadline + terms.grace_ms
    if attempt.state is AttemptState.ON_BREAK:
        return clocks.break_ends_at_ms(attempt.clock, now_ms)
    return 0


def _check_room(attempt: Attempt, actor: Actor) -> None:
    room, clock = _ROOM.get(actor, 25), attempt.clock
    if (
        len(attempt.history) >= MOVES_MAX - room
        or (room and len(clock.suspensions) >= SUSPENSIONS_MAX - room)
        or (room and len(clock.extensions) >= EXTENSIONS_MAX)
    ):
        raise TooManyTurns


_TARGETS: Final = {
    AttemptEvent.SUBMIT: AttemptState.SUBMITTED,
    AttemptEvent.END: AttemptState.SUBMITTED,
    AttemptEvent.EXPIRE: AttemptState.EXPIRED,
    AttemptEvent.VOID: AttemptState.VOIDED,
}
