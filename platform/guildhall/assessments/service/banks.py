"""Question banks: making, naming, archiving, and what they hold."""

from collections import Counter
from collections.abc import Callable

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.messages.authoring import BankEdited, BankShown, BankWanted, TagCounted, show_bank
from guildhall.assessments.model.banks import Bank
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.visibility import check_owner, visible_bank
from guildhall.kit.ids import new_id

Check = Callable[[str], None]
"""Raises where the caller expected another revision than this one."""


class Banks:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def create(self, scope: Scope, wanted: BankWanted) -> BankShown:
        """Raises NotYours."""
        check_owner(scope, wanted.organisation_id)
        now_ms = self._context.clock.now_ms()
        bank = Bank(
            id=new_id("bnk", self._context.clock),
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            organisation_id=wanted.organisation_id,
            name=wanted.name,
            description=wanted.description,
        )
        await self._store.banks.add(bank)
        await self._context.record(scope.account_id, "create_bank", "bank", bank.id, bank.rev)
        return show_bank(bank, {})

    async def of(self, scope: Scope, after_id: str, limit: int) -> tuple[list[Bank], bool]:
        """A page of the scope's banks, by id, and whether there is more."""
        found = await self._store.banks_page(scope.listed(), after_id, limit + 1)
        return found[:limit], len(found) > limit

    async def read(self, scope: Scope, bank_id: str) -> BankShown:
        return await self.shown(await visible_bank(self._store, scope, bank_id))

    async def shown(self, bank: Bank) -> BankShown:
        return show_bank(
            bank, {PublishingState(str(k)): n for k, n in (await self._store.item_states(bank.id)).items()}
        )

    async def edit(self, scope: Scope, bank_id: str, edited: BankEdited, check: Check) -> BankShown:
        await visible_bank(self._store, scope, bank_id)

        def decide(seen: Bank) -> Bank:
            check(str(seen.rev))
            new = seen.model_copy(update=edited.model_dump())
            return seen if new == seen else new

        bank = await self._store.banks.change(bank_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, "edit_bank", "bank", bank.id, bank.rev)
        return await self.shown(bank)

    async def tags(self, scope: Scope, bank_id: str) -> list[TagCounted]:
        """Every tag of its items, the most used first."""
        await visible_bank(self._store, scope, bank_id)
        counted: Counter[str] = Counter()
        async for document in self._store.item_documents({"bank_id": bank_id}):
            counted.update(document["tags"])
        return [
            TagCounted(tag=tag, items=count)
            for tag, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        ]
