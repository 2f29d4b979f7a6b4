"""With the real models, over pictures made of one real face."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.base import Sight
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector, Detection, Window
from proctor_engine.detectors.confirming import Models
from proctor_engine.detectors.fitting import region_of
from proctor_engine.detectors.following import Followed
from proctor_engine.detectors.glances import GLANCES_MOST
from proctor_engine.detectors.memory import SessionMemory
from proctor_engine.detectors.model_files import load_parts
from proctor_engine.detectors.regions import Region, overlap
from proctor_engine.detectors.tracker import (
    CERTAIN_AFTER_MS,
    DOUBTED_EVERY_MS,
    FORGET_AFTER_MS,
    STIRRING_EVERY_MS,
    Tracker,
)
from proctor_engine.detectors.unrest import FIELDS, RESTLESS
from proctor_engine.imaging import MEASURED_WIDTH_PX, decode_picture, shrink_to_grey
from tests.proctor_engine.oracle import EYE_ROWS, IRIS_ROWS, LIP_ROWS, FaceMeshOracle, distances
from tests.proctor_engine.recordings import Picture, astronaut, read_clip

OTHER_ROWS = [row for row in range(468) if row not in {*EYE_ROWS, *LIP_ROWS}]
FRAME_MS = 200


class Counting(BoxDetector):
    """A detector that counts its looks."""

    looks = 0

    def find(self, picture: Picture, window: Window | None = None) -> list[Detection]:
        self.looks += 1
        return super().find(picture, window)


@dataclass
class Session:
    """A session's frames through one tracker, five a second."""

    tracker: Tracker
    models: Models
    memory: SessionMemory | None = None
    at_ms: int = 0
    counts: list[int] = field(default_factory=list)

    def see(self, picture: Picture, after_ms: int = FRAME_MS) -> list[Followed]:
        self.at_ms += after_ms
        grey = shrink_to_grey(picture, MEASURED_WIDTH_PX)
        followed, self.memory = self.tracker.follow(Sight(picture, grey, self.at_ms), self.memory)
        self.counts.append(len(followed))
        return followed

    def see_all(self, pictures: Iterable[Picture]) -> list[list[Followed]]:
        return [self.see(picture) for picture in pictures]

    @property
    def short_looks(self) -> int:
        assert isinstance(self.models.short_range, Counting)
        return self.models.short_range.looks

    @property
    def full_looks(self) -> int:
        assert isinstance(self.models.full_range, Counting)
        return self.models.full_range.looks


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(Counting(SHORT), Counting(FULL), AttentionMesh(load_parts()))


@pytest.fixture
def session(models: Models) -> Session:
    return Session(Tracker(models, max_faces=4, detect_every_ms=1_000), models)


def room() -> Picture:
    """A soft background without anybody, 640 x 480."""
    shapes = np.random.default_rng(4).uniform(90, 170, (6, 8, 3)).astype(np.float32)
    return np.asarray(cv2.resize(shapes, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def paste(picture: Picture, left: int, top: int, side: int) -> Picture:
    """The picture with the astronaut's head in it; her face is about half of the side wide."""
    head = astronaut()[20:220, 125:325]
    changed = picture.copy()
    changed[top : top + side, left : left + side] = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
    return changed


@pytest.fixture
def candidate() -> Picture:
    return paste(room(), 200, 100, 260)


def test_a_face_that_stays_is_followed_without_its_detector(session: Session, candidate: Picture) -> None:
    session.see_all([candidate] * 8)
    looks = session.short_looks
    session.see(candidate, after_ms=10)
    assert session.short_looks == looks
    assert session.counts == [1] * 9


def test_the_slow_clock_runs_the_detector_even_where_nothing_changes(session: Session, candidate: Picture) -> None:
    session.see(candidate)
    looks = session.short_looks
    session.see_all([candidate] * 10)
    assert session.short_looks - looks == 2


def test_a_second_face_is_noticed_on_the_first_frame_that_shows_it(session: Session, candidate: Picture) -> None:
    session.see_all([candidate] * 8)
    session.see(paste(candidate, 480, 120, 150), after_ms=10)
    assert session.counts[-1] == 2


def test_a_lost_face_is_looked_for_in_the_frame_that_lost_it(session: Session, candidate: Picture) -> None:
    session.see_all([candidate] * 8)
    (elsewhere,) = session.see(paste(room(), 10, 200, 260), after_ms=10)  # the mesh finds nobody where she was
    assert elsewhere.track.region.x_px < 250
    assert session.counts == [1] * 9


def test_nobody_is_nobody_at_once_and_somebody_who_returns_is_there_at_once(
    session: Session, candidate: Picture
) -> None:
    session.see_all([candidate, candidate, room(), room(), candidate])
    assert session.counts == [1, 1, 0, 0, 1]


@pytest.mark.parametrize("side_px", [90, 60])
def test_a_small_face_that_appears_is_told_of_when_it_has_been_seen_twice(
    session: Session, candidate: Picture, side_px: int
) -> None:
    session.see_all([candidate] * 8)
    behind = paste(candidate, 520, 60, side_px)
    session.see_all([behind] * 4)
    assert session.counts[-1] == 2
    assert session.counts[:8] == [1] * 8


def test_a_small_face_that_was_always_there_is_found_within_two_seconds(session: Session, candidate: Picture) -> None:
    session.see_all([paste(candidate, 60, 40, 60)] * 10)
    assert session.counts[-1] == 2


def test_a_small_face_of_one_moment_is_told_to_nobody(session: Session, candidate: Picture) -> None:
    session.see_all([candidate] * 8)
    session.see(paste(candidate, 540, 60, 50))
    session.see_all([candidate] * 5)
    assert session.counts == [1] * 14


def test_a_scene_that_never_rests_costs_no_more_than_its_glances(session: Session, candidate: Picture) -> None:
    restless = [paste(candidate, 480, 60, 90) if frame % 2 else candidate for frame in range(30)]
    session.see_all([candidate] * 8)
    looks = session.full_looks
    session.see_all(restless)
    # Each glance may be followed by the look that decides.
    assert session.full_looks - looks <= 2 * (GLANCES_MOST + 30 * FRAME_MS / 1_000)


def test_a_small_face_is_found_where_something_else_stirs_all_the_time(session: Session, candidate: Picture) -> None:
    stirred = candidate.copy()
    stirred[60:100, 560:600] = stirred[60:100, 560:600] // 4 * 3
    session.see_all([candidate] * 8)
    session.see_all([stirred if frame % 4 == 0 else candidate for frame in range(120)])
    session.see_all([paste(candidate, 60, 40, 80)] * 10)
    assert session.counts[-1] == 2


def test_a_scene_that_stirs_more_strongly_than_any_face_hides_none_that_comes_elsewhere(
    session: Session, candidate: Picture
) -> None:
    chance = np.random.default_rng(3)

    def before_a_street(picture: Picture) -> Picture:
        street = chance.uniform(0, 255, (8, 2, 3)).astype(np.float32)
        stirred = picture.copy()
        stirred[80:400, 560:] = cv2.resize(street, (80, 320), interpolation=cv2.INTER_CUBIC).clip(0, 255)
        return stirred

    session.see_all(before_a_street(candidate) for _ in range(120))
    session.see_all(before_a_street(paste(candidate, 60, 40, 80)) for _ in range(10))
    assert session.counts[-1] == 2


def test_what_changes_while_something_greater_does_is_looked_at_when_its_turn_comes(
    session: Session, candidate: Picture
) -> None:
    session.see_all([candidate] * 40)
    assert session.memory is not None
    session.memory = replace(session.memory, glances=0.9)  # none is left for this frame
    session.see_all([paste(candidate, 60, 40, 60)] * 10)
    assert session.counts[-1] == 2


def test_a_large_face_before_what_always_stirs_is_found_without_a_look_and_at_little_cost(
    models: Models, candidate: Picture
) -> None:
    session = Session(Tracker(models, max_faces=4, detect_every_ms=60_000), models)

    def stirs_everywhere() -> None:
        assert session.memory is not None
        session.memory = replace(session.memory, glances=0.0, unrest=bytes([RESTLESS]) * FIELDS)

    session.see_all([candidate] * 8)
    looks = session.short_looks
    for frame in range(20):
        stirs_everywhere()
        session.see(paste(candidate, 480, 60, 90) if frame % 2 else candidate)
    assert session.short_looks - looks <= 20 * FRAME_MS / STIRRING_EVERY_MS + 1
    session.see_all([candidate] * 3)
    stirs_everywhere()
    session.see(paste(candidate, 20, 40, 200))
    assert session.counts[-1] == 2


def test_four_faces_are_followed_and_no_fifth(session: Session) -> None:
    crowd = room()
    for place in range(3):
        crowd = paste(crowd, 210 * place, 20, 200)
        crowd = paste(crowd, 210 * place, 240, 200)
    session.see_all([crowd] * 8)
    assert session.counts == [4] * 8


def test_four_people_who_come_one_after_another_and_leave_again_are_counted(session: Session) -> None:
    places = ((0, 20), (220, 20), (430, 20), (220, 250))
    rooms = [room()]
    for left, top in places:
        rooms.append(paste(rooms[-1], left, top, 200))
    for scene in (*rooms, *rooms[::-1]):
        session.see_all([scene] * 6)
    assert session.counts[5::6] == [0, 1, 2, 3, 4, 4, 3, 2, 1, 0]


def test_who_passes_before_the_candidate_leaves_one_face_there(session: Session, candidate: Picture) -> None:
    session.see_all([candidate] * 3)
    session.see_all(paste(candidate, left, 100, 260) for left in range(360, 0, -40))
    session.see_all([candidate] * 8)
    assert session.counts[-1] == 1
    assert max(session.counts) == 2


class Doubting(AttentionMesh):
    """A mesh that follows and is never sure."""

    def fit(self, picture: Picture, region: Region) -> Mesh | None:
        mesh = super().fit(picture, region)
        return mesh and replace(mesh, flag=0.99)


class Refusing(AttentionMesh):
    """A mesh that sees no face anywhere, as behind a mask."""

    def fit(self, picture: Picture, region: Region) -> Mesh | None:
        del picture, region
        return None


class Blind(BoxDetector):
    def find(self, picture: Picture, window: Window | None = None) -> list[Detection]:
        del picture, window
        return []


def test_a_small_face_that_nothing_confirms_any_more_is_dropped(session: Session, candidate: Picture) -> None:
    """A wheel in the place of a face: the mesh alone would follow it for ever."""
    behind = paste(candidate, 540, 60, 60)
    session.see_all([behind] * 10)
    assert session.counts[-1] == 2
    session.models = Models(session.models.short_range, Blind(FULL), Doubting(load_parts()))
    session.tracker = Tracker(session.models, max_faces=4, detect_every_ms=1_000)
    session.see_all([behind] * (DOUBTED_EVERY_MS // FRAME_MS - 1))
    assert session.counts[-1] == 2
    session.see_all([behind] * (2 * DOUBTED_EVERY_MS // FRAME_MS))
    assert session.counts[-1] == 1


def test_a_face_that_the_mesh_refuses_is_counted_when_both_detectors_have_seen_it_twice(
    models: Models, candidate: Picture
) -> None:
    refused = Models(models.short_range, models.full_range, Refusing(load_parts()))
    session = Session(Tracker(refused, max_faces=4, detect_every_ms=1_000), refused)
    *_, (face,) = session.see_all([candidate] * 5)
    assert face.mesh is None
    assert not face.track.landmarked
    assert session.counts == [0, 0, 1, 1, 1]


def test_a_face_that_is_covered_stays_the_face_it_was_and_is_landmarked_again_when_it_is_free(
    session: Session, candidate: Picture
) -> None:
    session.see_all([candidate] * 3)
    free = session.tracker
    refused = Models(session.models.short_range, session.models.full_range, Refusing(load_parts()))
    session.tracker = Tracker(refused, max_faces=4, detect_every_ms=1_000)
    (face,) = session.see(candidate)
    assert face.mesh is None
    session.tracker = free
    (face,) = session.see(candidate)
    assert face.mesh is not None
    assert session.counts == [1] * 5


def test_two_tracks_that_meet_become_one(session: Session, candidate: Picture) -> None:
    both = paste(paste(room(), 40, 100, 220), 340, 100, 220)
    session.see(both)
    assert session.counts == [2]
    for left in range(330, 30, -20):
        session.see(paste(room(), min(left, 330), 100, 220))
    assert session.counts[-1] == 1


def test_after_a_long_pause_everything_is_new(session: Session, candidate: Picture) -> None:
    session.see(candidate)
    looks = session.short_looks
    session.see(candidate, after_ms=FORGET_AFTER_MS + 1)
    assert session.short_looks == looks + 1
    (face,) = session.see(candidate)
    assert face.track.since_ms == session.at_ms - FRAME_MS


def test_a_picture_of_another_size_is_a_new_beginning(session: Session, candidate: Picture) -> None:
    session.see(candidate)
    (face,) = session.see(np.ascontiguousarray(candidate[:, 100:500]))
    assert face.track.since_ms == session.at_ms


def test_a_clock_that_goes_back_is_a_new_beginning(session: Session, candidate: Picture) -> None:
    session.see(candidate, after_ms=5_000)
    session.see(candidate, after_ms=-2_000)
    assert session.counts == [1, 1]


def test_sessions_share_nothing_but_the_models(models: Models, candidate: Picture) -> None:
    tracker = Tracker(models, max_faces=4, detect_every_ms=1_000)
    alone = Session(tracker, models).see_all([candidate] * 3)
    one, other = Session(tracker, models), Session(tracker, models)
    for frame in range(3):
        (face,) = one.see(candidate)
        other.see(paste(room(), 20, 20, 300))
        first = alone[frame][0].mesh
        assert face.mesh is not None
        assert first is not None
        assert (face.mesh.points == first.points).all()


def test_certainty_takes_less_than_two_seconds_away() -> None:
    assert CERTAIN_AFTER_MS + 8 * FRAME_MS <= 2_000  # a sweep takes seven frames, the second look one


@pytest.mark.parametrize("clip", ["one_face", "head_turn", "two_faces"])
def test_tracked_landmarks_stay_with_those_of_face_mesh(models: Models, clip: str) -> None:
    """At the same track state: each frame is fitted where FaceMesh's own landmarks were in the frame before."""
    pictures = [decode_picture(jpeg, 1 << 24) for jpeg in read_clip(clip)[:40]]
    oracle = FaceMeshOracle(2, tracked=True)
    theirs = [oracle.look(picture) for picture in pictures]
    oracle.close()
    apart = []
    for (before, now), picture in zip(itertools.pairwise(theirs), pictures[1:], strict=True):
        for left, landmarks in zip(before, now, strict=True):
            mesh = models.mesh.fit(picture, region_of(Mesh.of(np.pad(left, ((0, 0), (0, 1))).T.astype(np.float32), 1)))
            assert mesh is not None
            apart.append(distances(mesh.points, landmarks))
    mean = np.mean(apart, axis=0)
    assert mean[list(IRIS_ROWS)].mean() < 0.1
    assert mean[list(EYE_ROWS)].mean() < 0.1
    assert mean[OTHER_ROWS].mean() < 0.3


def test_a_region_of_landmarks_is_around_them(session: Session, candidate: Picture) -> None:
    (face,) = session.see(candidate)
    assert face.mesh is not None
    assert overlap(region_of(face.mesh), face.track.region) == pytest.approx(1)


@pytest.mark.parametrize("clip", ["one_face", "head_turn", "two_faces"])
def test_a_clip_tracked_on_its_own_stays_as_near(models: Models, clip: str) -> None:
    """Own tracks, so that errors could add up; the lips, which FaceMesh looks at twice, move its regions a little."""
    pictures = [decode_picture(jpeg, 1 << 24) for jpeg in read_clip(clip)[:60]]
    oracle = FaceMeshOracle(2, tracked=True)
    session = Session(Tracker(models, max_faces=2, detect_every_ms=1_000), models)
    apart: list[npt.NDArray[np.float64]] = []
    for picture in pictures:
        ours, theirs = session.see(picture, after_ms=33), oracle.look(picture)
        assert len(ours) == len(theirs)
        apart.extend(
            min((distances(face.mesh.points, other) for face in ours if face.mesh), key=np.mean) for other in theirs
        )
    oracle.close()
    mean = np.mean(apart[len(apart) // 6 :], axis=0)  # the first few frames converge from different beginnings
    assert mean[list(IRIS_ROWS)].mean() < 0.3
    assert mean[OTHER_ROWS].mean() < 0.4
