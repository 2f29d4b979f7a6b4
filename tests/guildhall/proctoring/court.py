"""An exam before a camera and everybody who reviews it: assessments and proctoring on one database, one held clock."""

from typing import Any

from guildhall.accounts.model import PlatformRole
from guildhall.assessments.model.results import Result
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.people import Person
from guildhall.kit.storage import Storage
from guildhall.proctoring.model import Session, seat_id
from guildhall.proctoring.model.admission import Admission, ConsentSignal, ProctoringPolicy
from guildhall.proctoring.model.reviews import Penalty, Review, VerdictReason
from guildhall.proctoring.rules.consenting import TEXTS, decide
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.review_following import ReviewFollower
from guildhall.proctoring.service.reviewing import Reviewing, Traces
from guildhall.proctoring.service.rights import Rights
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.store import ProctoringStore
from proctor_engine.contract import Observation
from tests.fakes.observations import CALM, CROWD
from tests.guildhall.assessments.hall import Hall as Exams
from tests.guildhall.assessments.written import item_version
from tests.guildhall.proctoring.conftest import Hall

DAY_MS = 86_400_000
RIGHT = {"q0": {"kind": "choices", "chosen": ["a"]}}


class Names:
    """Everybody has the name that is in their account's id."""

    async def find(self, account_id: str) -> Person | None:
        name = account_id.removeprefix("usr_").title()
        return Person(account_id, name, f"{name}@example.org", frozenset({PlatformRole.PROCTOR.value}))

    async def with_email(self, email_key: str) -> Person | None:  # noqa: ARG002 - of the port
        return None


class Court:
    """One process's share of it; `another()` is the next one, after a kill."""

    def __init__(self, hall: Hall, exams: Exams, storage: Storage | None = None) -> None:
        self.hall, self.exams = hall, exams
        self.clock = hall.clock
        self.store = ProctoringStore(storage or hall.storage)
        self.looks = Looks(exams.audit, self.store.strips.log(hall.clock), hall.clock)
        settings = hall.settings.review
        self.follower = ReviewFollower(self.store, exams.service.holding, self.looks, hall.clock, settings)
        exams.service.grading.is_watched = self.follower.is_watched
        hall.service.seating.is_reopened = exams.service.sitting.is_reopened
        traces = Traces(hall.service.signals)
        evidence = hall.service.evidence
        self.reviewing = Reviewing(
            self.store,
            self.follower,
            self.looks,
            traces,
            evidence,
            Names(),
            hall.clock,
            settings,
            hall.service.photos,
        )
        self.rights = Rights(
            self.store,
            exams.store,
            self.follower,
            self.looks,
            traces,
            evidence,
            Names(),
            hall.clock,
            hall.service.photos,
            self.reviewing.reliabilities,
        )

    def another(self, storage: Storage | None = None) -> "Court":
        return Court(self.hall, self.exams.another(storage), storage)

    async def open_exam(self, **plan: Any) -> None:
        await self.exams.ensure()
        await self.exams.open_exam([item_version(0, "single_choice")], **plan)

    async def sit(
        self, name: str = "ada", *shown: tuple[Observation, float], finishes: bool = True, agrees: bool = False
    ) -> Session:
        """Before the camera, which shows `shown`; then the exam is handed in, and the page says that it is done.

        Where the exam is on its way already, its beginning is when it was: the clock of the attempt is moved back.
        """
        session = await self.hall.service.invite_candidate(
            "dlv_1", "Welding", name.title(), seat_id(f"att_{name}"), f"att_{name}"
        )
        began_ms = self.clock.now_ms()
        seat = await self.hall.seat(session)
        if agrees:
            await self._film(seat)
        for observation, seconds in shown or ((CALM, 4), (CROWD, 4), (CALM, 3)):
            await self.hall.play(seat, observation, seconds)
        attempt = await self.exams.hand_in(name, {})
        clock = attempt.clock.model_copy(update={"started_at_ms": began_ms})
        await self.exams.store.attempts.change(
            attempt.id, began_ms, lambda seen: seen.model_copy(update={"clock": clock, "is_proctored": True})
        )
        await self.hall.service.strips.keep()
        if finishes:
            await self.hall.service.seating.finish(seat)
        return session

    async def _film(self, seat: Seat) -> None:
        """They were asked for pictures around flags, and agreed."""
        policy = ProctoringPolicy(asked=(*ProctoringPolicy().asked, ConsentSignal.STRIPS))
        session, now_ms = seat.session, self.clock.now_ms()
        admission = Admission(id=session.id, created_at_ms=now_ms, exam_id=session.exam_id, policy=policy)
        for signal in policy.asked:
            admission = decide(admission, signal, TEXTS[signal].hash, given=True, at_ms=now_ms)
        await self.hall.store.admissions.made(admission)
        await self.hall.service.admissions.attach(seat, admission)

    async def sit_again(self, *shown: tuple[Observation, float], name: str = "ada") -> None:
        """Their attempt is opened again, they come back before the camera, and hand in once more."""
        attempt_id, session = f"att_{name}", await self.hall.service.session(seat_id(f"att_{name}"))
        await self.exams.service.supervision.reopen(attempt_id, "usr_boss", "A power cut.", 600_000)
        seat = await self.hall.seat(session)
        for observation, seconds in shown:
            await self.hall.play(seat, observation, seconds)
        await self.exams.service.sitting.submit(attempt_id, self.exams.account_of(name))
        await self.hall.service.seating.finish(seat)

    async def pass_(self) -> None:
        """One round of all jobs."""
        await self.exams.tidy()
        await self.follower.open_due()
        await self.follower.follow_due()
        await self.exams.tidy()

    async def review(self, name: str = "ada") -> Review:
        return await self.store.reviews.reviews.read(seat_id(f"att_{name}"))

    async def result(self, name: str = "ada") -> Result:
        return await self.exams.result(name)

    async def judge_all(self, by: str, *, upholds: bool, name: str = "ada") -> Review:
        scope = reviewer(by)
        review = await self.reviewing.claim(scope, seat_id(f"att_{name}"))
        for flag in review.flags:
            reason = VerdictReason.SEEN_IN_EVIDENCE if upholds else VerdictReason.INNOCENT_EXPLANATION
            review = await self.reviewing.judge(scope, review.id, flag.id, reason, "As I see it.", is_upheld=upholds)
        return review

    async def penalise(self, by: str, penalty: Penalty = Penalty.VOID, name: str = "ada") -> Review:
        review = await self.judge_all(by, upholds=True, name=name)
        return await self.reviewing.penalise(reviewer(by), review.id, penalty, "Two people were there.")

    async def actions(self) -> list[str]:
        """Of the audit log, those of proctoring."""
        return [one for one in await self.exams.actions() if one.startswith("proctoring.")]


def reviewer(name: str, *organisations: str) -> Scope:
    return Scope(f"usr_{name}", frozenset(organisations), is_everywhere=not organisations)
