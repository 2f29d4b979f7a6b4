"""Who supervises which delivery: an organisation's authors assign proctors, and only those see who sits it.

Proctors are the platform's own staff, so an organisation names them by their address; what a proctor is not assigned to
is not found for them. Administrators of the platform see everything without being assigned.
"""

from guildhall.accounts.permissions import relations
from guildhall.accounts.rules.addresses import email_key
from guildhall.assessments.messages.assigning import DeliverySupervised, ProctorAssigned, ProctorNamed
from guildhall.assessments.model.exams import PROCTORS_MAX, Assignment, Delivery, assignment_id
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.visibility import visible_delivery
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.http import Principal
from guildhall.kit.storage import Duplicate

SUPERVISE = "assessments.supervise"
LISTED = 200


class Assigning:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def assign(self, scope: Scope, delivery_id: str, named: ProctorNamed) -> ProctorAssigned:
        """Done again, it stays as it is. Raises NotFound, Invalid for whoever is no proctor, Conflict for too many."""
        delivery = await visible_delivery(self._store, scope, delivery_id)
        person = await self._context.people.with_email(email_key(named.email))
        if person is None or not _relations(person.account_id, person.roles):
            # The same words for everybody who is none: who has an account here is nobody's business.
            raise Invalid("There is no proctor with this address.")
        assigned = await self._store.proctors_of(delivery_id, PROCTORS_MAX)
        if len(assigned) >= PROCTORS_MAX:
            raise Conflict(f"{PROCTORS_MAX} proctors are assigned, which is as many as there may be.")
        now_ms = self._context.clock.now_ms()
        assignment = Assignment(
            id=assignment_id(delivery_id, person.account_id),
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            delivery_id=delivery_id,
            organisation_id=delivery.organisation_id,
            account_id=person.account_id,
            name=person.name,
            assigned_by=scope.account_id,
        )
        try:
            await self._store.assignments.add(assignment)
        except Duplicate:
            return _show(await self._store.assignments.read(assignment.id))
        await self._context.record(scope.account_id, "assign_proctor", "delivery", assignment.id, now_ms)
        return _show(assignment)

    async def withdraw(self, scope: Scope, delivery_id: str, account_id: str) -> None:
        """They see and do nothing more within seconds. Of whoever is not assigned, it is nothing."""
        await visible_delivery(self._store, scope, delivery_id)
        if await self._store.assignments.delete({"_id": assignment_id(delivery_id, account_id)}):
            now_ms, name = self._context.clock.now_ms(), assignment_id(delivery_id, account_id)
            await self._context.record(scope.account_id, "withdraw_proctor", "delivery", name, now_ms)

    async def proctors(self, scope: Scope, delivery_id: str) -> list[ProctorAssigned]:
        await visible_delivery(self._store, scope, delivery_id)
        return [_show(one) for one in await self._store.proctors_of(delivery_id, PROCTORS_MAX)]

    async def supervised(self, scope: Scope) -> list[DeliverySupervised]:
        """What somebody supervises, the newest first; of those who see everything, the platform's newest too."""
        found = {one.delivery_id: True for one in await self._store.assignments_of(scope.account_id, LISTED)}
        deliveries = {one.id: one for one in await self._store.deliveries_named(list(found))}
        if scope.is_everywhere:
            deliveries |= {one.id: one for one in await self._store.newest_deliveries(LISTED)}
        shown = []
        for delivery in sorted(deliveries.values(), key=lambda one: one.opens_at_ms, reverse=True)[:LISTED]:
            version = await self._store.exam_versions.read(delivery.exam_version_id)
            if version.plan.is_proctored:
                shown.append(_show_delivery(delivery, version.plan.title))
        return shown

    async def may_supervise(self, delivery_id: str, account_id: str) -> bool:
        """For proctoring, which asks again and again while a wall is open: an assignment may be taken back."""
        person = await self._context.people.find(account_id)
        held = frozenset() if person is None else _relations(account_id, person.roles)
        return "any" in held or ("assigned" in held and await self._is_assigned(delivery_id, account_id))

    async def supervised_ids(self, account_id: str) -> list[str]:
        """For the chat desk: the deliveries that somebody is assigned to, the newest first."""
        return [one.delivery_id for one in await self._store.assignments_of(account_id, LISTED)]

    async def is_supervised(self, delivery_id: str) -> bool:
        """For the chat desk: whether anybody is assigned to it."""
        return bool(await self._store.proctors_of(delivery_id, 1))

    async def supervised_delivery(self, scope: Scope, delivery_id: str) -> Delivery:
        """Raises NotFound for what somebody does not supervise."""
        if scope.is_assigned and await self._is_assigned(delivery_id, scope.account_id):
            return await self._store.deliveries.read(delivery_id)
        return await visible_delivery(self._store, scope, delivery_id)

    async def _is_assigned(self, delivery_id: str, account_id: str) -> bool:
        return await self._store.assignments.get(assignment_id(delivery_id, account_id)) is not None


def _relations(account_id: str, roles: frozenset[str]) -> frozenset[str]:
    return frozenset(relations(Principal(kind="user", id=account_id, roles=roles), SUPERVISE))


def _show(assignment: Assignment) -> ProctorAssigned:
    return ProctorAssigned(
        account_id=assignment.account_id, name=assignment.name, assigned_at_ms=assignment.created_at_ms
    )


def _show_delivery(delivery: Delivery, exam_title: str) -> DeliverySupervised:
    return DeliverySupervised(
        delivery_id=delivery.id,
        title=delivery.title,
        exam_title=exam_title,
        opens_at_ms=delivery.opens_at_ms,
        closes_at_ms=delivery.closes_at_ms,
        is_practice=delivery.is_practice,
        is_cancelled=delivery.is_cancelled,
    )
