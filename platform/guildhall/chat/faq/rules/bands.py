"""Three bands instead of one threshold: answer at once, ask back, hand on. Pure.

Unrelated questions are easy to turn away; unknown questions of the same business are not: at most half of BANKING77's
were, whatever the method. So between being sure and knowing nothing lies a band that asks "did you mean". Its bounds
are set from questions of which it is known what was right: the owner's phrasings, each left out of the training in
turn; whole entries left out in turn, which are questions without an answer; and what became of real conversations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.chat.faq.model import Bands
from guildhall.chat.faq.rules.matching import Candidate, Matcher

CHOICES: Final = 3
COLD: Final = Bands(answer_at=0.75, ask_at=0.2)
"""Of likeness, until there are enough questions to set thresholds from: only what is nearly a phrasing is answered."""
SAMPLES_MIN: Final = 30
ENTRIES_MIN: Final = 4
LIKENESS_MIN: Final = 0.05
"""Below it a question shares next to nothing with any phrasing, whatever the probabilities among the entries say."""
NEVER: Final = 1.01


class Band(StrEnum):
    ANSWER = "answer"
    CLARIFY = "clarify"
    HAND_ON = "hand_on"


@dataclass(frozen=True, slots=True)
class Judged:
    """A question whose right entry is known: how sure the matcher was, and whether it was right to be."""

    confidence: float
    is_right: bool
    is_outside: bool = False
    """Whether no entry answers it."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the matcher says of a question. `confidence` is on the scale of the bands it was decided by."""

    band: Band
    confidence: float
    candidates: tuple[Candidate, ...]
    rule: str
    """What decided: "exact", "probability" or "likeness"."""


NO_MATCH: Final = Match(Band.HAND_ON, 0.0, (), "nothing_known")


def match(matcher: Matcher | None, bands: Bands, text: str) -> Match:
    """Decide what to do with a question."""
    if matcher is None:
        return NO_MATCH
    is_cold = bands.samples == 0
    candidates = matcher.alike(text) if is_cold else matcher.rank(text)
    if entry_id := matcher.exactly(text):
        first = next((one for one in candidates if one.entry_id == entry_id), Candidate(entry_id, 1.0, 1.0, text))
        others = tuple(one for one in candidates if one.entry_id != entry_id)
        return Match(Band.ANSWER, 1.0, (first, *others), "exact")
    if not candidates:
        return NO_MATCH
    confidence = candidates[0].likeness if is_cold else candidates[0].probability
    rule = "likeness" if is_cold else "probability"
    if max(one.likeness for one in candidates) < LIKENESS_MIN:
        return Match(Band.HAND_ON, confidence, candidates, "nothing_known")
    return Match(band_of(confidence, bands), confidence, candidates, rule)


def band_of(confidence: float, bands: Bands) -> Band:
    if confidence >= bands.answer_at:
        return Band.ANSWER
    return Band.CLARIFY if confidence >= bands.ask_at else Band.HAND_ON


def thresholds(judged: Sequence[Judged], precision: float, kept: float, outside_share: float) -> Bands:
    """The lowest bounds that keep what was asked.

    `precision` of what is answered is right; `kept` of the questions that have an entry are at least asked back about.
    Questions without one weigh `outside_share` of all. With fewer than SAMPLES_MIN questions it is the cold start's;
    where no bound is precise enough, nothing is answered by probability at all.
    """
    inside = [one for one in judged if not one.is_outside]
    outside = [one for one in judged if one.is_outside]
    if len(inside) < SAMPLES_MIN:
        return COLD
    weight = outside_share / (1 - outside_share) * len(inside) / len(outside) if outside else 0.0
    answer_at, right, answered = NEVER, 0.0, 0.0
    by_confidence = sorted(judged, key=lambda one: -one.confidence)
    for i, one in enumerate(by_confidence):
        answered += weight if one.is_outside else 1.0
        right += one.is_right and not one.is_outside
        is_last_of_equals = i + 1 == len(by_confidence) or by_confidence[i + 1].confidence < one.confidence
        if is_last_of_equals and right >= precision * answered:
            answer_at = one.confidence
    rising = sorted(one.confidence for one in inside)
    ask_at = rising[min(len(rising) - 1, int(len(rising) * (1 - kept)))]
    return Bands(answer_at=answer_at, ask_at=min(ask_at, answer_at), samples=len(judged))
