"""What authors write, and whom they invite: banks, items, pictures, exams, deliveries, invitations."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from guildhall.assessments.model.banks import ITEMS_OF_A_BANK_MAX, Bank, BankPicture, Item
from guildhall.assessments.model.exams import Assignment, Delivery, Exam, Invitation
from guildhall.assessments.store.missing import none_of
from guildhall.assessments.store.sitting import PAGE
from guildhall.kit.storage import Document, Schema, Storage, among, gt, lt
from guildhall.kit.storage.port import Query
from guildhall.kit.storage.versioned import Documents

BANKS = Schema("assessments_banks", index=(("organisation_id",),))
ITEMS = Schema("assessments_items", index=(("bank_id", "state"), ("bank_id", "difficulty")))
PICTURES = Schema("assessments_pictures", index=(("bank_id",), ("blob_id",)))
EXAMS = Schema("assessments_exams", index=(("organisation_id",),))
DELIVERIES = Schema("assessments_deliveries", index=(("organisation_id", "opens_at_ms"), ("exam_version_id",)))
INVITATIONS = Schema(
    "assessments_invitations", unique=(("delivery_id", "email_key"),), index=(("email_key",), ("account_id",))
)
ASSIGNMENTS = Schema("assessments_assignments", index=(("delivery_id",), ("account_id",)))


class AuthoringStore:
    """A part of `AssessmentsStore`."""

    def __init__(self, storage: Storage) -> None:
        self._item_documents = storage.collection(ITEMS)
        self.banks = Documents(storage.collection(BANKS), Bank, none_of("question bank"))
        self.items = Documents(self._item_documents, Item, none_of("item"))
        self.pictures = Documents(storage.collection(PICTURES), BankPicture, none_of("picture"))
        self.exams = Documents(storage.collection(EXAMS), Exam, none_of("exam"))
        self.deliveries = Documents(storage.collection(DELIVERIES), Delivery, none_of("delivery"))
        self.invitations = Documents(storage.collection(INVITATIONS), Invitation, none_of("invitation"))
        self.assignments = Documents(storage.collection(ASSIGNMENTS), Assignment, none_of("assignment"))

    @property
    def authoring_documents(self) -> tuple[Documents[Any], ...]:
        return self.banks, self.items, self.pictures, self.exams, self.deliveries, self.invitations, self.assignments

    async def banks_page(self, organisation_ids: Sequence[str], after_id: str, limit: int) -> list[Bank]:
        """By id, so in the order they were made."""
        where = {"organisation_id": among(*organisation_ids), "_id": gt(after_id)}
        return await self.banks.find(where, limit=limit) if organisation_ids else []

    async def item_states(self, bank_id: str) -> dict[str, int]:
        """How many items of a bank are in each state."""
        counted = await self._item_documents.count_by("state", {"bank_id": bank_id})
        return {str(state): count for state, count in counted.items()}

    async def item_documents(self, where: Query, before_id: str = "") -> AsyncIterator[Document]:
        """As they are stored, the newest first, a page at a time: a search looks at many, and shows few."""
        while True:
            bound = {"_id": lt(before_id)} if before_id else {}
            page = await self._item_documents.find({**where, **bound}, sort=(("_id", -1),), limit=PAGE)
            for document in page:
                yield document
            if len(page) < PAGE:
                return
            before_id = page[-1]["_id"]

    async def items_named(self, item_ids: Sequence[str]) -> list[Item]:
        """Those that exist, a page at a time."""
        found: list[Item] = []
        for start in range(0, len(item_ids), PAGE):
            page = item_ids[start : start + PAGE]
            found += await self.items.find({"_id": among(*page)}, limit=PAGE)
        return found

    async def exams_page(self, organisation_ids: Sequence[str], after_id: str, limit: int) -> list[Exam]:
        """By id, so in the order they were made."""
        where = {"organisation_id": among(*organisation_ids), "_id": gt(after_id)}
        return await self.exams.find(where, limit=limit) if organisation_ids else []

    async def deliveries_page(self, organisation_ids: Sequence[str], before_id: str, limit: int) -> list[Delivery]:
        """By id falling, so the newest first."""
        where: dict[str, Any] = {"organisation_id": among(*organisation_ids)}
        if before_id:
            where["_id"] = lt(before_id)
        return await self.deliveries.find(where, sort=(("_id", -1),), limit=limit) if organisation_ids else []

    async def invitations_page(self, delivery_id: str, after_id: str, limit: int) -> list[Invitation]:
        """By id."""
        return await self.invitations.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=limit)

    async def items_of(self, bank_id: str) -> list[Item]:
        return await self.items.find({"bank_id": bank_id}, limit=ITEMS_OF_A_BANK_MAX)

    async def deliveries_of(self, organisation_ids: Sequence[str]) -> list[Delivery]:
        """The newest window first."""
        return await self.deliveries.find(
            {"organisation_id": among(*organisation_ids)}, sort=(("opens_at_ms", -1),), limit=PAGE
        )

    async def deliveries_named(self, delivery_ids: Sequence[str]) -> list[Delivery]:
        """Those that exist; at most a page is asked for."""
        where = {"_id": among(*delivery_ids)}
        return await self.deliveries.find(where, limit=PAGE) if delivery_ids else []

    async def newest_deliveries(self, limit: int) -> list[Delivery]:
        """Of all organisations."""
        return await self.deliveries.find({}, sort=(("_id", -1),), limit=limit)

    async def proctors_of(self, delivery_id: str, limit: int) -> list[Assignment]:
        return await self.assignments.find({"delivery_id": delivery_id}, limit=limit)

    async def assignments_of(self, account_id: str, limit: int) -> list[Assignment]:
        """The newest delivery first."""
        return await self.assignments.find({"account_id": account_id}, sort=(("_id", -1),), limit=limit)

    async def invitations_for(self, email_key: str) -> list[Invitation]:
        return await self.invitations.find({"email_key": email_key}, limit=PAGE)

    async def invitations_of(self, account_id: str, email_key: str) -> list[Invitation]:
        """Those that somebody has come in on, and those sent to their verified address ("" where it is not)."""
        came = await self.invitations.find({"account_id": account_id}, limit=PAGE)
        sent = await self.invitations_for(email_key) if email_key else []
        known = {invitation.id for invitation in came}
        return [*came, *(invitation for invitation in sent if invitation.id not in known)]

    async def invitations_to(self, delivery_id: str, after_id: str = "") -> list[Invitation]:
        """A page, by id."""
        return await self.invitations.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=PAGE)
