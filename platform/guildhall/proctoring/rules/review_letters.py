"""What a candidate is told by mail of a review, and the reason that a penalty leaves with their result. Pure."""

from datetime import UTC, datetime
from typing import Final

from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model.reviews import Penalty, Review

MEANS: Final = {
    Penalty.REPRIMAND: "a reprimand; your result stands",
    Penalty.RESIT: "that this attempt does not count and you may sit the exam again",
    Penalty.VOID: "that this attempt does not count",
}


def letter(review: Review) -> tuple[str, str] | None:
    """Subject and text; None where a state is nothing to write about."""
    penalty = "" if review.penalty is None else MEANS[review.penalty]
    match review.state:
        case ReviewState.QUEUED:
            return (
                "People look at what was flagged",
                (
                    f"in your exam {_flags(review)} flagged. That proves nothing. At least one person looks at it, and "
                    "two before it could count against you. Your result waits until then."
                ),
            )
        case ReviewState.CLEARED:
            return "Nothing is held against you", "what was flagged in your exam was reviewed, and all of it dismissed."
        case ReviewState.PENALISED:
            until = datetime.fromtimestamp(review.due_at_ms / 1000, UTC).strftime("%d %B %Y, %H:%M UTC")
            return (
                "A decision that you may contest",
                (
                    f"two people reviewed what was flagged in your exam and uphold some of it. It means {penalty}.\n\n"
                    f"You may contest it until {until}; somebody else then looks at it. Until that is over, nothing of "
                    "it takes effect."
                ),
            )
        case ReviewState.CONTESTED:
            return "Your word has arrived", "you contested the decision. Somebody who took no part in it will answer."
        case ReviewState.CONFIRMED:
            return "The decision stands", f"the decision on what was flagged in your exam is final. It means {penalty}."
        case ReviewState.OVERTURNED:
            return (
                "The decision was overturned",
                "you contested it, and nothing is held against you any more.",
            )
    return None


def void_reason(review: Review) -> str:
    """For the attempt and its result; at most 500 characters."""
    upheld = {one.flag_id for round_ in review.rounds[:2] for one in round_.verdicts if one.is_upheld}
    what = sorted({flag.reason.rstrip(".") for flag in review.flags if flag.id in upheld})
    return f"After a review by two people: {'; '.join(what)}"[:499].rstrip() + "."


def _flags(review: Review) -> str:
    count = len(review.flags) + review.flags_left_out
    return "one moment was" if count == 1 else f"{count} moments were"
