"""`/exam`: the candidate's socket to their exam. Parse, call the service, answer."""

from typing import ClassVar

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.sitting import (
    Acted,
    AnswersGiven,
    AnswersTaken,
    AttemptShown,
    ClockAsked,
    ClockChanged,
    ClockTold,
    Nothing,
    TakenOver,
)
from guildhall.assessments.model.attempts import Attempt, ExamClaims
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.seating import ExamSeat
from guildhall.kit.errors import Conflict
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on

ACTING = Limit(per_second=2, burst=10, max_bytes=256)


class NotSeated(Conflict):
    type = "not-seated"
    title = "This attempt is not open here"


class ExamNamespace(Namespace[ExamClaims]):
    path: ClassVar[str] = "/exam"

    def __init__(self, service: AssessmentsService) -> None:
        most = service.context.settings.max_answer_bytes
        self.limits = {"answers": Limit(per_second=10, burst=40, max_bytes=most, is_text=True)}
        self._service = service
        self._seats: dict[str, ExamSeat] = {}

    async def admit(self, handshake: Handshake) -> ExamClaims:
        claims = self._service.sitting.read_token(handshake.token)
        await self._service.sitting.own(claims.attempt_id, claims.account_id)  # raises NoSuch
        return claims

    async def welcome(self, peer: Peer[ExamClaims]) -> None:
        async def tell(message: AttemptShown | ClockChanged) -> None:
            await peer.send(message)

        async def evict() -> None:
            self._seats.pop(peer.id, None)
            await peer.send(TakenOver())
            await peer.disconnect("taken over by a newer page")

        self._seats[peer.id] = await self._service.seating.take(peer.claims.attempt_id, tell, evict)

    async def part(self, peer: Peer[ExamClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        seat = self._seats.pop(peer.id, None)
        if seat is not None:
            await self._service.seating.leave(seat)

    @on("answers", AnswersGiven, Limit(per_second=10, burst=40, max_bytes=262_144, is_text=True))
    async def answers(self, peer: Peer[ExamClaims], message: AnswersGiven) -> AnswersTaken:
        seat = self._seats.get(peer.id)
        epoch = 0 if seat is None else seat.attempt.epoch
        return await self._service.sitting.answer(peer.claims.attempt_id, message, epoch)

    @on("check_in", Nothing, ACTING)
    async def check_in(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        self._seat_of(peer)
        return await self._acted(await self._service.sitting.check_in(peer.claims.attempt_id, peer.claims.account_id))

    @on("begin", Nothing, ACTING)
    async def begin(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, AttemptEvent.BEGIN)

    @on("take_break", Nothing, ACTING)
    async def take_break(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, AttemptEvent.TAKE_BREAK)

    @on("end_break", Nothing, ACTING)
    async def end_break(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, AttemptEvent.END_BREAK)

    @on("submit", Nothing, ACTING)
    async def submit(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        self._seat_of(peer)
        return await self._acted(await self._service.sitting.submit(peer.claims.attempt_id, peer.claims.account_id))

    @on("time", ClockAsked, Limit(per_second=2, burst=10, max_bytes=256))
    def time(self, peer: Peer[ExamClaims], message: ClockAsked) -> ClockTold:  # noqa: ARG002
        return ClockTold(sent_at_ms=message.sent_at_ms, server_time_ms=self._service.context.clock.now_ms())

    async def _act(self, peer: Peer[ExamClaims], event: AttemptEvent) -> Acted:
        self._seat_of(peer)
        return await self._acted(await self._service.sitting.act(peer.claims.attempt_id, event, peer.claims.account_id))

    async def _acted(self, attempt: Attempt) -> Acted:
        return Acted(attempt=await self._service.sitting.show(attempt))

    def _seat_of(self, peer: Peer[ExamClaims]) -> ExamSeat:
        seat = self._seats.get(peer.id)
        if seat is None:
            raise NotSeated("This attempt goes on in another tab or on another device.")
        return seat
