"""What the way to a seat leaves behind: the policy in force, consents, checks, photographs and the proctor's decision.

Beside it, what a browser may claim about itself. One document a session, apart from the session's own, so that neither
waits for the other.
"""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.proctoring.model import Rule
from guildhall.proctoring.model.photos import PHOTOS_MAX, SCANS_MAX, Photo, PhotoKind, ScanRequest

DECISIONS_MAX: Final = 50
CONSENTS_MAX: Final = 100
MUTED_MAX: Final = 20
CLAIMS_MAX: Final = 2_000
"""Of one session. An hour of somebody who changes tabs every four seconds."""


class ClaimKind(StrEnum):
    """What a page may say of its browser: a closed set. Each is also a `Rule` of the channel `claim`."""

    TAB_HIDDEN = "tab_hidden"
    FOCUS_LOST = "focus_lost"
    FULL_SCREEN_LEFT = "full_screen_left"
    COPIED = "copied"
    PASTED = "pasted"
    PRINTED = "printed"
    SECOND_SCREEN = "second_screen"
    DEVELOPER_TOOLS = "developer_tools"
    NETWORK_LOST = "network_lost"
    CLOCK_JUMPED = "clock_jumped"

    @property
    def rule(self) -> Rule:
        return Rule(self.value)


INSTANTS: Final = frozenset({ClaimKind.COPIED, ClaimKind.PASTED, ClaimKind.PRINTED, ClaimKind.CLOCK_JUMPED})


class ClaimPhase(StrEnum):
    ONCE = "once"  # of an instant; the others last: they begin and end
    BEGAN = "began"
    ENDED = "ended"


class ClaimWeight(StrEnum):
    """How far an exam lets a kind of claim go; nothing the browser says ever goes further."""

    OFF = "off"  # the page does not collect it
    NOTED = "noted"  # kept with both times, shown to nobody while the exam runs
    CLAIM = "claim"  # on the log, in its own channel, whatever else is seen
    COUNTS = "counts"  # a claim until something else than the browser corroborates it


ClientKey = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Claim(Stored):
    """One claim as it was kept: what the page said, when by its clock, and when that was by ours.

    `happened_at_ms` is the server's time of arrival less the age that the page gave the claim by one and the same clock
    of its own: a clock that is wrong by an hour is wrong by the same hour twice.
    """

    kind: ClaimKind
    phase: ClaimPhase
    client_at_ms: int
    server_at_ms: int
    happened_at_ms: int
    lasted_ms: int | None = None
    """Of what ended."""
    detail: str = Field("", max_length=120)


class ConsentSignal(StrEnum):
    """What somebody may agree to, each by itself."""

    CAMERA = "camera"
    DIRECTION = "direction"
    LIKENESS = "likeness"
    CAMERA_NAME = "camera_name"
    BROWSER = "browser"
    PHOTOS = "photos"
    ROOM_SCAN = "room_scan"
    STRIPS = "strips"


class ConsentDecision(Stored):
    """What was shown, by its version and the hash of its words, and what was said to it."""

    signal: ConsentSignal
    version: int
    text_hash: str
    given: bool
    at_ms: int


class CheckName(StrEnum):
    CAMERA = "camera"
    LIGHT = "light"
    SHARPNESS = "sharpness"
    FACE = "face"
    FRAME_RATE = "frame_rate"
    BANDWIDTH = "bandwidth"
    CLOCK = "clock"


class CheckResult(Stored):
    """`measured` in the words of a person: "12 pictures a second"."""

    name: CheckName
    passed: bool
    measured: str = Field("", max_length=120)
    advice: str = Field("", max_length=400)
    at_ms: int


class Outcome(StrEnum):
    ADMITTED = "admitted"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why somebody is not let in yet. Each tells them what to do; none of them is final."""

    PHOTO_UNCLEAR = "photo_unclear"
    DOCUMENT_UNCLEAR = "document_unclear"
    NOT_THE_SAME_PERSON = "not_the_same_person"
    SOMEBODY_ELSE_PRESENT = "somebody_else_present"
    ROOM_NOT_READY = "room_not_ready"
    NOT_SEEN_WELL = "not_seen_well"
    OTHER = "other"


class DeviceClass(StrEnum):
    """What somebody sits their exam with, as coarse as a fairness report needs it."""

    COMPUTER = "computer"
    TABLET = "tablet"
    PHONE = "phone"


class SaidOfThemselves(Stored):
    """What somebody chose to say before their exam, to be counted and shown to nobody; None: they did not."""

    device: DeviceClass | None = None
    glasses: bool | None = None


class AdmissionDecision(Stored):
    """A proctor's, written down before the attempt is moved by it: `carried_out` is False until it was."""

    outcome: Outcome
    reason: RefusalReason | None = None
    note: str = Field("", max_length=300)
    """To the candidate, who reads it."""
    by: str
    at_ms: int
    carried_out: bool = False


_USUAL_WEIGHTS: Final = {
    ClaimKind.TAB_HIDDEN: ClaimWeight.COUNTS,
    ClaimKind.FOCUS_LOST: ClaimWeight.CLAIM,
    ClaimKind.FULL_SCREEN_LEFT: ClaimWeight.CLAIM,
    ClaimKind.COPIED: ClaimWeight.CLAIM,
    ClaimKind.PASTED: ClaimWeight.CLAIM,
    ClaimKind.PRINTED: ClaimWeight.CLAIM,
    ClaimKind.SECOND_SCREEN: ClaimWeight.CLAIM,
    ClaimKind.DEVELOPER_TOOLS: ClaimWeight.NOTED,  # a guess from the window's size: a docked bar looks the same
    ClaimKind.NETWORK_LOST: ClaimWeight.COUNTS,  # as "cannot see", see `COUNTS_AS`
    ClaimKind.CLOCK_JUMPED: ClaimWeight.CLAIM,
}
_WATCHED: Final = (
    ConsentSignal.CAMERA,
    ConsentSignal.DIRECTION,
    ConsentSignal.LIKENESS,
    ConsentSignal.CAMERA_NAME,
    ConsentSignal.BROWSER,
)


class ProctoringPolicy(Stored):
    """What one exam asks of those who sit it, and which signals count. A copy goes with each session.

    A signal that is asked for and not required may be declined, and is off for that person.
    """

    claims: dict[ClaimKind, ClaimWeight] = _USUAL_WEIGHTS
    asked: tuple[ConsentSignal, ...] = Field(_WATCHED, max_length=len(ConsentSignal))
    required: tuple[ConsentSignal, ...] = Field(_WATCHED, max_length=len(ConsentSignal))
    checks: tuple[CheckName, ...] = Field((), max_length=len(CheckName))
    must_pass: tuple[CheckName, ...] = Field((), max_length=len(CheckName))
    """The others only advise: whoever cannot do better goes on, and the proctor sees what was measured."""
    photos: tuple[PhotoKind, ...] = Field((), max_length=2)
    allows_room_scan: bool = False
    photo_hours: int = Field(24, ge=0, le=24 * 366)  # that photographs are kept after the session is over
    evidence_days: int = Field(90, ge=1, le=5 * 366)  # after the end what is kept of somebody's looks is destroyed

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "ProctoringPolicy":
        if missing := sorted(set(self.required) - set(self.asked)):
            raise ValueError(f"{missing[0]} is required, and nobody is asked for it")
        if unchecked := sorted(set(self.must_pass) - set(self.checks)):
            raise ValueError(f"{unchecked[0]} must pass, and is not checked")
        if self.photos and ConsentSignal.PHOTOS not in self.asked:
            raise ValueError("photographs are taken, and nobody is asked for them")
        if {ConsentSignal.PHOTOS, ConsentSignal.ROOM_SCAN} & set(self.asked) and ConsentSignal.CAMERA not in self.asked:
            raise ValueError("photographs are taken with the camera, and nobody is asked for it")
        if ConsentSignal.STRIPS in self.asked and ConsentSignal.CAMERA not in self.asked:
            raise ValueError("pictures are kept around a note, and nobody is asked for their camera")
        if PhotoKind.ROOM in self.photos:
            raise ValueError("pictures of the room are asked for by a proctor, and never before")
        if self.allows_room_scan and ConsentSignal.ROOM_SCAN not in self.asked:
            raise ValueError("a proctor may ask for pictures of the room, and nobody is asked whether they agree")
        return self

    def weight_of(self, kind: ClaimKind) -> ClaimWeight:
        return self.claims.get(kind, ClaimWeight.OFF)


def usual_policy(*, needs_admission: bool) -> ProctoringPolicy:
    """Of an exam that has no policy of its own; where a proctor lets people in, they are checked before."""
    checks, must_pass = (tuple(CheckName), (CheckName.CAMERA, CheckName.LIGHT)) if needs_admission else ((), ())
    return ProctoringPolicy(checks=checks, must_pass=must_pass)


def full_check_in(**fields: Any) -> ProctoringPolicy:
    """All that an exam can ask for, with changes."""
    return ProctoringPolicy.model_validate(
        {
            "asked": (*_WATCHED, ConsentSignal.PHOTOS, ConsentSignal.ROOM_SCAN),
            "required": (*_WATCHED, ConsentSignal.PHOTOS),
            "checks": tuple(CheckName),
            "must_pass": (CheckName.CAMERA, CheckName.LIGHT),
            "photos": (PhotoKind.FACE, PhotoKind.ID_DOCUMENT),
            "allows_room_scan": True,
            **fields,
        }
    )


class DeliveryPolicy(VersionedDocument):
    """The policy that somebody gave an exam; its id is that of the delivery (or of a demo's wall)."""

    organisation_id: str = ""
    policy: ProctoringPolicy
    changed_by: str = ""


class Admission(VersionedDocument):
    """One person's way to their seat; its id is the session's. Lists have declared bounds, the newest last."""

    exam_id: str
    attempt_id: str = ""
    account_id: str = ""
    needs_admission: bool = False
    policy: ProctoringPolicy
    muted: tuple[str, ...] = Field((), max_length=MUTED_MAX)
    """Rules that an accommodation switches off; it never says why."""
    consents: tuple[ConsentDecision, ...] = Field((), max_length=CONSENTS_MAX)
    said: SaidOfThemselves = SaidOfThemselves()
    checks: dict[CheckName, CheckResult] = Field({}, max_length=len(CheckName))
    photos: tuple[Photo, ...] = Field((), max_length=PHOTOS_MAX)
    photo_key: str = ""
    """Unused: photographs are sealed with the key of the session's evidence. Older documents have it."""
    scans: tuple[ScanRequest, ...] = Field((), max_length=SCANS_MAX)
    asked_at_ms: int | None = None
    """When they asked to be let in; None before, and again once they were refused."""
    decisions: tuple[AdmissionDecision, ...] = Field((), max_length=DECISIONS_MAX)
    photos_due_ms: int = 0  # when the photographs have to be gone; 0: they stay while the session goes on
    evidence_due_ms: int = 0  # when to look whether evidence has to be destroyed; 0: it was, or there is none

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def consent_of(self, signal: ConsentSignal) -> ConsentDecision | None:
        """The newest: consents are withdrawn by another decision, and nothing is ever struck out."""
        return next((one for one in reversed(self.consents) if one.signal is signal), None)

    @property
    def decision(self) -> AdmissionDecision | None:
        return self.decisions[-1] if self.decisions else None
