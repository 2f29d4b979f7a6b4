"""`/exam`: the candidate's socket to their exam. Parse, call the service, answer."""

from functools import partial
from typing import ClassVar, Protocol

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
    SectionToLeave,
    TakenOver,
)
from guildhall.assessments.model.attempts import Attempt, ExamClaims
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.seating import ExamSeat, SeatGoneOn
from guildhall.kit.errors import Conflict
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on

ACTING = Limit(per_second=2, burst=10, max_bytes=256)


class Act(Protocol):
    """One of a candidate's verbs."""

    async def __call__(self, attempt_id: str, *, account_id: str) -> Attempt: ...


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

        page = peer.handshake.page
        try:
            self._seats[peer.id] = await self._service.seating.take(peer.claims.attempt_id, tell, evict, page)
        except SeatGoneOn:
            await evict()

    async def part(self, peer: Peer[ExamClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        seat = self._seats.pop(peer.id, None)
        if seat is not None:
            await self._service.seating.leave(seat)

    @on("answers", AnswersGiven, Limit(per_second=10, burst=40, max_bytes=262_144, is_text=True))
    async def answers(self, peer: Peer[ExamClaims], message: AnswersGiven) -> AnswersTaken:
        seat = self._seats.get(peer.id)
        epoch = 0 if seat is None else seat.attempt.epoch
        taken = await self._service.sitting.answer(peer.claims.attempt_id, message, epoch)
        if seat is not None and seat.is_lost:  # taken over meanwhile: the newer page was shown the attempt without this
            await self._service.seating.tell_newer(seat)
        return taken

    @on("check_in", Nothing, ACTING)
    async def check_in(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, self._service.sitting.check_in)

    @on("begin", Nothing, ACTING)
    async def begin(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, partial(self._service.sitting.act, event=AttemptEvent.BEGIN))

    @on("take_break", Nothing, ACTING)
    async def take_break(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, partial(self._service.sitting.act, event=AttemptEvent.TAKE_BREAK))

    @on("end_break", Nothing, ACTING)
    async def end_break(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, partial(self._service.sitting.act, event=AttemptEvent.END_BREAK))

    @on("leave_section", SectionToLeave, ACTING)
    async def leave_section(self, peer: Peer[ExamClaims], message: SectionToLeave) -> Acted:
        epoch = self._seat_of(peer).attempt.epoch
        leave = partial(self._service.sitting.leave_section, section_id=message.section_id, epoch=epoch)
        return await self._act(peer, leave)

    @on("submit", Nothing, ACTING)
    async def submit(self, peer: Peer[ExamClaims], message: Nothing) -> Acted:  # noqa: ARG002
        return await self._act(peer, self._service.sitting.submit)

    @on("time", ClockAsked, Limit(per_second=2, burst=10, max_bytes=256))
    def time(self, peer: Peer[ExamClaims], message: ClockAsked) -> ClockTold:  # noqa: ARG002
        return ClockTold(sent_at_ms=message.sent_at_ms, server_time_ms=self._service.context.clock.now_ms())

    async def _act(self, peer: Peer[ExamClaims], act: Act) -> Acted:
        """Carry it out and show what came of it; the page's own turns are told by this answer alone."""
        seat = self._seat_of(peer)
        async with seat.acting:
            attempt = await act(peer.claims.attempt_id, account_id=peer.claims.account_id)
            shown = await self._service.sitting.show(attempt)
            if attempt.epoch == seat.attempt.epoch:
                seat.attempt = attempt
        return Acted(attempt=shown)

    def _seat_of(self, peer: Peer[ExamClaims]) -> ExamSeat:
        seat = self._seats.get(peer.id)
        if seat is None:
            raise NotSeated("This attempt goes on in another tab or on another device.")
        return seat
