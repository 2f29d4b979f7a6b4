"""Whether flags and blind spots fall on some people more than on others: shares by group, with their intervals. Pure.

A share of few people says little, so each comes with Wilson's 95 % interval (`assessments.rules.analysis.wilson`), and
two groups are said to differ only where their intervals do not meet. That is stricter than a test of the difference,
and still no proof: one exam compares many groups. What is not known is said to be unknown, and never guessed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from guildhall.assessments.rules.analysis import Interval, wilson
from guildhall.proctoring.model.admission import DeviceClass

LIGHT_BANDS: Final = ((0.25, "Dark: below 25 %"), (0.4, "Dim: 25 to 40 %"), (0.55, "Even: 40 to 55 %"), (9.0, "Bright"))
"""Of the mean brightness of a face, or of the picture where none was read; the upper end of each."""
WIDTH_BANDS: Final = ((480, "Pictures below 480 pixels"), (960, "Pictures of 480 to 959 pixels"), (99_999, "Wider"))
DEVICES: Final = {
    DeviceClass.COMPUTER: "A computer",
    DeviceClass.TABLET: "A tablet",
    DeviceClass.PHONE: "A phone",
}
GLASSES: Final = {True: "With glasses", False: "Without glasses"}
UNKNOWN: Final = "Not known"
_AS_SAID: Final = "As they said before the exam, if they did: nobody has to, and whoever did not is not guessed at."


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one session; None: it is not, or was destroyed."""

    light: float | None
    width_px: int | None
    device: DeviceClass | None
    glasses: bool | None
    has_accommodation: bool
    is_flagged: bool
    cannot_see: bool
    is_upheld: bool


@dataclass(frozen=True, slots=True)
class Share:
    count: int
    of: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    sessions: int
    flagged: Share
    cannot_see: Share
    upheld: Share
    """Of the flagged sessions: how many in which two people upheld something."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to part the sessions. `differs` names the pairs of groups whose intervals do not meet."""

    by: str
    groups: tuple[Group, ...]
    differs: tuple[str, ...]
    note: str = ""


def compare(sessions: Sequence[Watched]) -> tuple[Comparison, ...]:
    return (
        _compare("Brightness", sessions, lambda one: _band(one.light, LIGHT_BANDS)),
        _compare("Accommodation", sessions, lambda one: "With one" if one.has_accommodation else "Without"),
        _compare("Device class", sessions, lambda one: DEVICES[one.device] if one.device else UNKNOWN, _AS_SAID),
        _compare("Camera", sessions, lambda one: _band(one.width_px, WIDTH_BANDS)),
        _compare("Glasses", sessions, lambda one: UNKNOWN if one.glasses is None else GLASSES[one.glasses], _AS_SAID),
    )


def _compare(by: str, sessions: Sequence[Watched], name_of: Callable[[Watched], str], note: str = "") -> Comparison:
    named: dict[str, list[Watched]] = {}
    for one in sessions:
        named.setdefault(name_of(one), []).append(one)
    bands = [name for _, name in (*LIGHT_BANDS, *WIDTH_BANDS)]
    order = [*bands, "With one", "Without", *DEVICES.values(), *GLASSES.values(), UNKNOWN]
    groups = tuple(_group(name, named[name]) for name in order if name in named)
    return Comparison(by, groups, _differences(groups), note)


def _group(name: str, sessions: Sequence[Watched]) -> Group:
    flagged = [one for one in sessions if one.is_flagged]
    return Group(
        name=name,
        sessions=len(sessions),
        flagged=_share(len(flagged), len(sessions)),
        cannot_see=_share(sum(one.cannot_see for one in sessions), len(sessions)),
        upheld=_share(sum(one.is_upheld for one in flagged), len(flagged)),
    )


def _share(count: int, of: int) -> Share:
    return Share(count, of, wilson(count, of))


def _differences(groups: Sequence[Group]) -> tuple[str, ...]:
    found = []
    known = [group for group in groups if group.name != UNKNOWN]
    for index, one in enumerate(known):
        for other in known[index + 1 :]:
            for what, mine, theirs in (
                ("flagged", one.flagged, other.flagged),
                ("not seen well", one.cannot_see, other.cannot_see),
            ):
                if mine.interval.low > theirs.interval.high or theirs.interval.low > mine.interval.high:
                    more, less = (one, other) if mine.interval.low > theirs.interval.high else (other, one)
                    found.append(f"“{more.name}” is {what} more often than “{less.name}”")
    return tuple(found)


def _band(value: float | None, bands: Sequence[tuple[float, str]]) -> str:
    return UNKNOWN if value is None else next(name for upper, name in bands if value < upper)
