"""Retention: when an exam's time for it is over, what was kept of a candidate's looks is destroyed and certified.

Destroyed are the session's key, and with it every measurement and picture that it sealed; the pictures' blobs, also of
photographs whose own hours are not over; and how the person usually looks, in numbers and in their own words. What
stays says nothing of looks: which incidents there were, who acted and looked when, and a chain of hashes that can still
be checked. Each step may be repeated, and the next pass goes on where somebody was killed: the admission says until the
last step that it is due.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from guildhall.kit.audit import Audit
from guildhall.kit.audit.chain import Witness
from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.passes import carry_out_each
from guildhall.kit.signatures import Signer
from guildhall.kit.storage import Duplicate
from guildhall.proctoring.lifecycle import Connection
from guildhall.proctoring.lifecycle.reviewing import REVIEW
from guildhall.proctoring.model import CheckInProgress, Session
from guildhall.proctoring.model.admission import Admission, SaidOfThemselves
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.model.strips import DESTROY, KEEP, LAST_PART, blob_key
from guildhall.proctoring.service.photo_retention import PhotoRetention
from guildhall.proctoring.store import ProctoringStore

DAY_MS: Final = 24 * 60 * 60 * 1000
CERTIFICATE_TYPE: Final = "guildhall-deletion+jwt"
BY: Final = "system:proctoring"
PAGE: Final = 500


class NotDestroyed(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"What was kept of session {session_id} has not been destroyed.")


class Retention:
    """Used by the job and by the routes that show certificates."""

    def __init__(
        self,
        store: ProctoringStore,
        blobs: BlobStore,
        audit: Audit,
        secret: str,
        clock: Clock,
        publish: Callable[[Signer, int], Awaitable[None]],
    ) -> None:
        """`publish` puts a key among those that the house publishes; `Credentials.publish` does."""
        self._publish = publish
        self._store = store
        self._blobs = blobs
        self._audit = audit
        self._clock = clock
        self._signer = Signer(secret, "proctoring deletion")
        self._log = store.strips.log(clock)
        self._photos = PhotoRetention(store, blobs, audit, clock)

    async def sweep(self) -> int:
        """One pass: everybody whose time is over; returns how many were destroyed."""
        await self._photos.sweep()
        due = await self._store.admissions.evidence_due(self._clock.now_ms())
        return await carry_out_each(due, self._look, failed="evidence_not_destroyed")

    async def certificate(self, session_id: str) -> Deletion:
        """Raises NotDestroyed, also while it is being destroyed."""
        deletion = await self._store.deletions.get(session_id)
        if deletion is None or not deletion.certificate:
            raise NotDestroyed(session_id)
        return deletion

    async def _look(self, admission: Admission) -> bool:
        """Whether it was destroyed, and not put off."""
        session = await self._store.session(admission.id)
        if session is None:
            await self._put_off(admission, 0)
            return False
        if await self._store.deletions.get(session.id) is None:
            later_ms = await self._later(session, admission)
            if later_ms:
                await self._put_off(admission, later_ms)
                return False
        await self._destroy(session, admission)
        return True

    async def _later(self, session: Session, admission: Admission) -> int:
        """When to look again; 0: now is the time."""
        now_ms = self._clock.now_ms()
        review = await self._store.reviews.reviews.get(session.id)
        if session.connection is Connection.ONLINE or (review is not None and review.state not in REVIEW.final):
            return now_ms + DAY_MS  # it goes on, or a case of it does
        due_ms = session.since_ms + admission.policy.evidence_days * DAY_MS
        return due_ms if due_ms > now_ms else 0

    async def _destroy(self, session: Session, admission: Admission) -> None:
        deletion = await self._begin(session, admission)
        said = _said(deletion)
        await self._log.record(
            BY, DESTROY, "session", session.id, "allowed", said, key=DESTROY, at_ms=deletion.begun_at_ms,
            stream=session.id,
        )  # fmt: skip
        await self._store.signals.destroy_key(session.id, deletion.begun_at_ms)
        await self._delete_pictures(session.id)
        await self._photos.delete(admission)
        await self._store.keep_calibration(session.id, session.epoch, None, CheckInProgress())
        await self._forget_what_was_said(admission)
        signer = self._signer
        await self._publish(signer, self._clock.now_ms())
        signed = {
            "certificate": signer.sign({"iss": "guildhall", "sub": session.id, **said}, CERTIFICATE_TYPE),
            "key_id": signer.key_id,
            "public_key": signer.public_key,
        }
        await self._store.deletions.change(
            session.id,
            self._clock.now_ms(),
            lambda seen: seen if seen.certificate else seen.model_copy(update=signed),
        )
        await self._audit.record(
            BY, DESTROY, "session", session.id, "allowed", {**said, "key_id": signer.key_id},
            key=f"proctoring/{session.id}/destroyed", at_ms=deletion.begun_at_ms,
        )  # fmt: skip
        await self._put_off(admission, 0)

    async def _begin(self, session: Session, admission: Admission) -> Deletion:
        strips = await self._store.strips.of_session(session.id)
        newest = await self._store.signals.newest(session.id)
        deletion = Deletion(
            id=session.id,
            created_at_ms=self._clock.now_ms(),
            exam_id=session.exam_id,
            attempt_id=session.attempt_id,
            kept_days=admission.policy.evidence_days,
            ended_at_ms=session.since_ms,
            begun_at_ms=self._clock.now_ms(),
            strips=len(strips),
            pictures=sum(strip.pictures for strip in strips),
            chunks=0 if newest is None else newest.number,
            signals_head="" if newest is None else str(Witness(newest.number, newest.hash)),
        )
        try:
            await self._store.deletions.add(deletion)
        except Duplicate:
            return await self._store.deletions.read(session.id)
        return deletion

    async def _delete_pictures(self, session_id: str) -> None:
        """Every part that was ever kept, also what no document refers to since somebody was killed."""
        names = {strip.id for strip in await self._store.strips.of_session(session_id)}
        after = 0
        while page := await self._log.read(after, PAGE, session_id):
            names |= {line.object_id for line in page if line.action == KEEP}
            after = page[-1].number
        for name in sorted(names):
            for part in range(1, LAST_PART + 1):
                await self._blobs.delete(blob_key(session_id, name, part))
        await self._store.strips.strips.delete({"session_id": session_id})

    async def _forget_what_was_said(self, admission: Admission) -> None:
        """Whether they wear glasses is of their looks, too."""
        nothing = SaidOfThemselves()
        await self._store.admissions.admissions.change(
            admission.id,
            self._clock.now_ms(),
            lambda seen: seen if seen.said == nothing else seen.model_copy(update={"said": nothing}),
        )

    async def _put_off(self, admission: Admission, due_ms: int) -> None:
        await self._store.admissions.admissions.change(
            admission.id,
            self._clock.now_ms(),
            lambda seen: (
                seen if seen.evidence_due_ms == due_ms else seen.model_copy(update={"evidence_due_ms": due_ms})
            ),
        )


def _said(deletion: Deletion) -> dict[str, Any]:
    """What the certificate, the evidence log and the audit say."""
    bookkeeping = {"id", "rev", "created_at_ms", "updated_at_ms", "certificate", "key_id", "public_key"}
    return deletion.model_dump(mode="json", exclude=bookkeeping)
