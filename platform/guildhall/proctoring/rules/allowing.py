"""What a proctor may ask, for which reason, and how a candidate reads it. Pure."""

from typing import Final

from guildhall.kit.errors import Conflict, Invalid
from guildhall.proctoring.lifecycle.acting import ActionState
from guildhall.proctoring.model.cases import OPEN_ACTIONS_MAX, OUTBOX_MAX, Action, ActionKind, Case, Reason

MINUTE_MS: Final = 60_000
LIVES_MS: Final = {ActionState.PROPOSED: 10 * MINUTE_MS}
"""How long a proposal waits for its second person; everything else waits for as long as ANSWER_MS."""
ANSWER_MS: Final = 12 * 60 * MINUTE_MS
EXTRA_SECONDS_MAX: Final = 4 * 3600
MOVING: Final = frozenset({ActionKind.PAUSE, ActionKind.RESUME, ActionKind.EXTEND, ActionKind.TERMINATE})
"""They move the attempt."""
SPOKEN: Final = frozenset({ActionKind.MESSAGE, ActionKind.BROADCAST})
"""They are part of the conversation."""
SAFETY: Final = frozenset({Reason.SAFETY})
"""The explicit safety rule: for these one proctor may end an exam, since somebody may be in danger."""

_SEEN: Final = frozenset(
    {
        Reason.SOMEONE_ELSE,
        Reason.AWAY_FROM_SEAT,
        Reason.NOT_VISIBLE,
        Reason.FORBIDDEN_MATERIAL,
        Reason.TALKING,
        Reason.ANOTHER_PERSON_SITS,
        Reason.RULES_BROKEN,
    }
)
_GOOD_FAITH: Final = frozenset(
    {Reason.TECHNICAL_TROUBLE, Reason.CANDIDATE_ASKED, Reason.INTERRUPTION, Reason.OUR_MISTAKE}
)
REASONS: Final = {
    ActionKind.WARN: _SEEN,
    ActionKind.PAUSE: _SEEN | _GOOD_FAITH | SAFETY,
    ActionKind.RESUME: _GOOD_FAITH | {Reason.CLEARED_UP},
    ActionKind.EXTEND: _GOOD_FAITH,
    ActionKind.ROOM_SCAN: _SEEN,
    ActionKind.TERMINATE: frozenset(
        {Reason.ANOTHER_PERSON_SITS, Reason.FORBIDDEN_MATERIAL, Reason.SOMEONE_ELSE, Reason.RULES_BROKEN, Reason.SAFETY}
    ),
    ActionKind.MESSAGE: frozenset[Reason](),
    ActionKind.BROADCAST: frozenset[Reason](),
}
"""Which reasons serve which action; those without any need a text instead."""
TOLD: Final = {
    Reason.TECHNICAL_TROUBLE: "There is a technical problem.",
    Reason.CANDIDATE_ASKED: "You asked for it.",
    Reason.INTERRUPTION: "You were interrupted.",
    Reason.OUR_MISTAKE: "We made a mistake.",
    Reason.CLEARED_UP: "It has been cleared up.",
    Reason.SOMEONE_ELSE: "Somebody else was seen with you.",
    Reason.AWAY_FROM_SEAT: "You were away from your seat.",
    Reason.NOT_VISIBLE: "You cannot be seen well.",
    Reason.FORBIDDEN_MATERIAL: "Something that is not allowed was seen.",
    Reason.TALKING: "You seemed to talk to somebody.",
    Reason.ANOTHER_PERSON_SITS: "Another person seems to sit the exam.",
    Reason.RULES_BROKEN: "A rule of this exam was broken.",
    Reason.SAFETY: "Somebody may be in danger.",
}


class NoExamClock(Conflict):
    type = "no-exam"
    title = "Nothing to move"

    def __init__(self) -> None:
        super().__init__("No exam is sat before this camera, so there is no clock to stop, extend or end.")


def needs_second(kind: ActionKind, reason: Reason | None) -> bool:
    """Ending an exam takes two people, except under the safety rule."""
    return kind is ActionKind.TERMINATE and reason not in SAFETY


def barred(case: Case) -> dict[ActionKind, str]:
    """What no proctor may ask of this candidate just now, each with the sentence that says why."""
    if len(case.open) >= OPEN_ACTIONS_MAX or len(case.outbox) >= OUTBOX_MAX:
        return dict.fromkeys(ActionKind, say_full(case))
    return {} if case.attempt_id else {kind: NoExamClock().detail for kind in ActionKind if kind in MOVING}


def say_full(case: Case) -> str:
    return f"{case.candidate_name} has {len(case.open)} actions to take note of; wait until some are acknowledged."


def check_wanted(case: Case, kind: ActionKind, reason: Reason | None, text: str, extra_seconds: int) -> None:
    """Raises Invalid or NoExamClock for what no proctor may ask."""
    if kind in MOVING and not case.attempt_id:
        raise NoExamClock
    wanted = REASONS[kind]
    if wanted and reason not in wanted:
        allowed = ", ".join(sorted(wanted))
        raise Invalid(
            f"{kind.value} needs one of these reasons: {allowed}.", fields={"reason": "choose one of the list"}
        )
    if not wanted and (reason is not None or not text.strip()):
        raise Invalid(f"A {kind.value} has a text and no reason.", fields={"text": "write what you want to say"})
    if (kind is ActionKind.EXTEND) != (extra_seconds > 0) or extra_seconds > EXTRA_SECONDS_MAX:
        raise Invalid(
            f"Only an extension gives time, from 1 to {EXTRA_SECONDS_MAX} seconds.",
            fields={"extra_seconds": "say how much"},
        )


def reason_told(action: Action) -> str:
    """What the candidate reads beside their clock."""
    told = "" if action.reason is None else TOLD[action.reason]
    return f"{told} {action.text}".strip()
