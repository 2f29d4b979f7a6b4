"""The verbs of the two sides and of the staff, on one contract: each is a pure decision and what follows from it."""

import contextlib
import hashlib
from collections.abc import Mapping
from typing import Final

from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract, WorkFile
from guildhall.gigs.model.terms import MilestoneAgreed
from guildhall.gigs.model.weeks import Entry, Week, week_id
from guildhall.gigs.rules import disputing, hours, reviewing, working
from guildhall.gigs.rules.moving import By, check_decides
from guildhall.gigs.service.context import Caller, Context, Decide, DecideWeek
from guildhall.gigs.service.following import Following, blob_key, files_of
from guildhall.kit.blobs import Blob
from guildhall.kit.content_types import SNIFFED, content_type_of
from guildhall.kit.errors import Invalid, NotFound, Refused, TooLarge
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

_PARTIES: Final = frozenset({Actor.AGENT, Actor.CLIENT})


class FileNotTaken(Invalid):
    type = "file-not-taken"
    title = "This file cannot be taken"


class NotYours(Refused):
    """The other side's, or the staff's, to do."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"That is for the {whose} to do.")


class Working:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following

    async def decide(self, contract_id: str, caller: Caller, decide: Decide) -> Contract:
        """Raises NotFound, MoveRefused, and what `decide` raises."""
        _, by = await self._context.seen(contract_id, caller)
        changed = await self._context.change(contract_id, by, decide)
        return await self._following.of_contract(changed)

    # --- milestones

    async def propose(self, contract_id: str, caller: Caller, agreed: MilestoneAgreed) -> Contract:
        await self._only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(contract_id, caller, lambda seen, _, by: working.propose(seen, agreed, by))

    async def put_file(self, contract_id: str, caller: Caller, key: str, name: str, body: bytes) -> Contract:
        """Into the draft of what will be handed in. Raises FileNotTaken, TooLarge, Conflict, Refused, NotFound."""
        contract, by = await self._only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
        if not body:
            raise FileNotTaken(f"{name} is empty: choose the file once more.")
        if len(body) > self._context.settings.max_file_bytes:
            most = self._context.settings.max_file_bytes // 1_048_576
            raise TooLarge(f"{name} is larger than {most} MB: pack it smaller, or name where it can be fetched.")
        content_type = content_type_of(body)
        if content_type not in SNIFFED:
            raise FileNotTaken(f"{name} is no picture, PDF, text or ZIP archive: pack it into a ZIP archive.")
        digest = hashlib.sha256(body).hexdigest()
        file = WorkFile(sha256=digest, name=name, content_type=content_type, size_bytes=len(body), at_ms=by.at_ms)
        working.put_file(contract, key, file)  # asked first: no bytes are kept for what is not open
        await self._context.blobs.put(blob_key(contract_id, digest), body, content_type)
        return await self.decide(contract_id, caller, lambda seen, _settings, _by: working.put_file(seen, key, file))

    async def drop_file(self, contract_id: str, caller: Caller, key: str, sha256: str) -> Contract:
        await self._only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
        return await self.decide(contract_id, caller, lambda seen, _, by: working.drop_file(seen, key, sha256, by))

    async def file(self, contract_id: str, caller: Caller, sha256: str) -> tuple[WorkFile, Blob]:
        """What was handed in is for both sides and the staff; a draft is the agent's. Raises NotFound."""
        contract, by = await self._context.seen(contract_id, caller)
        missing = NotFound("There is no such file in this contract.")
        handed_in = [file for one in contract.milestones for version in one.deliverables for file in version.files]
        drafted = [file for one in contract.milestones for file in one.draft] if by.actor is Actor.AGENT else []
        found = next((one for one in (*handed_in, *drafted) if one.sha256 == sha256), None)
        if found is None or sha256 not in files_of(contract):
            raise missing
        blob = await self._context.blobs.get(blob_key(contract_id, sha256))
        if blob is None:
            raise missing
        return found, blob

    # --- disputes and reviews

    async def open_dispute(self, contract_id: str, caller: Caller, key: str, agent_minor: int, reason: str) -> Contract:
        dispute_id = new_id("dsp", self._context.clock)
        return await self.decide(
            contract_id,
            caller,
            lambda seen, settings, by: disputing.open_dispute(seen, dispute_id, key, agent_minor, reason, settings, by),
        )

    async def review(self, contract_id: str, caller: Caller, scores: Mapping[str, int], words: str) -> Contract:
        await self._only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(
            contract_id, caller, lambda seen, settings, by: reviewing.write(seen, scores, words, settings, by)
        )

    async def reply(self, contract_id: str, caller: Caller, words: str) -> Contract:
        await self._only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(contract_id, caller, lambda seen, _, by: reviewing.reply(seen, words, by))

    # --- hours

    async def log_hours(self, contract_id: str, caller: Caller, started_at_ms: int, minutes: int, memo: str) -> Week:
        """Raises HoursRefused, MoveRefused, Conflict, Refused, NotFound."""
        contract, by = await self._only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
        entry = Entry(
            id=new_id("ent", self._context.clock),
            started_at_ms=started_at_ms,
            minutes=minutes,
            memo=memo,
            logged_at_ms=by.at_ms,
        )
        for week in await self._context.store.weeks_around(contract.agent_id, started_at_ms):
            if week.contract_id != contract_id and any(hours.overlap(one, entry) for one in week.entries):
                raise hours.HoursRefused("You have logged some of this time under another contract.")
        fresh = hours.new_week(contract, started_at_ms, by.at_ms)
        settings = self._context.settings
        if fresh.monday not in contract.open_weeks:
            if await self._context.store.weeks.get(fresh.id) is None:
                hours.log(fresh, contract, entry, settings, by)  # asked first: a refused entry opens no week
            contract = await self._open_week(contract, fresh, by)
        with contextlib.suppress(Duplicate):  # known, or opened in another tab
            await self._context.store.weeks.add(fresh)
        return await self._decide_week(
            fresh.id, contract, by, lambda seen, at, settings, by: hours.log(seen, at, entry, settings, by)
        )

    async def _open_week(self, contract: Contract, fresh: Week, by: By) -> Contract:
        return await self._context.change(
            contract.id, by, lambda seen, _settings, _by: hours.open_week(seen, fresh.monday)
        )

    async def on_week(self, contract_id: str, caller: Caller, monday: str, decide: DecideWeek) -> Week:
        contract, by = await self._only(contract_id, caller, _PARTIES, "two sides")
        return await self._decide_week(week_id(contract_id, monday), contract, by, decide)

    async def drop_hours(self, contract_id: str, caller: Caller, monday: str, entry_id: str) -> Week:
        return await self.on_week(
            contract_id,
            caller,
            monday,
            lambda seen, at, settings, by: hours.drop_entry(seen, at, entry_id, settings, by),
        )

    async def _decide_week(self, id_: str, contract: Contract, by: By, decide: DecideWeek) -> Week:
        changed = await self._context.change_week(id_, contract, by, decide)
        return await self._following.of_week(changed)

    async def _only(
        self, contract_id: str, caller: Caller, actors: frozenset[Actor], whose: str
    ) -> tuple[Contract, By]:
        contract, by = await self._context.seen(contract_id, caller)
        if by.actor not in actors:
            raise NotYours(whose)
        check_decides(by)
        return contract, by
