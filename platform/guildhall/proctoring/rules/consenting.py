"""What a candidate may agree to, each signal by itself: its words, their version and hash, and what follows from a no.

A consent names the exact words that were shown. Words are never edited in place: a change raises the version, which
changes the hash, and whoever agreed to the old ones is asked again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from guildhall.kit.errors import Conflict, Refused
from guildhall.proctoring.model import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.model.admission import Admission, ConsentDecision, ConsentSignal, ProctoringPolicy
from proctor_engine.contract import Observation


@dataclass(frozen=True)
class ConsentText:
    """The words of one signal: what is taken, what for and for how long, and what a no means."""

    signal: ConsentSignal
    version: int
    title: str
    what: str
    without: str
    """Told where it may be declined."""

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of what was shown. Asked for with every picture: made once."""
        shown = {"signal": self.signal.value, "version": self.version, "title": self.title, "what": self.what}
        return hashlib.sha256(json.dumps(shown, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


_CLAIM_RULES: Final = frozenset(rule for rule in Rule if CHANNEL_OF[rule] is Channel.CLAIM)
_SEEN_BY_CAMERA: Final = frozenset(rule for rule in Rule if CHANNEL_OF[rule] is not Channel.CLAIM)
TEXTS: Final[Mapping[ConsentSignal, ConsentText]] = MappingProxyType(
    {
        text.signal: text
        for text in (
            ConsentText(
                ConsentSignal.CAMERA,
                2,
                "Your camera",
                "A few pictures every second while this page is open. No sound. The proctors of this exam see them "
                "live, and a computer looks in each for faces. Pictures are not kept. What the computer measures in "
                "each is, encrypted, so that every note can be checked and contested.",
                "You sit the exam without a camera, and a proctor is told so.",
            ),
            ConsentText(
                ConsentSignal.DIRECTION,
                1,
                "Where your head and eyes point",
                "A computer estimates in each picture where your head and eyes point. When you look away for longer "
                "than a few seconds it notes when. A person decides what it means. How you usually hold your head and "
                "eyes is kept as a few numbers.",
                "Looking away is not judged, and the report says that it was off.",
            ),
            ConsentText(
                ConsentSignal.LIKENESS,
                2,
                "The proportions of your face",
                "They are compared with those at the beginning, to see that you are still the same person, and kept "
                "with the other measurements. They do not say who you are.",
                "They are neither compared nor kept, and the report says that it was off.",
            ),
            ConsentText(
                ConsentSignal.CAMERA_NAME,
                1,
                "The name of your camera",
                "What your browser calls it, which may be that of a program.",
                "Nobody looks at it, and the report says that it was off.",
            ),
            ConsentText(
                ConsentSignal.BROWSER,
                1,
                "What your browser notices",
                "That this page was hidden or left, that something was copied, pasted or printed, that the network was "
                "lost or the clock changed. When, never what. By itself none of it counts as more than a hint.",
                "None of it is collected, and the report says that it was off.",
            ),
            ConsentText(
                ConsentSignal.PHOTOS,
                2,
                "A photograph of you and one of your identity document",
                "A proctor compares the two before they let you in; no computer does. Whoever reviews a note about you "
                "may see the one of you, never the one of your document. They are encrypted, every look at them is "
                "logged, and they are deleted after the exam.",
                "No photographs are taken; a proctor decides how else you can show who you are.",
            ),
            ConsentText(
                ConsentSignal.ROOM_SCAN,
                2,
                "Pictures of your room, if a proctor asks",
                "A few pictures that you take yourself while you turn the camera. Proctors, and whoever reviews a note "
                "about you, see them; every look is logged. They are encrypted and deleted after the exam. You can "
                "say no each time you are asked.",
                "A proctor who asks is told that you declined.",
            ),
            ConsentText(
                ConsentSignal.STRIPS,
                2,
                "Pictures around a note",
                "When something is noted of you, some pictures are kept, as an exception to what is said about your "
                "camera: at most nine of the eight seconds before, sixteen while it lasts and four after it. They are "
                "encrypted. The proctors of this exam and whoever reviews the note see them, you see them too, and "
                "every look at them is logged. They are destroyed with the measurements, at the time that this exam "
                "sets.",
                "No picture is kept. Whoever reviews a note has only the measurements, and is told so.",
            ),
        )
    }
)
NEEDED_FOR: Final[Mapping[ConsentSignal, frozenset[Rule]]] = MappingProxyType(
    {
        ConsentSignal.CAMERA: _SEEN_BY_CAMERA,
        ConsentSignal.DIRECTION: frozenset({Rule.LOOKING_AWAY}),
        ConsentSignal.LIKENESS: frozenset({Rule.FACE_CHANGED}),
        ConsentSignal.CAMERA_NAME: frozenset({Rule.VIRTUAL_CAMERA}),
        ConsentSignal.BROWSER: _CLAIM_RULES,
    }
)
"""The rules that are off without it."""


class ConsentTextChanged(Conflict):
    type = "consent-text-changed"
    title = "The words have changed"

    def __init__(self) -> None:
        super().__init__("What you were shown is not what is asked any more. Read it again, please.")


class ConsentRequired(Refused):
    type = "consent-required"
    title = "This exam needs your consent"


def is_given(admission: Admission, signal: ConsentSignal) -> bool:
    """Whether they agreed to the words as they stand now, and have not taken it back."""
    decision = admission.consent_of(signal)
    return decision is not None and decision.given and decision.text_hash == TEXTS[signal].hash


def is_settled(admission: Admission, signal: ConsentSignal) -> bool:
    """Whether there is nothing to ask: a yes to the present words, or a no that the policy allows."""
    decision = admission.consent_of(signal)
    if decision is None or decision.text_hash != TEXTS[signal].hash:
        return False
    return decision.given or signal not in admission.policy.required


def decide(admission: Admission, signal: ConsentSignal, text_hash: str, *, given: bool, at_ms: int) -> Admission:
    """The admission with one more decision; the same as the newest one changes nothing.

    Raises `ConsentTextChanged` for other words than those that stand, and `ConsentRequired` for a signal that this exam
    never asks for. A no to what is required is written down too: it closes the way to the seat, and can be changed.
    """
    if signal not in admission.policy.asked:
        raise ConsentRequired("This exam does not ask for that.")
    text = TEXTS[signal]
    if text_hash != text.hash:
        raise ConsentTextChanged
    before = admission.consent_of(signal)
    if before is not None and before.text_hash == text_hash and before.given is given:
        return admission
    decision = ConsentDecision(signal=signal, version=text.version, text_hash=text_hash, given=given, at_ms=at_ms)
    kept = admission.consents
    if len(kept) >= CONSENTS_KEPT:
        raise Conflict("This was changed too often; it stays as it is now.")
    return admission.model_copy(update={"consents": (*kept, decision)})


CONSENTS_KEPT: Final = 90
"""Below the bound of the list, so that what is required can always be answered."""


def rules_off(policy: ProctoringPolicy, admission: Admission | None) -> frozenset[Rule]:
    """What is not judged for this person: not consented to, or muted by an accommodation.

    A signal that the policy does not ask about is not used, and nobody is judged by one before they have agreed to it,
    whether or not it is required.
    """
    if admission is None:
        return frozenset()
    off: set[Rule] = {rule for rule in Rule if rule.value in admission.muted}
    for signal, rules in NEEDED_FOR.items():
        if signal not in policy.asked or not is_given(admission, signal):
            off |= rules
    return frozenset(off)


def is_used(admission: Admission | None, signal: ConsentSignal) -> bool:
    """Whether the signal may be taken from them now. None: a session that nobody was asked for anything."""
    return admission is None or (signal in admission.policy.asked and is_given(admission, signal))


def keeps_strips(admission: Admission | None) -> bool:
    """Whether pictures around incidents may be kept: never of somebody who was not asked."""
    if admission is None or not is_used(admission, ConsentSignal.CAMERA):
        return False
    return is_used(admission, ConsentSignal.STRIPS)


def kept_strips_at(admission: Admission | None, at_ms: int) -> bool:
    """Whether they might be kept at that time, by what had been said until then."""
    if admission is None or ConsentSignal.STRIPS not in admission.policy.asked:
        return False
    said = [one for one in admission.consents if one.signal is ConsentSignal.STRIPS and one.at_ms <= at_ms]
    return bool(said) and said[-1].given


def missing(admission: Admission, signals: Iterable[ConsentSignal] | None = None) -> tuple[ConsentSignal, ...]:
    """What still has to be answered, in the policy's order."""
    return tuple(one for one in (signals or admission.policy.asked) if not is_settled(admission, one))


def without_declined(observation: Observation, rules_off: AbstractSet[Rule]) -> Observation:
    """What may be judged and kept of a picture: without a face's proportions where nobody agreed to comparing them."""
    if Rule.FACE_CHANGED not in rules_off or not any(face.shape for face in observation.faces):
        return observation
    return replace(observation, faces=tuple(replace(face, shape=()) for face in observation.faces))
