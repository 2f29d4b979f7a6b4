"""An agent's own verbs: begin, save and hand in steps, put documents up, hand everything in, appeal."""

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.assessments.model.progress import ExamProgress
from guildhall.kit.blobs.port import Blob
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.follow_ups import follow
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.model.flows import DocumentKind, Flow, StepKind
from guildhall.onboarding.model.onboardings import DOCUMENTS_MAX, DocumentFile, FollowUpKind, Onboarding
from guildhall.onboarding.rules import reviewing, stepping, walking
from guildhall.onboarding.rules.account_numbers import read_account_number
from guildhall.onboarding.rules.documents import DocumentNotTaken, check_document
from guildhall.onboarding.rules.house_flow import HOUSE_FLOW
from guildhall.onboarding.rules.moving import By, Terms, promised, step_of, with_step
from guildhall.onboarding.rules.stepping import HandedIn, StepLocked
from guildhall.onboarding.service.context import Context
from guildhall.onboarding.service.examining import Examining
from guildhall.onboarding.service.following import Following, blob_key


@dataclass(frozen=True, slots=True)
class Seen:
    """An onboarding with what its page needs beside it."""

    onboarding: Onboarding
    terms: Terms
    newest: Flow
    exam: ExamProgress


class Walking:
    def __init__(self, context: Context, following: Following, examining: Examining) -> None:
        self._context = context
        self._following = following
        self._examining = examining

    async def read(self, account_id: str) -> Seen:
        """One's own, with what its exam says now; before it was begun, what it would ask for."""
        newest = await self._context.newest_flow()
        onboarding = await self._context.store.of_account(account_id, HOUSE_FLOW)
        if onboarding is None:
            flow = await self._context.flow_for_beginners()
            fresh = Onboarding(
                id=new_id("onb", self._context.clock),
                created_at_ms=self._context.clock.now_ms(),
                account_id=account_id,
                flow_key=flow.key,
                flow_version=flow.version,
            )
            return Seen(fresh, Terms(flow, self._context.settings), newest, ExamProgress.NOT_INVITED)
        looked = await self._examining.look(onboarding)
        settled = await self._following.carry_out(looked.onboarding)
        exam = looked.exam
        if exam is ExamProgress.NOT_INVITED and settled.is_invited:
            exam = ExamProgress.TO_SIT
        return Seen(settled, await self._context.terms_of(settled), newest, exam)

    async def start(self, account_id: str) -> Seen:
        """Begin, or find what was begun. Raises MoveRefused."""
        if await self._context.store.of_account(account_id, HOUSE_FLOW) is None:
            terms = Terms(await self._context.flow_for_beginners(), self._context.settings)
            by = self._context.by(account_id, Actor.AGENT)
            fresh = walking.begin(new_id("onb", self._context.clock), terms, by)
            with contextlib.suppress(Duplicate):  # begun in another tab
                await self._context.store.onboardings.add(self._context.timed(Onboarding(**_EMPTY), fresh, terms))
        return await self._settled(await self.own(account_id))

    async def own(self, account_id: str) -> Onboarding:
        """Raises NotFound."""
        onboarding = await self._context.store.of_account(account_id, HOUSE_FLOW)
        if onboarding is None:
            raise NotFound("You have not begun your onboarding yet.")
        return onboarding

    async def save(self, account_id: str, step: str, raw: Mapping[str, Any]) -> Seen:
        """Raises NotFound, StepLocked, TooLarge, MoveRefused."""
        return await self._change(account_id, lambda seen, terms, by: stepping.save(seen, step, raw, terms, by))

    async def submit_step(self, account_id: str, step: str, raw: Mapping[str, Any]) -> Seen:
        """Hand one step in. What is wrong with it is told by field, and what was entered is kept all the same.

        Raises NotFound, StepLocked, StepIncomplete, TooLarge, MoveRefused.
        """

        def decide(seen: Onboarding, terms: Terms, by: By) -> Onboarding:
            handed_in = HandedIn(raw, self._sealed(stepping.flow_step(terms, step).kind, raw))
            return promised(stepping.submit(seen, step, handed_in, terms, by), terms, by.at_ms)

        try:
            return await self._change(account_id, decide)
        except stepping.StepIncomplete:
            await self.save(account_id, step, raw)
            raise

    async def submit(self, account_id: str) -> Seen:
        """Raises NotFound, MoveRefused."""
        return await self._change(account_id, walking.submit)

    async def recall(self, account_id: str) -> Seen:
        return await self._change(account_id, walking.recall)

    async def resume(self, account_id: str) -> Seen:
        return await self._change(account_id, walking.resume)

    async def appeal(self, account_id: str, words: str) -> Seen:
        return await self._change(account_id, lambda seen, terms, by: reviewing.appeal(seen, words, terms, by))

    async def put_document(
        self, account_id: str, step: str, kind: str, name: str, body: bytes, valid_until_ms: int
    ) -> Seen:
        """Keep a document of a step, which then has to be handed in (again).

        Raises NotFound, StepLocked, DocumentNotTaken, MoveRefused.
        """
        onboarding = await self.own(account_id)
        terms = await self._context.terms_of(onboarding)
        wanted = _document_kind(terms, step, kind)
        now_ms = self._context.clock.now_ms()
        content_type = check_document(name, body, self._context.settings.max_document_bytes)
        if wanted.expires and valid_until_ms <= now_ms:
            raise DocumentNotTaken(f"Say until when {wanted.title.lower()} is valid: a day that is yet to come.")
        # Asked before the bytes are kept: nothing is stored for a step that is not open.
        stepping.save(onboarding, step, stepping.entered(step_of(onboarding, step)), terms, self._by(account_id))
        digest = hashlib.sha256(body).hexdigest()
        # The bytes first: the document may name a file only once it is there.
        await self._context.blobs.put(blob_key(onboarding.id, digest), body, content_type)
        file = DocumentFile(
            id=new_id("doc", self._context.clock),
            step=step,
            kind=kind,
            name=name,
            content_type=content_type,
            size_bytes=len(body),
            sha256=digest,
            at_ms=now_ms,
            valid_until_ms=valid_until_ms if wanted.expires else 0,
        )

        def decide(seen: Onboarding, terms: Terms, by: By) -> Onboarding:
            kept = [
                one for one in seen.documents if not (one.kind == kind and one.step == step and one.sha256 == digest)
            ]
            if len(kept) >= DOCUMENTS_MAX:
                raise Conflict(f"At most {DOCUMENTS_MAX} documents are kept: remove one that is not needed.")
            opened = _opened(seen, step, terms, by)
            return opened.model_copy(update={"documents": (*kept, file)})

        return await self._change(account_id, decide)

    async def remove_document(self, account_id: str, document_id: str) -> Seen:
        """Raises NotFound, StepLocked, MoveRefused."""

        def decide(seen: Onboarding, terms: Terms, by: By) -> Onboarding:
            file = find_document(seen, document_id)
            opened = _opened(seen, file.step, terms, by)
            left = tuple(one for one in opened.documents if one.id != document_id)
            gone = (FollowUpKind.DROP_BLOB, {"sha256": file.sha256})
            return follow(opened.model_copy(update={"documents": left}), by.at_ms, gone)

        return await self._change(account_id, decide)

    async def own_document(self, account_id: str, document_id: str) -> tuple[DocumentFile, Blob]:
        """Raises NotFound."""
        onboarding = await self.own(account_id)
        return await self.document(onboarding, document_id)

    async def document(self, onboarding: Onboarding, document_id: str) -> tuple[DocumentFile, Blob]:
        file = find_document(onboarding, document_id)
        blob = await self._context.blobs.get(blob_key(onboarding.id, file.sha256))
        if blob is None:
            raise _no_document(document_id)
        return file, blob

    def _sealed(self, kind: StepKind, raw: Mapping[str, Any]) -> str:
        number = read_account_number(str(raw.get("account_number", ""))) if kind is StepKind.PAYOUT else None
        return "" if number is None else self._context.seal(number)

    def _by(self, account_id: str) -> By:
        return self._context.by(account_id, Actor.AGENT)

    async def _change(self, account_id: str, decide: Any) -> Seen:
        onboarding = await self.own(account_id)
        return await self._settled(await self._context.change(onboarding.id, self._by(account_id), decide))

    async def _settled(self, onboarding: Onboarding) -> Seen:
        await self._following.carry_out(onboarding)
        return await self.read(onboarding.account_id)


_EMPTY = {"id": "", "created_at_ms": 0, "account_id": "", "flow_key": "", "flow_version": 0}


def find_document(onboarding: Onboarding, document_id: str) -> DocumentFile:
    file = next((one for one in onboarding.documents if one.id == document_id), None)
    if file is None:
        raise _no_document(document_id)
    return file


def _no_document(document_id: str) -> NotFound:
    return NotFound(f"There is no document {document_id} here.")


def _document_kind(terms: Terms, step: str, kind: str) -> DocumentKind:
    found = next((one for one in stepping.flow_step(terms, step).documents if one.key == kind), None)
    if found is None:
        raise NotFound(f"The step {step} takes no document {kind}.")
    return found


def _opened(onboarding: Onboarding, step: str, terms: Terms, by: By) -> Onboarding:
    """A step whose files change is a draft again: what a reviewer accepts is what was handed in."""
    record = step_of(onboarding, step)
    saved = stepping.save(onboarding, step, stepping.entered(record), terms, by)
    if saved is not onboarding:
        return saved
    return with_step(onboarding, step, record.model_copy(update={"saved_at_ms": by.at_ms}))


__all__ = ["Seen", "StepLocked", "Walking", "find_document"]
