import cv2
import numpy as np
import pytest

from proctor_engine.imaging import MEASURED_WIDTH_PX, edges_of, shrink_to_grey
from proctor_engine.scene import Box, hidden_share, scene_of
from tests.proctor_engine.films import PAPER, SKIN, cover, decode
from tests.proctor_engine.recordings import Picture, astronaut, encode

ENOUGH = 0.15  # what the platform's rules take for a covered lens
PERSON: Box = (0.4, 0.2, 0.2, 0.3)


def room(*, is_plain: bool) -> Picture:
    """A wall with shelves of books, or a plain one."""
    chance = np.random.default_rng(4)
    wall = np.full((480, 640, 3), 190, np.uint8)
    if not is_plain:
        for top in range(10, 480, 90):
            for left in range(0, 640, 20):
                wall[top : top + 70, left : left + 16] = chance.integers(30, 220, 3)
    return wall


def sat_in(wall: Picture) -> Picture:
    """The room with somebody in it, whose body is as wide as bodies are."""
    shown = wall.copy()
    shown[200:, 190:450] = (40, 60, 90)
    shown[96:240, 256:384] = cv2.resize(astronaut()[40:190, 160:290], (128, 144))
    return shown


def fields(picture: Picture) -> bytes:
    noise = np.random.default_rng(1).normal(0, 1.5, picture.shape)
    grey = shrink_to_grey(decode(encode(np.clip(picture + noise, 0, 255).astype(np.uint8), 75)), MEASURED_WIDTH_PX)
    return scene_of(grey, edges_of(grey))


@pytest.mark.parametrize("is_plain", [False, True], ids=["books", "plain wall"])
@pytest.mark.parametrize("side", ["left", "right", "top"])
@pytest.mark.parametrize("tone", [SKIN, (40, 30, 30)], ids=["hand", "glove"])
def test_a_hand_over_a_half_of_the_lens_hides_what_was_around_the_person(
    side: str, tone: tuple[int, int, int], is_plain: bool
) -> None:
    before = sat_in(room(is_plain=is_plain))
    covered = cover(tone, side=side, share=0.6, texture=9)(before, 1, np.random.default_rng(1))
    assert hidden_share(fields(before), fields(covered), PERSON, PERSON) > ENOUGH


def test_a_face_that_is_seen_into_the_hand_which_covers_it_explains_no_more_than_it_did_before() -> None:
    before = sat_in(room(is_plain=False))
    covered = cover(SKIN, side="left", share=0.6, texture=9)(before, 1, np.random.default_rng(1))
    assert hidden_share(fields(before), fields(covered), (0.16, 0.14, 0.36, 0.46), PERSON) > ENOUGH
    assert hidden_share(fields(before), fields(room(is_plain=False)), (0.16, 0.14, 0.36, 0.46), PERSON) == 0


@pytest.mark.parametrize("is_plain", [False, True], ids=["books", "plain wall"])
def test_whoever_leaves_the_seat_hides_nothing(is_plain: bool) -> None:
    wall = room(is_plain=is_plain)
    assert hidden_share(fields(sat_in(wall)), fields(wall), PERSON, PERSON) == 0


@pytest.mark.parametrize("gain", [0.5, 0.75, 1.3])
@pytest.mark.parametrize("is_plain", [False, True], ids=["books", "plain wall"])
def test_nor_when_the_cameras_exposure_follows(gain: float, is_plain: bool) -> None:
    wall = room(is_plain=is_plain)
    lit = np.asarray(np.clip(wall * gain, 0, 255), np.uint8)
    assert hidden_share(fields(sat_in(wall)), fields(lit), PERSON, PERSON) <= ENOUGH


def test_nor_when_only_a_plain_chair_is_left_before_the_books() -> None:
    wall = room(is_plain=False)
    chair = wall.copy()
    chair[80:, 200:440] = (60, 60, 60)
    assert hidden_share(fields(sat_in(wall)), fields(chair), PERSON, PERSON) <= ENOUGH


def test_of_a_face_that_fills_the_picture_nobody_can_tell() -> None:
    before = fields(room(is_plain=False))
    covered = fields(cover(PAPER)(room(is_plain=False), 1, np.random.default_rng(1)))
    assert hidden_share(before, covered, (0.1, 0.0, 0.8, 1.0), (0.2, 0.0, 0.7, 1.0)) == 0
