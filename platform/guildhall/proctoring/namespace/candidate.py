"""`/exam-room`: the candidate's socket."""

from collections.abc import Awaitable
from typing import ClassVar

from guildhall.kit.bus import Subscription
from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.lifecycle import CheckInEvent
from guildhall.proctoring.messages import (
    CameraNamed,
    CheckInAsked,
    CheckInTold,
    Done,
    Finish,
    Finished,
    FrameSent,
    SessionWelcome,
    TakenOver,
    Verdict,
)
from guildhall.proctoring.messages.acting import ActionNoted, ConversationTold, HandMoved, Said
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, CandidateClaims
from guildhall.proctoring.model.admission import Admission, ConsentSignal
from guildhall.proctoring.model.signals import CameraCalled
from guildhall.proctoring.namespace.arriving import ArrivingEvents
from guildhall.proctoring.rules.checking_in import go_on
from guildhall.proctoring.rules.consenting import is_used
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.checking_in import told_of
from guildhall.proctoring.service.delivering import Page, conversation_of
from guildhall.proctoring.service.moves import SessionTakenOver
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.settings import ProctoringSettings

RECORDED = (
    "Pictures from your camera, a few every second, while this page is open. No sound.",
    "A computer looks in each picture for faces and for where they point. It recognises nobody.",
    "When something lasts longer than a few seconds it notes what it saw and when. A person decides what it means.",
    "The proctors of this exam see your pictures live. Pictures are not kept.",
    "The name that your browser has for your camera, which may be that of a program.",
    "The proportions of your face are compared with those at the beginning. Nobody is recognised by them.",
    "What the computer measures in each picture is kept, encrypted, so that every note can be checked and contested.",
    "How you hold your head and eyes is kept as a few numbers, so that you are measured from your own posture.",
)
STRIPS_RECORDED = "Where you agree to it, some pictures are kept around a note: encrypted, and shown to you as well."


def recorded_of(admission: Admission) -> tuple[str, ...]:
    """What the page says of the camera before it is turned on."""
    return (*RECORDED, STRIPS_RECORDED) if ConsentSignal.STRIPS in admission.policy.asked else RECORDED


def frame_limit(settings: ProctoringSettings) -> Limit:
    """Twice the pace the page is told, with room for a burst after a stalled network."""
    per_second = 2_000 / settings.frame_interval_ms
    return Limit(per_second=per_second, burst=max(4, round(per_second * 2)), max_bytes=settings.max_frame_bytes + 1024)


class NotSeated(Conflict):
    type = "not-seated"
    title = "This session is not open here"


class ExamRoomNamespace(ArrivingEvents, Namespace[CandidateClaims]):
    path: ClassVar[str] = "/exam-room"

    def __init__(self, service: ProctoringService, tokens: TokenSigner) -> None:
        self.limits = {"frame": frame_limit(service.settings)}
        self._service = service
        self._tokens = tokens
        self._seats: dict[str, Seat] = {}
        self._hints: dict[str, Subscription] = {}
        self._pages: dict[str, Page] = {}

    async def admit(self, handshake: Handshake) -> CandidateClaims:
        claims = self._tokens.verify(handshake.token, CANDIDATE_AUDIENCE, CandidateClaims)
        await self._service.session(claims.sitting_id)  # raises: a door without a room behind it stays shut
        return claims

    async def welcome(self, peer: Peer[CandidateClaims]) -> None:
        async def evict() -> None:
            self._seats.pop(peer.id, None)
            if (page := self._pages.pop(peer.id, None)) is not None:
                await self._service.delivering.leave(page)
            await peer.send(TakenOver())
            await peer.disconnect("taken over by a newer connection")

        try:
            seat = await self._service.seating.take(peer.claims.sitting_id, evict, peer.handshake.page)
        except SessionTakenOver:
            await evict()
            return
        except MoveRefused:
            session = await self._service.session(peer.claims.sitting_id)
        else:
            self._seats[peer.id] = seat
            session = seat.session
        admission = await self._service.admissions.open(session)
        if (taken := self._seats.get(peer.id)) is not None:
            await self._service.admissions.attach(taken, admission)
            self._hints[peer.id] = await self._service.admissions.listen(session.id, lambda: self._tell_later(peer))
        settings = self._service.settings
        await peer.send(
            SessionWelcome(
                session_id=session.id,
                exam_title=session.exam_title,
                candidate_name=session.candidate_name,
                state=session.standing,
                frame_interval_ms=settings.frame_interval_ms,
                max_frame_bytes=settings.max_frame_bytes,
                frame_width_px=settings.frame_width_px,
                frame_height_px=settings.frame_height_px,
                jpeg_quality=settings.jpeg_quality,
                server_time_ms=self._service.clock.now_ms(),
                recorded=recorded_of(admission),
                check_in=told_of(go_on(session.check_in), session.baseline),
            )
        )
        await peer.send(await self._service.admissions.told(admission))
        self._pages[peer.id] = await self._service.delivering.join(session, peer.send)

    def _tell_later(self, peer: Peer[CandidateClaims]) -> None:
        """Their admission is another now: somebody has answered, or another page of theirs has."""
        self._service.admissions.telling.start(f"tell {peer.id}", self._tell(peer))

    async def _tell(self, peer: Peer[CandidateClaims]) -> None:
        seat = self._seats.get(peer.id)
        if seat is None:
            return
        admission = await self._service.admissions.open(seat.session)
        await self._service.admissions.attach(seat, admission)
        await peer.send(await self._service.admissions.told(admission))

    async def part(self, peer: Peer[CandidateClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        page = self._pages.pop(peer.id, None)
        if page is not None:
            await self._service.delivering.leave(page)
        seat = self._seats.pop(peer.id, None)
        hints = self._hints.pop(peer.id, None)
        if hints is not None:
            await hints.close()
        if seat is not None:
            self._service.frames.forget(seat)
            await self._service.seating.leave(seat)

    @on("frame", FrameSent, Limit(per_second=10, burst=20, max_bytes=500_000))
    def take_frame(self, peer: Peer[CandidateClaims], message: FrameSent) -> Awaitable[Verdict]:
        return self._service.frames.receive_frame(self._seat_of(peer), message)

    @on("camera", CameraNamed, Limit(per_second=1, burst=5, max_bytes=1024))
    async def name_camera(self, peer: Peer[CandidateClaims], message: CameraNamed) -> Done:
        seat = self._seat_of(peer)
        if is_used(seat.admission, ConsentSignal.CAMERA_NAME):
            seat.advance(CameraCalled(self._service.clock.now_ms(), message.label))
        return Done()

    @on("check_in", CheckInAsked, Limit(per_second=5, burst=15, max_bytes=256))
    async def check_in(self, peer: Peer[CandidateClaims], message: CheckInAsked) -> CheckInTold:
        return await self._service.check_ins.act(self._seat_of(peer), CheckInEvent(message.action))

    @on("action_noted", ActionNoted, Limit(per_second=5, burst=80, max_bytes=512))
    async def note_action(self, peer: Peer[CandidateClaims], message: ActionNoted) -> Done:
        is_person = message.state == "acknowledged"
        session = self._page_of(peer).session
        await self._service.acting.take_note(session, message.action_id, is_person=is_person)
        return Done()

    @on("say", Said, Limit(per_second=1, burst=10, max_bytes=4096))
    async def say(self, peer: Peer[CandidateClaims], message: Said) -> ConversationTold:
        return conversation_of(await self._service.acting.say(self._page_of(peer).session, message.key, message.text))

    @on("hand", HandMoved, Limit(per_second=1, burst=10, max_bytes=512))
    async def hand(self, peer: Peer[CandidateClaims], message: HandMoved) -> ConversationTold:
        session = self._page_of(peer).session
        return conversation_of(await self._service.acting.move_hand(session, message.key, is_up=message.is_up))

    @on("finish", Finish, Limit(per_second=1, burst=5, max_bytes=256))
    async def finish(self, peer: Peer[CandidateClaims], message: Finish) -> Finished:  # noqa: ARG002
        session = await self._service.seating.finish(self._seat_of(peer))
        return Finished(state=session.standing)

    def _page_of(self, peer: Peer[CandidateClaims]) -> Page:
        """Also of a session that is finished: its last messages still have to be taken note of."""
        page = self._pages.get(peer.id)
        if page is None:
            raise NotSeated("It goes on in another tab or on another device.")
        return page

    def _seat_of(self, peer: Peer[CandidateClaims]) -> Seat:
        seat = self._seats.get(peer.id)
        if seat is None:
            raise NotSeated("The session is finished, or it goes on in another tab or on another device.")
        return seat
