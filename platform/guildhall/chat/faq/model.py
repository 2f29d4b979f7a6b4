"""What the FAQ keeps, as frozen documents.

Truth is in the entries; matchers are made from what is published, and may be thrown away and made again.
"""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from guildhall.chat.faq.lifecycle import EntryState
from guildhall.kit.documents import Stored, VersionedDocument

WORDINGS_MAX: Final = 20
PHRASINGS_MAX: Final = 200
TAGS_MAX: Final = 20
QUESTION_CHARACTERS: Final = 300
ANSWER_CHARACTERS: Final = 4_000
DEEDS_MAX: Final = 50

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class Wording(Stored):
    """An entry in one language: what is shown as its question, what is answered, and how people put it."""

    language: str
    question: str = ""
    answer: str = ""
    phrasings: tuple[str, ...] = Field(default=(), max_length=PHRASINGS_MAX)


class Content(Stored):
    wordings: tuple[Wording, ...] = Field(default=(), max_length=WORDINGS_MAX)
    tags: tuple[str, ...] = Field(default=(), max_length=TAGS_MAX)

    def in_language(self, language: str) -> Wording | None:
        return next((one for one in self.wordings if one.language == language), None)


class Deed(Stored):
    key: str
    action: str
    by: str
    at_ms: int


class FaqEntry(VersionedDocument):
    """`draft` is written; `published` is what people are answered with, as version `version`."""

    site: str
    state: EntryState = EntryState.DRAFT
    draft: Content
    published: Content | None = None
    version: int = 0
    changed_by: str
    untrained_since_ms: int = 0
    """When something changed that no matcher knows of yet; 0 when all do."""
    unaudited: tuple[Deed, ...] = Field(default=(), max_length=DEEDS_MAX)
    """What the audit log must still be told; the job does, should whoever did it be killed before."""
    audit_due_at_ms: int = 0


class EntryVersion(VersionedDocument):
    """What was published, for ever: conversations name entry and version. Its id is `<entry>/<version>`."""

    entry_id: str
    version: int
    by: str
    content: Content


class Bands(Stored):
    """From which confidence an answer is given at once, and from which it is asked back."""

    answer_at: float
    ask_at: float
    samples: int = 0
    """Questions that the thresholds were set from; 0: those of the cold start."""


class Meter(Stored):
    """How one entry does: the phrasing meter."""

    entry_id: str
    phrasings: int
    hits: int
    """Of its phrasings, left out of the training, how many found it."""
    tried: int
    rival_id: str = ""
    """Whom the others found most."""
    rival_hits: int = 0


class MatcherRecord(VersionedDocument):
    """Which matcher answers on a site in one language; its id is `<site>/<language>`. The blob holds it."""

    site: str
    language: str
    matcher: str = ""
    """The hash of what it was trained with; "" where nothing is published."""
    trained_at_ms: int = 0
    entries: int = 0
    phrasings: int = 0
    bands: Bands
    meters: tuple[Meter, ...] = ()
    failing: tuple[str, ...] = ()
    """Regression cases that it gets wrong."""
    fault: str = ""
    """Why the newest training failed; "" when it did not."""
    held_until_ms: int = 0
    """Until when a training that is under way has it."""


class Case(VersionedDocument):
    """A regression case: this question should find this entry, or none (`entry_id` is "")."""

    site: str
    language: str
    text: str
    entry_id: str
    given: str = ""
    """What was answered instead."""
    conversation_id: str = ""
    number: int = 0
    """Of the entry of the log that was wrong."""
    by: str


class Unanswered(VersionedDocument):
    """A question that found no entry; its id is that of the turn that asked it."""

    site: str
    language: str
    text: str
    asked_at_ms: int
    settled: str = ""
    """What became of it: "" when it is open, "dismissed", or the entry that took it in as a phrasing."""
