"""The way to a seat: consents, the system check, asking to be let in, and the proctor's answer.

A decision is written into the admission first, then the attempt is moved by it: whoever is killed in between is
finished by the next who looks.
"""

from collections.abc import Callable
from contextlib import suppress

from guildhall.assessments.lifecycle import AttemptEvent, AttemptState
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.audit import Audit
from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.clock import Clock
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.messages.admission import AdmissionTold, ChecksMeasured, ConsentAnswered
from guildhall.proctoring.model import Rule, Session
from guildhall.proctoring.model.admission import (
    Admission,
    AdmissionDecision,
    ConsentSignal,
    DeliveryPolicy,
    Outcome,
    ProctoringPolicy,
    RefusalReason,
    SaidOfThemselves,
    usual_policy,
)
from guildhall.proctoring.rules import Closed
from guildhall.proctoring.rules.admitting import NotReady, asked, carried_out, decided
from guildhall.proctoring.rules.consenting import decide, keeps_strips, rules_off
from guildhall.proctoring.rules.system_check import Measured, check
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.policies import write_policy
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.telling_admission import told_of
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store.admissions import AdmissionStore, NoAdmission


def admission_topic(session_id: str) -> str:
    """A hint that the admission of this session is another now."""
    return f"proctoring.admission.{session_id}"


def arrivals_topic(exam_id: str) -> str:
    """A hint that somebody of this exam asks, or was answered."""
    return f"proctoring.arrivals.{exam_id}"


class AdmissionDesk:
    """`assessments` and `audit` are set by the composition root; without them only sessions without an attempt."""

    def __init__(
        self,
        store: AdmissionStore,
        bus: Bus,
        recorder: IncidentRecorder,
        clock: Clock,
        settings: ProctoringSettings,
    ) -> None:
        self.store = store
        self._bus = bus
        self._recorder = recorder
        self._clock = clock
        self._settings = settings
        self.telling = TaskOwner("admissions")
        self.assessments: AssessmentsService | None = None
        self.audit: Audit | None = None

    # --- policies

    async def policy_of(self, delivery_id: str, *, needs_admission: bool) -> ProctoringPolicy:
        own = await self.store.policies.get(delivery_id)
        return usual_policy(needs_admission=needs_admission) if own is None else own.policy

    async def set_policy(
        self,
        delivery_id: str,
        organisation_id: str,
        policy: ProctoringPolicy,
        by: str,
        check: Callable[[str], None] = lambda _: None,
    ) -> DeliveryPolicy:
        """For those who come from now on; whoever has begun keeps what they were told.

        `check` is asked about the revision that goes, `NO_REVISION` where there is none, and raises where its caller
        has not seen that one.
        """
        wanted = DeliveryPolicy(
            id=delivery_id,
            created_at_ms=self._clock.now_ms(),
            organisation_id=organisation_id,
            policy=policy,
            changed_by=by,
        )
        document = await write_policy(self.store.policies, wanted, check)
        if self.audit is not None:
            await self.audit.record(
                by, "proctoring.set_policy", "delivery", delivery_id, "allowed", {"rev": document.rev}
            )
        return document

    # --- the candidate's side

    async def open(
        self,
        session: Session,
        *,
        delivery_id: str = "",
        attempt_id: str = "",
        account_id: str = "",
        needs_admission: bool = False,
        muted: tuple[str, ...] = (),
    ) -> Admission:
        """The admission of a session, made at the first time of asking with the policy as it is then."""
        found = await self.store.admissions.get(session.id)
        if found is not None:
            return await self._carry_on(await self._accommodate(found))
        admission = Admission(
            id=session.id,
            created_at_ms=self._clock.now_ms(),
            exam_id=session.exam_id,
            attempt_id=attempt_id,
            account_id=account_id,
            needs_admission=needs_admission,
            policy=await self.policy_of(delivery_id or session.exam_id, needs_admission=needs_admission),
            muted=_known(muted),
        )
        due_ms = admission.created_at_ms + admission.policy.evidence_days * 24 * 60 * 60 * 1000
        return await self.store.made(admission.model_copy(update={"evidence_due_ms": due_ms}))

    async def _accommodate(self, admission: Admission) -> Admission:
        """What is not judged of this person is what their attempt says now."""
        if not admission.attempt_id or self.assessments is None:
            return admission
        attempt = await self.assessments.context.store.attempts.get(admission.attempt_id)
        muted = admission.muted if attempt is None else _known(attempt.accommodation.muted_signals)
        if muted == admission.muted:
            return admission
        return await self.store.admissions.change(
            admission.id, self._clock.now_ms(), lambda seen: seen.model_copy(update={"muted": muted})
        )

    async def look_again(self, session_id: str) -> None:
        """Whoever holds this seat reads what is judged of its candidate now."""
        await self._bus.publish(admission_topic(session_id), b"")

    async def listen(self, session_id: str, changed: Callable[[], None]) -> Subscription:
        return await self._bus.subscribe(admission_topic(session_id), lambda _: changed(), changed)

    async def told(self, admission: Admission) -> AdmissionTold:
        waiting = await self.store.asking(admission.exam_id) if admission.asked_at_ms is not None else []
        return told_of(admission, waiting, self._settings.rules)

    async def consent(self, seat: Seat, sent: ConsentAnswered) -> AdmissionTold:
        """Raises `ConsentTextChanged` and `ConsentRequired`; then nothing of it was kept."""
        now_ms = self._clock.now_ms()

        def answer(admission: Admission) -> Admission:
            for one in sent.answers:
                signal = ConsentSignal(one.signal)
                admission = decide(admission, signal, one.text_hash, given=one.given, at_ms=now_ms)
            if sent.said is None:
                return admission
            said = SaidOfThemselves.model_validate(sent.said.model_dump())
            return admission.model_copy(update={"said": said})

        return await self._change(seat, answer)

    async def measure(self, seat: Seat, sent: ChecksMeasured) -> AdmissionTold:
        measured = Measured(sent.camera_trouble, sent.frames_per_second, sent.upload_kbit_s, sent.clock_offset_ms)
        now_ms, settings, seen = self._clock.now_ms(), self._settings, seat.observation
        if measured.camera_trouble is not None:
            seen = None

        def write(admission: Admission) -> Admission:
            results = check(admission.policy.checks, measured, seen, now_ms, settings.rules, settings.checks)
            return admission.model_copy(update={"checks": results})

        return await self._change(seat, write)

    async def ask(self, seat: Seat) -> AdmissionTold:
        """Wait to be let in. Raises `NotReady`."""
        now_ms = self._clock.now_ms()
        told = await self._change(seat, lambda admission: asked(admission, now_ms))
        admission = seat.admission
        if admission is not None and admission.asked_at_ms is not None and admission.attempt_id and self.assessments:
            with suppress(MoveRefused):  # it waits already, or is further on
                await self.assessments.sitting.check_in(admission.attempt_id, admission.account_id)
        await self._bus.publish(arrivals_topic(seat.session.exam_id), b"")
        return told

    async def _change(self, seat: Seat, decide_: Callable[[Admission], Admission]) -> AdmissionTold:
        now_ms = self._clock.now_ms()
        return await self.adopt(seat, await self.store.admissions.change(seat.session.id, now_ms, decide_))

    async def adopt(self, seat: Seat, changed: Admission) -> AdmissionTold:
        """It is the seat's from now on, and what its candidate is told."""
        await self.attach(seat, changed)
        return await self.told(changed)

    async def attach(self, seat: Seat, admission: Admission) -> None:
        """What the seat judges by from now on; what is open of a signal that is off now ends here."""
        seat.admission = admission
        seat.rules_off = rules_off(admission.policy, admission)
        seat.film.want(is_wanted=keeps_strips(admission))
        now_ms = self._clock.now_ms()
        was_silent_by_choice = Rule.NO_FRAMES in seat.timeline.muted
        self._recorder.note(seat, seat.mute(now_ms), now_ms)
        if was_silent_by_choice and Rule.NO_FRAMES not in seat.rules_off and seat.arrived_ms is not None:
            seat.arrived_ms = now_ms  # pictures are expected from now on, not from when they took it back
        claimed = [rule for rule in seat.open_incidents if rule in seat.rules_off]
        self._recorder.note(seat, [Closed(rule, 0, now_ms) for rule in claimed], now_ms)
        if seat.undecided:
            await self._recorder.flush(seat)

    async def expect_asked(self, session_id: str) -> None:
        """Nobody comes to the proctors but by `ask`, after all that comes first. Raises `NotReady`."""
        admission = await self.store.admissions.get(session_id)
        if admission is None or admission.asked_at_ms is None:
            raise NotReady("Go through the steps before the exam, then ask there to be let in.")

    # --- the proctor's side

    async def listen_to_arrivals(self, exam_id: str, changed: Callable[[], None]) -> Subscription:
        """`changed` also after the bus was away: something may have gone unheard."""
        return await self._bus.subscribe(arrivals_topic(exam_id), lambda _: changed(), changed)

    async def waiting(self, exam_id: str) -> list[Admission]:
        return await self.store.asking(exam_id)

    async def decide(
        self, exam_id: str, session_id: str, outcome: Outcome, reason: RefusalReason | None, note: str, by: str
    ) -> Admission:
        """Raises `NoAdmission` also for another exam's, `NotWaiting` where somebody was first, and `NotReady`."""
        seen = await self.store.admissions.read(session_id)
        if seen.exam_id != exam_id:
            raise NoAdmission(session_id)
        now_ms = self._clock.now_ms()
        admission = await self.store.admissions.change(
            session_id, now_ms, lambda one: decided(one, outcome, reason, note, by, now_ms)
        )
        if self.audit is not None:
            details = {"outcome": outcome.value, "reason": reason.value if reason else ""}
            key = f"proctoring/{session_id}/admission/{admission.rev}"
            await self.audit.record(
                by, "proctoring.decide_admission", "session", session_id, "allowed", details, key=key
            )
        done = await self._carry_on(admission)
        await self._announce(done)
        return done

    async def _carry_on(self, admission: Admission) -> Admission:
        """Move the attempt by a decision that is written down; safe to repeat."""
        decision = admission.decision
        if decision is None or decision.carried_out or self.assessments is None:
            return admission
        await self._move_attempt(self.assessments, admission, decision)
        return await self.store.admissions.change(
            admission.id, self._clock.now_ms(), lambda one: carried_out(one, decision)
        )

    async def _move_attempt(
        self, assessments: AssessmentsService, admission: Admission, decision: AdmissionDecision
    ) -> None:
        is_in = decision.outcome is Outcome.ADMITTED
        if is_in:
            attempt = await assessments.sitting.own(admission.attempt_id, admission.account_id)
            if attempt.state in {
                AttemptState.CREATED,
                AttemptState.CHECKED_IN,
            }:  # killed between asking and checking in
                await assessments.sitting.check_in(admission.attempt_id, admission.account_id)
        event = AttemptEvent.ADMIT if is_in else AttemptEvent.TURN_AWAY
        words = decision.note or (decision.reason.value if decision.reason else "")
        try:
            await assessments.supervision.turn(admission.attempt_id, event, decision.by, words)
        except MoveRefused:
            return  # done already, or the attempt is further on: then there is nothing to move

    async def _announce(self, admission: Admission) -> None:
        await self._bus.publish(admission_topic(admission.id), b"")
        await self._bus.publish(arrivals_topic(admission.exam_id), b"")


def _known(muted: tuple[str, ...]) -> tuple[str, ...]:
    known = {rule.value for rule in Rule}
    return tuple(name for name in muted if name in known)
