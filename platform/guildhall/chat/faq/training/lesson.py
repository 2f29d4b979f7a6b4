"""What a training is given and what it gives back; both cross between processes as JSON and bytes."""

import hashlib
from typing import Final

from pydantic import Field

from guildhall.chat.faq.model import Bands, Meter
from guildhall.kit.documents import Stored

METHOD: Final = "tfidf-lr-1"
"""Raised whenever the same phrasings would make another matcher."""


class Taught(Stored):
    entry_id: str
    phrasings: tuple[str, ...]


class Outcome(Stored):
    """A question of a real conversation of which it is known what was right; `entry_id` "" where no entry is."""

    text: str
    entry_id: str


class Lesson(Stored):
    taught: tuple[Taught, ...]
    outcomes: tuple[Outcome, ...] = ()
    precision: float
    kept_in_scope: float
    outside_share: float
    embedder: str = ""
    """The name of the sentence model that it is learned with; "" for none."""
    model_folder: str = ""

    @property
    def hash(self) -> str:
        """Names the matcher: the same phrasings and the same sentence model make the same one."""
        data = METHOD + self.embedder + "".join(one.model_dump_json() for one in self.taught)
        return hashlib.sha256(data.encode()).hexdigest()[:32]


class Learned(Stored):
    """What stands beside the matcher's bytes."""

    bands: Bands
    meters: tuple[Meter, ...] = Field(default=())
