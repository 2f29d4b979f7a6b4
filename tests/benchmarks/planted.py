"""Planted incidents: twenty sessions in which somebody leaves, somebody comes, a head turns or a hand covers the lens.

Each session is three minutes of one calm person at five frames a second, in a light, a noise and a quality of its own,
into which clips are spliced at times drawn by its seed. The engine sees the pictures, the rules judge what it says, as
live. Used by `make accuracy`.

An incident counts as found where its rule opened while it lasted, or within `LATE_MS` after it; whatever else is said
of behaviour is a false flag. Whoever turns is another person than the calm one, as whoever comes is: the recording of
a turning head has no second in which it is still (its yaw sweeps from -45 to 29 degrees), so it cannot be what is calm.
"""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from guildhall.proctoring.model import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.rules import Opened, Timeline, judge
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.detectors.base import Detector
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from proctor_engine.settings import EngineSettings
from tests.proctor_engine.films import CLIP_STRIDE, DISTORTIONS, FRAME_MS, Distort, swing, whole_clip
from tests.proctor_engine.recordings import Picture, encode

SESSIONS: Final = 20
SESSION_FRAMES: Final = 900
CALM_FRAMES: Final = 75  # before the first one, and at least CLEAR_FRAMES between two
CLEAR_FRAMES: Final = 40
LEAST_FRAMES, MOST_FRAMES = 25, 60  # 5 to 12 s
LATE_MS: Final = 2_000
BEGAN_MS: Final = 1_800_000_000_000
MOST_PX: Final = 1920 * 1080
TURNED = slice(0, 60)  # of `head_turn`, thirty frames a second: a yaw of -35 to -45 degrees


@dataclass(frozen=True)
class Planted:
    """One incident as it was planted: from `began_ms` until before `ended_ms` of its session."""

    kind: str
    rule: Rule
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class Said:
    rule: Rule
    began_ms: int
    told_ms: int


@dataclass(frozen=True)
class Sat:
    """What came of one session."""

    planted: tuple[Planted, ...]
    said: tuple[Said, ...]


KINDS: Final = {
    "leaving": Rule.ABSENT,
    "entering": Rule.SEVERAL_FACES,
    "covering": Rule.CAMERA_COVERED,
    "turning": Rule.LOOKING_AWAY,
}


def schedule(seed: int) -> list[Planted]:
    """One incident of each kind, in an order and at times of the seed's."""
    chance = np.random.default_rng(seed)
    kinds = list(KINDS)
    chance.shuffle(kinds)
    lengths = [int(chance.integers(LEAST_FRAMES, MOST_FRAMES + 1)) for _ in kinds]
    spare = SESSION_FRAMES - CALM_FRAMES - sum(lengths) - CLEAR_FRAMES * len(kinds)
    cuts = sorted(int(chance.integers(0, spare + 1)) for _ in kinds)
    found, at, before = [], CALM_FRAMES, 0
    for kind, length, cut in zip(kinds, lengths, cuts, strict=True):
        at += cut - before
        before = cut
        found.append(Planted(kind, KINDS[kind], at * FRAME_MS, (at + length) * FRAME_MS))
        at += length + CLEAR_FRAMES
    return found


def sit(number: int) -> Sat:
    """One session, from its pictures to what the rules said."""
    cv2.setNumThreads(1)
    settings = EngineSettings()
    detector: Detector = LiteRtDetector(settings.max_faces, settings.detect_every_ms)
    planted = schedule(number)
    rules, timeline, memory = RuleSettings(), Timeline(), b""
    said: list[Said] = []
    for frame, jpeg in enumerate(film(number, planted)):
        at_ms = BEGAN_MS + frame * FRAME_MS
        answer = examine(Question(at_ms, memory, jpeg), detector, MOST_PX)
        memory = answer.memory
        judgement = judge(timeline, answer.observation, at_ms, rules)
        timeline = judgement.timeline
        said += [
            Said(change.rule, change.began_ms - BEGAN_MS, at_ms - BEGAN_MS)
            for change in judgement.changes
            if isinstance(change, Opened)
        ]
    return Sat(tuple(planted), tuple(said))


def film(number: int, planted: Sequence[Planted]) -> Iterator[bytes]:
    """The session's pictures as a page would send them."""
    chance = np.random.default_rng(1_000 + number)
    calm = _wander(whole_clip("one_face"), chance)
    gain, sigma, quality = chance.uniform(0.6, 1.1), chance.uniform(0.5, 3), int(chance.integers(50, 86))
    is_mirrored = bool(chance.random() < 0.5)
    spliced: dict[str, Iterator[Picture]] = {
        "leaving": swing(whole_clip("empty_room")[::CLIP_STRIDE]),
        "entering": swing(whole_clip("two_faces")[::CLIP_STRIDE]),
        "turning": swing(whole_clip("head_turn")[TURNED][::CLIP_STRIDE]),
    }
    cover = _hand()
    for frame in range(SESSION_FRAMES):
        at_ms = frame * FRAME_MS
        now = next((one for one in planted if one.began_ms <= at_ms < one.ended_ms), None)
        picture = next(calm)
        if now is not None and now.kind == "covering":
            picture = cover(picture, min(1.0, (at_ms - now.began_ms + FRAME_MS) / 600), chance)
        elif now is not None:
            picture = next(spliced[now.kind])
        if is_mirrored:
            picture = picture[:, ::-1]
        noise = chance.standard_normal(picture.shape, np.float32) * np.float32(sigma)
        yield encode(np.asarray(np.clip(picture * np.float32(gain) + noise, 0, 255), np.uint8), quality)


def _wander(pictures: Sequence[Picture], chance: np.random.Generator) -> Iterator[Picture]:
    """To and fro by chance: a clip that only began again would rightly be told as a loop."""
    place, way = len(pictures) // 2, 1
    while True:
        way = -way if chance.random() < 0.1 or not 0 <= place + way < len(pictures) else way
        place = min(max(place + way, 0), len(pictures) - 1)
        yield pictures[place]


def _hand() -> Distort:
    (hand,) = (one for one in DISTORTIONS if one.name == "hand")
    return hand.distort


def score(sessions: Sequence[Sat], session_ms: int = SESSION_FRAMES * FRAME_MS) -> dict[str, Any]:
    """Recall, false flags an hour, and the delay until an incident was told, the rule's own wait included."""
    found: dict[str, list[bool]] = defaultdict(list)
    delays_s: list[float] = []
    false: dict[str, int] = defaultdict(int)
    doubts = 0
    for session in sessions:
        explained: set[Said] = set()
        for planted in session.planted:
            mine = [one for one in session.said if one.rule is planted.rule and _is_of(one, planted)]
            explained |= set(mine)
            found[planted.kind].append(bool(mine))
            delays_s += [(mine[0].told_ms - planted.began_ms) / 1_000] if mine else []
        for one in session.said:
            if one not in explained and CHANNEL_OF[one.rule] is Channel.BEHAVIOUR:
                false[one.rule.value] += 1
            doubts += CHANNEL_OF[one.rule] is Channel.PLEASE_CHECK
    hours = len(sessions) * session_ms / 3_600_000
    hits = [hit for kind in found.values() for hit in kind]
    return {
        "sessions": len(sessions),
        "hours": round(hours, 2),
        "incidents": len(hits),
        "recall": round(statistics.mean(hits), 3) if hits else None,
        "recall_by_kind": {kind: round(statistics.mean(some), 3) for kind, some in sorted(found.items())},
        "false_flags_per_hour": round(sum(false.values()) / hours, 2) if hours else None,
        "false_flags": dict(sorted(false.items())),
        "please_check_per_hour": round(doubts / hours, 2) if hours else None,
        "delay_s_p50": round(statistics.median(delays_s), 2) if delays_s else None,
    }


def _is_of(said: Said, planted: Planted) -> bool:
    return (
        planted.began_ms <= said.told_ms
        and said.began_ms < planted.ended_ms
        and (said.told_ms <= planted.ended_ms + LATE_MS)
    )


def plant_sessions(workers: Executor, first: int = 0) -> dict[str, Any]:
    """Twenty sessions of the seeds from `first` on; the rules' limits were chosen on those from 0 on."""
    sat = []
    for number, session in enumerate(workers.map(sit, range(first, first + SESSIONS)), first):
        sat.append(session)
        print("session", number, json.dumps(score([session])), flush=True)
    return {**score(sat), "first_seed": first}
