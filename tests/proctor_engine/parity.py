"""The engine beside FaceMesh on the same films: landmarks at the same track state, and who is lost and found when.

At the same track state: each frame's mesh is fitted where FaceMesh's own landmarks were in the frame before. That a
face is lost is compared there too; how many faces there are, on tracks that each keeps by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.attention_mesh import Mesh
from proctor_engine.detectors.base import Sight
from proctor_engine.detectors.box_detector import BoxDetector
from proctor_engine.detectors.confirming import Models
from proctor_engine.detectors.fitting import SAME_OVERLAP, region_of
from proctor_engine.detectors.memory import SessionMemory
from proctor_engine.detectors.regions import overlap
from proctor_engine.detectors.tracker import Tracker
from proctor_engine.imaging import MEASURED_WIDTH_PX, shrink_to_grey
from tests.proctor_engine.films import swing
from tests.proctor_engine.oracle import EYE_ROWS, IRIS_ROWS, LIP_ROWS, FaceMeshOracle, Landmarks, distances
from tests.proctor_engine.recordings import Picture

MOST_FACES = 4
CAMERA_MS = 33
OTHER_ROWS = [row for row in range(468) if row not in {*EYE_ROWS, *LIP_ROWS}]
SAME_FACE = 0.25  # of a face's width: landmarks of one face that both follow are never so far apart on average
Film = Iterator[Picture]


@dataclass
class Parity:
    """What a film showed."""

    frames: int = 0
    pairs: int = 0
    lost_by_both: int = 0
    lost_by_one: int = 0  # at the same track state
    met: int = 0  # two tracks on one face
    same_count: int = 0  # frames in which own tracks give as many faces
    most_faces: int = 0
    apart: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Mean distances in pixels, and shares."""
        mean = np.mean(self.apart, axis=0) if self.apart else np.zeros(478)
        return {
            "frames": self.frames,
            "faces": self.most_faces,
            "pairs": self.pairs,
            "iris_px": round(float(mean[list(IRIS_ROWS)].mean()), 3),
            "eye_px": round(float(mean[list(EYE_ROWS)].mean()), 3),
            "other_px": round(float(mean[OTHER_ROWS].mean()), 3),
            "other_px_p99": round(
                float(np.quantile([one[OTHER_ROWS].mean() for one in self.apart or [mean]], 0.99)), 3
            ),
            "lost_by_both": self.lost_by_both,
            "met": self.met,
            "lost_by_one": self.lost_by_one,
            "same_count_share": round(self.same_count / max(self.frames, 1), 3),
        }


def compare(models: Models, film: Film, most_faces: int = MOST_FACES) -> Parity:
    """Both on a film of thirty frames a second."""
    oracle, tracker = FaceMeshOracle(most_faces, tracked=True), Tracker(models, most_faces, detect_every_ms=1_000)
    parity, before, memory = Parity(), list[Landmarks](), None
    try:
        for frame, picture in enumerate(film):
            now = oracle.look(picture)
            _compare_tracks(parity, models, picture, before, now)
            count, memory = _follow(tracker, picture, frame * CAMERA_MS, memory)
            parity.frames += 1
            parity.same_count += count == len(now)
            parity.most_faces = max(parity.most_faces, len(now))
            before = now
    finally:
        oracle.close()
    return parity


def _follow(tracker: Tracker, picture: Picture, at_ms: int, memory: SessionMemory | None) -> tuple[int, SessionMemory]:
    sight = Sight(picture, shrink_to_grey(picture, MEASURED_WIDTH_PX), at_ms)
    followed, kept = tracker.follow(sight, memory)
    return len(followed), kept


def _compare_tracks(
    parity: Parity, models: Models, picture: Picture, before: Sequence[Landmarks], now: Sequence[Landmarks]
) -> None:
    regions = [region_of(Mesh.of(np.pad(left, ((0, 0), (0, 1))).T.astype(np.float32), 1)) for left in before]
    for left, region in zip(before, regions, strict=True):
        if any(other is not region and overlap(region, other) > SAME_OVERLAP for other in regions):
            parity.met += 1  # FaceMesh drops one of the two unseen, and no answer says which
            continue
        ours = models.mesh.fit(picture, region)
        if ours is None:
            # FaceMesh may have found somebody else there since: only what is as it was counts as not lost.
            is_kept = any(_is_near(left, landmarks) for landmarks in now)
            parity.lost_by_one += is_kept
            parity.lost_by_both += not is_kept
            continue
        apart = min((distances(ours.points, landmarks) for landmarks in now), key=np.mean, default=None)
        if apart is None or apart.mean() > SAME_FACE * np.ptp(left[:, 0]):
            parity.lost_by_one += 1
            continue
        parity.pairs += 1
        parity.apart.append(apart)


def _is_near(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> bool:
    return bool(np.linalg.norm(one - other, axis=1).mean() < SAME_FACE * np.ptp(one[:, 0]))


def tile(clips: Sequence[Sequence[Picture]], columns: int, frames: int) -> Film:
    """Clips beside and below each other, all of them going on."""
    reels = [swing(clip) for clip in clips]
    for pictures in islice(zip(*reels, strict=False), frames):
        rows = [np.hstack(pictures[at : at + columns]) for at in range(0, len(pictures), columns)]
        yield np.ascontiguousarray(np.vstack(rows))


def heads_of(clip: Sequence[Picture], detector: BoxDetector) -> list[list[Picture]]:
    """A film of 320 x 240 of each head: four of them beside each other are as large as FaceMesh needs them."""
    films = []
    for face in detector.find(clip[0]):
        height = round(1.7 * (face.bottom - face.top))
        width = height * 4 // 3
        rows, columns = clip[0].shape[:2]
        left = min(max(round((face.left + face.right - width) / 2), 0), columns - width)
        top = min(max(round((face.top + face.bottom - height) / 2), 0), rows - height)
        films.append([_resized(picture[top : top + height, left : left + width], 320, 240) for picture in clip])
    return films


def _resized(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def pass_through(clip: Sequence[Picture], room: Picture, frames: int) -> Film:
    """A person slides in at one side, stays in the middle and slides out at the other."""
    for frame, picture in enumerate(islice(swing(clip), frames)):
        way = 2 * frame / (frames - 1) - 1  # -1: all out at the left, 1: at the right
        yield _pasted(room, picture, round(way * abs(way) * room.shape[1]))


def meet(one: Sequence[Picture], other: Sequence[Picture], frames: int) -> Film:
    """A second person is carried across the first and hides them for a while."""
    for frame, (below, above) in enumerate(islice(zip(swing(one), swing(other), strict=False), frames)):
        small = _resized(above, above.shape[1] * 3 // 5, above.shape[0] * 3 // 5)
        across = below.shape[1] + small.shape[1]
        yield _pasted(below, small, round(across * frame / (frames - 1)) - small.shape[1])


def hide(clip: Sequence[Picture], frames: int, hidden: int) -> Film:
    """Nobody for some frames of every thirty, as when a hand passes before the lens."""
    for frame, picture in enumerate(islice(swing(clip), frames)):
        yield np.full_like(picture, 110) if frame % 30 < hidden and frame >= 30 else picture


def _pasted(below: Picture, above: Picture, left: int) -> Picture:
    picture = below.copy()
    height, width = above.shape[:2]
    low, high = max(left, 0), min(left + width, below.shape[1])
    if low < high:
        picture[:height, low:high] = above[: below.shape[0], low - left : high - left]
    return picture
