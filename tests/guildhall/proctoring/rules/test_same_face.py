from random import Random

import pytest

from guildhall.proctoring.rules.same_face import ENROLLED_FROM, EVERY_MS, Faces, add_face, distance, is_another
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import SHAPE_RATIOS, Observation
from tests.fakes.observations import EMPTY, a_face, an_observation

RULES = RuleSettings()
STEP_MS = 200


def a_shape(random: Random, *, offset: float = 0.0, spread: float = 0.01) -> tuple[float, ...]:
    return tuple(0.5 + offset * (-1) ** place + random.gauss(0, spread) for place in range(SHAPE_RATIOS))


def somebody(random: Random, seconds: float, *, offset: float = 0.0, spread: float = 0.01) -> list[Observation]:
    count = round(seconds * 1000 / STEP_MS)
    return [an_observation(a_face(shape=a_shape(random, offset=offset, spread=spread))) for _ in range(count)]


def see(observations: list[Observation], faces: Faces | None = None, at_ms: int = 0) -> Faces:
    faces = faces or Faces()
    for place, observation in enumerate(observations):
        faces = add_face(faces, observation, at_ms + place * STEP_MS, RULES)
    return faces


def test_the_first_calm_seconds_are_enrolled_and_the_same_person_stays_the_same() -> None:
    random = Random(1)
    faces = see(somebody(random, 4))
    assert faces.enrolled is None
    faces = see(somebody(random, 60), faces, 4_000)
    assert faces.enrolled is not None
    assert is_another(faces, RULES) is False


def test_somebody_of_other_proportions_is_another() -> None:
    random = Random(2)
    faces = see(somebody(random, 20))
    assert is_another(see(somebody(random, 10, offset=0.06), faces, 20_000), RULES) is True


def test_a_difference_within_a_persons_own_spread_is_theirs() -> None:
    random = Random(3)
    faces = see(somebody(random, 20, spread=0.02))
    assert faces.enrolled is not None
    assert is_another(see(somebody(random, 10, offset=0.05, spread=0.02), faces, 20_000), RULES) is False


def test_a_face_that_never_holds_still_is_never_enrolled_and_never_another() -> None:
    random = Random(4)
    faces = see(somebody(random, 30, spread=0.2) + somebody(random, 30, offset=0.3, spread=0.2))
    assert faces.enrolled is None
    assert is_another(faces, RULES) is None


def test_without_a_face_that_shows_its_proportions_nothing_is_known() -> None:
    random = Random(5)
    faces = see(somebody(random, 20))
    assert is_another(see([EMPTY] * 50, faces, 20_000), RULES) is None
    crowd = an_observation(a_face(shape=a_shape(random, offset=1)), a_face(left=0.7, shape=a_shape(random)))
    assert is_another(see([crowd] * 50, faces, 20_000), RULES) is None


def test_what_is_remembered_is_bounded() -> None:
    faces = Faces()
    for place, observation in enumerate(somebody(Random(6), 200)):
        faces = add_face(faces, observation, place * EVERY_MS // 2, RULES)
    assert len(faces.samples) <= ENROLLED_FROM


def test_a_distance_is_a_root_mean_square() -> None:
    assert distance((0.0, 0.0), (3.0, 3.0)) == pytest.approx(3.0)
