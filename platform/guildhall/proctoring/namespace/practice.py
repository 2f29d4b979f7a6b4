"""`/practice-room`: the socket of somebody who tries their camera. It speaks as `/exam-room` does and keeps nothing."""

from collections.abc import Awaitable
from typing import ClassVar, Final

from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.lifecycle import CheckInEvent, Standing
from guildhall.proctoring.messages import (
    CameraNamed,
    CheckInAsked,
    CheckInTold,
    Done,
    FrameSent,
    SessionWelcome,
    Verdict,
)
from guildhall.proctoring.messages.admission import (
    PROBE_BYTES_MAX,
    AdmissionTold,
    ChecksMeasured,
    Probe,
    Probed,
)
from guildhall.proctoring.model import PRACTICE_AUDIENCE, PracticeClaims
from guildhall.proctoring.namespace.candidate import NotSeated, frame_limit
from guildhall.proctoring.service.checking_in import told_of
from guildhall.proctoring.service.practising import PracticeFull, PracticeRoom, PracticeSeat

RECORDED: Final = (
    "Pictures from your camera go to this server while this page is open. No sound. A computer looks at each.",
    "Nobody sees them, and no picture, measurement or note is kept: all of it is gone when you leave.",
)


class PracticeRoomNamespace(Namespace[PracticeClaims]):
    path: ClassVar[str] = "/practice-room"

    def __init__(self, room: PracticeRoom, tokens: TokenSigner) -> None:
        self.limits = {"frame": frame_limit(room.settings)}
        self._room = room
        self._tokens = tokens
        self._seats: dict[str, PracticeSeat] = {}

    async def admit(self, handshake: Handshake) -> PracticeClaims:
        claims = self._tokens.verify(handshake.token, PRACTICE_AUDIENCE, PracticeClaims)
        if self._room.is_full:
            raise PracticeFull
        return claims

    async def welcome(self, peer: Peer[PracticeClaims]) -> None:
        seat = self._seats[peer.id] = self._room.enter()
        settings = self._room.settings
        await peer.send(
            SessionWelcome(
                session_id=seat.id,
                exam_title="Practice",
                candidate_name="",
                state=Standing.LIVE,
                frame_interval_ms=settings.frame_interval_ms,
                max_frame_bytes=settings.max_frame_bytes,
                frame_width_px=settings.frame_width_px,
                frame_height_px=settings.frame_height_px,
                jpeg_quality=settings.jpeg_quality,
                server_time_ms=self._room.now_ms(),
                recorded=RECORDED,
                check_in=told_of(seat.timeline.check_in, None),
            )
        )
        await peer.send(self._room.told(seat))

    async def part(self, peer: Peer[PracticeClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        if (seat := self._seats.pop(peer.id, None)) is not None:
            self._room.leave(seat)

    @on("frame", FrameSent, Limit(per_second=10, burst=20, max_bytes=500_000))
    def take_frame(self, peer: Peer[PracticeClaims], message: FrameSent) -> Awaitable[Verdict]:
        return self._room.receive_frame(self._seat_of(peer), message)

    @on("camera", CameraNamed, Limit(per_second=1, burst=5, max_bytes=1024))
    async def name_camera(self, peer: Peer[PracticeClaims], message: CameraNamed) -> Done:  # noqa: ARG002
        return Done()  # nobody looks at it here

    @on("check_in", CheckInAsked, Limit(per_second=5, burst=15, max_bytes=256))
    async def check_in(self, peer: Peer[PracticeClaims], message: CheckInAsked) -> CheckInTold:
        return await self._room.check_in(self._seat_of(peer), CheckInEvent(message.action))

    @on("checks", ChecksMeasured, Limit(per_second=2, burst=10, max_bytes=1024))
    async def checks(self, peer: Peer[PracticeClaims], message: ChecksMeasured) -> AdmissionTold:
        return self._room.measure(self._seat_of(peer), message)

    @on("probe", Probe, Limit(per_second=2, burst=12, max_bytes=PROBE_BYTES_MAX))
    def probe(self, peer: Peer[PracticeClaims], message: Probe) -> Probed:  # noqa: ARG002
        return Probed(server_time_ms=self._room.now_ms(), received_bytes=len(message.payload))

    def _seat_of(self, peer: Peer[PracticeClaims]) -> PracticeSeat:
        seat = self._seats.get(peer.id)
        if seat is None:
            raise NotSeated("The practice is over.")
        return seat
