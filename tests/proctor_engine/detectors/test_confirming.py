"""With detectors that answer what they are told to."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.box_detector import BoxDetector, Detection, Window
from proctor_engine.detectors.confirming import HANDED_OVER, Models, agreed_place, is_convincing, is_face
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.windows import face_window

PICTURE = np.zeros((480, 640, 3), np.uint8)
HERE = Region(300, 200, 90, 0)
USUAL = face_window(HERE).side_px


@dataclass
class Sees:
    """A face of this score in the place of `HERE`, in windows up to a width."""

    score: float | None
    widest_px: float = 1e9
    x_px: float = 300

    def find(self, _picture: Picture, window: Window) -> list[Detection]:
        if self.score is None or window.side_px > self.widest_px:
            return []
        return [Detection(self.score, self.x_px - 30, 170, self.x_px + 30, 230, 0)]


def models(short_range: Sees, full_range: Sees) -> Models:
    return Models(cast("BoxDetector", short_range), cast("BoxDetector", full_range), cast("AttentionMesh", None))


def mesh_of(flag: float) -> Mesh:
    return Mesh.of(np.zeros((3, 478), np.float32), flag)


def test_a_sure_mesh_needs_no_second_opinion_and_a_doubtful_one_does() -> None:
    blind = models(Sees(None), Sees(None))
    assert is_face(blind, PICTURE, HERE, mesh_of(1.0))
    assert not is_face(blind, PICTURE, HERE, mesh_of(0.99999))
    assert is_face(models(Sees(None), Sees(0.51)), PICTURE, HERE, mesh_of(0.99999))


def test_a_face_elsewhere_confirms_nothing() -> None:
    assert not is_face(models(Sees(None), Sees(0.9, x_px=420)), PICTURE, HERE, mesh_of(0.6))


@pytest.mark.parametrize(("short", "full", "agree"), [(0.7, 0.7, True), (0.7, 0.55, False), (0.55, 0.7, False)])
def test_where_the_mesh_refuses_both_detectors_must_agree(short: float, full: float, *, agree: bool) -> None:
    assert (agreed_place(models(Sees(short), Sees(full)), PICTURE, HERE) is not None) is agree


def test_less_is_asked_of_a_face_that_was_told_of_before_it_was_covered() -> None:
    assert agreed_place(models(Sees(0.55), Sees(0.55)), PICTURE, HERE, HANDED_OVER) is not None


def test_what_is_a_face_in_a_window_of_one_size_only_does_not_convince() -> None:
    wheel = models(Sees(None), Sees(0.8, widest_px=USUAL * 1.1))
    assert not is_convincing(wheel, PICTURE, HERE, mesh_of(0.999))
    assert is_convincing(models(Sees(None), Sees(0.8)), PICTURE, HERE, mesh_of(0.999))
    assert is_convincing(wheel, PICTURE, HERE, mesh_of(1.0))
