"""Keeping evidence strips: from a seat's memory to sealed blobs, beside the frames and never before them.

A part is sealed, its blob is stored, then it is written into the session's evidence log, then the strip's document
refers to it. Whoever is killed in between leaves the part before, or no strip at all, which is then told as missing.
"""

import hashlib
from collections import deque
from collections.abc import Mapping
from typing import Final

from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import Duplicate, StorageUnavailable
from guildhall.proctoring.model.strips import KEEP, LAST_PART, KeptStrip, blob_key, kept_details
from guildhall.proctoring.rules.filming import pack_strip
from guildhall.proctoring.service.films import Film, Kept
from guildhall.proctoring.service.keys import EvidenceDestroyed
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

ROUND_SECONDS: Final = 0.5
LEFT_BOUND: Final = 1_000
"""Seats that were left and have strips to be stored, while the database is away (policy: the oldest is forgotten)."""
KEEPER: Final = "system:proctoring"
SEALED_TYPE: Final = "application/octet-stream"


class StripKeeper:
    """One a process. Without `blobs` nothing is kept."""

    def __init__(
        self,
        store: ProctoringStore,
        signals: SignalLog,
        blobs: BlobStore | None,
        seats: Mapping[str, Seat],
        clock: Clock,
    ) -> None:
        self._store = store
        self._signals = signals
        self._blobs = blobs
        self._seats = seats
        self._clock = clock
        self._log = store.strips.log(clock)
        self._left: deque[Seat] = deque(maxlen=LEFT_BOUND)

    def see_off(self, seat: Seat) -> None:
        """Nobody films them here any more: what is held of them is stored in the next rounds."""
        if seat.film.strips and all(other is not seat for other in self._left):
            self._left.append(seat)

    async def keep_for_ever(self) -> None:
        await pass_for_ever(self.keep, ROUND_SECONDS, postponed="strips_postponed", failed="strips_failed")

    async def keep(self) -> None:
        """One round: whatever is due of everybody here, and of those who have left."""
        for seat in list(self._seats.values()):
            if seat.film.strips:
                await self._keep_of(seat)
        for _ in range(len(self._left)):
            seat = self._left.popleft()
            # What is decided of them comes first, or a strip would be kept of what nobody was told of.
            seat.film.is_over = seat.lost or not seat.has_unwritten
            await self._keep_of(seat)
            if seat.film.strips:
                self._left.append(seat)

    async def _keep_of(self, seat: Seat) -> None:
        film = seat.film
        for kept in film.due(self._clock.now_ms()):
            try:
                await self._keep(seat, film, kept)
            except StorageUnavailable as error:
                log.warning("strip_not_stored_yet", incident_id=kept.incident.incident_id, reason=str(error))
                return
            except EvidenceDestroyed:
                film.strips.clear()
                return
            except Exception:
                # One that cannot be stored must not keep the others; the next round would meet the same.
                log.exception("strip_not_stored", incident_id=kept.incident.incident_id)
                film.forget(kept)

    async def _keep(self, seat: Seat, film: Film, kept: Kept) -> None:
        session, incident = seat.session, kept.incident
        if self._blobs is None:
            film.forget(kept)
            return
        if kept.part == 0 and not await self._store.opening(session.exam_id, session.id, incident.incident_id):
            if not seat.has_unwritten or seat.lost:
                film.forget(kept)  # it was never decided: another owner had the session by then
            return
        is_done = film.is_done(kept, self._clock.now_ms())
        part = LAST_PART if is_done else 1
        strip, key = kept.strip, blob_key(session.id, incident.incident_id, part)
        if kept.sealed is None or kept.sealed[0] != part:
            seal = seat.tape.seal if seat.tape is not None else await self._signals.seal_of(session.id)
            kept.sealed = part, seal.close(pack_strip(strip), key)
        sealed = kept.sealed[1]
        digest = hashlib.sha256(sealed).hexdigest()
        await self._blobs.put(key, sealed, SEALED_TYPE)
        document = KeptStrip(
            id=incident.incident_id,
            created_at_ms=self._clock.now_ms(),
            session_id=session.id,
            exam_id=session.exam_id,
            rule=incident.rule,
            epoch=session.epoch,
            opened_at_ms=strip.opened_at_ms,
            closed_at_ms=strip.closed_at_ms,
            part=part,
            pictures=len(strip.shots),
            is_cut=strip.is_cut,
            blob=key,
            sha256=digest,
        )
        name, details = incident.incident_id, kept_details(document)
        line = await self._log.record(
            KEEPER, KEEP, "incident", name, "allowed", details, key=f"{name}/{part}", stream=session.id
        )
        if line.details["sha256"] == digest:  # else another owner has kept this part
            await self._refer_to(document)
        kept.part, kept.sealed = part, None
        if kept.is_kept:
            await self._blobs.delete(blob_key(session.id, incident.incident_id, 1))
            film.forget(kept)

    async def _refer_to(self, document: KeptStrip) -> None:
        try:
            await self._store.strips.strips.add(document)
        except Duplicate:
            fields = document.model_dump(
                include={"epoch", "closed_at_ms", "part", "pictures", "is_cut", "blob", "sha256"}
            )
            await self._store.strips.strips.change(
                document.id,
                self._clock.now_ms(),
                lambda seen: seen if seen.part >= document.part else seen.model_copy(update=fields),
            )
