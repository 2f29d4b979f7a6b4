"""What a candidate says on the way to their seat, and what their browser claims: a part of `/exam-room`."""

from collections.abc import Awaitable, Callable

from guildhall.kit.sockets import Limit, Peer, on
from guildhall.proctoring.messages.admission import (
    PROBE_BYTES_MAX,
    AdmissionAsked,
    AdmissionTold,
    ChecksMeasured,
    ClaimsSent,
    ClaimsTaken,
    ConsentAnswered,
    PhotoTaken,
    Probe,
    Probed,
    ScanDeclined,
)
from guildhall.proctoring.model import CandidateClaims
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.seats import Seat


class ArrivingEvents:
    """Mixed into the candidate's namespace, which knows the seats."""

    _service: ProctoringService
    _seat_of: Callable[[Peer[CandidateClaims]], Seat]

    @on("consent", ConsentAnswered, Limit(per_second=2, burst=10, max_bytes=4096))
    async def consent(self, peer: Peer[CandidateClaims], message: ConsentAnswered) -> AdmissionTold:
        return await self._service.admissions.consent(self._seat_of(peer), message)

    @on("checks", ChecksMeasured, Limit(per_second=2, burst=10, max_bytes=1024))
    async def checks(self, peer: Peer[CandidateClaims], message: ChecksMeasured) -> AdmissionTold:
        return await self._service.admissions.measure(self._seat_of(peer), message)

    @on("probe", Probe, Limit(per_second=2, burst=12, max_bytes=PROBE_BYTES_MAX))
    def probe(self, peer: Peer[CandidateClaims], message: Probe) -> Probed:
        self._seat_of(peer)
        return Probed(server_time_ms=self._service.clock.now_ms(), received_bytes=len(message.payload))

    @on("ask_admission", AdmissionAsked, Limit(per_second=1, burst=5, max_bytes=256))
    def ask_admission(self, peer: Peer[CandidateClaims], message: AdmissionAsked) -> Awaitable[AdmissionTold]:  # noqa: ARG002
        return self._service.admissions.ask(self._seat_of(peer))

    @on("photo", PhotoTaken, Limit(per_second=1, burst=10, max_bytes=500_000))
    async def take_photo(self, peer: Peer[CandidateClaims], message: PhotoTaken) -> AdmissionTold:
        seat = self._seat_of(peer)
        return await self._service.admissions.adopt(seat, await self._service.photos.take(seat, message))

    @on("decline_scan", ScanDeclined, Limit(per_second=1, burst=5, max_bytes=256))
    async def decline_scan(self, peer: Peer[CandidateClaims], message: ScanDeclined) -> AdmissionTold:
        seat = self._seat_of(peer)
        return await self._service.admissions.adopt(seat, await self._service.photos.decline_scan(seat, message.number))

    @on("claims", ClaimsSent, Limit(per_second=2, burst=20, max_bytes=10_000))
    async def take_claims(self, peer: Peer[CandidateClaims], message: ClaimsSent) -> ClaimsTaken:
        return await self._service.claims.take(self._seat_of(peer), message)
