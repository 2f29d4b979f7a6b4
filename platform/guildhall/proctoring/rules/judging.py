"""`judge`: a timeline and one observation make a new timeline and, rarely, an incident. Step 7 of the journey.

A sign must hold for its rule's time before it is an incident; a shorter contrary flicker neither counts nor resets;
an incident ends when the sign has been gone for `clear_after_seconds`, and says that it ended when the sign was last
seen. Time in which nothing could be seen (no frames, darkness, an engine that is away) counts for neither side: what
was pending begins anew, and what was open is closed at the last moment it was seen. `judge_silence` is the same for
the clock alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from guildhall.proctoring.model import Baseline, Rule
from guildhall.proctoring.rules.calibration import Direction, add_sample, calibrate, direction_of, median_direction
from guildhall.proctoring.rules.signs import describe, is_clear, read_signs
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation

MEDIAN_OF = 5  # frames of direction smoothed; the accuracy study's last false "away" a minute vanished with it


@dataclass(frozen=True, slots=True)
class Track:
    """One rule's time so far. `began_ms` is when the present stretch began, whether or not it is an incident yet."""

    ordinal: int = 0  # incidents of this rule so far, the open one included
    open: bool = False
    began_ms: int | None = None
    held_ms: int = 0  # time the sign was seen to hold, without flickers
    seen_ms: int = 0  # when it was last seen to hold
    cleared_at_ms: int | None = None  # since when it has not been seen, while that is not yet the end


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that `judge` remembers of a session; small, immutable, and enough to go on from."""

    last_at_ms: int | None = None
    tracks: Mapping[Rule, Track] = field(default_factory=lambda: {rule: Track() for rule in Rule})
    baseline: Baseline | None = None
    samples: tuple[Direction, ...] = ()
    recent: tuple[Direction, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    rule: Rule
    ordinal: int
    began_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    rule: Rule
    ordinal: int
    ended_ms: int


Verdict: TypeAlias = Opened | Closed


@dataclass(frozen=True, slots=True)
class Judgement:
    timeline: Timeline
    changes: tuple[Verdict, ...] = ()


def threshold_ms(rule: Rule, settings: RuleSettings) -> int:
    """How long a sign must hold before it is an incident."""
    seconds = {
        Rule.ABSENT: settings.absent_after_seconds,
        Rule.SEVERAL_FACES: settings.several_faces_after_seconds,
        Rule.LOOKING_AWAY: settings.looking_away_after_seconds,
        Rule.CAMERA_DARK: settings.camera_dark_after_seconds,
        Rule.CAMERA_COVERED: settings.camera_covered_after_seconds,
        Rule.NO_FRAMES: settings.no_frames_after_seconds,
    }
    return round(seconds[rule] * 1000)


def judge(timeline: Timeline, observation: Observation, at_ms: int, settings: RuleSettings) -> Judgement:
    """`at_ms` is the server's time of the frame; one that is older than the last changes nothing."""
    if timeline.last_at_ms is not None and at_ms <= timeline.last_at_ms:
        return Judgement(timeline)
    rested = _rest(timeline, at_ms, settings)
    timeline = _notice_direction(rested.timeline, observation, at_ms, settings)
    clear = bool(observation.faces) and is_clear(observation.faces[0], settings)
    direction = median_direction(timeline.recent) if clear and timeline.recent else None
    signs = read_signs(observation, direction, timeline.baseline, settings)

    tracks: dict[Rule, Track] = {}
    changes: list[Verdict] = list(rested.changes)
    for rule, track in timeline.tracks.items():
        if rule is Rule.NO_FRAMES:
            moved, change = _end_silence(track, at_ms)
        elif signs[rule]:
            moved, change = _hold(rule, track, at_ms, timeline.last_at_ms, settings)
        else:
            moved, change = _clear(rule, track, at_ms, settings)
        tracks[rule] = moved
        if isinstance(change, Opened):
            change = replace(change, reason=describe(rule, observation, direction, timeline.baseline))
        if change is not None:
            changes.append(change)
    return Judgement(replace(timeline, last_at_ms=at_ms, tracks=tracks), tuple(changes))


def judge_silence(timeline: Timeline, arrived_ms: int | None, now_ms: int, settings: RuleSettings) -> Judgement:
    """What the clock alone says; called twice a second for every connected candidate.

    `arrived_ms` is when the last picture came, whether or not anybody could look at it: an engine that is away is the
    server's trouble and never the candidate's silence. None: they have not begun to send.
    """
    rested = _rest(timeline, now_ms, settings)
    track = timeline.tracks[Rule.NO_FRAMES]
    if arrived_ms is None or track.open or now_ms - arrived_ms < threshold_ms(Rule.NO_FRAMES, settings):
        return rested
    opened = Track(ordinal=track.ordinal + 1, open=True, began_ms=arrived_ms)
    change = Opened(Rule.NO_FRAMES, opened.ordinal, arrived_ms, describe(Rule.NO_FRAMES, None, None, None))
    tracks = {**rested.timeline.tracks, Rule.NO_FRAMES: opened}
    return Judgement(replace(rested.timeline, tracks=tracks), (*rested.changes, change))


def close_all(timeline: Timeline, at_ms: int) -> Judgement:
    """End every open incident, because nobody watches any more: the session is over, or the candidate has gone."""
    changes = tuple(_ended(rule, track, at_ms) for rule, track in timeline.tracks.items() if track.open)
    tracks = {rule: Track(ordinal=track.ordinal) for rule, track in timeline.tracks.items()}
    return Judgement(replace(timeline, tracks=tracks), changes)


def resume(
    ordinals: Mapping[Rule, int], began_ms: Mapping[Rule, int], baseline: Baseline | None, at_ms: int
) -> Timeline:
    """The timeline of a session taken over, at `at_ms`, from another process: what was open there is open here.

    `ordinals` counts each rule's incidents so far, `began_ms` names the open ones.
    """
    tracks = {rule: Track(ordinals.get(rule, 0), rule in began_ms, began_ms.get(rule), seen_ms=at_ms) for rule in Rule}
    return Timeline(last_at_ms=at_ms if began_ms else None, tracks=tracks, baseline=baseline)


def _notice_direction(timeline: Timeline, observation: Observation, at_ms: int, settings: RuleSettings) -> Timeline:
    if not observation.faces or not is_clear(observation.faces[0], settings):
        return timeline
    direction = direction_of(observation.faces[0], at_ms)
    horizon_ms = at_ms - round(settings.gap_seconds * 1000)
    recent = (*(one for one in timeline.recent if one.at_ms >= horizon_ms), direction)[-MEDIAN_OF:]
    if timeline.baseline is not None or len(observation.faces) > 1:
        return replace(timeline, recent=recent)
    samples = add_sample(timeline.samples, direction, settings)
    baseline = calibrate(samples, settings)
    return replace(timeline, recent=recent, samples=() if baseline else samples, baseline=baseline)


def _rest(timeline: Timeline, at_ms: int, settings: RuleSettings) -> Judgement:
    """After a stretch nobody saw: what had become an incident has ended, and what had not begins anew."""
    if timeline.last_at_ms is None or at_ms - timeline.last_at_ms <= settings.gap_seconds * 1000:
        return Judgement(timeline)
    silence = timeline.tracks[Rule.NO_FRAMES]
    closed = close_all(replace(timeline, tracks={**timeline.tracks, Rule.NO_FRAMES: Track()}), at_ms)
    tracks = {**closed.timeline.tracks, Rule.NO_FRAMES: silence}
    return Judgement(replace(closed.timeline, last_at_ms=None, tracks=tracks), closed.changes)


def _ended(rule: Rule, track: Track, at_ms: int) -> Closed:
    return Closed(rule, track.ordinal, at_ms if rule is Rule.NO_FRAMES else track.seen_ms)


def _end_silence(track: Track, at_ms: int) -> tuple[Track, Verdict | None]:
    if not track.open:
        return track, None
    return Track(ordinal=track.ordinal), _ended(Rule.NO_FRAMES, track, at_ms)


def _hold(
    rule: Rule, track: Track, at_ms: int, last_at_ms: int | None, settings: RuleSettings
) -> tuple[Track, Verdict | None]:
    if track.open:
        return replace(track, seen_ms=at_ms, cleared_at_ms=None), None
    # The first frame, and the first after a flicker, prove only their own instant: no time is counted for them.
    is_instant = track.began_ms is None or track.cleared_at_ms is not None or last_at_ms is None
    began_ms = at_ms if track.began_ms is None else track.began_ms
    held_ms = track.held_ms + (0 if is_instant or last_at_ms is None else at_ms - last_at_ms)
    if held_ms < threshold_ms(rule, settings):
        return Track(track.ordinal, began_ms=began_ms, held_ms=held_ms, seen_ms=at_ms), None
    opened = Track(track.ordinal + 1, open=True, began_ms=began_ms, seen_ms=at_ms)
    return opened, Opened(rule, opened.ordinal, began_ms, reason="")


def _clear(rule: Rule, track: Track, at_ms: int, settings: RuleSettings) -> tuple[Track, Verdict | None]:
    """The sign does not hold, or cannot be told (`None`): either way it is not seen any more."""
    if track.began_ms is None:
        return track, None
    cleared_at_ms = at_ms if track.cleared_at_ms is None else track.cleared_at_ms
    seconds = settings.clear_after_seconds if track.open else settings.flicker_seconds
    if at_ms - cleared_at_ms < seconds * 1000:
        return replace(track, cleared_at_ms=cleared_at_ms), None
    return Track(ordinal=track.ordinal), _ended(rule, track, at_ms) if track.open else None
