"""Exams: their plan, its publishing into a version that never changes, and a look at it as a candidate."""

import secrets
from typing import Final

from guildhall.assessments.lifecycle import PUBLISHING, Actor, PublishingEvent, PublishingState
from guildhall.assessments.messages.authoring import (
    ExamChecked,
    ExamEdited,
    ExamShown,
    ExamVersionShown,
    ExamWanted,
    PreviewShown,
    SourceMatched,
    show_exam_version,
)
from guildhall.assessments.model.banks import VERSIONS_MAX, Item
from guildhall.assessments.model.exams import Exam, ExamPlan, ExamVersion
from guildhall.assessments.rules.drawing import draw_form, draw_versions
from guildhall.assessments.rules.planning import Matched, bank_ids_of, flaws_of_exam, item_ids_of, match_plan
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.banks import Check
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.items import Flawed
from guildhall.assessments.service.projecting import show_sections, show_slot
from guildhall.assessments.service.showing import show_actions
from guildhall.assessments.service.visibility import check_owner, visible_exam
from guildhall.kit.errors import Conflict
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

_SEED_BYTES: Final = 8


class Exams:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def create(self, scope: Scope, wanted: ExamWanted) -> ExamShown:
        """Raises NotYours."""
        check_owner(scope, wanted.organisation_id)
        now_ms = self._context.clock.now_ms()
        exam = Exam(
            id=new_id("exm", self._context.clock),
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            organisation_id=wanted.organisation_id,
            draft=wanted.plan,
        )
        await self._store.exams.add(exam)
        await self._context.record(scope.account_id, "create_exam", "exam", exam.id, exam.rev)
        return await self._shown(exam)

    async def of(self, scope: Scope, after_id: str, limit: int) -> tuple[list[Exam], bool]:
        """A page of the scope's exams, by id, and whether there is more."""
        found = await self._store.exams_page(scope.listed(), after_id, limit + 1)
        return found[:limit], len(found) > limit

    async def read(self, scope: Scope, exam_id: str) -> ExamShown:
        return await self._shown(await visible_exam(self._store, scope, exam_id))

    async def edit(self, scope: Scope, exam_id: str, edited: ExamEdited, check: Check) -> ExamShown:
        """Raises NotFound, PreconditionFailed, Conflict for a retired one."""
        await visible_exam(self._store, scope, exam_id)

        def decide(seen: Exam) -> Exam:
            check(str(seen.rev))
            if seen.state is PublishingState.RETIRED:
                raise Conflict("It is retired: revive it before you change it.")
            if seen.draft == edited.plan:
                return seen
            return seen.model_copy(update={"draft": edited.plan, "is_draft_published": False})

        changed = await self._store.exams.change(exam_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, "edit_exam", "exam", exam_id, changed.rev)
        return await self._shown(changed)

    async def check(self, scope: Scope, organisation_id: str, plan: ExamPlan) -> ExamChecked:
        """What keeps a plan from being published, and how many items its sources find; nothing is kept."""
        check_owner(scope, organisation_id)
        matched = await self._match(organisation_id, plan)
        return ExamChecked(flaws=flaws_of_exam(plan, matched), sources=_show_sources(matched))

    async def publish(self, scope: Scope, exam_id: str, check: Check) -> ExamShown:
        """Keep the plan, with what its sources find now, as a version that never changes.

        Publishing again without a change of the plan makes a new version too: the bank may hold other items by now.
        Raises Flawed, MoveRefused, PreconditionFailed.
        """
        exam = await visible_exam(self._store, scope, exam_id)
        check(str(exam.rev))
        moved = PUBLISHING.move(exam.state, PublishingEvent.PUBLISH, Actor.AUTHOR, None)
        matched = await self._match(exam.organisation_id, exam.draft)
        if flaws := flaws_of_exam(exam.draft, matched):
            raise Flawed(flaws)
        if len(exam.versions) >= VERSIONS_MAX:
            raise Conflict(f"An exam has {VERSIONS_MAX} versions at most: make a new exam.")
        version = await self._keep_version(scope, exam, matched)

        def decide(seen: Exam) -> Exam:
            if seen.rev != exam.rev:
                check("")  # for a caller who expected a revision, what they saw is gone
                raise Conflict("Somebody changed it just now: look at it again, then publish.")
            new = {"state": moved.target, "versions": (*seen.versions, version.id), "is_draft_published": True}
            return seen.model_copy(update=new)

        changed = await self._store.exams.change(exam_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, "publish_exam", "exam", exam_id, changed.rev, version=version.id)
        return await self._shown(changed)

    async def move(self, scope: Scope, exam_id: str, event: PublishingEvent, check: Check) -> ExamShown:
        """Retire it, or take it back. Deliveries of its versions go on. Raises MoveRefused."""
        await visible_exam(self._store, scope, exam_id)

        def decide(seen: Exam) -> Exam:
            check(str(seen.rev))
            return seen.model_copy(update={"state": PUBLISHING.move(seen.state, event, Actor.AUTHOR, None).target})

        changed = await self._store.exams.change(exam_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, f"{event.value}_exam", "exam", exam_id, changed.rev)
        return await self._shown(changed)

    async def versions(self, scope: Scope, exam_id: str) -> list[ExamVersionShown]:
        """The newest first."""
        exam = await visible_exam(self._store, scope, exam_id)
        kept = [await self._store.exam_versions.get(version_id) for version_id in reversed(exam.versions[-20:])]
        return [show_exam_version(one) for one in kept if one is not None]

    async def preview(self, scope: Scope, exam_id: str, seed: str) -> PreviewShown:
        """A form of the draft as it stands, as its candidate would see it. Raises Flawed where none can be drawn."""
        exam = await visible_exam(self._store, scope, exam_id)
        matched = await self._match(exam.organisation_id, exam.draft)
        if flaws := flaws_of_exam(exam.draft, matched):
            raise Flawed(flaws)
        version = self._version(scope, exam, matched)
        seed = seed or secrets.token_hex(_SEED_BYTES)
        drawn = [version_id for got in draw_versions(version.pools, seed) for version_id in got]
        items = await self._store.versions_named(drawn)
        form = draw_form(version, items, seed)
        return PreviewShown(
            seed=seed,
            title=exam.draft.title,
            instructions=exam.draft.instructions,
            duration_seconds=exam.draft.duration_seconds,
            is_navigation_free=exam.draft.is_navigation_free,
            sections=show_sections(exam.draft),
            slots=tuple(show_slot(slot, items[slot.version_id].content.question) for slot in form.slots),
        )

    async def _shown(self, exam: Exam) -> ExamShown:
        matched = await self._match(exam.organisation_id, exam.draft)
        return ExamShown(
            exam_id=exam.id,
            organisation_id=exam.organisation_id,
            plan=exam.draft,
            state=exam.state,
            versions=exam.versions,
            is_draft_published=exam.is_draft_published,
            flaws=flaws_of_exam(exam.draft, matched),
            sources=_show_sources(matched),
            actions=show_actions(exam.state),
            rev=exam.rev,
            updated_at_ms=exam.updated_at_ms or exam.created_at_ms,
        )

    async def _match(self, organisation_id: str, plan: ExamPlan) -> tuple[Matched, ...]:
        """Items of the exam's own organisation only, whoever asks: others' questions are not theirs to use."""
        items: dict[str, Item] = {}
        owned: dict[str, bool] = {}

        async def is_owned(bank_id: str) -> bool:
            if bank_id not in owned:
                bank = await self._store.banks.get(bank_id)
                owned[bank_id] = bank is not None and bank.organisation_id == organisation_id
            return owned[bank_id]

        for bank_id in bank_ids_of(plan):
            if await is_owned(bank_id):
                items |= {item.id: item for item in await self._store.items_of(bank_id)}
        wanted = [id_ for id_ in item_ids_of(plan) if id_ not in items]
        for item in await self._store.items_named(wanted):
            if await is_owned(item.bank_id):
                items[item.id] = item
        return match_plan(plan, items.values())

    async def _keep_version(self, scope: Scope, exam: Exam, matched: tuple[Matched, ...]) -> ExamVersion:
        version = self._version(scope, exam, matched)
        try:
            await self._store.exam_versions.add(version)
        except Duplicate:  # whoever made it was killed before the next step; what it was drawn from then stands
            return await self._store.exam_versions.read(version.id)
        return version

    def _version(self, scope: Scope, exam: Exam, matched: tuple[Matched, ...]) -> ExamVersion:
        return ExamVersion(
            id=f"{exam.id}@{exam.rev}",
            created_at_ms=self._context.clock.now_ms(),
            exam_id=exam.id,
            organisation_id=exam.organisation_id,
            plan=exam.draft,
            pools=tuple(one.as_pool() for one in matched),
            published_by=scope.account_id,
        )


def _show_sources(matched: tuple[Matched, ...]) -> tuple[SourceMatched, ...]:
    return tuple(SourceMatched(path=one.path, count=one.count, found=len(one.version_ids)) for one in matched)
