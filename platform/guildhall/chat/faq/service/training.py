"""Training what was changed, in a process of its own; any number of workers may run it."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from guildhall.chat.faq.model import Case, Content, FaqEntry, MatcherRecord
from guildhall.chat.faq.rules.bands import COLD, Band, match
from guildhall.chat.faq.rules.matching import Matcher, from_bytes
from guildhall.chat.faq.service.context import Context
from guildhall.chat.faq.service.matchers import TOPIC, blob_key, record_id
from guildhall.chat.faq.training.lesson import Learned, Lesson, Outcome, Taught
from guildhall.kit.errors import Unavailable
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Duplicate

DAY_MS: Final = 86_400_000
RETRY_MS: Final = 60_000
"""After a training that failed."""
CONTENT_TYPE: Final = "application/x-faq-matcher"
LINE_MAX: Final = 64 * 1024 * 1024
log = get_logger(__name__)


class TrainingFailed(Unavailable):
    type = "training-failed"
    title = "The training failed"


class Training:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._settings = context.settings

    async def train_due(self) -> int:
        """Train every site where something changed; how many matchers were made."""
        until_ms = self._context.clock.now_ms() - round(self._settings.train_after_seconds * 1000)
        made = 0
        for site in sorted(await self._store.untrained_sites(until_ms)):
            made += await self.train_site(site)
        return made

    async def train_site(self, site: str, *, again: bool = False) -> int:
        """All languages of a site; with `again` also those whose phrasings are as they were, for new thresholds."""
        entries = await self._store.published(site)
        unsettled = [one for one in await self._store.of_site(site) if one.untrained_since_ms]
        records = {record.language: record for record in await self._store.matchers_of(site)}
        written = {one.language for entry in entries if entry.published for one in entry.published.wordings}
        made, is_done = 0, True
        for language in sorted(written | records.keys()):
            lesson = await self.lesson(site, language, [(one.id, one.published) for one in entries if one.published])
            outcome = await self._train(site, language, lesson, again=again)
            made += outcome is True
            is_done &= outcome is not None
        if is_done:
            for entry in unsettled:
                await self._settle(entry)
        return made

    async def lesson(self, site: str, language: str, contents: Sequence[tuple[str, Content]]) -> Lesson:
        """What these contents teach in a language, with what is known of real questions."""
        since_ms = self._context.clock.now_ms() - self._settings.history_days * DAY_MS
        cases = await self._store.cases_of(site, language)
        corrected = [Outcome(text=case.text, entry_id=case.entry_id) for case in cases]
        taught = [
            Taught(entry_id=entry_id, phrasings=(wording.question, *wording.phrasings))
            for entry_id, content in contents
            if (wording := content.in_language(language)) is not None
        ]
        return Lesson(
            taught=tuple(taught),
            outcomes=(*corrected, *await self._context.outcomes(site, language, since_ms)),
            precision=self._settings.precision,
            kept_in_scope=self._settings.kept_in_scope,
            outside_share=self._settings.outside_share,
            embedder="" if self._context.embedder is None else self._context.embedder.name,
            model_folder=str(self._settings.sentence_model_folder or ""),
        )

    async def learn(self, lesson: Lesson) -> tuple[bytes, Learned]:
        """One training in a process of its own, which ends with ours. Raises TrainingFailed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "guildhall.chat.faq.training",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_MAX,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            async with asyncio.timeout(self._settings.train_seconds_max):
                # It ends when this pipe does, so the pipe stays open until the answer is here.
                process.stdin.write(lesson.model_dump_json().encode() + b"\n")
                out, err = await asyncio.gather(process.stdout.read(), process.stderr.read())
        except TimeoutError:
            seconds = self._settings.train_seconds_max
            raise TrainingFailed(f"A training took longer than {seconds:g} s and was ended.") from None
        finally:
            if process.returncode is None and not process.stdout.at_eof():
                process.kill()
            process.stdin.close()
            await process.wait()
        head, _, body = out.partition(b"\n")
        if process.returncode or not body:
            last = err.decode(errors="replace").strip().rpartition("\n")[2]
            raise TrainingFailed(f"A training ended with code {process.returncode}: {last[:300]}")
        return body, Learned.model_validate_json(head)

    async def _train(self, site: str, language: str, lesson: Lesson, *, again: bool) -> bool | None:
        """True when a matcher was made, False when there was nothing to do, None when it must be tried again."""
        record = await self._begin(site, language)
        if record is None:
            return None  # another worker is at it
        now_ms = self._context.clock.now_ms()
        try:
            if not lesson.taught:
                await self._write(record, {"matcher": "", "entries": 0, "phrasings": 0, "meters": (), "bands": COLD})
                return bool(record.matcher)
            if record.matcher == lesson.hash and not again:
                await self._write(record, {})
                return False
            body, learned = await self.learn(lesson)
            matcher = replace(await asyncio.to_thread(from_bytes, body), embedder=self._context.embedder)
            await self._context.blobs.put(blob_key(site, language, lesson.hash), body, CONTENT_TYPE)
            failing = await self.failing(matcher, learned, await self._store.cases_of(site, language))
        except TrainingFailed as failure:
            log.warning("faq_training_failed", site=site, language=language, reason=str(failure))
            await self._write(record, {"fault": failure.detail, "held_until_ms": now_ms + RETRY_MS})
            return None
        await self._write(
            record,
            {
                "matcher": lesson.hash,
                "trained_at_ms": now_ms,
                "entries": len(matcher.entry_ids),
                "phrasings": len(matcher.phrasings),
                "bands": learned.bands,
                "meters": learned.meters,
                "failing": tuple(case.id for case in failing),
                "fault": "",
            },
        )
        if record.matcher and record.matcher != lesson.hash:
            await self._context.blobs.delete(blob_key(site, language, record.matcher))
        return True

    async def failing(self, matcher: Matcher, learned: Learned, cases: Sequence[Case]) -> list[Case]:
        """The regression cases that a matcher would still get wrong, off the loop."""

        def look() -> list[Case]:
            return [case for case in cases if not _is_right(case, matcher, learned)]

        return await asyncio.to_thread(look)

    async def _begin(self, site: str, language: str) -> MatcherRecord | None:
        """The record, held by this training; None while another one holds it."""
        key, now_ms = record_id(site, language), self._context.clock.now_ms()
        if await self._store.matchers.get(key) is None:
            fresh = MatcherRecord(id=key, created_at_ms=now_ms, site=site, language=language, bands=COLD)
            try:
                await self._store.matchers.add(fresh)
            except Duplicate:
                return None
        until_ms = now_ms + round(self._settings.train_seconds_max * 1000)

        def decide(seen: MatcherRecord) -> MatcherRecord:
            return seen if seen.held_until_ms > now_ms else seen.model_copy(update={"held_until_ms": until_ms})

        seen = await self._store.matchers.read(key)
        new = decide(seen)
        return None if new is seen else await self._store.matchers.replace(seen, new, now_ms)

    async def _write(self, record: MatcherRecord, fields: dict[str, object]) -> None:
        def decide(seen: MatcherRecord) -> MatcherRecord:
            if seen.held_until_ms != record.held_until_ms:
                return seen  # this one took too long, and another has begun
            return seen.model_copy(update={"held_until_ms": 0, **fields})

        await self._store.matchers.change(record.id, self._context.clock.now_ms(), decide)
        await self._context.bus.publish(TOPIC, record.id.encode())

    async def _settle(self, entry: FaqEntry) -> None:
        """Nothing of it is untrained, unless it was changed again meanwhile."""
        new = entry.model_copy(update={"untrained_since_ms": 0})
        await self._store.entries.replace(entry, new, entry.updated_at_ms)


def _is_right(case: Case, matcher: Matcher, learned: Learned) -> bool:
    """An entry found at once or offered; or, where none is right, nothing answered."""
    found = match(matcher, learned.bands, case.text)
    if not case.entry_id:
        return found.band is not Band.ANSWER
    if found.band is Band.ANSWER:
        return found.candidates[0].entry_id == case.entry_id
    return found.band is Band.CLARIFY and case.entry_id in [one.entry_id for one in found.candidates[:3]]
