"""Exams that go forwards only, a section at a time: which one is open, and what may be answered. Pure.

That a section was left is an entry of the attempt's log, so it is chained like the answers around it: whatever was
receipted before it stands, and an answer to that section is refused by the same append that would have stored it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from guildhall.assessments.model.attempts import Form, SectionStanding
from guildhall.kit.errors import Conflict

LEFT_KEY: Final = "left/"
"""Before a section's id: the key of the entry that left it, so it is left once. No page's key has that character."""


class SectionLeft(Conflict):
    type = "section-left"
    title = "This section is closed"

    def __init__(self) -> None:
        super().__init__(
            "You have left this question's section, so this answer was not taken. What was saved before stands."
        )


class SectionNotOpen(Conflict):
    type = "section-not-open"
    title = "This section is not open yet"

    def __init__(self) -> None:
        super().__init__("This question's section is not open yet: this exam goes forwards, one section at a time.")


class CannotMoveOn(Conflict):
    """The sentence says why."""

    type = "cannot-move-on"
    title = "This section cannot be left"


@dataclass(frozen=True, slots=True)
class Sections:
    """Of one form: the sections it has questions of, in the order in which they are sat."""

    order: tuple[str, ...]
    of_slot: Mapping[str, str]
    is_free: bool
    """One may go back and forth: all of them are open."""

    def open_one(self, left: AbstractSet[str]) -> str:
        """Where the candidate is, of an exam that goes forwards only."""
        return next((section for section in self.order if section not in left), self.order[-1])

    def standing(self, section_id: str, left: AbstractSet[str]) -> SectionStanding:
        if self.is_free or section_id == self.open_one(left):
            return SectionStanding.OPEN
        return SectionStanding.LEFT if section_id in left else SectionStanding.LATER

    def check_answer(self, slot_id: str, left: AbstractSet[str]) -> None:
        """Raises SectionLeft and SectionNotOpen."""
        standing = self.standing(self.of_slot[slot_id], left)
        if standing is SectionStanding.LEFT:
            raise SectionLeft
        if standing is SectionStanding.LATER:
            raise SectionNotOpen

    def check_leaving(self, section_id: str, left: AbstractSet[str]) -> None:
        """Raises CannotMoveOn. Whoever asks again about one that was left already is answered before this."""
        if self.is_free:
            raise CannotMoveOn("In this exam you may go back and forth: no section is left for good.")
        if section_id != self.open_one(left):
            raise CannotMoveOn("You are not in this section.")
        if section_id == self.order[-1]:
            raise CannotMoveOn("This is the last section: hand in when you are done.")


def sections_of(form: Form, *, is_free: bool) -> Sections:
    of_slot = {slot.id: slot.section_id for slot in form.slots}
    return Sections(tuple(dict.fromkeys(of_slot.values())), of_slot, is_free)
