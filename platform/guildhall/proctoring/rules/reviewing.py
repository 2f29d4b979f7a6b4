"""What reviewers, the candidate and time make of a review, step by step. Pure: the caller stores what these return."""

from collections.abc import Iterable
from typing import Any, Final

from guildhall.kit.errors import Invalid, Unavailable
from guildhall.kit.lifecycle import AllowedAction, MoveRefused
from guildhall.proctoring.lifecycle.reviewing import REVIEW, WAITING, ReviewActor, ReviewEvent, ReviewFacts, ReviewState
from guildhall.proctoring.model import Incident
from guildhall.proctoring.model.incident_kinds import Channel
from guildhall.proctoring.model.reviews import (
    ACTS_MAX,
    FLAGS_MAX,
    Act,
    Contest,
    Flag,
    Penalty,
    Review,
    Round,
    Verdict,
    VerdictReason,
)

REVIEWED: Final = frozenset({Channel.BEHAVIOUR, Channel.PLEASE_CHECK})
"""Neither "cannot see" nor a browser's uncorroborated claim is ever held against anybody."""
UPHOLDING: Final = frozenset({VerdictReason.SEEN_IN_EVIDENCE, VerdictReason.SEEN_LIVE, VerdictReason.ADMITTED})
DISMISSING: Final = frozenset(VerdictReason) - UPHOLDING
_SEVERITY: Final = list(Penalty)
_HELD: Final = frozenset(WAITING.values())
_TOLD: Final = {
    ReviewState.AWAITING_SECOND: ReviewState.QUEUED,
    ReviewState.IN_SECOND_REVIEW: ReviewState.IN_REVIEW,
}
"""What a refusal calls them: that a case is with its second reviewer says that the first one wants a penalty."""


class ActsFull(Unavailable):
    def __init__(self, review_id: str) -> None:
        super().__init__(f"What was decided in {review_id} is still being written down. Try again in a moment.")


def flags_of(
    incidents: Iterable[Incident], by_hand: Iterable[Flag] = (), *, began_ms: int = 0, over_ms: int | None = None
) -> tuple[tuple[Flag, ...], int]:
    """What of a session is reviewed, the earliest first, and how many more there were than fit.

    Nothing is held against anybody from before their exam began or after it was over.
    """
    made = [_flag(one) for one in incidents if one.channel in REVIEWED]
    seen = sorted(
        (one for one in (*made, *by_hand) if _is_within(one, began_ms, over_ms)),
        key=lambda one: (one.opened_at_ms, one.id),
    )
    return tuple(seen[:FLAGS_MAX]), max(0, len(seen) - FLAGS_MAX)


def _is_within(flag: Flag, began_ms: int, over_ms: int | None) -> bool:
    is_after = flag.closed_at_ms is not None and flag.closed_at_ms <= began_ms and flag.opened_at_ms < began_ms
    return not is_after and (over_ms is None or flag.opened_at_ms <= over_ms)


def _flag(one: Incident) -> Flag:
    return Flag(
        id=one.incident_id,
        rule=one.rule,
        channel=one.channel,
        rule_version=one.rule_version,
        opened_at_ms=one.opened_at_ms,
        closed_at_ms=one.closed_at_ms,
        reason=one.reason,
    )


def facts_of(review: Review, by: str, now_ms: int) -> ReviewFacts:
    """What the guards look at when account `by` wants something; "": nobody's account."""
    present = _present(review)
    verdicts = {} if present is None else {one.flag_id: one for one in present.verdicts}
    upheld = {flag_id for flag_id, one in verdicts.items() if one.is_upheld}
    first = review.rounds[0].verdicts if len(review.rounds) > 1 else ()
    deciders = {one.by for one in review.rounds if one.decided_at_ms is not None}
    return ReviewFacts(
        is_impartial=bool(by) and by not in deciders and by not in review.witnesses,
        is_holder=bool(by) and present is not None and present.by == by and now_ms < present.until_ms,
        is_lease_over=present is not None and present.until_ms <= now_ms,
        is_all_judged=bool(review.flags) and verdicts.keys() == {flag.id for flag in review.flags},
        has_upheld=bool(upheld),
        is_agreed=any(one.is_upheld and one.flag_id in upheld for one in first),
        is_in_period=now_ms < review.due_at_ms,
    )


def allowed_actions(review: Review, by: str, actor: ReviewActor, now_ms: int) -> tuple[AllowedAction, ...]:
    """What `by` may do now, or why not; nothing in it tells a second reviewer what the first one decided."""
    return REVIEW.allowed_actions(review.state, actor, facts_of(review, by, now_ms))


def claimed(review: Review, by: str, by_name: str, now_ms: int, lease_ms: int) -> Review:
    """With a person who has it, or goes on having it. Raises MoveRefused."""
    is_holder = facts_of(review, by, now_ms).is_holder
    event = ReviewEvent.RENEW if is_holder else ReviewEvent.CLAIM
    state = _target(review, event, by, now_ms)
    until_ms = now_ms + lease_ms
    last = review.rounds[-1] if review.rounds and review.rounds[-1].decided_at_ms is None else None
    if last is not None and last.by == by:
        mine = last.model_copy(update={"until_ms": until_ms})
    else:
        mine = Round(by=by, by_name=by_name, claimed_at_ms=now_ms, until_ms=until_ms)
    decided = review.rounds if last is None else review.rounds[:-1]
    return _changed(review, state=state, rounds=(*decided, mine), due_at_ms=until_ms)


def left(review: Review, by: str, now_ms: int) -> Review:
    """Back in the queue; what was judged is kept for this person. Raises MoveRefused."""
    return _with_present(review, _target(review, ReviewEvent.LEAVE, by, now_ms), due_at_ms=0, until_ms=0)


def lapsed(review: Review, now_ms: int) -> Review:
    """After a lease or a time to contest that has run out; unchanged while none has."""
    if not 0 < review.due_at_ms <= now_ms:
        return review
    if review.state is ReviewState.PENALISED:
        state = _target(review, ReviewEvent.CLOSE, "", now_ms, ReviewActor.SYSTEM)
        return _changed(review, state=state, due_at_ms=0)
    state = _target(review, ReviewEvent.LAPSE, "", now_ms, ReviewActor.SYSTEM)
    return _with_present(review, state, due_at_ms=0, until_ms=0)


def judged(
    review: Review, by: str, flag_id: str, reason: VerdictReason, words: str, now_ms: int, *, is_upheld: bool
) -> Review:
    """With this person's verdict on one flag, in place of an earlier one. Raises MoveRefused, Invalid."""
    state = _target(review, ReviewEvent.JUDGE, by, now_ms)
    if flag_id not in {flag.id for flag in review.flags}:
        raise Invalid(f"There is no flag {flag_id} in this case.")
    if reason not in (UPHOLDING if is_upheld else DISMISSING):
        raise Invalid(f"{reason.value!r} is no reason to {'uphold' if is_upheld else 'dismiss'} a flag.")
    verdict = Verdict(flag_id=flag_id, is_upheld=is_upheld, reason=reason, words=_said(words), at_ms=now_ms)
    others = tuple(one for one in review.rounds[-1].verdicts if one.flag_id != flag_id)
    return _with_present(review, state, verdicts=(*others, verdict))


def cleared(review: Review, by: str, words: str, now_ms: int) -> Review:
    """Nothing is held against the candidate. Raises MoveRefused, Invalid."""
    state = _target(review, ReviewEvent.CLEAR, by, now_ms)
    return _with_present(review, state, due_at_ms=0, words=_said(words), until_ms=0, decided_at_ms=now_ms)


def penalised(review: Review, by: str, penalty: Penalty, words: str, now_ms: int, contest_ms: int) -> Review:
    """A penalty, proposed by the first person and in force with the second; the milder of both.

    Raises MoveRefused, Invalid.
    """
    state = _target(review, ReviewEvent.PENALISE, by, now_ms)
    imposed, due_at_ms = None, 0
    if state is ReviewState.PENALISED:
        proposed = review.rounds[0].penalty or penalty
        imposed, due_at_ms = min(penalty, proposed, key=_SEVERITY.index), now_ms + contest_ms
    decided = _with_present(
        review, state, due_at_ms=due_at_ms, words=_said(words), penalty=penalty, until_ms=0, decided_at_ms=now_ms
    )
    return _changed(decided, penalty=imposed)


def contested(review: Review, words: str, now_ms: int) -> Review:
    """The candidate's word against it, once and in time. Raises MoveRefused, Invalid."""
    state = _target(review, ReviewEvent.CONTEST, "", now_ms, ReviewActor.CANDIDATE)
    return _changed(review, state=state, contest=Contest(at_ms=now_ms, words=_said(words)), due_at_ms=0)


def answered(review: Review, by: str, words: str, now_ms: int, *, is_overturned: bool) -> Review:
    """The appeal is decided; overturned, no penalty is left. Raises MoveRefused, Invalid."""
    event = ReviewEvent.OVERTURN if is_overturned else ReviewEvent.CONFIRM
    state = _target(review, event, by, now_ms)
    decided = _with_present(review, state, due_at_ms=0, words=_said(words), until_ms=0, decided_at_ms=now_ms)
    return _changed(decided, penalty=None) if is_overturned else decided


def acted(before: Review, after: Review, verb: str, by: str, now_ms: int, **details: str | int | bool) -> Review:
    """With the act that made `after` of `before`, for the follower; where nothing changed, as it is. Raises ActsFull.

    The key is made of the revision that was read, so an act that is repeated after a lost answer is written down once.
    """
    if after is before:
        return before
    if len(before.acts) >= ACTS_MAX:
        raise ActsFull(before.id)
    act = Act(key=f"{before.id}/{before.rev}/{verb}", at_ms=now_ms, by=by, verb=verb, details=dict(details))
    return _changed(after, acts=(*before.acts, act), is_pending=True)


def written(review: Review, act: Act) -> Review:
    """Without an act that is in the audit log."""
    return _changed(review, acts=tuple(one for one in review.acts if one.key != act.key))


def settled(review: Review) -> Review:
    """Everything that had to follow is done; unless something was decided meanwhile."""
    return review if review.acts or not review.is_pending else _changed(review, is_pending=False)


def _present(review: Review) -> Round | None:
    return review.rounds[-1] if review.state in _HELD else None


def _target(
    review: Review, event: ReviewEvent, by: str, now_ms: int, actor: ReviewActor = ReviewActor.REVIEWER
) -> ReviewState:
    try:
        return REVIEW.move(review.state, event, actor, facts_of(review, by, now_ms)).target
    except MoveRefused as error:
        told = _TOLD.get(review.state, review.state)
        raise MoveRefused(error.machine, told.value, error.event, error.reason, error.possible) from None


def _with_present(review: Review, state: ReviewState, *, due_at_ms: int | None = None, **fields: Any) -> Review:
    present = review.rounds[-1].model_copy(update=fields)
    due = review.due_at_ms if due_at_ms is None else due_at_ms
    return _changed(review, state=state, rounds=(*review.rounds[:-1], present), due_at_ms=due)


def _changed(review: Review, **fields: Any) -> Review:
    return review.model_copy(update=fields)


def _said(words: str) -> str:
    if not words.strip():
        raise Invalid("Say it in words as well: the candidate will read them.")
    return words.strip()
