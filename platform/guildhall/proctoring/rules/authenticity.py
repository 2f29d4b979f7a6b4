"""Whether the pictures are live ones of the same person: five weak signs, each a reason for a proctor to look.

None of them counts as behaviour, and none proves anything; the sentence of each says what else it may be. Where
nothing can be seen they rest: a covered camera stands still too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from statistics import median

from guildhall.proctoring.model import Rule
from guildhall.proctoring.rules.looping import Loop, Past, add_picture, find_loop
from guildhall.proctoring.rules.same_face import Faces, add_face, is_another
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation

UNTAKEN = 0  # no print was taken of the picture
LOOKS, FEWEST_LOOKS = 5, 3  # for a screen's pattern: single looks of a busy shirt come near it
LOOKED_WITHIN_MS = 20_000
SHOWN_CHARACTERS = 80  # of a camera's name


@dataclass(frozen=True, slots=True)
class Look:
    at_ms: int
    pattern: float


@dataclass(frozen=True, slots=True)
class Feed:
    """What is remembered of a session's pictures to tell whether they are live."""

    at_ms: int | None = None  # of the newest picture that could be judged
    exact_print: int = UNTAKEN
    same_since_ms: int = 0  # when the picture shown now was first seen
    past: Past = field(default_factory=Past)
    loop: Loop | None = None
    looks: tuple[Look, ...] = ()
    faces: Faces = field(default_factory=Faces)
    camera: str = ""  # the camera's name, as the candidate's page tells it

    def named(self, camera: str) -> "Feed":
        """The same from a camera of this name."""
        return replace(self, camera=" ".join(camera.split())[:SHOWN_CHARACTERS])


def add_frame(feed: Feed, observation: Observation, at_ms: int, settings: RuleSettings) -> Feed:
    """The feed with this picture, in which something could be seen."""
    looks = feed.looks
    if observation.screen_pattern is not None:
        looks = (*looks, Look(at_ms, observation.screen_pattern))[-LOOKS:]
    faces = add_face(feed.faces, observation, at_ms, settings)
    if observation.exact_print == UNTAKEN:
        return replace(feed, at_ms=at_ms, looks=looks, faces=faces, exact_print=UNTAKEN)
    is_gap = feed.at_ms is None or at_ms - feed.at_ms > settings.gap_seconds * 1000
    is_same = observation.exact_print == feed.exact_print and not is_gap
    past = add_picture(feed.past, observation.exact_print, observation.rough_print, at_ms)
    return replace(
        feed,
        at_ms=at_ms,
        exact_print=observation.exact_print,
        same_since_ms=feed.same_since_ms if is_same else at_ms,
        past=past,
        loop=feed.loop if past is feed.past else find_loop(past),
        looks=looks,
        faces=faces,
    )


def read_feed(feed: Feed, at_ms: int, settings: RuleSettings, *, blind: bool) -> Mapping[Rule, int | None]:
    """Since when each sign holds, for those that do; `blind` when nothing can be seen in the newest picture."""
    named = {Rule.VIRTUAL_CAMERA: at_ms if is_virtual(feed.camera, settings) else None}
    if blind:
        return named | dict.fromkeys(PICTURED)
    still_ms = at_ms - feed.same_since_ms if feed.exact_print != UNTAKEN else 0
    return named | {
        Rule.FEED_FROZEN: feed.same_since_ms if still_ms >= settings.feed_frozen_after_seconds * 1000 else None,
        Rule.FEED_LOOPED: feed.loop.since_ms if feed.loop is not None else None,
        Rule.SCREEN_FILMED: at_ms if shows_screen(feed, at_ms, settings) else None,
        Rule.FACE_CHANGED: at_ms if is_another(feed.faces, settings) else None,
    }


PICTURED = (Rule.FEED_FROZEN, Rule.FEED_LOOPED, Rule.SCREEN_FILMED, Rule.FACE_CHANGED)


def is_virtual(camera: str, settings: RuleSettings) -> bool:
    """Whether the camera's name has one of the listed names in it, as whole words."""
    return _is_named(camera, settings.virtual_camera_names)


@lru_cache(maxsize=4_096)  # asked with every picture: 20 us, an eighth of what judging one costs
def _is_named(camera: str, names: tuple[str, ...]) -> bool:
    told = re.sub(r"[\W_]+", " ", camera).casefold()
    return any(f" {name.casefold()} " in f" {told} " for name in names)


def shows_screen(feed: Feed, at_ms: int, settings: RuleSettings) -> bool:
    """Whether most of the newest looks found a pattern."""
    late = [look.pattern for look in feed.looks if at_ms - look.at_ms <= LOOKED_WITHIN_MS]
    return len(late) >= FEWEST_LOOKS and median(late) > settings.screen_pattern_limit


def describe_feed(rule: Rule, feed: Feed) -> str:
    """What a proctor reads: what was seen, what else it may be, and that they should look."""
    match rule:
        case Rule.FEED_FROZEN:
            return "The very same picture keeps arriving, which no live camera sends: please check."
        case Rule.FEED_LOOPED:
            lag = f" of {feed.loop.lag_ms / 1000:.0f} seconds before" if feed.loop is not None else " of before"
            return f"The pictures repeat those{lag} one after the other, as a recording in a loop does: please check."
        case Rule.VIRTUAL_CAMERA:
            named = f'is called "{feed.camera}"' if feed.camera else "has a name"
            return f"The camera {named} as a program or a phone does, which some use in good faith: please check."
        case Rule.SCREEN_FILMED:
            return "A fine regular pattern lies over the face, of a filmed screen or of cloth: please check."
        case _:
            return (
                "The face has other proportions than at the beginning, which glasses or another way of sitting can"
                " cause too and which proves nothing: please check whether this is the same person."
            )
