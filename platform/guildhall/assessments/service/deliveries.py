"""Deliveries: an exam version and a window. Who is invited is in `invitations`."""

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.messages.deliveries import DeliveryEdited, DeliveryShown, DeliveryWanted
from guildhall.assessments.model.exams import (
    Delivery,
    ExamPlan,
    Feedback,
    ReleaseRule,
)
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.banks import Check
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.visibility import visible_delivery, visible_exam, visible_exam_version
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.ids import new_id


class Deliveries:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def create(self, scope: Scope, wanted: DeliveryWanted) -> DeliveryShown:
        """Raises NotFound, Conflict for a retired exam, Invalid for a window that cannot be."""
        version = await visible_exam_version(self._store, scope, wanted.exam_version_id)
        exam = await visible_exam(self._store, scope, version.exam_id)
        if exam.state is PublishingState.RETIRED:
            raise Conflict("This exam is retired: revive and publish it, or deliver another one.")
        now_ms = self._context.clock.now_ms()
        _check_window(wanted.opens_at_ms, wanted.closes_at_ms, now_ms)
        delivery = Delivery(
            id=new_id("dlv", self._context.clock),
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            organisation_id=version.organisation_id,
            **wanted.model_dump(),
        )
        await self._store.deliveries.add(delivery)
        await self._context.record(scope.account_id, "create_delivery", "delivery", delivery.id, delivery.rev)
        return _show(delivery, version.plan)

    async def of(self, scope: Scope, before_id: str, limit: int) -> tuple[list[Delivery], bool]:
        """A page of the scope's deliveries, the newest first, and whether there is more."""
        found = await self._store.deliveries_page(scope.listed(), before_id, limit + 1)
        return found[:limit], len(found) > limit

    async def read(self, scope: Scope, delivery_id: str) -> DeliveryShown:
        return await self._shown(await visible_delivery(self._store, scope, delivery_id))

    async def edit(self, scope: Scope, delivery_id: str, edited: DeliveryEdited, check: Check) -> DeliveryShown:
        """Who is sitting keeps their time, whatever the window becomes. Raises PreconditionFailed, Invalid."""
        await visible_delivery(self._store, scope, delivery_id)
        now_ms = self._context.clock.now_ms()

        def decide(seen: Delivery) -> Delivery:
            check(str(seen.rev))
            _check_window(edited.opens_at_ms, edited.closes_at_ms, min(now_ms, seen.closes_at_ms))
            return seen.model_copy(update=edited.model_dump())

        changed = await self._store.deliveries.change(delivery_id, now_ms, decide)
        await self._context.record(scope.account_id, "edit_delivery", "delivery", delivery_id, changed.rev)
        return await self._shown(changed)

    async def cancel(self, scope: Scope, delivery_id: str) -> DeliveryShown:
        """Nobody begins any more; who is sitting goes on. Cancelled again, it stays so."""
        await visible_delivery(self._store, scope, delivery_id)
        now_ms = self._context.clock.now_ms()
        changed = await self._store.deliveries.change(
            delivery_id,
            now_ms,
            lambda seen: seen if seen.is_cancelled else seen.model_copy(update={"is_cancelled": True}),
        )
        await self._context.record(scope.account_id, "cancel_delivery", "delivery", delivery_id, changed.rev)
        return await self._shown(changed)

    async def _shown(self, delivery: Delivery) -> DeliveryShown:
        version = await self._store.exam_versions.read(delivery.exam_version_id)
        return _show(delivery, version.plan)


def _check_window(opens_at_ms: int, closes_at_ms: int, now_ms: int) -> None:
    if closes_at_ms <= opens_at_ms:
        raise Invalid("The window closes before it opens.", fields={"closes_at_ms": "must come after it opens"})
    if closes_at_ms < now_ms:
        raise Invalid("The window is over already.", fields={"closes_at_ms": "lies in the past"})


def _show(delivery: Delivery, plan: ExamPlan) -> DeliveryShown:
    return DeliveryShown(
        delivery_id=delivery.id,
        exam_version_id=delivery.exam_version_id,
        organisation_id=delivery.organisation_id,
        title=delivery.title,
        exam_title=plan.title,
        is_proctored=plan.is_proctored,
        duration_seconds=plan.duration_seconds,
        opens_at_ms=delivery.opens_at_ms,
        closes_at_ms=delivery.closes_at_ms,
        attempts_allowed=delivery.attempts_allowed,
        is_practice=delivery.is_practice,
        is_cancelled=delivery.is_cancelled,
        warnings=tuple(_warnings(delivery, plan)),
        rev=delivery.rev,
    )


def _warnings(delivery: Delivery, plan: ExamPlan) -> list[str]:
    told: list[str] = []
    if not delivery.is_practice and plan.feedback is Feedback.KEYS and plan.release is ReleaseRule.AT_ONCE:
        told.append(
            "Results show the right answers as soon as they are marked: who sits early can tell others, and everybody "
            "themselves where there are several attempts. Release results after the window to prevent it."
        )
    if delivery.closes_at_ms - delivery.opens_at_ms < plan.duration_seconds * 1000:
        told.append("The window is shorter than the exam: that is fine for a common start, as all keep their time.")
    return told
