"""What a reviewer is shown of a case: never the candidate's name, never what another decided before they have. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from guildhall.proctoring.lifecycle.reviewing import REVIEW, ReviewState
from guildhall.proctoring.model.reviews import Contest, EarlierCase, Flag, Review, Round

_DECIDED = REVIEW.final | {ReviewState.PENALISED}
_OPEN = _DECIDED | {ReviewState.CONTESTED, ReviewState.IN_APPEAL}


@dataclass(frozen=True, slots=True)
class BlindedCase:
    """`pseudonym` is the same for everybody who sees the case, so that they can speak of it.

    `earlier_until_ms`: what was flagged before is of an earlier case, and the exam was opened again; 0: there is none.
    """

    id: str
    pseudonym: str
    is_decided: bool
    flags: tuple[Flag, ...]
    flags_left_out: int
    mine: Round | None
    others: tuple[Round, ...]
    contest: Contest | None
    earlier_until_ms: int
    earlier: tuple[EarlierCase, ...]


def pseudonym_of(session_id: str) -> str:
    """For instance "Candidate 3F9A1C". It hides a name on a page; it is no secret."""
    return f"Candidate {hashlib.sha256(session_id.encode()).hexdigest()[:6].upper()}"


def blinded(review: Review, by: str) -> BlindedCase:
    """As account `by` may see it.

    Whoever reviews second sees the case as the first reviewer did: the same flags, no verdicts, and nothing that says
    that there was a first, which alone would tell that one wants a penalty. An appeal is about the two decisions, so
    whoever answers it sees both, under no names. What came of an earlier case, of what was flagged before the exam was
    opened again, would colour this one just as much: it is shown once this one is decided.
    """
    own = [one for one in review.rounds if one.by == by]
    others = _nameless(one for one in review.rounds if one.by != by)
    is_open = review.state in _OPEN
    return BlindedCase(
        id=review.id,
        pseudonym=pseudonym_of(review.id),
        is_decided=review.state in _DECIDED,
        flags=review.flags,
        flags_left_out=review.flags_left_out,
        mine=own[-1] if own else None,
        others=others if is_open else (),
        contest=review.contest if is_open else None,
        earlier_until_ms=review.earlier[-1].over_at_ms if review.earlier else 0,
        earlier=tuple(one.model_copy(update={"rounds": _nameless(one.rounds)}) for one in review.earlier)
        if is_open
        else (),
    )


def _nameless(rounds: Iterable[Round]) -> tuple[Round, ...]:
    """Those that were decided."""
    return tuple(one.model_copy(update={"by": "", "by_name": ""}) for one in rounds if one.decided_at_ms is not None)
