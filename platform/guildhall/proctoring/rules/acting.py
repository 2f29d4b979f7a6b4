"""What a proctor's action makes of a case, step by step. Pure: the service stores what these return.

Every function gives the case unchanged where it came to that already, so whoever was killed may ask again.
"""

from collections.abc import Callable
from typing import Final

from guildhall.kit.errors import NotFound, TooMany
from guildhall.proctoring.lifecycle import Actor
from guildhall.proctoring.lifecycle.acting import ACTION, ActionEvent, ActionFacts, ActionState
from guildhall.proctoring.model.cases import (
    OPEN_ACTIONS_MAX,
    OUTBOX_MAX,
    SAYINGS_MAX,
    SETTLED_KEYS_MAX,
    Action,
    ActionKind,
    Case,
    Line,
    LineKind,
    Reason,
    Saying,
)
from guildhall.proctoring.rules.allowing import ANSWER_MS, LIVES_MS, SPOKEN, check_wanted, needs_second, say_full

_REPLACES: Final = {
    ActionKind.PAUSE: frozenset({ActionKind.RESUME}),
    ActionKind.RESUME: frozenset({ActionKind.PAUSE}),
    ActionKind.ROOM_SCAN: frozenset({ActionKind.ROOM_SCAN}),
    ActionKind.TERMINATE: frozenset({ActionKind.PAUSE, ActionKind.RESUME, ActionKind.ROOM_SCAN, ActionKind.EXTEND}),
}
_FINAL: Final = ACTION.final
_UNANSWERED: Final = frozenset({ActionState.DUE, ActionState.DELIVERED})


class NoSuchAction(NotFound):
    def __init__(self, action_id: str) -> None:
        super().__init__(f"There is no action {action_id} that is still open.")


def asked(
    case: Case,
    action_id: str,
    kind: ActionKind,
    by: str,
    by_name: str,
    now_ms: int,
    *,
    reason: Reason | None = None,
    text: str = "",
    extra_seconds: int = 0,
) -> Case:
    """With a new action: asked at once, or proposed to a second person. Raises Invalid, NoExamClock, TooMany."""
    if is_known(case, action_id):
        return case
    check_wanted(case, kind, reason, text, extra_seconds)
    _check_room(case)
    facts = ActionFacts(needs_second=needs_second(kind, reason))
    state = ActionState.PROPOSED
    if not facts.needs_second:
        state = ACTION.move(state, ActionEvent.ASK, Actor.PROCTOR, facts).target
    action = Action(
        id=action_id,
        number=case.number + 1,
        kind=kind,
        state=state,
        by=by,
        by_name=by_name,
        reason=reason,
        text=text.strip(),
        extra_seconds=extra_seconds,
        asked_at_ms=now_ms,
        expires_at_ms=now_ms + LIVES_MS.get(state, ANSWER_MS),
    )
    numbered = case.model_copy(update={"number": action.number, "open": (*case.open, action)})
    return settled(_with_line(numbered, _line_of(action, now_ms)))


def is_known(case: Case, key: str) -> bool:
    """Asked for already, whether it is still open or settled by now."""
    return case.action(key) is not None or key in case.settled


def agreed(case: Case, action_id: str, by: str, now_ms: int) -> Case:
    """A second person says yes. Raises NoSuchAction, MoveRefused."""
    if (seen := case.action(action_id)) is not None and seen.second_by == by:
        return case

    def agree(action: Action) -> Action:
        facts = ActionFacts(needs_second=True, is_second=by != action.by)
        target = ACTION.move(action.state, ActionEvent.AGREE, Actor.PROCTOR, facts).target
        return action.model_copy(update={"state": target, "second_by": by, "expires_at_ms": now_ms + ANSWER_MS})

    return _moved(case, action_id, now_ms, agree)


def declined(case: Case, action_id: str, now_ms: int) -> Case:
    """A second person says no, or whoever proposed it takes it back. Raises NoSuchAction, MoveRefused."""
    if action_id in case.settled:
        return case
    return _moved(case, action_id, now_ms, _to(ActionEvent.DECLINE, Actor.PROCTOR))


def carried_out(case: Case, action_id: str, now_ms: int) -> Case:
    """The exam was moved, or did not need to be: now the page is to be told. What it replaces is superseded."""
    seen = case.action(action_id)
    if seen is None or seen.state is not ActionState.ASKED:
        return case
    moved = _moved(case, action_id, now_ms, _to(ActionEvent.CARRY_OUT, Actor.SYSTEM), is_told=False)
    for other in moved.open:
        is_older = other.number < seen.number and other.state in _UNANSWERED
        if is_older and other.kind in _REPLACES.get(seen.kind, frozenset()):
            moved = _moved(moved, other.id, now_ms, _to(ActionEvent.SUPERSEDE, Actor.SYSTEM))
    if seen.kind in SPOKEN:
        saying = Saying(key=seen.id, at_ms=now_ms, is_candidate=False, name=seen.by_name, text=seen.text)
        moved = moved.model_copy(update={"sayings": (*moved.sayings, saying)[-SAYINGS_MAX:]})
    return moved


def refused(case: Case, action_id: str, why: str, now_ms: int) -> Case:
    """The exam does not allow it any more: it was handed in, or somebody else was first."""
    seen = case.action(action_id)
    if seen is None or seen.state is not ActionState.ASKED:
        return case

    def refuse(action: Action) -> Action:
        target = ACTION.move(action.state, ActionEvent.REFUSE, Actor.SYSTEM, ActionFacts()).target
        return action.model_copy(update={"state": target, "refusal": why[:500]})

    return _moved(case, action_id, now_ms, refuse)


def delivered(case: Case, action_id: str, now_ms: int) -> Case:
    """The candidate's page has it. What is unknown or settled is no fault: pages repeat themselves."""
    seen = case.action(action_id)
    if seen is None or seen.state is not ActionState.DUE:
        return case

    def deliver(action: Action) -> Action:
        target = ACTION.move(action.state, ActionEvent.DELIVER, Actor.CANDIDATE, ActionFacts()).target
        return action.model_copy(update={"state": target, "delivered_at_ms": now_ms})

    return _moved(case, action_id, now_ms, deliver)


def acknowledged(case: Case, action_id: str, now_ms: int) -> Case:
    """The candidate has taken note of it."""
    seen = case.action(action_id)
    if seen is None or seen.state not in _UNANSWERED:
        return case

    def acknowledge(action: Action) -> Action:
        target = ACTION.move(action.state, ActionEvent.ACKNOWLEDGE, Actor.CANDIDATE, ActionFacts()).target
        at_ms = action.delivered_at_ms or now_ms
        return action.model_copy(update={"state": target, "delivered_at_ms": at_ms, "acknowledged_at_ms": now_ms})

    return _moved(case, action_id, now_ms, acknowledge)


def expired(case: Case, now_ms: int) -> Case:
    """Without the actions whose time is over."""
    for action in case.open:
        if action.expires_at_ms <= now_ms and action.state in _UNANSWERED | {ActionState.PROPOSED}:
            case = _moved(case, action.id, now_ms, _to(ActionEvent.EXPIRE, Actor.SYSTEM))
    return case


def said(case: Case, key: str, text: str, now_ms: int) -> Case:
    """The candidate writes to the proctors. Raises TooMany."""
    if is_known(case, key):
        return case
    _check_room(case)
    saying = Saying(key=key, at_ms=now_ms, is_candidate=True, name=case.candidate_name, text=text)
    line = Line(key=key, at_ms=now_ms, kind=LineKind.SAID, by_name=case.candidate_name, text=text)
    talked = case.model_copy(update={"sayings": (*case.sayings, saying)[-SAYINGS_MAX:]})
    return settled(_with_line(_remember(talked, key), line))


def hand_moved(case: Case, key: str, now_ms: int, *, is_up: bool, by: str = "", by_name: str = "") -> Case:
    """The candidate raises or lowers their hand, or a proctor who has answered lowers it. Raises TooMany."""
    if is_known(case, key):
        return case
    _check_room(case)
    kind = LineKind.HAND_RAISED if is_up else LineKind.HAND_LOWERED
    line = Line(key=key, at_ms=now_ms, kind=kind, by=by, by_name=by_name or case.candidate_name)
    raised_at_ms = (case.hand_raised_at_ms or now_ms) if is_up else None
    moved = case.model_copy(update={"hand_raised_at_ms": raised_at_ms})
    return settled(_with_line(_remember(moved, key), line))


def noted(case: Case, key: str, text: str, by: str, by_name: str, now_ms: int, *, is_flag: bool) -> Case:
    """A proctor's note, or a flag for the review. Raises TooMany."""
    if is_known(case, key):
        return case
    _check_room(case)
    kind = LineKind.FLAG if is_flag else LineKind.NOTE
    line = Line(key=key, at_ms=now_ms, kind=kind, by=by, by_name=by_name, text=text)
    flagged = case.model_copy(update={"flags": case.flags + is_flag})
    return settled(_with_line(_remember(flagged, key), line))


def written(case: Case, line: Line) -> Case:
    """A follower has put this line into the log."""
    if not case.outbox or case.outbox[0].key != line.key:
        return case
    return settled(case.model_copy(update={"outbox": case.outbox[1:]}))


def to_move(case: Case) -> Action | None:
    """The first action that still has to move the exam, once all that was decided before is in the log."""
    return next((action for action in case.open if action.state is ActionState.ASKED), None)


def to_send(case: Case) -> tuple[Action, ...]:
    """What a page that comes, or comes back, is told; in order."""
    return tuple(action for action in case.open if action.state in _UNANSWERED)


def with_line(case: Case, line: Line) -> Case:
    """For changes of the supervision, which are lines of the history as well."""
    return settled(_with_line(case, line))


def _to(event: ActionEvent, actor: Actor) -> Callable[[Action], Action]:
    return lambda action: action.model_copy(
        update={"state": ACTION.move(action.state, event, actor, ActionFacts()).target}
    )


def _moved(case: Case, action_id: str, now_ms: int, move: Callable[[Action], Action], *, is_told: bool = True) -> Case:
    seen = case.action(action_id)
    if seen is None:
        raise NoSuchAction(action_id)
    action = move(seen)
    if action.state in _FINAL:
        left = tuple(one for one in case.open if one.id != action_id)
        case = _remember(case.model_copy(update={"open": left}), action_id)
    else:
        others = tuple(action if one.id == action_id else one for one in case.open)
        case = case.model_copy(update={"open": others})
    return settled(_with_line(case, _line_of(action, now_ms)) if is_told else case)


def _line_of(action: Action, now_ms: int) -> Line:
    """Its key says which step it is, so that the same step has one line however often it is written."""
    return Line(
        key=f"{action.id}.{action.state.value}",
        at_ms=now_ms,
        kind=LineKind.ACTION,
        by=action.second_by or action.by,
        by_name=action.by_name,
        text=action.text,
        action=action,
    )


def _with_line(case: Case, line: Line) -> Case:
    return case.model_copy(update={"outbox": (*case.outbox, line)})


def _remember(case: Case, key: str) -> Case:
    return case.model_copy(update={"settled": (*case.settled, key)[-SETTLED_KEYS_MAX:]})


def settled(case: Case) -> Case:
    """The fields by which followers find it, after any change."""
    ends = [action.expires_at_ms for action in case.open if action.state is not ActionState.ASKED]
    if case.attendance.until_ms:
        ends.append(case.attendance.until_ms)
    return case.model_copy(
        update={
            "is_pending": bool(case.outbox) or to_move(case) is not None,
            "is_unanswered": any(action.state is ActionState.DUE for action in case.open),
            "due_at_ms": min(ends, default=0),
        }
    )


def _check_room(case: Case) -> None:
    if len(case.open) >= OPEN_ACTIONS_MAX or len(case.outbox) >= OUTBOX_MAX:
        raise TooMany(say_full(case), retry_after_ms=5_000)
