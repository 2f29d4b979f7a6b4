"""Who waits to be let in, their photographs, and a proctor's answer: a part of `/proctor-wall`."""

from guildhall.kit.sockets import Limit, Peer, on
from guildhall.proctoring.messages.admission import (
    AdmissionDecided,
    Arrival,
    PhotosAsked,
    PhotoShown,
    PhotosTold,
    PhotoWanted,
    ScanWanted,
    Waiting,
    WaitingAsked,
)
from guildhall.proctoring.model import ProctorClaims
from guildhall.proctoring.model.admission import Outcome, RefusalReason
from guildhall.proctoring.rules.admitting import REFUSALS
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.telling_admission import arrival_of, photos_of


class AdmittingEvents:
    """Mixed into the proctor's namespace."""

    _service: ProctoringService

    @on("waiting", WaitingAsked, Limit(per_second=5, burst=20, max_bytes=256))
    async def waiting(self, peer: Peer[ProctorClaims], message: WaitingAsked) -> Waiting:  # noqa: ARG002
        found = await self._service.admissions.waiting(peer.claims.exam_id)
        arrivals = [arrival_of(one, (await self._service.session(one.id)).candidate_name) for one in found]
        return Waiting(
            arrivals=tuple(one for one in arrivals if one.stage == "waiting"),
            refusals=tuple(REFUSALS.items()),
            server_time_ms=self._service.clock.now_ms(),
        )

    @on("decide_admission", AdmissionDecided, Limit(per_second=2, burst=10, max_bytes=2048))
    async def decide_admission(self, peer: Peer[ProctorClaims], message: AdmissionDecided) -> Arrival:
        claims = peer.claims
        admission = await self._service.admissions.decide(
            claims.exam_id,
            message.session_id,
            Outcome(message.outcome),
            RefusalReason(message.reason) if message.reason else None,
            message.note,
            claims.account_id or claims.session_id or "proctor",
        )
        return arrival_of(admission, (await self._service.session(admission.id)).candidate_name)

    @on("photos", PhotosAsked, Limit(per_second=5, burst=20, max_bytes=256))
    async def list_photos(self, peer: Peer[ProctorClaims], message: PhotosAsked) -> PhotosTold:
        return photos_of(await self._service.photos.of(peer.claims, message.session_id))

    @on("photo", PhotoWanted, Limit(per_second=5, burst=20, max_bytes=512))
    async def show_photo(self, peer: Peer[ProctorClaims], message: PhotoWanted) -> PhotoShown:
        jpeg = await self._service.photos.show(peer.claims, message.session_id, message.photo_id)
        return PhotoShown(jpeg=jpeg)

    @on("ask_scan", ScanWanted, Limit(per_second=1, burst=5, max_bytes=256))
    async def ask_scan(self, peer: Peer[ProctorClaims], message: ScanWanted) -> PhotosTold:
        return photos_of(await self._service.photos.ask_scan(peer.claims, message.session_id, message.pictures))
