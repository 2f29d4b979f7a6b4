"""Photographs of the check-in and of a room scan: sealed with the session's key, held for a human, every look logged.

A picture is sealed and its blob stored before the admission refers to it, so that whoever is killed in between leaves
the picture before, or none. They go when their hours are over (`photo_retention.py`), or with the session's key.
"""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, NotFound, Refused
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.messages.admission import PhotoTaken
from guildhall.proctoring.model import ProctorClaims
from guildhall.proctoring.model.admission import Admission
from guildhall.proctoring.model.photos import Photo, PhotoKind
from guildhall.proctoring.rules.admitting import NotReady, scan_asked, scan_ended
from guildhall.proctoring.rules.photographing import (
    PhotoRefused,
    advise,
    expect_wanted,
    photo_blob_key,
    taken,
)
from guildhall.proctoring.service.admission import admission_topic, arrivals_topic
from guildhall.proctoring.service.keys import EvidenceDestroyed, SealBroken
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.admissions import NoAdmission
from proctor_engine.contract import UnreadableFrame, read_jpeg_size

log = get_logger(__name__)

HOUR_MS: Final = 60 * 60 * 1000
SCAN_PICTURES: Final = 4  # the desk, and the room to the left, behind and to the right
SEALED_TYPE: Final = "application/octet-stream"
FOR_REVIEW: Final = frozenset({PhotoKind.FACE, PhotoKind.ROOM})


class NoPhoto(NotFound):
    def __init__(self, photo_id: str) -> None:
        super().__init__(f"There is no photograph {photo_id}: it was taken again, or deleted when its time was over.")


class PhotosNotKept(Conflict):
    type = "photos-not-kept"
    title = "No photographs are kept here"


class NotAPerson(Refused):
    def __init__(self) -> None:
        super().__init__("Pictures that are kept are shown to people with an account: open the wall from your own.")


class PhotoDesk:
    """Used by both namespaces and by the reviewers' routes; without `blobs` nothing is kept, without `audit` shown."""

    def __init__(
        self,
        store: ProctoringStore,
        signals: SignalLog,
        blobs: BlobStore | None,
        audit: Audit | None,
        bus: Bus,
        clock: Clock,
        settings: ProctoringSettings,
    ) -> None:
        self._store = store
        self._signals = signals
        self._blobs = blobs
        self._looks = None if audit is None else Looks(audit, store.strips.log(clock), clock)
        self._bus = bus
        self._clock = clock
        self._settings = settings

    # --- the candidate's side

    async def take(self, seat: Seat, sent: PhotoTaken) -> Admission:
        """Keep one photograph; the same one again changes nothing, a new one of its kind takes the old one's place.

        Raises `PhotoRefused` for what is no picture, `NotReady` for what nobody asked for, or did not agree to.
        """
        if self._blobs is None or self._looks is None:
            raise PhotosNotKept("This server keeps no photographs; the proctor decides how else you show who you are.")
        session = seat.session
        if session.state is not SessionState.OPEN:
            raise NotReady("The session is over; nothing is photographed any more.")
        kind, digest = PhotoKind(sent.kind), hashlib.sha256(sent.jpeg).hexdigest()
        self._expect_picture(sent.jpeg)
        seen = await self._store.admissions.admissions.read(session.id)
        if any(
            (one.kind, one.scan, one.place, one.sha256) == (kind, sent.scan, sent.place, digest) for one in seen.photos
        ):
            return seen
        expect_wanted(seen, kind, sent.scan, sent.place)
        now_ms = self._clock.now_ms()
        photo = Photo(
            photo_id=new_id("pho", self._clock),
            kind=kind,
            at_ms=now_ms,
            scan=sent.scan if kind is PhotoKind.ROOM else 0,
            place=sent.place if kind is PhotoKind.ROOM else 0,
            sha256=digest,
            advice=advise(kind, seat.observation, self._settings.rules),
        )
        key = photo_blob_key(session.id, photo.photo_id)
        seal = await self._signals.seal_of(session.id)
        await self._blobs.put(key, seal.close(sent.jpeg, key), SEALED_TYPE)
        # On record before anything refers to it: whoever destroys a session's pictures finds each by its line.
        details = {"kind": kind.value, "photo": photo.photo_id, "sha256": digest}
        by = seen.account_id or "system:proctoring"
        await self._looks.did(by, "keep_photo", session.id, photo.photo_id, now_ms, details)
        due_ms = now_ms + seen.policy.photo_hours * HOUR_MS
        replaced: list[Photo] = []

        def write(admission: Admission) -> Admission:
            expect_wanted(admission, kind, sent.scan, sent.place)
            changed = taken(admission, photo)
            replaced[:] = [one for one in admission.photos if one not in changed.photos]
            return changed.model_copy(update={"photos_due_ms": max(1, due_ms)})

        changed = await self._store.admissions.admissions.change(session.id, now_ms, write)
        for one in replaced:
            await self._blobs.delete(photo_blob_key(session.id, one.photo_id))
        if kind is PhotoKind.ROOM:
            await self._tell(changed)
        return changed

    async def decline_scan(self, seat: Seat, number: int) -> Admission:
        """They do not show their room; whoever asked is told so."""
        now_ms = self._clock.now_ms()
        changed = await self._store.admissions.admissions.change(
            seat.session.id, now_ms, lambda one: scan_ended(one, number, now_ms, declined=True)
        )
        await self._tell(changed)
        return changed

    # --- the proctors' side

    async def of(self, claims: ProctorClaims, session_id: str) -> Admission:
        """Raises `NoAdmission` also for another exam's."""
        admission = await self._store.admissions.admissions.read(session_id)
        if admission.exam_id != claims.exam_id:
            raise NoAdmission(session_id)
        return admission

    async def ask_scan(self, claims: ProctorClaims, session_id: str, pictures: int = SCAN_PICTURES) -> Admission:
        """Raises `NotReady` where the policy or the candidate does not allow it, `NotAPerson`, `NoAdmission`."""
        if not claims.account_id:
            raise NotAPerson
        await self.of(claims, session_id)
        now_ms = self._clock.now_ms()
        changed = await self._store.admissions.admissions.change(
            session_id, now_ms, lambda one: scan_asked(one, claims.account_id, pictures, now_ms)
        )
        await self._tell(changed)
        return changed

    async def ask_scan_where_agreed(self, claims: ProctorClaims, session_id: str) -> None:
        """With the action "room scan": whoever did not agree to pictures shows the room to the live camera alone."""
        with suppress(NotReady, NoAdmission):
            await self.ask_scan(claims, session_id)

    async def show(self, claims: ProctorClaims, session_id: str, photo_id: str) -> bytes:
        """One photograph, once it is on disk who looked. Raises `NoPhoto`, `NoAdmission`, `NotAPerson`."""
        if not claims.account_id:
            raise NotAPerson
        admission = await self.of(claims, session_id)
        return await self.read(admission, photo_id, claims.account_id)

    async def read(self, admission: Admission, photo_id: str, viewer: str) -> bytes:
        """Whether `viewer` may look is for the caller to have asked. Raises `NoPhoto`."""
        photo = next((one for one in admission.photos if one.photo_id == photo_id), None)
        if photo is None or self._blobs is None or self._looks is None:
            raise NoPhoto(photo_id)
        await self._looks.looked(viewer, "view_photo", admission.id, kind=photo.kind.value, photo=photo_id)
        key = photo_blob_key(admission.id, photo_id)
        blob = await self._blobs.get(key)
        try:
            jpeg = b"" if blob is None else (await self._signals.seal_of(admission.id)).open(blob.body, key)
        except (SealBroken, EvidenceDestroyed) as error:
            raise NoPhoto(photo_id) from error
        if hashlib.sha256(jpeg).hexdigest() != photo.sha256:
            log.error("photo_is_not_as_it_was_kept", photo_id=photo_id, is_there=blob is not None)
            raise NoPhoto(photo_id)
        return jpeg

    async def every(
        self, session_id: str, viewer: str, kinds: Collection[PhotoKind] = FOR_REVIEW
    ) -> tuple[tuple[Photo, bytes], ...]:
        """All that is kept of these kinds, each look written down; one that is deleted meanwhile, or lost, is left out.

        Whether `viewer` may look is for the caller to have asked. The identity document has the name, which reviewers
        are not told: by itself it is left out.
        """
        admission = await self._store.admissions.admissions.get(session_id)
        if admission is None:
            return ()
        found: list[tuple[Photo, bytes]] = []
        for photo in admission.photos:
            if photo.kind in kinds:
                with suppress(NoPhoto):
                    found.append((photo, await self.read(admission, photo.photo_id, viewer)))
        return tuple(found)

    def _expect_picture(self, jpeg: bytes) -> None:
        if len(jpeg) > self._settings.max_frame_bytes:
            raise PhotoRefused(f"The picture has {len(jpeg)} bytes; at most {self._settings.max_frame_bytes} are kept.")
        try:
            width_px, height_px = read_jpeg_size(jpeg)
        except UnreadableFrame as error:
            raise PhotoRefused(str(error)) from error
        if width_px * height_px > self._settings.max_picture_px:
            raise PhotoRefused(f"The picture claims {width_px} x {height_px} pixels, which is more than is kept.")

    async def _tell(self, admission: Admission) -> None:
        for topic in (admission_topic(admission.id), arrivals_topic(admission.exam_id)):
            await self._bus.publish(topic, b"")
