"""The fairness report of a delivery: who was flagged and who could not be seen, by what was measured of them."""

import statistics
from collections import defaultdict
from typing import Final

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Accommodation
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.store import PAGE as ATTEMPTS_PAGE
from guildhall.assessments.store import AssessmentsStore, NoSuch
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model import Session, seat_id
from guildhall.proctoring.model.admission import SaidOfThemselves
from guildhall.proctoring.model.incident_kinds import Channel
from guildhall.proctoring.model.reviews import Review
from guildhall.proctoring.model.signals import Seen
from guildhall.proctoring.rules.fairness import Comparison, Watched, compare
from guildhall.proctoring.rules.packing import LogUnreadable
from guildhall.proctoring.service.keys import EvidenceDestroyed, SealBroken
from guildhall.proctoring.service.signals import SignalLog, open_chunk
from guildhall.proctoring.store import ProctoringStore

SESSIONS_MAX: Final = 300  # policy: the newest are compared
CHUNKS_READ: Final = 4  # of each session, spread over its length: brightness changes with the hour, not with the second
ENTRIES: Final = 200
_UPHELD: Final = frozenset({ReviewState.PENALISED, ReviewState.CONTESTED, ReviewState.IN_APPEAL, ReviewState.CONFIRMED})


class Fairness:
    def __init__(self, store: ProctoringStore, exams: AssessmentsStore, signals: SignalLog) -> None:
        self._store = store
        self._exams = exams
        self._signals = signals

    async def of_delivery(self, scope: Scope, delivery_id: str) -> tuple[str, int, tuple[Comparison, ...]]:
        """Its title, how many sessions are compared, and the comparisons. Raises NoSuch for what is not theirs."""
        delivery = await self._exams.deliveries.get(delivery_id)
        if delivery is None or not scope.covers(delivery.organisation_id):
            raise NoSuch(f"There is no delivery {delivery_id}.")
        reviews = await self._reviews(delivery_id)
        watched = []
        blind: dict[str, set[str]] = {}
        for attempt in await self._attempts(delivery_id):
            session = await self._store.session(seat_id(attempt.id))
            if session is not None:
                if session.exam_id not in blind:
                    blind[session.exam_id] = await self._blind(session.exam_id)
                watched.append(await self._watched(attempt, session, reviews, blind[session.exam_id]))
        return delivery.title, len(watched), compare(watched)

    async def _attempts(self, delivery_id: str) -> list[Attempt]:
        found: list[Attempt] = []
        while page := await self._exams.attempts_in(delivery_id, found[-1].id if found else ""):
            found += page
            if len(page) < ATTEMPTS_PAGE:
                break
        return [one for one in found if one.is_proctored and one.over_at_ms is not None][-SESSIONS_MAX:]

    async def _reviews(self, delivery_id: str) -> dict[str, Review]:
        found: dict[str, Review] = {}
        after_id = ""
        while page := await self._store.reviews.of_delivery(delivery_id, after_id):
            after_id = page[-1].id
            found |= {one.id: one for one in page}
        return found

    async def _blind(self, exam_id: str) -> set[str]:
        """The sessions in which something could not be seen, from the exam's log."""
        number, found = 0, set()
        while page := await self._store.entries_after(exam_id, number, ENTRIES):
            number = page[-1].number
            found |= {one.incident.session_id for one in page if one.incident.channel is Channel.VISIBILITY}
        return found

    async def _watched(
        self, attempt: Attempt, session: Session, reviews: dict[str, Review], blind: set[str]
    ) -> Watched:
        light, width_px = await self._measured(session.id)
        review = reviews.get(session.id)
        admission = await self._store.admissions.admissions.get(session.id)
        said = SaidOfThemselves() if admission is None else admission.said
        return Watched(
            light=light,
            width_px=width_px,
            device=said.device,
            glasses=said.glasses,
            has_accommodation=attempt.accommodation.model_copy(update={"note": ""}) != Accommodation(),
            is_flagged=review is not None,
            cannot_see=session.id in blind,
            is_upheld=review is not None and any(case.state in _UPHELD for case in review.cases),
        )

    async def _measured(self, session_id: str) -> tuple[float | None, int | None]:
        """The middle brightness and picture width of a few chunks."""
        newest = await self._signals.store.newest(session_id)
        if newest is None:
            return None, None
        values: dict[str, list[float]] = defaultdict(list)
        try:
            seal = await self._signals.seal_of(session_id)
            for number in sorted({1 + place * newest.number // CHUNKS_READ for place in range(CHUNKS_READ)}):
                for chunk in await self._signals.store.after(session_id, number - 1, 1):
                    for _, record in open_chunk(chunk, seal):
                        if isinstance(record, Seen):
                            faces = record.observation.faces
                            values["light"].append(faces[0].light if faces else record.observation.light)
                            values["width"].append(record.observation.width_px)
        except (EvidenceDestroyed, SealBroken, LogUnreadable):
            return None, None
        if not values["light"]:
            return None, None
        return statistics.median(values["light"]), int(statistics.median(values["width"]))
