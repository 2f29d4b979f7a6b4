"""The verbs of the two sides and of the staff, on one contract: each is a pure decision and what follows from it."""

import hashlib
from collections.abc import Mapping
from typing import Final

from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract, WorkFile
from guildhall.gigs.model.terms import MilestoneAgreed
from guildhall.gigs.rules import disputed_milestones, reviewing, working
from guildhall.gigs.service.context import Caller, Context, Decide
from guildhall.gigs.service.following import Following, blob_key, files_of
from guildhall.kit.blobs import Blob
from guildhall.kit.content_types import SNIFFED, content_type_of
from guildhall.kit.errors import Invalid, NotFound, TooLarge
from guildhall.kit.ids import new_id

_PARTIES: Final = frozenset({Actor.AGENT, Actor.CLIENT})


class FileNotTaken(Invalid):
    type = "file-not-taken"
    title = "This file cannot be taken"


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
        await self._context.only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(contract_id, caller, lambda seen, _, by: working.propose(seen, agreed, by))

    async def put_file(self, contract_id: str, caller: Caller, key: str, name: str, body: bytes) -> Contract:
        """Into the draft of what will be handed in. Raises FileNotTaken, TooLarge, Conflict, Refused, NotFound."""
        contract, by = await self._context.only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
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
        await self._context.only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
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
            lambda seen, settings, by: disputed_milestones.open_dispute(
                seen, dispute_id, key, agent_minor, reason, settings, by
            ),
        )

    async def review(self, contract_id: str, caller: Caller, scores: Mapping[str, int], words: str) -> Contract:
        await self._context.only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(
            contract_id, caller, lambda seen, settings, by: reviewing.write(seen, scores, words, settings, by)
        )

    async def reply(self, contract_id: str, caller: Caller, words: str) -> Contract:
        await self._context.only(contract_id, caller, _PARTIES, "two sides")
        return await self.decide(contract_id, caller, lambda seen, _, by: reviewing.reply(seen, words, by))
