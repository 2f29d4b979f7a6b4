"""Follows the faces of a session, and decides when to look for more.

Each frame, the mesh is fitted where the last frame left each face. The short-range detector runs when a face was
lost, when nobody is there, when the picture has changed where no face explains it, and on a slow clock. The
full-range detector, twice as dear, has at most one look a frame: where a face was lost, where something has
changed, and in a sweep over the picture, at a session's start and every minute. What only it has found is followed in
silence until it finds it again: a ghost of a moment is told to nobody.
"""

import math
from dataclasses import dataclass, replace

from proctor_engine.detectors import windows
from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.base import Sight
from proctor_engine.detectors.box_detector import BoxDetector, Detection, Window
from proctor_engine.detectors.change import Change, Thumb, find_change, shrink_to_thumb
from proctor_engine.detectors.memory import SessionMemory, Track
from proctor_engine.detectors.regions import Region, overlap, region_around

FORGET_AFTER_MS = 3_000  # a picture after a longer pause is a new beginning
LOOK_AGAIN_MS = 1_000  # between looks of the full-range detector at a picture without a face
CERTAIN_AFTER_MS = 400  # from a small face's first look to the one that makes it certain
SWEEP_EVERY_MS = 60_000
SWEPT_AT_ONCE = 2  # windows a frame: a session is looked over within its first seven frames
CHANGED_CELLS = 2  # fewer cannot hold a face the short-range detector sees
# Looks at changed places: a store, so that a scene in which everything always moves costs no more than this.
GLANCES_MOST, GLANCES_PER_SECOND = 6.0, 0.2
# A scene that always changes (a camera that sways, a street behind a window) is looked at when it changes much more.
UNUSUAL, UNREST_SHARE, UNREST_STEP = 2.0, 0.3, 20.0
UNCERTAIN_MOST = 2
# What the full-range detector finds must convince the mesh, and on the second look the detector itself. Planted faces
# of 24 px: flag above .999, score above .64 in 95 %; an engine block and a launch tower: flag .989, scores .84 and .54.
CONVINCED_FLAG, CONVINCED_SCORE = 0.995, 0.6
# A face of 50 px or more, this sure, needs no second look.
SURE_SCORE, SURE_SIDE_PX = 0.75, 75.0
SAME_OVERLAP, SAME_DISTANCE = 0.5, 0.25  # mediapipe's share; and of a region's side, for boxes of other detectors
OUTER_EYE_CORNERS = (33, 263)
LONG_AGO = -1 << 62


@dataclass(frozen=True, slots=True)
class Followed:
    """A face in this frame."""

    track: Track
    mesh: Mesh


@dataclass(frozen=True, slots=True)
class Models:
    """What the tracker looks with."""

    short_range: BoxDetector
    full_range: BoxDetector
    mesh: AttentionMesh


class Tracker:
    """Keeps nothing itself: a session's memory comes in with its frame and goes out with its faces."""

    def __init__(self, models: Models, max_faces: int, detect_every_ms: int) -> None:
        self._models = models
        self._max_faces = max_faces
        self._detect_every_ms = detect_every_ms

    def follow(self, sight: Sight, memory: SessionMemory | None) -> tuple[list[Followed], SessionMemory]:
        """The faces of this frame, and what to remember for the next."""
        thumb = shrink_to_thumb(sight.grey)
        before = memory if memory is not None and _continues(memory, sight) else _beginning(sight, thumb)
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
        self._before = before
        self._after = replace(
            before,
            at_ms=sight.at_ms,
            thumb=thumb,
            glances=min(before.glances + (sight.at_ms - before.at_ms) / 1_000 * GLANCES_PER_SECOND, GLANCES_MOST),
        )
        self._found: list[Followed] = []
        self._lost: list[Track] = []
        self._change: Change | None = None

    def follow(self) -> None:
        """Fit the mesh where each face was; two that have met are one."""
        for track in self._before.tracks:
            mesh = self._models.mesh.fit(self._sight.picture, track.region)
            if mesh is None:
                self._lost.append(track)
                continue
            region = region_of(mesh)
            if not self._is_found(region):
                self._found.append(Followed(replace(track, region=region), mesh))
        first = self._before.tracks[0].region if self._before.tracks and not self._lost else None
        change = find_change(
            self._before.thumb,
            self._after.thumb,
            [face.track.region for face in self._found] + [track.region for track in self._lost],
            (first, self._found[0].track.region) if first is not None else None,
            self._before.width_px,
            self._before.height_px,
        )
        usual = self._before.unrest
        levels = change.levels if change is not None else 0
        self._change = change if levels > UNUSUAL * usual else None
        # A sudden change is news once, not the new measure of what is usual.
        expected = min(levels, UNUSUAL * usual + UNREST_STEP)
        self._after = replace(self._after, unrest=usual + UNREST_SHARE * (expected - usual))

    def wants_detector(self, every_ms: int) -> bool:
        """Whether the short-range detector is worth its millisecond on this frame."""
        return (
            not self.certain()
            or bool(self._lost)
            or (self._change is not None and self._change.cells >= CHANGED_CELLS)
            or self._now_ms - self._before.detected_at_ms >= every_ms
        )

    def detect(self) -> None:
        """Run the short-range detector: what it finds is certain."""
        self._after = replace(self._after, detected_at_ms=self._now_ms)
        for detection in self._models.short_range.find(self._sight.picture):
            self._take(detection, certain=True)

    def glance(self) -> None:
        """Spend the frame's one look of the full-range detector, if there is a reason for it."""
        lost = next((track for track in self._lost if not self._is_found(track.region)), None)
        doubtful = next((face.track for face in self._found if self._is_due(face.track)), None)
        if lost is not None:
            self._search(windows.face_window(lost.region), certain=lost.certain, near=lost.region)
        if not self.certain() and self._may_look_again():
            self._after = replace(self._after, looked_at_ms=self._now_ms)
            self._search(self._sweep()[0])
        elif lost is not None:
            pass
        elif doubtful is not None:
            self._decide(doubtful)
        elif (window := self._changed_window()) is not None:
            self._after = replace(self._after, glances=self._after.glances - 1)
            self._search(window)
        else:
            self._go_on_sweeping()

    def certain(self) -> list[Followed]:
        """The faces to tell of."""
        return [face for face in self._found if face.track.certain]

    def memory(self) -> SessionMemory:
        """What the next frame is to know."""
        return replace(self._after, tracks=tuple(face.track for face in self._found))

    def _take(self, detection: Detection, *, certain: bool) -> None:
        """Add a detected face, or confirm the one already followed there."""
        region = detection.region()
        trusted = certain
        certain = certain or (detection.score >= SURE_SCORE and region.side_px >= SURE_SIDE_PX)
        for place, face in enumerate(self._found):
            if _is_same(face.track.region, region):
                convincing = detection.score >= CONVINCED_SCORE and face.mesh.flag >= CONVINCED_FLAG
                again = self._is_due(face.track) and convincing
                confirmed = face.track.certain or certain or again
                self._found[place] = replace(face, track=replace(face.track, score=detection.score, certain=confirmed))
                return
        if len(self._found) >= self._max_faces or (not certain and self._uncertain_count() >= UNCERTAIN_MOST):
            return
        mesh = self._models.mesh.fit(self._sight.picture, region)
        # Once more, where the landmarks themselves say the face is: gaze on a first look is right in 83 % of cases,
        # on a second in 93 %.
        mesh = mesh and self._models.mesh.fit(self._sight.picture, region_of(mesh))
        if mesh is None or (not trusted and mesh.flag < CONVINCED_FLAG):
            return
        region = region_of(mesh)
        if not self._is_found(region):
            self._found.append(Followed(Track(region, detection.score, self._now_ms, certain), mesh))

    def _search(self, window: Window, *, certain: bool = False, near: Region | None = None) -> None:
        """Run the full-range detector on a window; `near` a lost face, what it finds is that face."""
        for detection in self._models.full_range.find(self._sight.picture, window):
            here = near is not None and _is_same(near, detection.region())
            self._take(detection, certain=certain and here)

    def _decide(self, track: Track) -> None:
        """Look at a small face again: it is certain now, or gone."""
        self._search(windows.face_window(track.region))
        self._found = [face for face in self._found if face.track.certain or face.track.since_ms != track.since_ms]

    def _go_on_sweeping(self) -> None:
        ahead = self._sweep()[self._after.sweep_step :][:SWEPT_AT_ONCE]
        for window in ahead:
            self._search(window)
        if ahead:
            self._after = replace(self._after, sweep_step=self._after.sweep_step + len(ahead))
        elif self._now_ms - self._after.swept_at_ms >= SWEEP_EVERY_MS:
            self._after = replace(self._after, swept_at_ms=self._now_ms, sweep_step=0)

    def _changed_window(self) -> Window | None:
        if self._change is None or self._after.glances < 1:
            return None
        return windows.change_window(self._change, self._before.width_px, self._before.height_px)

    def _may_look_again(self) -> bool:
        """A picture that has just lost its last face is looked at now, an empty one at times."""
        return bool(self._lost) or self._change is not None or self._now_ms - self._before.looked_at_ms >= LOOK_AGAIN_MS

    def _is_due(self, track: Track) -> bool:
        return not track.certain and self._now_ms - track.since_ms >= CERTAIN_AFTER_MS

    def _is_found(self, region: Region) -> bool:
        return any(_is_same(face.track.region, region) for face in self._found)

    def _uncertain_count(self) -> int:
        return sum(not face.track.certain for face in self._found)

    def _sweep(self) -> tuple[Window, ...]:
        return windows.sweep_windows(self._before.width_px, self._before.height_px)


def region_of(mesh: Mesh) -> Region:
    """Where a face's landmarks say it is: around all of them, turned by the line through the outer eye corners."""
    (x1, y1, _), (x2, y2, _) = (mesh.points[corner].tolist() for corner in OUTER_EYE_CORNERS)
    return region_around(*mesh.box(), math.atan2(y2 - y1, x2 - x1))


def _is_same(one: Region, other: Region) -> bool:
    """Whether both are the same face: boxes of different detectors differ by a quarter of their size."""
    apart = math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)
    return apart < SAME_DISTANCE * max(one.side_px, other.side_px) or overlap(one, other) > SAME_OVERLAP


def _continues(memory: SessionMemory, sight: Sight) -> bool:
    height, width = sight.picture.shape[:2]
    same_size = (memory.width_px, memory.height_px) == (width, height)
    return same_size and 0 <= sight.at_ms - memory.at_ms <= FORGET_AFTER_MS


def _beginning(sight: Sight, thumb: Thumb) -> SessionMemory:
    height, width = sight.picture.shape[:2]
    return SessionMemory(
        width_px=width,
        height_px=height,
        at_ms=sight.at_ms,
        detected_at_ms=LONG_AGO,
        looked_at_ms=LONG_AGO,
        swept_at_ms=sight.at_ms,
        sweep_step=0,
        glances=GLANCES_MOST,
        unrest=0.0,
        tracks=(),
        thumb=thumb,
    )
