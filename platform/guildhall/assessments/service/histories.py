"""Who changed what of a bank, a question, an exam or a delivery, and when: read back from the audit log."""

from typing import Final

from guildhall.assessments.messages.histories import ChangeShown, ChangesListed
from guildhall.assessments.service.context import Context, changes_of
from guildhall.kit.audit import AuditEntry

SHOWN_MAX: Final = 100


class Histories:
    """The caller has looked whether the document may be seen."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def of(self, object_id: str, *beginnings: str) -> ChangesListed:
        """The newest changes of one document; `beginnings` are those of further keys that are about it."""
        found: list[AuditEntry] = []
        for beginning in (changes_of(object_id), *beginnings):
            found += await self._context.audit.keyed(beginning, SHOWN_MAX + 1)
        newest = sorted(found, key=lambda entry: entry.number, reverse=True)
        shown = newest[:SHOWN_MAX]
        names = {actor: await self._name(actor) for actor in {entry.actor for entry in shown}}
        return ChangesListed(
            items=[
                ChangeShown(
                    number=entry.number,
                    hash=entry.hash,
                    at_ms=entry.at_ms,
                    by=entry.actor,
                    by_name=names[entry.actor],
                    action=entry.action.partition(".")[2],
                    object_id=entry.object_id,
                    details=entry.details,
                )
                for entry in shown
            ],
            is_cut=len(newest) > SHOWN_MAX,
        )

    async def _name(self, account_id: str) -> str:
        person = await self._context.people.find(account_id)
        return "" if person is None else person.name
