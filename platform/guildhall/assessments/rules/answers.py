"""What the log of an attempt says: which answer to each question is in force, and whether another one may be. Pure.

An answer is in force when it was written over the newest one that is: by the number of that one (`based_on`), or by
the key of it where the page has not had its receipt yet (`follows`). One that was written over something older, in
another tab or on another device, is kept beside it, and its writer is asked which of the two shall stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from guildhall.assessments.model.attempts import Answer, AnswerEntry, EntryKind
from guildhall.assessments.rules.sections import Sections
from guildhall.kit.audit.entry import NOTHING_BEFORE
from guildhall.kit.audit.entry import link as link_entry
from guildhall.kit.entries import Entry
from guildhall.kit.errors import Conflict


class AttemptOver(Conflict):
    """The newest entry closes the log: nothing is stored behind it."""

    type = "attempt-over"
    title = "This attempt is over"

    def __init__(self) -> None:
        super().__init__("This attempt has been handed in, or its time is up: no answer can be added to it.")


class LogMoved(Exception):
    """The log has entries that the holder of this copy has not read; read them and decide again."""


@dataclass(slots=True)
class AnswerLog:
    """What was read of one attempt's log so far, kept in memory by whoever appends to it. `follow` is its only change.

    It may always be behind the log, never ahead of it: `linked` refuses to decide over an entry that it has not seen.
    """

    newest: Entry | None = None
    in_force: dict[str, Entry] = field(default_factory=dict)
    """By slot, the entry whose answer stands."""
    reopened_at: int = 0
    """The number of the newest entry that opened the log again; 0: none did."""
    left: set[str] = field(default_factory=set)
    """Sections that were left for good."""

    @property
    def number(self) -> int:
        return 0 if self.newest is None else self.newest.number

    @property
    def is_closed(self) -> bool:
        return self.newest is not None and self.newest.body["kind"] == EntryKind.CLOSED

    def follow(self, entry: Entry) -> None:
        """Take the next entry. Raises LogMoved where one is missing before it; one that was taken before is ignored."""
        if entry.number <= self.number:
            return
        if entry.number != self.number + 1:
            raise LogMoved
        self.newest = entry
        if entry.body["kind"] == EntryKind.REOPENED:
            self.reopened_at = entry.number
        if entry.body["kind"] == EntryKind.LEFT:
            self.left.add(entry.body["section_id"])
        answer = entry.body["answer"]
        if answer is not None and entry.body["in_force"]:
            self.in_force[answer["slot_id"]] = entry

    def may_stand(self, answer: Answer, follows: str | None) -> bool:
        """Whether this answer would be in force if it came now."""
        standing = self.in_force.get(answer.slot_id)
        if standing is None:
            return True  # whatever it was written over did not stand either
        return standing.number == answer.based_on or standing.key == follows

    def linked(
        self,
        newest: Entry | None,
        stream: str,
        key: str,
        at_ms: int,
        answer: Answer,
        follows: str | None,
        epoch: int,
        by: str = "",
        sections: Sections | None = None,
    ) -> dict[str, Any]:
        """The body of the entry that holds `answer` and follows `newest`.

        Raises LogMoved and AttemptOver; with `sections` also SectionLeft and SectionNotOpen.
        """
        self._check_newest(newest)
        if sections is not None:
            sections.check_answer(answer.slot_id, self.left)
        event = {
            "kind": EntryKind.ANSWER.value,
            "answer": answer.model_dump(mode="json"),
            "in_force": self.may_stand(answer, follows),
            "epoch": epoch,
            "by": by,
        }
        return link_entry(event, stream, key, at_ms, newest)

    def leaving(
        self, newest: Entry | None, stream: str, key: str, at_ms: int, section_id: str, sections: Sections, epoch: int
    ) -> dict[str, Any]:
        """The body of the entry that leaves a section. Raises LogMoved, AttemptOver and CannotMoveOn."""
        self._check_newest(newest)
        sections.check_leaving(section_id, self.left)
        event = {
            "kind": EntryKind.LEFT.value,
            "answer": None,
            "in_force": True,
            "epoch": epoch,
            "by": "",
            "section_id": section_id,
        }
        return link_entry(event, stream, key, at_ms, newest)

    def _check_newest(self, newest: Entry | None) -> None:
        if (0 if newest is None else newest.number) != self.number:
            raise LogMoved
        if self.is_closed:
            raise AttemptOver


def mark_entry(kind: EntryKind, by: str, stream: str, key: str, at_ms: int, newest: Entry | None) -> dict[str, Any]:
    """The body of an entry that closes or reopens the log."""
    event = {"kind": kind.value, "answer": None, "in_force": True, "epoch": 0, "by": by}
    return link_entry(event, stream, key, at_ms, newest)


def as_answer_entry(entry: Entry) -> AnswerEntry:
    """Raises ValidationError for an entry that is of another shape."""
    return AnswerEntry.model_validate({"number": entry.number, "key": entry.key, "at_ms": entry.at_ms, **entry.body})


def answers_in_force(entries: Iterable[AnswerEntry]) -> dict[str, AnswerEntry]:
    """By slot, the entry that counts; one whose response is None was taken back, and is here all the same."""
    return {entry.answer.slot_id: entry for entry in entries if entry.answer is not None and entry.in_force}


def spent_ms(entries: Iterable[AnswerEntry]) -> dict[str, int]:
    """By slot, how long it stood on the screen until its last answer, over all pages; only where one said so."""
    spent: dict[str, int] = {}
    for answer in (entry.answer for entry in entries):
        if answer is not None and answer.spent_ms is not None:
            spent[answer.slot_id] = spent.get(answer.slot_id, 0) + answer.spent_ms
    return spent


def head_of(log: AnswerLog) -> tuple[int, str]:
    """The newest entry's number and hash: what a receipt names."""
    return log.number, NOTHING_BEFORE if log.newest is None else str(log.newest.body["hash"])
