"""Follows the faces of a session, and decides when to look for more.

Each frame, the mesh is fitted where the last frame left each face. The short-range detector runs when a face was
lost, when nobody is there, when the picture has changed where no face explains it, and on a slow clock. The
full-range detector, twice as dear, looks where a face was lost, where something has changed, and in a sweep over the
picture, at a session's start and every minute. What is found needs a second opinion (`confirming`); what only the
full-range detector has found is followed in silence until it finds it again, and looked at again from time to time:
a ghost is told to nobody, or not for long. A face that the mesh refuses and both detectors see is followed without
landmarks.
"""

from collections.abc import Callable
from dataclasses import replace

from proctor_engine.detectors import unrest, windows
from proctor_engine.detectors.base import Sight
from proctor_engine.detectors.box_detector import Detection, Window
from proctor_engine.detectors.change import Change, Thumb, find_change, shrink_to_thumb
from proctor_engine.detectors.confirming import (
    AGREED,
    CONVINCED_FLAG,
    HANDED_OVER,
    SURE_FLAG,
    WIDER,
    Models,
    agreed_place,
    is_convincing,
    is_face,
    seen_near,
)
from proctor_engine.detectors.fitting import Fit, fit_new, is_same
from proctor_engine.detectors.following import Followed, Moment, begin_track, follow_track
from proctor_engine.detectors.glances import GLANCES_MOST, Glances
from proctor_engine.detectors.memory import SessionMemory, Track, begin_memory
from proctor_engine.detectors.regions import Region

FORGET_AFTER_MS = 3_000  # a picture after a longer pause is a new beginning
LOOK_AGAIN_MS = 1_000  # between looks of the full-range detector at a picture without a face
CERTAIN_AFTER_MS = 400  # from a small face's first look to the one that makes it certain
SWEEP_EVERY_MS = 60_000
SWEPT_AT_ONCE = 2  # windows a frame: a session is looked over within its first seven frames
STIRRING_EVERY_MS = 400  # between looks of the short-range detector at what always stirs and does so more now
CHANGED_CELLS = 2  # fewer cannot hold a face the short-range detector sees
UNCERTAIN_MOST = 2
# A face of 50 px or more, this sure, needs no second look.
SURE_SCORE, SURE_SIDE_PX = 0.75, 75.0
# A small face whose mesh leaves doubt is looked at again so often, and dropped when two looks do not find it.
DOUBTED_EVERY_MS = 5_000
SMALL_SHARE = 0.25  # of the picture's longer side: up to here a region holds a face the short-range detector may miss


class Tracker:
    """Keeps nothing itself: a session's memory comes in with its frame and goes out with its faces."""

    def __init__(self, models: Models, max_faces: int, detect_every_ms: int) -> None:
        self._models = models
        self._max_faces = max_faces
        self._detect_every_ms = detect_every_ms

    def follow(self, sight: Sight, memory: SessionMemory | None) -> tuple[list[Followed], SessionMemory]:
        """The faces of this frame, and what to remember for the next."""
        thumb = sight.thumb if sight.thumb is not None else shrink_to_thumb(sight.grey)
        height_px, width_px = sight.picture.shape[:2]
        if memory is not None and memory.continues(width_px, height_px, sight.at_ms, FORGET_AFTER_MS):
            before = memory
        else:
            before = begin_memory(width_px, height_px, sight.at_ms, GLANCES_MOST, thumb)
        look = _Look(self._models, sight, before, thumb, self._max_faces)
        look.follow()
        if look.wants_detector(self._detect_every_ms):
            look.detect()
        look.glance()
        return look.certain(), look.memory()


class _Look:
    """One frame being looked at."""

    def __init__(self, models: Models, sight: Sight, before: SessionMemory, thumb: Thumb, max_faces: int) -> None:
        self._models = models
        self._sight = sight
        self._max_faces = max_faces
        self._now_ms = sight.at_ms
        self._moment = Moment(sight.at_ms, before.at_ms)
        self._before = before
        self._thumb = thumb
        # What the next frame is to know, beside the faces.
        self._detected_at_ms = before.detected_at_ms
        self._looked_at_ms = before.looked_at_ms
        self._swept_at_ms = before.swept_at_ms
        self._sweep_step = before.sweep_step
        self._glances = Glances(before, sight.at_ms)
        self._found: list[Followed] = []
        self._lost: list[Track] = []

    def follow(self) -> None:
        """Fit the mesh where each face was; two that have met are one."""
        for track in self._before.tracks:
            followed = follow_track(self._models, self._sight.picture, track, self._moment)
            if followed is None:
                self._lost.append(track)
            elif not self._is_found(followed.track.region):
                self._found.append(followed)
        first = self._before.tracks[0].region if self._before.tracks and not self._lost else None
        stir = find_change(
            self._before.thumb,
            self._thumb,
            [face.track.region for face in self._found] + [track.region for track in self._lost],
            (first, self._found[0].track.region) if first is not None else None,
            self._before.width_px,
            self._before.height_px,
            self._before.unrest,
        )
        self._glances.take_in(stir, fades=self._moment.comes_round(unrest.FADE_EVERY_MS, 0))

    def wants_detector(self, every_ms: int) -> bool:
        """Whether the short-range detector is worth its millisecond on this frame."""
        since_ms = self._now_ms - self._before.detected_at_ms
        return (
            self._first(_is_certain) is None
            or bool(self._lost)
            or _may_hold_large(self._glances.change)
            or (since_ms >= STIRRING_EVERY_MS and _may_hold_large(self._glances.stirring))
            or since_ms >= every_ms
        )

    def detect(self) -> None:
        """Run the short-range detector over the whole picture."""
        self._detected_at_ms = self._now_ms
        for detection in self._models.short_range.find(self._sight.picture):
            self._take(detection, is_large=True)

    def glance(self) -> None:
        """Spend the frame's look of the full-range detector, if there is a reason for it."""
        lost = next((track for track in self._lost if not self._is_found(track.region)), None) if self._lost else None
        doubtful, doubted = self._first(self._is_due), self._first(self._is_doubted)
        if lost is not None:
            self._search(windows.face_window(lost.region))
        if self._first(_is_certain) is None and self._may_look_again():
            self._looked_at_ms = self._now_ms
            self._search(self._sweep()[0])
        elif lost is not None:
            pass
        elif doubtful is not None:
            self._decide(doubtful)
        elif doubted is not None:
            self._confirm(doubted)
        elif (window := self._glances.spend()) is not None:
            self._search(window)
        else:
            self._go_on_sweeping()

    def certain(self) -> list[Followed]:
        """The faces to tell of."""
        return [face for face in self._found if face.track.certain]

    def memory(self) -> SessionMemory:
        """What the next frame is to know."""
        return SessionMemory(
            width_px=self._before.width_px,
            height_px=self._before.height_px,
            at_ms=self._now_ms,
            detected_at_ms=self._detected_at_ms,
            looked_at_ms=self._looked_at_ms,
            swept_at_ms=self._swept_at_ms,
            sweep_step=self._sweep_step,
            glances=self._glances.left,
            unrest=self._glances.unrest,
            pressing=self._glances.pressing,
            owed=self._glances.owed,
            awaited=self._glances.awaited,
            tracks=tuple(face.track for face in self._found),
            thumb=self._thumb,
        )

    def _take(self, detection: Detection, *, is_large: bool = False) -> None:
        """Add a detected face, or confirm the one already followed there."""
        region = detection.region()
        for place, face in enumerate(self._found):
            if is_same(face.track.region, region):
                confirmed = replace(face.track, score=detection.score, confirmed_at_ms=self._now_ms)
                self._found[place] = Followed(confirmed, face.mesh)
                return
        # A face that was told of and is lost to the mesh, behind a hand or a mask, is still that face.
        was_certain = any(track.certain and is_same(track.region, region) for track in self._lost)
        if len(self._found) < self._max_faces and (is_large or was_certain or self._may_doubt_more()):
            self._add(detection, is_large=is_large, was_certain=was_certain)

    def _add(self, detection: Detection, *, is_large: bool, was_certain: bool) -> None:
        models, picture = self._models, self._sight.picture
        fit = fit_new(models.mesh, picture, detection.region())
        if fit is None:
            agreed = agreed_place(models, picture, detection.region(), HANDED_OVER if was_certain else AGREED)
            if agreed is None:
                return
            detection, fit = agreed, fit_new(models.mesh, picture, agreed.region())
        elif not is_large and fit.mesh.flag < CONVINCED_FLAG:
            return
        certain = was_certain or (fit is not None and self._is_certain_at_once(detection, fit, is_large=is_large))
        region = detection.region() if fit is None else fit.region
        if not self._is_found(region) and (certain or self._may_doubt_more()):
            begun = begin_track(picture, region, fit, score=detection.score, at_ms=self._now_ms, certain=certain)
            self._found.append(begun)

    def _is_certain_at_once(self, detection: Detection, fit: Fit, *, is_large: bool) -> bool:
        if not is_large:
            is_sure = detection.score >= SURE_SCORE and fit.region.side_px >= SURE_SIDE_PX
            return is_sure and fit.mesh.flag >= SURE_FLAG
        return is_face(self._models, self._sight.picture, fit.region, fit.mesh)

    def _search(self, window: Window) -> None:
        """Run the full-range detector on a window."""
        for detection in self._models.full_range.find(self._sight.picture, window):
            self._take(detection)

    def _decide(self, place: int) -> None:
        """Look at a face again that was doubtful: it is certain now, or gone."""
        face = self._found[place]
        if is_convincing(self._models, self._sight.picture, face.track.region, face.mesh):
            track = replace(face.track, certain=True, confirmed_at_ms=self._now_ms)
            self._found[place] = replace(face, track=track)
        else:
            del self._found[place]

    def _confirm(self, place: int) -> None:
        """Look at a small certain face again; after two looks in vain it is gone."""
        face = self._found[place]
        is_last = self._now_ms - face.track.confirmed_at_ms >= 2 * DOUBTED_EVERY_MS
        near = seen_near(self._models.full_range, self._sight.picture, face.track.region, WIDER if is_last else 1.0)
        if near is not None:
            self._found[place] = replace(face, track=replace(face.track, confirmed_at_ms=self._now_ms))
        elif is_last:
            del self._found[place]

    def _go_on_sweeping(self) -> None:
        if self._sweep_step < windows.SWEEP_STEPS:
            ahead = self._sweep()[self._sweep_step :][:SWEPT_AT_ONCE]
            for window in ahead:
                self._search(window)
            self._sweep_step += SWEPT_AT_ONCE
        elif self._now_ms - self._swept_at_ms >= SWEEP_EVERY_MS:
            self._swept_at_ms, self._sweep_step = self._now_ms, 0

    def _may_look_again(self) -> bool:
        """A picture that has just lost its last face is looked at now, an empty one at times."""
        is_time = self._now_ms - self._before.looked_at_ms >= LOOK_AGAIN_MS
        return bool(self._lost) or self._glances.change is not None or is_time

    def _is_due(self, track: Track) -> bool:
        return not track.certain and self._now_ms - track.since_ms >= CERTAIN_AFTER_MS

    def _is_doubted(self, track: Track) -> bool:
        if self._now_ms - track.confirmed_at_ms < DOUBTED_EVERY_MS:
            return False
        is_small = track.region.side_px < SMALL_SHARE * max(self._before.width_px, self._before.height_px)
        return is_small and self._moment.comes_round(DOUBTED_EVERY_MS, track.confirmed_at_ms)

    def _first(self, is_asked: Callable[[Track], bool]) -> int | None:
        for place, face in enumerate(self._found):
            if is_asked(face.track):
                return place
        return None

    def _is_found(self, region: Region) -> bool:
        return bool(self._found) and any(is_same(face.track.region, region) for face in self._found)

    def _may_doubt_more(self) -> bool:
        return sum(not face.track.certain for face in self._found) < UNCERTAIN_MOST

    def _sweep(self) -> tuple[Window, ...]:
        return windows.sweep_windows(self._before.width_px, self._before.height_px)


def _is_certain(track: Track) -> bool:
    return track.certain


def _may_hold_large(change: Change | None) -> bool:
    return change is not None and change.cells >= CHANGED_CELLS
