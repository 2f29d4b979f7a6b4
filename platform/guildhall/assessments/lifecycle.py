"""The machines of assessments: an item, an exam, an attempt, its result, a credential.

No move of a connection is among them: a lost network never ends an attempt (DESIGN section 6). Proctors move attempts
through the service; whether anybody watches is `proctoring`'s to know.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    CANDIDATE = "candidate"
    PROCTOR = "proctor"
    MARKER = "marker"
    AUTHOR = "author"
    SYSTEM = "system"


class PublishingState(StrEnum):
    """Of an item or an exam: its draft may always be edited, what was published stays as it was."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class PublishingEvent(StrEnum):
    PUBLISH = "publish"
    RETIRE = "retire"
    REVIVE = "revive"


PUBLISHING: Machine[PublishingState] = Machine(
    name="item or exam",
    states=PublishingState,
    initial=PublishingState.DRAFT,
    final=frozenset(),
    moves=(
        Move(
            event=PublishingEvent.PUBLISH,
            sources=frozenset({PublishingState.DRAFT, PublishingState.PUBLISHED}),
            target=PublishingState.PUBLISHED,
            actors=frozenset({Actor.AUTHOR}),
            effects=("keep_version",),
        ),
        Move(
            event=PublishingEvent.RETIRE,
            sources=frozenset({PublishingState.DRAFT, PublishingState.PUBLISHED}),
            target=PublishingState.RETIRED,
            actors=frozenset({Actor.AUTHOR}),
        ),
        Move(
            event=PublishingEvent.REVIVE,
            sources=frozenset({PublishingState.RETIRED}),
            target=PublishingState.DRAFT,
            actors=frozenset({Actor.AUTHOR}),
        ),
    ),
)


class AttemptState(StrEnum):
    CREATED = "created"  # the form is drawn; nothing of it has been shown
    CHECKED_IN = "checked_in"
    AWAITING = "awaiting"  # a proctor's admission
    AUTHORISED = "authorised"
    RUNNING = "running"
    PAUSED = "paused"  # by a proctor: the clock stands
    ON_BREAK = "on_break"  # approved: the clock stands
    SUBMITTED = "submitted"
    EXPIRED = "expired"  # submitted by the clock
    VOIDED = "voided"


SITTING: Final = frozenset({AttemptState.RUNNING, AttemptState.PAUSED, AttemptState.ON_BREAK})
"""The form is open and answers are taken; in all but RUNNING the clock stands."""
OVER: Final = frozenset({AttemptState.SUBMITTED, AttemptState.EXPIRED, AttemptState.VOIDED})


class AttemptEvent(StrEnum):
    CHECK_IN = "check_in"
    ASK_ADMISSION = "ask_admission"
    ADMIT = "admit"
    TURN_AWAY = "turn_away"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    TAKE_BREAK = "take_break"
    END_BREAK = "end_break"
    EXTEND = "extend"
    SUBMIT = "submit"
    END = "end"  # by a proctor: what was answered stays, and whether it counts is decided later
    EXPIRE = "expire"
    REOPEN = "reopen"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What the guards of an attempt look at; `rules.clock` and the service fill it in."""

    needs_check_in: bool = False
    needs_admission: bool = False
    is_window_open: bool = True
    is_time_up: bool = False
    break_ms_left: int = 0


_WHY_SHUT: Final = "the exam's window is not open now, or the invitation was withdrawn"
_DOOR_OPEN: Final = Guard(
    "window_is_open",
    lambda facts: facts.is_window_open and not facts.needs_check_in,
    "the exam's window is not open now or the invitation was withdrawn, or the check-in comes first",
)
_WINDOW_OPEN: Final = Guard("window_is_open", lambda facts: facts.is_window_open, _WHY_SHUT)
_FREE_ENTRY: Final = Guard("no_admission_needed", lambda facts: not facts.needs_admission, "a proctor lets people in")
_BREAK_LEFT: Final = Guard("break_is_left", lambda facts: facts.break_ms_left > 0, "no break time is left")
_TIME_UP: Final = Guard("time_is_up", lambda facts: facts.is_time_up, "there is time left")

_C, _P, _S, _A = (frozenset({actor}) for actor in (Actor.CANDIDATE, Actor.PROCTOR, Actor.SYSTEM, Actor.AUTHOR))
_State, _Event = AttemptState, AttemptEvent


def _in(*states: AttemptState) -> frozenset[AttemptState]:
    return frozenset(states)


ATTEMPT: Machine[AttemptState] = Machine(
    name="attempt",
    states=AttemptState,
    initial=AttemptState.CREATED,
    final=frozenset({AttemptState.VOIDED}),
    moves=(
        Move(_Event.CHECK_IN, _in(_State.CREATED, _State.CHECKED_IN), _State.CHECKED_IN, _C),
        Move(_Event.ASK_ADMISSION, _in(_State.CHECKED_IN), _State.AUTHORISED, _C, guard=_FREE_ENTRY),
        Move(_Event.ASK_ADMISSION, _in(_State.CHECKED_IN), _State.AWAITING, _C),
        Move(_Event.ADMIT, _in(_State.AWAITING), _State.AUTHORISED, _P),
        Move(_Event.TURN_AWAY, _in(_State.AWAITING, _State.AUTHORISED), _State.CHECKED_IN, _P),
        Move(_Event.BEGIN, _in(_State.CREATED), _State.RUNNING, _C, guard=_DOOR_OPEN, effects=("start_clock",)),
        Move(_Event.BEGIN, _in(_State.AUTHORISED), _State.RUNNING, _C, guard=_WINDOW_OPEN, effects=("start_clock",)),
        Move(_Event.PAUSE, _in(_State.RUNNING, _State.ON_BREAK), _State.PAUSED, _P, effects=("stop_clock",)),
        Move(_Event.RESUME, _in(_State.PAUSED), _State.RUNNING, _P, effects=("credit_pause",)),
        Move(_Event.TAKE_BREAK, _in(_State.RUNNING), _State.ON_BREAK, _C, guard=_BREAK_LEFT, effects=("stop_clock",)),
        Move(_Event.END_BREAK, _in(_State.ON_BREAK), _State.RUNNING, _C | _S, effects=("credit_break",)),
        Move(_Event.EXTEND, _in(_State.RUNNING), _State.RUNNING, _P, effects=("add_time",)),
        Move(_Event.EXTEND, _in(_State.PAUSED), _State.PAUSED, _P, effects=("add_time",)),
        Move(_Event.EXTEND, _in(_State.ON_BREAK), _State.ON_BREAK, _P, effects=("add_time",)),
        Move(_Event.SUBMIT, SITTING, _State.SUBMITTED, _C, effects=("close_answers", "grade")),
        Move(_Event.END, SITTING, _State.SUBMITTED, _P, effects=("close_answers", "grade")),
        Move(
            _Event.EXPIRE, _in(_State.RUNNING), _State.EXPIRED, _S, guard=_TIME_UP, effects=("close_answers", "grade")
        ),
        Move(_Event.REOPEN, _in(_State.SUBMITTED, _State.EXPIRED), _State.RUNNING, _A, effects=("reopen_answers",)),
        Move(
            _Event.VOID, frozenset(AttemptState) - {AttemptState.VOIDED}, _State.VOIDED, _A, effects=("close_answers",)
        ),
    ),
)


class ResultState(StrEnum):
    MARKING = "marking"  # somebody has to read something
    RECONCILING = "reconciling"  # two markers are too far apart
    MARKED = "marked"
    HELD = "held"  # marked, while somebody reviews what was flagged in the exam
    RELEASED = "released"  # the candidate sees it
    WITHHELD = "withheld"


class ResultEvent(StrEnum):
    MARK = "mark"
    DISAGREE = "disagree"
    RECONCILE = "reconcile"
    REOPEN = "reopen"  # a final mark was opened again, with a reason
    HOLD = "hold"  # its attempt was opened again; or it has ended since, and what was flagged in it is not known
    LIFT = "lift"  # the review is over, or there was nothing to review; or the attempt that was opened again is over
    RELEASE = "release"
    WITHHOLD = "withhold"
    REGRADE = "regrade"


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """What the guards look at."""

    is_whole: bool = True
    is_held: bool = False


_MAY_GO: Final = Guard(
    "may_go",
    lambda facts: facts.is_whole and not facts.is_held,
    "a mark was opened again and is not final yet, what was flagged in the exam is still being reviewed, or the exam"
    " was opened again and goes on",
)
_HELD: Final = Guard("is_held", lambda facts: facts.is_held, "nothing holds it")


def _regraded(state: ResultState) -> Move[ResultState]:
    return Move(ResultEvent.REGRADE, frozenset({state}), state, _S | _A, effects=("keep_history",))


RESULT: Machine[ResultState] = Machine(
    name="result",
    states=ResultState,
    initial=ResultState.MARKING,
    final=frozenset(),
    moves=(
        Move(
            ResultEvent.MARK,
            frozenset({ResultState.MARKING}),
            ResultState.HELD,
            frozenset({Actor.MARKER, Actor.SYSTEM}),
            guard=_HELD,
        ),
        Move(
            ResultEvent.MARK,
            frozenset({ResultState.MARKING}),
            ResultState.MARKED,
            frozenset({Actor.MARKER, Actor.SYSTEM}),
        ),
        Move(ResultEvent.DISAGREE, frozenset({ResultState.MARKING}), ResultState.RECONCILING, _S),
        Move(
            ResultEvent.RECONCILE,
            frozenset({ResultState.RECONCILING}),
            ResultState.HELD,
            frozenset({Actor.MARKER}),
            guard=_HELD,
        ),
        Move(
            ResultEvent.RECONCILE, frozenset({ResultState.RECONCILING}), ResultState.MARKED, frozenset({Actor.MARKER})
        ),
        Move(
            ResultEvent.HOLD,
            frozenset({ResultState.MARKED, ResultState.RELEASED}),
            ResultState.HELD,
            _S,
            effects=("revoke_credential",),
        ),
        Move(ResultEvent.LIFT, frozenset({ResultState.HELD}), ResultState.MARKED, _S),
        Move(
            ResultEvent.REOPEN,
            frozenset({ResultState.MARKED, ResultState.HELD, ResultState.RECONCILING}),
            ResultState.MARKING,
            frozenset({Actor.MARKER, Actor.SYSTEM}) | _A,
        ),
        Move(
            ResultEvent.RELEASE,
            frozenset({ResultState.MARKED, ResultState.HELD, ResultState.WITHHELD}),
            ResultState.RELEASED,
            _S | _A,
            guard=_MAY_GO,
            effects=("tell_candidate", "issue_credential"),
        ),
        Move(
            ResultEvent.WITHHOLD,
            frozenset(ResultState) - {ResultState.WITHHELD},
            ResultState.WITHHELD,
            _S | _A,
            effects=("tell_candidate", "revoke_credential"),
        ),
        *(_regraded(state) for state in ResultState if state is not ResultState.RELEASED),
        Move(
            ResultEvent.REGRADE,
            frozenset({ResultState.RELEASED}),
            ResultState.RELEASED,
            _S | _A,
            effects=("keep_history", "tell_candidate", "settle_credential"),
        ),
    ),
)


class CredentialState(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class CredentialEvent(StrEnum):
    REVOKE = "revoke"


CREDENTIAL: Machine[CredentialState] = Machine(
    name="credential",
    states=CredentialState,
    initial=CredentialState.VALID,
    final=frozenset({CredentialState.REVOKED}),
    moves=(
        Move(
            CredentialEvent.REVOKE,
            frozenset({CredentialState.VALID}),
            CredentialState.REVOKED,
            _S | _A,
            effects=("tell_holder",),
        ),
    ),
)
