"""Reviews of a completed contract: sealed until both are written or the time is over, one reply each. Pure."""

from collections.abc import Mapping

from guildhall.gigs.lifecycle import Actor, ContractState
from guildhall.gigs.model.contracts import SCORES, Contract, Review
from guildhall.gigs.rules import telling
from guildhall.gigs.rules.moving import DAY_MS, By, noted, other_side
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import follow

REVIEWED = frozenset({ContractState.COMPLETED, ContractState.TERMINATED})


def review_of(contract: Contract, by: Actor) -> Review | None:
    return next((one for one in contract.reviews if one.by is by), None)


def ends_at_ms(contract: Contract, settings: GigsSettings) -> int:
    since_ms = contract.completed_at_ms or contract.state_since_ms
    return since_ms + settings.review_days * DAY_MS + contract.extra_ms


def why_not_review(contract: Contract, settings: GigsSettings, by: By) -> str:
    """Empty when this side may write its review now."""
    if contract.state not in REVIEWED:
        return "a review is written once the work is completed"
    if contract.has_open_dispute:
        return "a dispute is open: reviews wait for it"
    if review_of(contract, by.actor) is not None:
        return "you have written it already"
    if contract.revealed_at_ms or by.at_ms >= ends_at_ms(contract, settings):
        return "the time to write one is over"
    return ""


def why_not_reply(contract: Contract, by: By) -> str:
    """Empty when this side may reply to what the other has written."""
    written = review_of(contract, other_side(by.actor))
    if not contract.revealed_at_ms or written is None:
        return "there is nothing to reply to yet"
    return "you have replied already" if written.reply else ""


def is_readable(contract: Contract, review: Review, actor: Actor) -> bool:
    """One's own always, the other side's once they are shown; nobody's else before that."""
    return bool(contract.revealed_at_ms) or review.by is actor


def write(contract: Contract, scores: Mapping[str, int], words: str, settings: GigsSettings, by: By) -> Contract:
    """Raises Conflict, Invalid."""
    if why_not := why_not_review(contract, settings, by):
        raise Conflict(f"No review can be written now: {why_not}.")
    if frozenset(scores) != frozenset(SCORES):
        raise Invalid(f"Give one to five for each of {', '.join(SCORES)}.")
    review = Review(by=by.actor, scores=dict(scores), words=words, at_ms=by.at_ms)
    changed = noted(contract.model_copy(update={"reviews": (*contract.reviews, review)}), "review", by)
    if len(changed.reviews) == len((Actor.AGENT, Actor.CLIENT)):
        return reveal(changed, by)
    told = tell(
        contract,
        other_side(by.actor),
        "review_written",
        "the other side has written its review",
        f"You read it once yours is written, or from {telling.moment(contract, ends_at_ms(contract, settings))} on.",
    )
    return follow(changed, by.at_ms, told)


def reply(contract: Contract, words: str, by: By) -> Contract:
    """Once, to what the other side has written. Raises Conflict."""
    if why_not := why_not_reply(contract, by):
        raise Conflict(f"No reply can be written now: {why_not}.")
    other = other_side(by.actor)
    reviews = tuple(
        one.model_copy(update={"reply": words, "replied_at_ms": by.at_ms}) if one.by is other else one
        for one in contract.reviews
    )
    changed = noted(contract.model_copy(update={"reviews": reviews}), "review.reply", by)
    return follow(changed, by.at_ms, tell(contract, other, "review_reply", "a reply to your review", words))


def reveal(contract: Contract, by: By) -> Contract:
    """Both are written, or the time is over."""
    changed = contract.model_copy(update={"revealed_at_ms": by.at_ms})
    told = telling.tell_both(contract, "reviews", "the reviews can be read", "Each side can reply once.")
    return follow(changed, by.at_ms, *told)
