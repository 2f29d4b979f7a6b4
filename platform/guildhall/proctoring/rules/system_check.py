"""Whether a candidate's camera, light, network and clock will do, and what to do where one will not. Pure.

The page measures what only it can (the camera, its rate, the line, the clock); light, sharpness and the face are what
the engine saw in the pictures that arrived, by the very thresholds the rules use during the exam. A failed check says
what to do in plain words, and is held against nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from guildhall.kit.errors import Conflict
from guildhall.proctoring.model.admission import Admission, CheckName, CheckResult
from guildhall.proctoring.rules.signs import COACHING, coach
from guildhall.proctoring.settings import CheckSettings, RuleSettings
from proctor_engine.contract import Observation

TITLES: Final[Mapping[CheckName, str]] = MappingProxyType(
    {
        CheckName.CAMERA: "Camera",
        CheckName.LIGHT: "Light",
        CheckName.SHARPNESS: "Sharp picture",
        CheckName.FACE: "Your face in the picture",
        CheckName.FRAME_RATE: "Pictures a second",
        CheckName.BANDWIDTH: "Connection",
        CheckName.CLOCK: "Clock",
    }
)
_LIGHT: Final = frozenset({"dark", "glaring", "face_dark", "noisy"})
_SHARP: Final = frozenset({"blurred", "coarse"})
_FACE: Final = frozenset({"no_face", "too_small", "face_covered", "covered"})
_SEEN: Final = frozenset({CheckName.LIGHT, CheckName.SHARPNESS, CheckName.FACE})
CAMERA_ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "denied": "Click the camera or the lock sign beside the address and choose Allow, then try again.",
        "missing": "Plug in a camera, or switch on the one in your screen, then try again.",
        "busy": "Close video calls and other tabs that show your picture, then try again.",
        "insecure": "Ask whoever invited you for the https address of this exam.",
        "stopped": "Plug the camera back in, or close the other program that took it, then try again.",
    }
)
_UNKNOWN_CAMERA: Final = "Unplug the camera and plug it in again, or restart the browser, then try again."
_UNSEEN: Final = "No picture has arrived yet. Wait a moment, and see that the camera works."


class NotChecked(Conflict):
    type = "not-checked"
    title = "This exam does not check that"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a page measured; None where it could not."""

    camera_trouble: str | None = None
    frames_per_second: float | None = None
    upload_kbit_s: float | None = None
    clock_offset_ms: float | None = None


def check(
    names: tuple[CheckName, ...],
    measured: Measured,
    seen: Observation | None,
    at_ms: int,
    rules: RuleSettings,
    limits: CheckSettings,
) -> dict[CheckName, CheckResult]:
    """A result for each of `names`."""
    return {name: _check(name, measured, seen, at_ms, rules, limits) for name in names}


def _check(
    name: CheckName,
    measured: Measured,
    seen: Observation | None,
    at_ms: int,
    rules: RuleSettings,
    limits: CheckSettings,
) -> CheckResult:
    if name in _SEEN:
        passed, told, advice = _look(name, seen, rules)
    elif name is CheckName.CAMERA:
        trouble = measured.camera_trouble
        passed = trouble is None
        told = "It works." if passed else "It gives no picture."
        advice = "" if trouble is None else CAMERA_ADVICE.get(trouble, _UNKNOWN_CAMERA)
    elif name is CheckName.FRAME_RATE:
        passed, told, advice = _rate(measured.frames_per_second, limits)
    elif name is CheckName.BANDWIDTH:
        passed, told, advice = _bandwidth(measured.upload_kbit_s, limits)
    else:
        passed, told, advice = _clock(measured.clock_offset_ms, limits)
    return CheckResult(name=name, passed=passed, measured=told, advice="" if passed else advice, at_ms=at_ms)


Found = tuple[bool, str, str]


def _look(name: CheckName, seen: Observation | None, rules: RuleSettings) -> Found:
    """What hides the rest is told once: nobody is found in the dark, so the face is not blamed for it as well."""
    if seen is None:
        return False, "Nothing could be seen yet.", _UNSEEN
    advice = coach(seen, rules)
    code = advice.code if advice is not None else ""
    codes = {CheckName.LIGHT: _LIGHT, CheckName.SHARPNESS: _SHARP, CheckName.FACE: _FACE}[name]
    if code in codes:
        return False, _SAID[name], COACHING[code]
    if name is CheckName.FACE and not seen.faces:
        return (
            False,
            "No face could be found yet.",
            _FIRST_THE_REST,
        )
    if name is CheckName.FACE and len(seen.faces) > 1:
        return (
            False,
            f"{len(seen.faces)} faces are in the picture.",
            _ALONE,
        )
    return True, _GOOD[name], ""


_FIRST_THE_REST: Final = "First mend what else is named here; then your face is looked for again."
_ALONE: Final = "Sit alone before the camera, without pictures of people behind you."
_SLOW_CAMERA: Final = (
    "Turn on a light, as cameras slow down in the dark, and close other programs that use the camera or much of the "
    "computer."
)
_SLOW_LINE: Final = (
    "Move nearer to your router or use a cable, and stop uploads, calls and videos on this network. The exam works on "
    "a slow line too: fewer pictures are sent."
)
_WRONG_CLOCK: Final = (
    "Let your device set its time by itself, in the settings of date and time. The server keeps the exam's time all "
    "the same."
)
_SAID: Final = MappingProxyType(
    {
        CheckName.LIGHT: "You cannot be seen well in this light.",
        CheckName.SHARPNESS: "The picture is not sharp.",
        CheckName.FACE: "Your face cannot be read well.",
    }
)
_GOOD: Final = MappingProxyType(
    {
        CheckName.LIGHT: "Bright enough.",
        CheckName.SHARPNESS: "Sharp enough.",
        CheckName.FACE: "Your face is seen well.",
    }
)


def _rate(per_second: float | None, limits: CheckSettings) -> Found:
    if per_second is None:
        return False, "It could not be measured.", "Keep this page in front and try again."
    told = f"{per_second:.0f} pictures a second from your camera."
    return per_second >= limits.least_frames_per_second, told, _SLOW_CAMERA


def _bandwidth(kbit_s: float | None, limits: CheckSettings) -> Found:
    if kbit_s is None:
        return False, "It could not be measured.", "See that you are online, then try again."
    told = f"{kbit_s:.0f} kbit a second upwards."
    return kbit_s >= limits.least_upload_kbit_s, told, _SLOW_LINE


def _clock(offset_ms: float | None, limits: CheckSettings) -> Found:
    if offset_ms is None:
        return False, "It could not be measured.", "See that you are online, then try again."
    seconds = abs(offset_ms) / 1000
    way = "behind" if offset_ms > 0 else "ahead"
    told = "It is right." if seconds < 1 else f"It is {seconds:.0f} s {way}."
    return seconds <= limits.most_clock_offset_seconds, told, _WRONG_CLOCK


def checks_left(admission: Admission) -> tuple[CheckName, ...]:
    """What keeps somebody from going on: checks never made, and those that must pass and did not."""
    policy, results = admission.policy, admission.checks
    return tuple(
        name for name in policy.checks if name not in results or (name in policy.must_pass and not results[name].passed)
    )
