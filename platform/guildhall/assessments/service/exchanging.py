"""Banks in and out: reads what was sent, says what came of each item, and keeps it as it was asked to."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from guildhall.assessments.exchange.bank_json import read_bank, write_bank
from guildhall.assessments.exchange.qti_package import read_package, read_single, write_package
from guildhall.assessments.exchange.reading import Reading, ReadItem
from guildhall.assessments.messages.exchange import ImportedItem, ImportMode, ImportProblem, ImportReport
from guildhall.assessments.model.banks import ITEMS_OF_A_BANK_MAX, Bank, Item
from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.rules.authoring import flaws_of_item
from guildhall.assessments.rules.pictures import NoPicture
from guildhall.assessments.rules.projecting import pictures_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.items import BankFull
from guildhall.assessments.service.pictures import Pictures
from guildhall.assessments.service.visibility import visible_bank
from guildhall.kit.errors import Conflict
from guildhall.kit.storage import Duplicate

JSON_TYPE: Final = "application/json"
ZIP_TYPE: Final = "application/zip"
XML_TYPES: Final = ("application/xml", "text/xml")
_ID_DIGITS: Final = 26


class Exchange:
    def __init__(self, context: Context, pictures: Pictures) -> None:
        self._context = context
        self._store = context.store
        self._pictures = pictures

    async def export_json(self, scope: Scope, bank_id: str) -> tuple[Bank, bytes]:
        """The drafts of all items that are not retired, oldest first, with their pictures."""
        bank, items, pictures = await self._all_of(scope, bank_id)
        body = await asyncio.to_thread(write_bank, bank, items, pictures)
        await self._note(scope, "export_bank", bank, items=len(items))
        return bank, body

    async def export_qti(self, scope: Scope, bank_id: str) -> tuple[Bank, bytes]:
        """The same as a QTI 3.0 package; what has no counterpart there is told in a text file within it."""
        bank, items, pictures = await self._all_of(scope, bank_id)
        body = await asyncio.to_thread(write_package, bank, items, pictures)
        await self._note(scope, "export_bank", bank, items=len(items))
        return bank, body

    async def take(self, scope: Scope, bank_id: str, content_type: str, body: bytes, mode: ImportMode) -> ImportReport:
        """Read a file and keep its items as drafts, as `mode` says. The same file again makes no second copies.

        Raises NotFound, Unreadable, Conflict (the bank is archived or would be too full).
        """
        bank = await visible_bank(self._store, scope, bank_id)
        if bank.is_archived:
            raise Conflict(f"“{bank.name}” is archived: take it out of the archive before you write into it.")
        reading = await asyncio.to_thread(_read, content_type, body)
        if sum((await self._store.item_states(bank_id)).values()) + len(reading.items) > ITEMS_OF_A_BANK_MAX:
            raise BankFull
        blobs, refused = await self._keep_pictures(bank_id, reading, is_kept=mode != "check")
        problems = [
            ImportProblem(where=one.where, line=one.line, path=one.path, sentence=one.sentence)
            for one in reading.problems
        ]
        good: list[ReadItem] = []
        for read in reading.items:
            faults = await self._faults_of_pictures(bank_id, read, reading, refused)
            problems += faults
            good += [] if faults else [read]
        digest = hashlib.sha256(body).hexdigest()
        is_kept = mode == "good" or (mode == "whole" and not problems)
        items = [_item(bank_id, digest, read, blobs, self._context.clock.now_ms()) for read in good]
        already = await self._add_all(items) if is_kept else 0
        if is_kept:
            await self._note(scope, "import_items", bank, items=len(items), problems=len(problems), file=digest)
        told = [
            ImportedItem(
                item_id=item.id if is_kept else "",
                where=read.where,
                name=item.name,
                flaws=len(flaws_of_item(item.draft)),
                left_out=read.left_out,
            )
            for item, read in zip(items, good, strict=True)
        ]
        return ImportReport(is_kept=is_kept and bool(items), items=told, already=already, problems=problems)

    async def _keep_pictures(
        self, bank_id: str, reading: Reading, *, is_kept: bool
    ) -> tuple[dict[str, str], dict[str, str]]:
        """By name in the file: the blob it became, or why it is no picture."""
        blobs: dict[str, str] = {}
        refused: dict[str, str] = {}
        for name, body in reading.pictures.items():
            try:
                blobs[name] = await self._pictures.blob_of(bank_id, body, is_kept=is_kept)
            except NoPicture as error:
                refused[name] = error.detail
        return blobs, refused

    async def _faults_of_pictures(
        self, bank_id: str, read: ReadItem, reading: Reading, refused: Mapping[str, str]
    ) -> list[ImportProblem]:
        faults: list[ImportProblem] = []
        for picture in pictures_of(read.content.question):
            name = picture.blob_id
            sentence = refused.get(name)
            if sentence is None and name not in reading.pictures:
                known = await self._store.pictures.get(f"{bank_id}/{name}")
                sentence = None if known is not None else f"shows the picture {name[:60]}, which is not in the file"
            if sentence is not None:
                faults.append(ImportProblem(where=read.where, line=read.line, path="pictures", sentence=sentence))
        return faults

    async def _add_all(self, items: list[Item]) -> int:
        """Returns how many were there already, from the same file."""
        already = 0
        for item in items:
            try:
                await self._store.items.add(item)
            except Duplicate:
                already += 1
        return already

    async def _all_of(self, scope: Scope, bank_id: str) -> tuple[Bank, list[Item], dict[str, tuple[str, bytes]]]:
        bank = await visible_bank(self._store, scope, bank_id)
        items = [item for item in await self._store.items_of(bank_id) if item.state.value != "retired"]
        pictures: dict[str, tuple[str, bytes]] = {}
        for item in items:
            for picture in pictures_of(item.draft.question):
                if picture.blob_id not in pictures:
                    blob = await self._pictures.of_bank(scope, bank_id, picture.blob_id)
                    pictures[picture.blob_id] = (blob.content_type, blob.body)
        return bank, items, pictures

    async def _note(self, scope: Scope, verb: str, bank: Bank, **details: Any) -> None:
        await self._context.record(scope.account_id, verb, "bank", bank.id, self._context.clock.now_ms(), **details)


def _read(content_type: str, body: bytes) -> Reading:
    if content_type == ZIP_TYPE:
        return read_package(body)
    return read_single(body) if content_type in XML_TYPES else read_bank(body)


def _item(bank_id: str, digest: str, read: ReadItem, blobs: Mapping[str, str], now_ms: int) -> Item:
    """Named by bank, file and place in it: whoever imports a file again finds its items there."""
    name = hashlib.sha256(f"{bank_id}/{digest}/{read.where}".encode()).hexdigest()[:_ID_DIGITS]
    raw = _with_blobs(read.content.model_dump(mode="json"), blobs)
    return Item(
        id=f"itm_{name}",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        bank_id=bank_id,
        name=read.name,
        draft=ItemContent.model_validate(raw),
        tags=tuple(sorted(set(read.tags))),
        difficulty=read.difficulty,
    )


def _with_blobs(value: Any, blobs: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        changed = {name: _with_blobs(one, blobs) for name, one in value.items()}
        if "blob_id" in changed and "alt" in changed:
            changed["blob_id"] = blobs.get(changed["blob_id"], changed["blob_id"])
        return changed
    return [_with_blobs(one, blobs) for one in value] if isinstance(value, list) else value
