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

from guildhall.proctoring.lifecycle import CheckInState
from guildhall.proctoring.model import CHANNEL_OF, SEEN, Baseline, Channel, Rule
from guildhall.proctoring.rules.authenticity import Feed, add_frame, read_feed
from guildhall.proctoring.rules.calibrated import Calibrated, calibrate_reading
from guildhall.proctoring.rules.calibration import add_sample, calibrate
from guildhall.proctoring.rules.checking_in import CheckIn, notice
from guildhall.proctoring.rules.fitting import fit_baseline
from guildhall.proctoring.rules.readings import Sample, median_reading, sample_of
from guildhall.proctoring.rules.signs import describe, is_away, is_clear, is_readable, read_signs
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation

MEDIAN_OF = 5  # frames of direction smoothed; the accuracy study's last false "away" a minute vanished with it
FRAME_SHARE = 0.75  # one frame is noisy: of a limit that the median is over, it need reach only so much


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
    tracks: Mapping[Rule, Track] = field(default_factory=lambda: {rule: Track() for rule in SEEN})
    baseline: Baseline | None = None
    check_in: CheckIn = field(default_factory=CheckIn)
    samples: tuple[Sample, ...] = ()
    recent: tuple[Sample, ...] = ()
    feed: Feed = field(default_factory=Feed)
    muted: frozenset[Rule] = frozenset()

    def checking_in(self, check_in: CheckIn) -> "Timeline":
        """The same with what the candidate asked of their check-in."""
        return replace(self, check_in=check_in)


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
    """`calibrated` is this frame's own reading of the largest clear face, beside the observation's raw one."""

    timeline: Timeline
    changes: tuple[Verdict, ...] = ()
    calibrated: Calibrated | None = None


def threshold_ms(rule: Rule, settings: RuleSettings) -> int:
    """How long a sign must hold before it is an incident."""
    seconds = {
        Rule.ABSENT: settings.absent_after_seconds,
        Rule.SEVERAL_FACES: settings.several_faces_after_seconds,
        Rule.LOOKING_AWAY: settings.looking_away_after_seconds,
        Rule.CAMERA_DARK: settings.camera_dark_after_seconds,
        Rule.CAMERA_COVERED: settings.camera_covered_after_seconds,
        Rule.CAMERA_UNCLEAR: settings.camera_unclear_after_seconds,
        Rule.NO_FRAMES: settings.no_frames_after_seconds,
        Rule.FEED_FROZEN: settings.feed_frozen_after_seconds,
        Rule.FEED_LOOPED: settings.feed_looped_after_seconds,
        Rule.VIRTUAL_CAMERA: 0.0,  # its name is all there is to see
        Rule.SCREEN_FILMED: 0.0,  # looks are seconds apart already
        Rule.FACE_CHANGED: settings.face_changed_after_seconds,
    }
    return round(seconds.get(rule, settings.claim_least_seconds) * 1000)


def judge(timeline: Timeline, observation: Observation, at_ms: int, settings: RuleSettings) -> Judgement:
    """`at_ms` is the server's time of the frame; one that is older than the last changes nothing."""
    if timeline.last_at_ms is not None and at_ms <= timeline.last_at_ms:
        return Judgement(timeline)
    rested = _rest(timeline, at_ms, settings)
    sample = _clear_sample(observation, at_ms, settings)
    timeline = _learn(rested.timeline, observation, sample, at_ms, settings)
    seen = _direction(timeline.baseline, timeline.recent[-1:] if sample else (), settings)
    direction = _direction(timeline.baseline, timeline.recent if sample else (), settings)
    signs = dict(read_signs(observation, direction, timeline.baseline, settings))
    away_since_ms = _away_since_ms(timeline, settings) if signs[Rule.LOOKING_AWAY] else None
    if timeline.check_in.state is CheckInState.RUNNING or (signs[Rule.LOOKING_AWAY] and away_since_ms is None):
        signs[Rule.LOOKING_AWAY] = None  # they were asked to look there; or the median lags behind eyes that are back
    blind = any(signs[rule] for rule in signs if CHANNEL_OF[rule] is Channel.VISIBILITY)
    feed = timeline.feed if blind else add_frame(timeline.feed, observation, at_ms, settings)
    begun_ms = {Rule.LOOKING_AWAY: away_since_ms, **read_feed(feed, at_ms, settings, blind=blind)}
    signs |= {rule: begun_ms[rule] is not None for rule in begun_ms if rule is not Rule.LOOKING_AWAY}
    signs |= dict.fromkeys(timeline.muted & signs.keys())
    timeline = replace(timeline, feed=feed)

    tracks: dict[Rule, Track] = {}
    changes: list[Verdict] = list(rested.changes)
    for rule, track in timeline.tracks.items():
        if rule is Rule.NO_FRAMES:
            moved, change = _end_silence(track, at_ms)
        elif signs[rule]:
            since_ms = begun_ms.get(rule)
            since_ms = at_ms if since_ms is None else since_ms
            moved, change = _hold(rule, track, at_ms, timeline.last_at_ms, settings, since_ms)
        else:
            moved, change = _clear(rule, track, at_ms, settings)
        tracks[rule] = moved
        if isinstance(change, Opened):
            change = replace(change, reason=describe(rule, observation, direction, feed))
        if change is not None:
            changes.append(change)
    return Judgement(replace(timeline, last_at_ms=at_ms, tracks=tracks), tuple(changes), seen)


def judge_silence(timeline: Timeline, arrived_ms: int | None, now_ms: int, settings: RuleSettings) -> Judgement:
    """What the clock alone says; called twice a second for every connected candidate.

    `arrived_ms` is when the last picture came, whether or not anybody could look at it: an engine that is away is the
    server's trouble and never the candidate's silence. None: they have not begun to send.
    """
    rested = _rest(timeline, now_ms, settings)
    track = timeline.tracks[Rule.NO_FRAMES]
    if arrived_ms is None or track.open or Rule.NO_FRAMES in timeline.muted:
        return rested
    if now_ms - arrived_ms < threshold_ms(Rule.NO_FRAMES, settings):
        return rested
    opened = Track(ordinal=track.ordinal + 1, open=True, began_ms=arrived_ms)
    change = Opened(Rule.NO_FRAMES, opened.ordinal, arrived_ms, describe(Rule.NO_FRAMES, None, None))
    tracks = {**rested.timeline.tracks, Rule.NO_FRAMES: opened}
    return Judgement(replace(rested.timeline, tracks=tracks), (*rested.changes, change))


def close_all(timeline: Timeline, at_ms: int) -> Judgement:
    """End every open incident, because nobody watches any more: the session is over, or the candidate has gone."""
    changes = tuple(_ended(rule, track, at_ms) for rule, track in timeline.tracks.items() if track.open)
    tracks = {rule: Track(ordinal=track.ordinal) for rule, track in timeline.tracks.items()}
    return Judgement(replace(timeline, tracks=tracks), changes)


def mute(timeline: Timeline, rules: frozenset[Rule], at_ms: int) -> Judgement:
    """Judge by none of these from now on: what is open of one of them ends, and what was pending is forgotten.

    One that is judged again begins anew, so nothing of the time between is ever held against anybody.
    """
    tracks = timeline.tracks
    changes = tuple(_ended(rule, tracks[rule], at_ms) for rule in tracks if rule in rules and tracks[rule].open)
    tracks = {rule: Track(track.ordinal) if rule in rules else track for rule, track in tracks.items()}
    return Judgement(replace(timeline, tracks=tracks, muted=rules), changes)


def resume(
    ordinals: Mapping[Rule, int],
    began_ms: Mapping[Rule, int],
    baseline: Baseline | None,
    check_in: CheckIn,
    at_ms: int,
) -> Timeline:
    """The timeline of a session taken over, at `at_ms`, from another process: what was open there is open here.

    `ordinals` counts each rule's incidents so far, `began_ms` names the open ones.
    """
    tracks = {rule: Track(ordinals.get(rule, 0), rule in began_ms, began_ms.get(rule), seen_ms=at_ms) for rule in SEEN}
    return Timeline(last_at_ms=at_ms if began_ms else None, tracks=tracks, baseline=baseline, check_in=check_in)


def _clear_sample(observation: Observation, at_ms: int, settings: RuleSettings) -> Sample | None:
    """The reading of the largest face, where it is seen well enough to mean something."""
    if not observation.faces or not is_clear(observation.faces[0], settings) or not is_readable(observation, settings):
        return None
    return sample_of(observation.faces[0], at_ms)


def _learn(
    timeline: Timeline, observation: Observation, sample: Sample | None, at_ms: int, settings: RuleSettings
) -> Timeline:
    """What this frame adds to what is known of the person: by the check-in, else by a calm stretch."""
    horizon_ms = at_ms - round(settings.gap_seconds * 1000)
    if sample is not None:
        recent = (*(one for one in timeline.recent if one.at_ms >= horizon_ms), sample)[-MEDIAN_OF:]
        timeline = replace(timeline, recent=recent)
    alone = sample if len(observation.faces) == 1 else None
    if timeline.check_in.state is CheckInState.RUNNING:
        check_in = notice(timeline.check_in, alone, at_ms, settings)
        fitted = None if check_in.state is CheckInState.RUNNING else fit_baseline(check_in.looks, settings)
        return replace(timeline, check_in=check_in, samples=(), baseline=fitted or timeline.baseline)
    if timeline.baseline is not None or alone is None:
        return timeline
    samples = add_sample(timeline.samples, alone, settings)
    baseline = calibrate(samples, settings)
    return replace(timeline, samples=() if baseline else samples, baseline=baseline)


def _direction(baseline: Baseline | None, samples: tuple[Sample, ...], settings: RuleSettings) -> Calibrated | None:
    if baseline is None or not samples:
        return None
    return calibrate_reading(median_reading(samples), baseline, settings)


def _away_since_ms(timeline: Timeline, settings: RuleSettings) -> int | None:
    """Since when frame after frame, up to the newest, shows it by itself; None when the newest one does not.

    The median is over its limit two frames late at both ends. Without this a glance would be told .4 s late, and one
    that is over already would go on for .4 s.
    """
    since_ms, flicker_ms = None, settings.flicker_seconds * 1000
    for sample in reversed(timeline.recent):
        direction = _direction(timeline.baseline, (sample,), settings)
        is_apart = since_ms is not None and since_ms - sample.at_ms > flicker_ms
        if is_apart or direction is None or not is_away(direction, timeline.baseline, settings, FRAME_SHARE):
            break
        since_ms = sample.at_ms
    return since_ms


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
    rule: Rule, track: Track, at_ms: int, last_at_ms: int | None, settings: RuleSettings, since_ms: int
) -> tuple[Track, Verdict | None]:
    if track.open:
        return replace(track, seen_ms=at_ms, cleared_at_ms=None), None
    if track.began_ms is None:
        began_ms, held_ms = since_ms, at_ms - since_ms
    else:
        # The first frame after a flicker proves only its own instant: no time is counted for it.
        is_instant = track.cleared_at_ms is not None or last_at_ms is None
        began_ms = track.began_ms
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
