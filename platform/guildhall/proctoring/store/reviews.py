"""Reviews, and queries of what reviewers and followers have to do."""

from collections.abc import Sequence

from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Duplicate, Schema, Storage, among, gt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.proctoring.lifecycle.reviewing import REVIEW, WAITING, ReviewState
from guildhall.proctoring.model.reviews import Review

REVIEWS = Schema(
    "proctoring_reviews",
    index=(
        ("state", "created_at_ms"),
        ("organisation_id", "created_at_ms"),
        ("delivery_id", "_id"),
        ("account_id", "created_at_ms"),
        ("is_pending", "updated_at_ms"),
        ("due_at_ms",),
    ),
)
PAGE = 200
_OPEN = (*WAITING, *WAITING.values())
_FIXED = frozenset(
    {
        "exam_id",
        "delivery_id",
        "attempt_id",
        "candidate_name",
        "organisation_id",
        "account_id",
        "created_at_ms",
        "exceptions",
    }
)


class ReviewNotFound(NotFound):
    def __init__(self, review_id: str) -> None:
        super().__init__(f"There is no review {review_id}.")


class ReviewStore:
    """Used by the service and the jobs; every method is one or two storage calls, safe to repeat."""

    def __init__(self, storage: Storage) -> None:
        self._lines = storage.collection(REVIEWS)
        self.reviews = Documents(self._lines, Review, ReviewNotFound, _FIXED)

    async def ensure(self) -> None:
        await self.reviews.ensure()

    async def open(self, review: Review) -> Review:
        """A session has one review: whoever opens it again gets the one that is there."""
        try:
            await self.reviews.add(review)
        except Duplicate:
            return await self.reviews.read(review.id)
        return review

    async def unfinished(self, organisations: Sequence[str] | None, limit: int) -> list[Review]:
        """Those that wait for a reviewer or are with one, the oldest first; None: of every organisation."""
        where: dict[str, object] = {"state": among(*(state.value for state in _OPEN))}
        if organisations is not None:
            if not organisations:
                return []
            where["organisation_id"] = among(*organisations)
        return await self.reviews.find(where, sort=(("created_at_ms", 1),), limit=limit)

    async def of_account(self, account_id: str, limit: int) -> list[Review]:
        """A candidate's, the newest first."""
        return await self.reviews.find({"account_id": account_id}, sort=(("created_at_ms", -1),), limit=limit)

    async def over(self, limit: int) -> list[Review]:
        """The newest of those that are decided for good."""
        where = {"state": among(*(state.value for state in REVIEW.final))}
        return await self.reviews.find(where, sort=(("created_at_ms", -1),), limit=limit)

    async def of_delivery(self, delivery_id: str, after_id: str = "") -> list[Review]:
        """A page, by id."""
        return await self.reviews.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=PAGE)

    async def pending(self, changed_before_ms: int) -> list[Review]:
        """What somebody decided and did not finish."""
        where = {"is_pending": True, "updated_at_ms": lte(changed_before_ms)}
        return await self.reviews.find(where, sort=(("updated_at_ms", 1),), limit=PAGE)

    async def due(self, now_ms: int) -> list[Review]:
        """Those with a lease or a time to contest that has run out."""
        return await self.reviews.find({"due_at_ms": gt(0) & lte(now_ms)}, sort=(("due_at_ms", 1),), limit=PAGE)

    async def counts(self) -> dict[ReviewState, int]:
        return {ReviewState(str(state)): count for state, count in (await self._lines.count_by("state", {})).items()}
