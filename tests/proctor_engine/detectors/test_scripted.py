import itertools

import numpy as np
import pytest

from proctor_engine.detectors.base import DetectedFace, Sight
from proctor_engine.detectors.scripted import Act, Script, ScriptedDetector, paint, read_script
from proctor_engine.imaging import MEASURED_WIDTH_PX, decode_picture, shrink_to_grey
from tests.proctor_engine.recordings import Picture, astronaut, encode


def faces_in(picture: Picture) -> list[DetectedFace]:
    return ScriptedDetector().detect(Sight(picture, shrink_to_grey(picture, MEASURED_WIDTH_PX))).faces


@pytest.mark.parametrize("quality", [50, 80, 95])
@pytest.mark.parametrize(
    "script", [Script(), Script(faces=0), Script(faces=7, yaw_deg=-93), Script(2, 93, Act.DIE), Script(1, 3, Act.WAIT)]
)
def test_a_script_is_read_back_through_jpeg(script: Script, quality: int) -> None:
    assert read_script(decode_picture(encode(paint(script), quality), 1 << 20)) == script


def test_a_picture_without_a_script_has_no_faces() -> None:
    assert faces_in(astronaut()) == []
    assert faces_in(np.zeros((8, 8, 3), np.uint8)) == []


def test_faces_stand_side_by_side_inside_the_picture() -> None:
    faces = faces_in(paint(Script(faces=7)))
    assert all(left.left + left.width <= right.left for left, right in itertools.pairwise(faces))
    assert faces[-1].left + faces[-1].width <= 1
