"""Taking answers: each is stored as the next entry of its attempt's log, then receipted, and never the other way."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from guildhall.assessments.lifecycle import OVER, AttemptState
from guildhall.assessments.messages.sitting import (
    AnswerGiven,
    AnswerRefused,
    AnswersGiven,
    AnswerShown,
    AnswersTaken,
    Receipted,
)
from guildhall.assessments.model.attempts import Answer, AnswerEntry, Attempt
from guildhall.assessments.model.responses import FiledResponse
from guildhall.assessments.rules.answers import (
    AttemptOver,
    LogMoved,
    answers_in_force,
    as_answer_entry,
)
from guildhall.assessments.rules.fitting import DoesNotFit, check_fits
from guildhall.assessments.rules.sections import (
    LEFT_KEY,
    CannotMoveOn,
    SectionLeft,
    SectionNotOpen,
    sections_of,
)
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.late_answers import keep_until
from guildhall.assessments.service.open_logs import NotBegun, OpenLog
from guildhall.assessments.service.papers import Papers
from guildhall.assessments.service.receipting import as_shown, late_link, late_stream, receipted
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.streams import Entry

log = get_logger(__name__)

LOGS_KEPT = 4_096
"""Attempts whose logs are remembered; the one that was used longest ago is forgotten first, and read anew."""
PAGE = 200
CATCH_UPS_MAX = 50
LATE_KEY = "late/"
"""Before the key of a late answer that was taken in; no page's own key has such a character."""

Settle = Callable[[str], Awaitable[Attempt]]
"""Finish what is pending of an attempt, or expire it where its time is up; the attempt as it then stands."""


class AnswerDesk:
    def __init__(self, context: Context, papers: Papers) -> None:
        self._context = context
        self._store = context.store
        self._papers = papers
        self._open: OrderedDict[str, OpenLog] = OrderedDict()
        self.settle: Settle = context.store.attempts.read
        """Set by whoever closes attempts (`service.turns`)."""
        self.check_files: Callable[[str, FiledResponse], Awaitable[None]] | None = None
        """Set to `ExamFiles.check`: raises DoesNotFit for a file that was never put up."""

    async def take(self, attempt_id: str, given: AnswersGiven, epoch: int = 0) -> AnswersTaken:
        """Store the answers one after the other; each has its outcome, in their order.

        After StorageUnavailable some of them may be stored: all of them are sent again under the same keys. Raises
        NotBegun, and NoSuch for an attempt that does not exist.
        """
        known = await self._find(attempt_id)
        now_ms = self._context.clock.now_ms()
        if 0 < known.due_at_ms < now_ms:
            # Jobs expire attempts; while none runs, whoever asks first does.
            known.due_at_ms = (await self.settle(attempt_id)).due_at_ms
        outcomes = [await self._take_one(known, answer, epoch) for answer in given.answers]
        return AnswersTaken(outcomes=tuple(outcomes), server_time_ms=self._context.clock.now_ms())

    async def admit(self, attempt_id: str, key: str, answer: Answer, by: str) -> Entry:
        """Take a late answer into a log that was opened again, by a member of staff. Raises AttemptOver."""
        known = await self._find(attempt_id)
        async with known.turn:
            await self._catch_up(known)
            standing = known.answers.in_force.get(answer.slot_id)
            if standing is not None and (
                standing.number < known.answers.reopened_at or standing.key.startswith(LATE_KEY)
            ):  # what was answered since the reopening stays
                answer = answer.model_copy(update={"based_on": standing.number})
            return await self._append(known, answer, f"{LATE_KEY}{key}", None, 0, by)

    async def leave_section(self, attempt: Attempt, section_id: str, epoch: int) -> bool:
        """Whether this left it: False where it was left before. Raises NotBegun, AttemptOver and CannotMoveOn."""
        known = await self._find(attempt.id)
        async with known.turn:
            await self._catch_up(known)
            if section_id in known.answers.left:
                return False
            if attempt.state in (AttemptState.PAUSED, AttemptState.ON_BREAK):
                raise CannotMoveOn(
                    "The clock stands, so the next section cannot be opened now. Go on when it runs again."
                )
            key, now_ms = f"{LEFT_KEY}{section_id}", self._context.clock.now_ms()
            await self._link(
                known,
                key,
                now_ms,
                lambda newest: known.answers.leaving(
                    newest, known.attempt_id, key, now_ms, section_id, known.sections, epoch
                ),
            )
            return True

    async def shown(self, attempt: Attempt) -> tuple[tuple[AnswerShown, ...], frozenset[str]]:
        """The answers in force, by slot, in the order of the form; and the sections that were left for good."""
        known = await self._find(attempt.id, attempt)
        async with known.turn:
            await self._catch_up(known)
            standing, left = dict(known.answers.in_force), frozenset(known.answers.left)
        return tuple(as_shown(standing[slot.id]) for slot in attempt.form.slots if slot.id in standing), left

    async def standing(self, attempt: Attempt) -> tuple[int, int]:
        """How many questions have an answer, and when the newest entry was made (0: never)."""
        known = await self._find(attempt.id, attempt)
        async with known.turn:
            await self._catch_up(known)
            answered = sum(entry.body["answer"]["response"] is not None for entry in known.answers.in_force.values())
            newest = known.answers.newest
        return answered, 0 if newest is None else newest.at_ms

    async def entries(self, stream: str, up_to: int | None = None) -> list[Entry]:
        """A log from its beginning, in order; up to this number where one is given."""
        found: list[Entry] = []
        while page := await self._store.answers.read(stream, found[-1].number if found else 0, PAGE):
            found += page
            if up_to is not None and found[-1].number >= up_to:
                return [entry for entry in found if entry.number <= up_to]
        return found

    async def log(self, attempt: Attempt) -> list[AnswerEntry]:
        """Every entry up to where the attempt was closed, or until now where it is not."""
        entries = await self.entries(attempt.id, attempt.head if attempt.state in OVER else None)
        return [as_answer_entry(entry) for entry in entries]

    async def final(self, attempt: Attempt) -> dict[str, AnswerEntry]:
        """By slot, the answer that counts: in force when the attempt was closed, or now where it is not."""
        return answers_in_force(await self.log(attempt))

    def note_due(self, attempt: Attempt) -> None:
        """The attempt was changed: what is remembered of its time is old."""
        if (known := self._open.get(attempt.id)) is not None:
            known.due_at_ms = attempt.due_at_ms

    # --- one answer

    async def _take_one(self, known: OpenLog, given: AnswerGiven, epoch: int) -> Receipted | AnswerRefused:
        try:
            await self._check(known, given)
        except DomainError as error:
            if isinstance(error, StorageUnavailable):
                raise
            return AnswerRefused(key=given.key, problem=error.as_problem())
        answer = Answer(
            slot_id=given.slot_id,
            response=given.response,
            flagged=given.flagged,
            based_on=given.based_on,
            client_at_ms=given.client_at_ms,
            spent_ms=given.spent_ms,
        )
        try:
            async with known.turn:
                entry = await self._append(known, answer, given.key, given.follows, epoch)
                instead = None if entry.body["in_force"] else known.answers.in_force.get(answer.slot_id)
        except (SectionLeft, SectionNotOpen) as error:
            return AnswerRefused(key=given.key, problem=error.as_problem())
        except AttemptOver as over:
            return await self._take_late(known, answer, given, epoch, over)
        return receipted(entry, instead)

    async def _check(self, known: OpenLog, given: AnswerGiven) -> None:
        question = known.questions.get(given.slot_id)
        if question is None:
            raise DoesNotFit(f"This form has no question {given.slot_id}.")
        check_fits(question, given.response)
        if isinstance(given.response, FiledResponse) and self.check_files is not None:
            await self.check_files(known.attempt_id, given.response)

    async def _append(
        self, known: OpenLog, answer: Answer, key: str, follows: str | None, epoch: int, by: str = ""
    ) -> Entry:
        """The entry of this answer, whenever it was first stored.

        Raises AttemptOver, and SectionLeft or SectionNotOpen for a candidate's; whoever has a name is staff.
        """
        now_ms = self._context.clock.now_ms()
        link = partial(
            known.answers.linked,
            stream=known.attempt_id,
            key=key,
            at_ms=now_ms,
            answer=answer,
            follows=follows,
            epoch=epoch,
            by=by,
            sections=None if by else known.sections,
        )
        try:
            return await self._link(known, key, now_ms, link)
        except (AttemptOver, SectionLeft):
            # An answer that came before, and whose receipt was lost, has its receipt all the same.
            if (first := await self._store.answers.find(known.attempt_id, key)) is not None:
                return first
            raise

    async def _link(
        self, known: OpenLog, key: str, now_ms: int, link: Callable[[Entry | None], Mapping[str, Any]]
    ) -> Entry:
        """Append, reading on wherever another was faster. Raises what `link` raises, and StorageUnavailable."""
        stream = known.attempt_id
        for _ in range(CATCH_UPS_MAX):
            answers = known.answers
            if answers.is_closed:
                await self._catch_up(known)  # it may have been opened again, elsewhere
            if answers.is_closed:
                raise AttemptOver
            try:
                entry = await self._store.answers.append_linked(stream, key, now_ms, link, after=answers.newest)
                answers.follow(entry)
            except LogMoved:
                await self._catch_up(known)
            else:
                return entry
        raise StorageUnavailable(f"Too many are writing to {stream} at once; try again in a moment.")

    async def _take_late(
        self, known: OpenLog, answer: Answer, given: AnswerGiven, epoch: int, over: AttemptOver
    ) -> Receipted | AnswerRefused:
        """After the end: kept in a log beside, for a person to decide about."""
        attempt = await self.settle(known.attempt_id)
        stream, now_ms = late_stream(known.attempt_id), self._context.clock.now_ms()
        if (first := await self._store.answers.find(stream, given.key)) is not None:
            await keep_until(self._context, known.attempt_id)  # whoever stored it may have been killed before
            return receipted(first, None, is_late=True)
        hours = self._context.settings.late_answers_hours
        is_too_late = now_ms > (attempt.over_at_ms or now_ms) + hours * 3_600_000
        if attempt.state is AttemptState.VOIDED or is_too_late:
            return AnswerRefused(key=given.key, problem=over.as_problem())
        link = partial(late_link, answer, stream, given.key, now_ms, epoch)
        entry = await self._store.answers.append_linked(stream, given.key, now_ms, link)
        await keep_until(self._context, known.attempt_id)
        log.info("late_answer_kept", attempt_id=known.attempt_id, number=entry.number)
        return receipted(entry, None, is_late=True)

    # --- what is remembered

    async def _find(self, attempt_id: str, attempt: Attempt | None = None) -> OpenLog:
        known = self._open.get(attempt_id)
        if known is not None:
            self._open.move_to_end(attempt_id)
            return known
        seen = attempt or await self._store.attempts.read(attempt_id)
        if seen.clock.started_at_ms is None and attempt is None:
            raise NotBegun
        questions = await self._papers.questions(seen)
        plan = await self._papers.plan(seen.exam_version_id)
        sections = sections_of(seen.form, is_free=plan.is_navigation_free)
        fresh = OpenLog(attempt_id, questions, sections, seen.due_at_ms)
        if seen.clock.started_at_ms is None:
            return fresh  # not kept: once it begins, its time is another
        known = self._open.setdefault(attempt_id, fresh)
        await self._forget_longest_unused()
        return known

    async def _forget_longest_unused(self) -> None:
        while len(self._open) > LOGS_KEPT:
            attempt_id, oldest = next(iter(self._open.items()))
            if oldest.turn.locked():  # it is being used this very moment
                return
            del self._open[attempt_id]

    async def _catch_up(self, known: OpenLog) -> None:
        while page := await self._store.answers.read(known.attempt_id, known.answers.number, PAGE):
            for entry in page:
                known.answers.follow(entry)
            if len(page) < PAGE:
                return
