"""Items: drafts that may always change, and versions that never do (but for their key: see `corrections`)."""

from typing import Any, Final

from guildhall.assessments.lifecycle import PUBLISHING, Actor, PublishingEvent, PublishingState
from guildhall.assessments.messages.authoring import ItemListed, ItemQuery, ItemShown, ItemVersionShown, ItemWanted
from guildhall.assessments.model.banks import (
    ITEMS_OF_A_BANK_MAX,
    VERSIONS_MAX,
    Item,
    ItemVersion,
)
from guildhall.assessments.model.keys import Flaw, ItemContent
from guildhall.assessments.rules.authoring import flaws_of_item
from guildhall.assessments.rules.projecting import pictures_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.banks import Check
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.showing import list_item, matches, show_item, show_version
from guildhall.assessments.service.visibility import visible_bank, visible_item
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

_NAME_CHARACTERS: Final = 500
SCANNED_MAX: Final = 1_000
"""Documents that one page of a search looks at: a page that finds little ends early and says that there is more."""


class Flawed(Invalid):
    """What has to be mended before this can be published; `fields` say where."""

    type = "flawed"
    title = "Not ready to be published"

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        count = "one thing has" if len(flaws) == 1 else f"{len(flaws)} things have"
        super().__init__(
            f"Before this can be published, {count} to be mended: {flaws[0].sentence}",
            fields={flaw.path: flaw.sentence for flaw in reversed(flaws)},
        )


class BankFull(Conflict):
    def __init__(self) -> None:
        super().__init__(f"A bank holds {ITEMS_OF_A_BANK_MAX} items at most: begin another one.")


class Items:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def create(self, scope: Scope, bank_id: str, wanted: ItemWanted) -> ItemShown:
        """Raises NotFound, Conflict (the bank is archived or full), Invalid (a picture that is not the bank's)."""
        bank = await visible_bank(self._store, scope, bank_id)
        if bank.is_archived:
            raise Conflict(f"“{bank.name}” is archived: take it out of the archive before you write into it.")
        if sum((await self._store.item_states(bank_id)).values()) >= ITEMS_OF_A_BANK_MAX:
            raise BankFull
        await self._check_pictures(bank_id, wanted.content)
        now_ms = self._context.clock.now_ms()
        item = Item(
            id=new_id("itm", self._context.clock),
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            bank_id=bank_id,
            name=wanted.name,
            draft=wanted.content,
            tags=_in_order(wanted.tags),
            difficulty=wanted.difficulty,
        )
        await self._store.items.add(item)
        await self._context.record(scope.account_id, "create_item", "item", item.id, item.rev)
        return show_item(item)

    async def read(self, scope: Scope, item_id: str) -> ItemShown:
        return show_item(await visible_item(self._store, scope, item_id))

    async def search(
        self, scope: Scope, bank_id: str, query: ItemQuery, before_id: str
    ) -> tuple[list[ItemListed], str | None]:
        """A page, the newest first, and the id after which the next begins; None: that was all."""
        await visible_bank(self._store, scope, bank_id)
        where: dict[str, Any] = {"bank_id": bank_id}
        if query.state is not None:
            where["state"] = query.state.value
        found: list[ItemListed] = []
        words = query.text.casefold().split()
        scanned = 0
        async for document in self._store.item_documents(where, before_id):
            scanned += 1
            if matches(document, query, words):
                found.append(list_item(Item.model_validate(document)))
            if len(found) > query.limit:
                return found[: query.limit], found[query.limit - 1].item_id
            if scanned >= SCANNED_MAX:
                return found, document["_id"]
        return found, None

    async def edit(self, scope: Scope, item_id: str, edited: ItemWanted, check: Check) -> ItemShown:
        """Raises NotFound, PreconditionFailed, Conflict for a retired one."""
        item = await visible_item(self._store, scope, item_id)
        await self._check_pictures(item.bank_id, edited.content)

        def decide(seen: Item) -> Item:
            check(str(seen.rev))
            if seen.state is PublishingState.RETIRED:
                raise Conflict("It is retired: revive it before you change it.")
            new = seen.model_copy(
                update={
                    "name": edited.name,
                    "draft": edited.content,
                    "tags": _in_order(edited.tags),
                    "difficulty": edited.difficulty,
                    "is_draft_published": seen.is_draft_published and seen.draft == edited.content,
                }
            )
            return seen if new == seen else new

        changed = await self._store.items.change(item_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, "edit_item", "item", item_id, changed.rev)
        return show_item(changed)

    async def publish(self, scope: Scope, item_id: str, check: Check) -> ItemShown:
        """Keep the draft as a version that never changes. A draft that is published already stays that version.

        Raises Flawed, MoveRefused, PreconditionFailed.
        """
        item = await visible_item(self._store, scope, item_id)
        check(str(item.rev))
        moved = PUBLISHING.move(item.state, PublishingEvent.PUBLISH, Actor.AUTHOR, None)
        if item.is_draft_published and item.state is moved.target:
            return show_item(item)
        if flaws := flaws_of_item(item.draft):
            raise Flawed(flaws)
        versions = item.versions
        if not item.is_draft_published:
            if len(versions) >= VERSIONS_MAX:
                raise Conflict(f"An item has {VERSIONS_MAX} versions at most: duplicate it and go on with the copy.")
            version = await self._keep_version(scope, item)
            versions = (*versions, version.id)

        def decide(seen: Item) -> Item:
            if seen.rev != item.rev:
                check("")  # for a caller who expected a revision, what they saw is gone
                raise Conflict("Somebody changed it just now: look at it again, then publish.")
            new = {"state": moved.target, "versions": versions, "is_draft_published": True}
            return seen.model_copy(update=new)

        changed = await self._store.items.change(item_id, self._context.clock.now_ms(), decide)
        await self._context.record(
            scope.account_id, "publish_item", "item", item_id, changed.rev, version=changed.newest_version
        )
        return show_item(changed)

    async def move(self, scope: Scope, item_id: str, event: PublishingEvent, check: Check) -> ItemShown:
        """Retire it, or take it back. Exams that are published keep their versions of it. Raises MoveRefused."""
        await visible_item(self._store, scope, item_id)

        def decide(seen: Item) -> Item:
            check(str(seen.rev))
            return seen.model_copy(update={"state": PUBLISHING.move(seen.state, event, Actor.AUTHOR, None).target})

        changed = await self._store.items.change(item_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, f"{event.value}_item", "item", item_id, changed.rev)
        return show_item(changed)

    async def duplicate(self, scope: Scope, item_id: str) -> ItemShown:
        """A draft of its own with the same content."""
        item = await visible_item(self._store, scope, item_id)
        wanted = ItemWanted(
            name=f"Copy of {item.name}"[:_NAME_CHARACTERS],
            content=item.draft,
            tags=item.tags,
            difficulty=item.difficulty,
        )
        return await self.create(scope, item.bank_id, wanted)

    async def versions(self, scope: Scope, item_id: str) -> list[ItemVersionShown]:
        """The newest first, each with what changed since the one before."""
        item = await visible_item(self._store, scope, item_id)
        kept = await self._store.versions_named(item.versions)
        in_order = [kept[version_id] for version_id in item.versions if version_id in kept]
        befores: list[ItemVersion | None] = [None, *in_order]
        return [show_version(one, before) for one, before in zip(in_order, befores, strict=False)][::-1]

    async def _keep_version(self, scope: Scope, item: Item) -> ItemVersion:
        version = ItemVersion(
            id=f"{item.id}@{item.rev}",
            created_at_ms=self._context.clock.now_ms(),
            item_id=item.id,
            bank_id=item.bank_id,
            content=item.draft,
            tags=item.tags,
            difficulty=item.difficulty,
            published_by=scope.account_id,
        )
        try:
            await self._store.item_versions.add(version)
        except Duplicate:  # of the same revision, so the same content: whoever made it was killed before the next step
            return await self._store.item_versions.read(version.id)
        return version

    async def _check_pictures(self, bank_id: str, content: ItemContent) -> None:
        """A picture is a blob of the item's own bank: else a question could show what belongs to others."""
        for picture in pictures_of(content.question):
            if await self._store.pictures.get(f"{bank_id}/{picture.blob_id}") is None:
                raise Invalid(
                    "A picture of this question is not in its bank: put it up there first.",
                    fields={"content.question": f"the picture {picture.blob_id[:40]} is not in this bank"},
                )


def _in_order(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(tags)))
