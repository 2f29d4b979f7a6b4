"""Photographs of the check-in and of rooms are deleted so many hours after the session as its exam's policy says.

While a review of the session goes on they stay, for whoever reviews it. May be killed at any line and repeated: the
admission refers to them, and is due, until they are gone.
"""

from typing import Final

from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.passes import carry_out_each
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.lifecycle.reviewing import REVIEW
from guildhall.proctoring.model.admission import Admission
from guildhall.proctoring.rules.photographing import photo_blob_key
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.store import ProctoringStore

HOUR_MS: Final = 60 * 60 * 1000
LEFT_HOURS: Final = 24  # after which somebody who only left, and did not finish, is not expected back
BY: Final = "system:proctoring"
PAGE: Final = 500


class PhotoRetention:
    """Used by `Retention`, which runs it before its own pass."""

    def __init__(self, store: ProctoringStore, blobs: BlobStore, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._log = store.strips.log(clock)
        self._looks = Looks(audit, self._log, clock)
        self._clock = clock

    async def sweep(self) -> int:
        """One pass; returns of how many sessions the photographs were deleted."""
        due = await self._store.admissions.photos_due(self._clock.now_ms())
        return await carry_out_each(due, self._look, failed="photos_not_deleted")

    async def _look(self, admission: Admission) -> bool:
        """Whether they were deleted, and not put off."""
        later_ms = await self._later(admission)
        if later_ms:
            await self._put_off(admission, later_ms)
            return False
        await self.delete(admission)
        return True

    async def delete(self, admission: Admission) -> None:
        """Every photograph that was ever kept of this session, also what nothing refers to since a kill."""
        names = {one.photo_id for one in admission.photos} | await self._kept(admission.id)
        if not names:
            return
        for name in sorted(names):
            await self._blobs.delete(photo_blob_key(admission.id, name))
        now_ms = self._clock.now_ms()
        key = f"delete_photos/{admission.id}/{len(names)}"
        await self._looks.did(BY, "delete_photos", admission.id, key, now_ms, {"photos": len(names)})
        await self._store.admissions.admissions.change(
            admission.id,
            now_ms,
            lambda seen: seen.model_copy(
                update={
                    "photos": tuple(one for one in seen.photos if one.photo_id not in names),
                    "photos_due_ms": 0 if all(one.photo_id in names for one in seen.photos) else seen.photos_due_ms,
                }
            ),
        )

    async def _kept(self, session_id: str) -> set[str]:
        names: set[str] = set()
        after = 0
        while page := await self._log.read(after, PAGE, session_id):
            names |= {str(line.details["photo"]) for line in page if line.action == "proctoring.keep_photo"}
            after = page[-1].number
        return names

    async def _later(self, admission: Admission) -> int:
        """When to look again; 0: now is the time."""
        now_ms = self._clock.now_ms()
        session = await self._store.session(admission.id)
        if session is None:
            return 0
        review = await self._store.reviews.reviews.get(session.id)
        if session.connection is Connection.ONLINE or (review is not None and review.state not in REVIEW.final):
            return now_ms + HOUR_MS
        hours = admission.policy.photo_hours
        if session.state is not SessionState.FINISHED:
            hours = max(hours, LEFT_HOURS)
        due_ms = session.since_ms + hours * HOUR_MS
        return due_ms if due_ms > now_ms else 0

    async def _put_off(self, admission: Admission, due_ms: int) -> None:
        await self._store.admissions.admissions.change(
            admission.id, self._clock.now_ms(), lambda seen: seen.model_copy(update={"photos_due_ms": due_ms})
        )
