"""The marker's desk: a question at a time, candidate after candidate, each claimed by a lease and drafted as it goes.

One question across all candidates is the faster way, and the fairer one: the measure stays the same, and a brilliant
answer to one question does not colour the next. Each marker gets the candidates in an order of their own.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guildhall.assessments.lifecycle import ResultState
from guildhall.assessments.model.attempts import Slot
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Delivery
from guildhall.assessments.model.keys import Rubric
from guildhall.assessments.model.responses import FiledResponse, Response
from guildhall.assessments.model.results import Mark
from guildhall.assessments.rules import marking
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.assessing import Dossier, Dossiers
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.files import ExamFiles
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.store import PAGE, NoSuch
from guildhall.kit.blobs import Blob
from guildhall.kit.errors import Conflict

QUESTIONS_SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class QuestionToMark:
    """One question of one delivery, and how far its marking has come; counts are of marks, one for each role."""

    delivery: Delivery
    version: ItemVersion
    total: int
    final: int
    mine_open: int


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """All a marker may see of what they mark. `name` is empty where marking is anonymous."""

    mark: Mark
    name: str
    delivery_title: str
    slot: Slot
    version: ItemVersion
    rubric: Rubric
    response: Response | None
    others: tuple[Mark, ...]


class MarkingDesk:
    def __init__(self, context: Context, dossiers: Dossiers, grading: Grading, files: ExamFiles) -> None:
        self._store = context.store
        self._clock = context.clock
        self._dossiers = dossiers
        self._grading = grading
        self._files = files
        self._lease_ms = context.settings.mark_lease_minutes * 60_000

    async def queue(self, scope: Scope) -> list[QuestionToMark]:
        """Every question in the scope that has marks to give, the delivery that closed first before the others."""
        open_by_delivery: dict[str, int] = {}
        for where in self._within(scope):
            open_by_delivery |= await self._store.mark_counts("delivery_id", {**where, "is_final": False})
        found = []
        for delivery_id in sorted(open_by_delivery)[:QUESTIONS_SHOWN_MAX]:
            delivery = await self._store.deliveries.read(delivery_id)
            found += await self._questions(delivery, scope.account_id)
        return sorted(found, key=lambda one: (one.delivery.closes_at_ms, one.delivery.id, one.version.id))

    async def claim(self, scope: Scope, delivery_id: str, version_id: str) -> MarkSeen | None:
        """The marker's own open one, else the next they may take, while the lease lasts; None: none is left."""
        await self._check_delivery(scope, delivery_id)
        marker_id = scope.account_id
        for mine in await self._store.marks_by(marker_id, delivery_id, version_id):
            if not mine.is_final and (claimed := await self._take(mine, marker_id)) is not None:
                return await self._seen(claimed)
        after = ""
        while page := await self._store.marks_to_give(delivery_id, version_id, after):
            after = page[-1].id
            for mark in sorted(page, key=lambda one: _shuffled(marker_id, one)):
                if (claimed := await self._take(mark, marker_id)) is not None:
                    return await self._seen(claimed)
            if len(page) < PAGE:
                break
        return None

    async def mine(self, scope: Scope, delivery_id: str, version_id: str) -> list[Mark]:
        """What the marker has claimed and marked of one question, for going back and forth."""
        await self._check_delivery(scope, delivery_id)
        marks = await self._store.marks_by(scope.account_id, delivery_id, version_id)
        return sorted(marks, key=lambda one: (one.updated_at_ms, one.id))

    async def read(self, scope: Scope, alias: str) -> MarkSeen:
        """One's own. Raises NoSuch."""
        return await self._seen(await self._own(scope, alias))

    async def file(self, scope: Scope, alias: str, digest: str) -> tuple[str, Blob]:
        """A file of the answer that somebody marks, and its content type. Raises NoSuch."""
        mark = await self._own(scope, alias)
        attempt = await self._store.attempts.read(mark.attempt_id)
        response = (await self._dossiers.of(attempt)).responses.get(mark.slot_id)
        named = response.files if isinstance(response, FiledResponse) else ()
        if digest not in {one.sha256 for one in named}:
            raise NoSuch(f"There is no file {digest} in this answer.")
        file, blob = await self._files.get(attempt, digest)
        return file.content_type, blob

    async def save(
        self, scope: Scope, alias: str, points: Mapping[str, int], comment: str, check: Callable[[Mark], None]
    ) -> Mark:
        """Autosave. `check` raises where the page has seen another revision. Raises NotYours, MarkIsFinal, Invalid."""
        mark = await self._own(scope, alias)
        rubric = await self._rubric(mark)

        def decide(seen: Mark) -> Mark:
            check(seen)
            now_ms = self._clock.now_ms()
            return marking.save_draft(seen, rubric, scope.account_id, points, comment, now_ms, self._lease_ms)

        return await self._store.marks.change(mark.id, self._clock.now_ms(), decide)

    async def finish(self, scope: Scope, alias: str, check: Callable[[Mark], None]) -> Mark:
        """It counts from now on. Raises NotYours, MarkIsFinal, Invalid."""
        mark = await self._own(scope, alias)
        rubric, others = await self._rubric(mark), await self._of_slot(mark)

        def decide(seen: Mark) -> Mark:
            check(seen)
            return marking.make_final(seen, rubric, others, scope.account_id)

        done = await self._store.marks.change(mark.id, self._clock.now_ms(), decide)
        await self._grading.settle_mark(done)
        return await self._store.marks.read(mark.id)

    async def give_back(self, scope: Scope, alias: str) -> None:
        """Somebody else shall mark it. Raises NotYours, MarkIsFinal."""
        mark = await self._own(scope, alias)
        await self._store.marks.change(
            mark.id, self._clock.now_ms(), lambda seen: marking.give_back(seen, scope.account_id)
        )

    async def reopen(self, marking_scope: Scope, results_scope: Scope, alias: str, reason: str) -> Mark:
        """By its marker, or by whoever is responsible for the results. Raises NoSuch, Conflict."""
        mark = await self._store.mark_named(alias)
        is_theirs = mark is not None and mark.marker_id == marking_scope.account_id
        is_visible = mark is not None and (
            results_scope.covers(mark.organisation_id) or (is_theirs and marking_scope.covers(mark.organisation_id))
        )
        if mark is None or not is_visible:
            raise _no_such(alias)
        result = await self._store.results.get(mark.attempt_id)
        if result is not None and result.state is ResultState.RELEASED:
            raise Conflict("The result has been released. Withhold it first, then open its marks again.")

        def decide(seen: Mark) -> Mark:
            return marking.reopen(seen, marking_scope.account_id, reason, self._clock.now_ms(), self._lease_ms)

        opened = await self._store.marks.change(mark.id, self._clock.now_ms(), decide)
        await self._grading.settle_mark(opened)
        return await self._store.marks.read(mark.id)

    # ---

    def _within(self, scope: Scope) -> list[dict[str, str]]:
        return [{}] if scope.is_everywhere else [{"organisation_id": one} for one in scope.listed()]

    async def _questions(self, delivery: Delivery, marker_id: str) -> list[QuestionToMark]:
        totals = await self._store.mark_counts("version_id", {"delivery_id": delivery.id})
        final = await self._store.mark_counts("version_id", {"delivery_id": delivery.id, "is_final": True})
        mine = await self._store.mark_counts(
            "version_id", {"delivery_id": delivery.id, "is_final": False, "marker_id": marker_id}
        )
        versions = await self._store.versions_named(list(totals))
        return [
            QuestionToMark(delivery, versions[one], total, final.get(one, 0), mine.get(one, 0))
            for one, total in totals.items()
        ]

    async def _take(self, mark: Mark, marker_id: str) -> Mark | None:
        """Claim, then look again: two roles of one answer taken at the same moment see each other, and one yields."""
        now_ms = self._clock.now_ms()
        if marking.refusal_to_claim(mark, await self._of_slot(mark), marker_id, now_ms) is not None:
            return None
        claimed = marking.claim(mark, (), marker_id, now_ms, self._lease_ms)
        taken = await self._store.marks.replace(mark, claimed, now_ms)
        if taken is None:  # somebody was faster
            return None
        if marking.holds_another(taken, await self._of_slot(taken), marker_id):
            await self._store.marks.replace(taken, marking.give_back(taken, marker_id), now_ms)
            return None
        return taken

    async def _own(self, scope: Scope, alias: str) -> Mark:
        mark = await self._store.mark_named(alias)
        if mark is None or not scope.covers(mark.organisation_id) or mark.marker_id != scope.account_id:
            raise _no_such(alias)
        return mark

    async def _of_slot(self, mark: Mark) -> list[Mark]:
        return [one for one in await self._store.marks_of(mark.attempt_id) if one.slot_id == mark.slot_id]

    async def _rubric(self, mark: Mark) -> Rubric:
        key = (await self._store.item_versions.read(mark.version_id)).key
        assert isinstance(key, Rubric)
        return key

    async def _seen(self, mark: Mark) -> MarkSeen:
        dossier = await self._dossiers.of(await self._store.attempts.read(mark.attempt_id))
        return seen_of(dossier, mark)

    async def _check_delivery(self, scope: Scope, delivery_id: str) -> None:
        delivery = await self._store.deliveries.get(delivery_id)
        if delivery is None or not scope.covers(delivery.organisation_id):
            raise NoSuch(f"There is no delivery {delivery_id}.")


def seen_of(dossier: Dossier, mark: Mark) -> MarkSeen:
    """What the holder of this mark may see."""
    slot = next(one for one in dossier.attempt.form.slots if one.id == mark.slot_id)
    version = dossier.versions[slot.version_id]
    rubric = version.key
    assert isinstance(rubric, Rubric)
    of_slot = dossier.marks_for(slot.id)
    others = tuple(
        one
        for one in of_slot
        if one.role is not mark.role and one.is_final and marking.shows_others(mark, of_slot, dossier.plan.marking)
    )
    return MarkSeen(
        mark=mark,
        name="" if dossier.plan.marking.is_anonymous else dossier.attempt.candidate_name,
        delivery_title=dossier.delivery.title,
        slot=slot,
        version=version,
        rubric=rubric,
        response=_without_names(dossier.responses.get(slot.id), dossier.plan.marking.is_anonymous),
        others=others,
    )


def _without_names(response: Response | None, is_anonymous: bool) -> Response | None:
    """A file may be called after who wrote it."""
    if not is_anonymous or not isinstance(response, FiledResponse):
        return response
    files = (one.model_copy(update={"name": f"File {place}"}) for place, one in enumerate(response.files, 1))
    return response.model_copy(update={"files": tuple(files)})


def _shuffled(marker_id: str, mark: Mark) -> bytes:
    return hashlib.sha256(f"{marker_id}\n{mark.alias}".encode()).digest()


def _no_such(alias: str) -> NoSuch:
    return NoSuch(f"There is no mark {alias} of yours.")
