"""Second opinions: whether what one detector has found is a face, asked of the others in a window around it.

Detectors and mesh err on different things. Of 982 photographs of things and animals the short-range detector and the
mesh together take 33 dogs, shells and lamps for a face; the full-range detector, shown a window of four times the
face's size, sees a face in 5 of these, and in 98-100 % of 285 bare and 93 % of 143 masked ones. Where the mesh refuses,
both detectors together are right in all but 2 of 15 cases: they are masked, covered or turned far away.
"""

from dataclasses import dataclass

from proctor_engine.detectors import windows
from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.box_detector import BoxDetector, Detection
from proctor_engine.detectors.fitting import is_same
from proctor_engine.detectors.regions import Region

# A mesh this sure is believed alone: 95 % of bare faces are surer than 1e-7 (a flag before its sigmoid of 17.9), of 33
# things and animals two.
SURE_FLAG = 1 - 1e-7
CONVINCED_FLAG, CONVINCED_SCORE = 0.995, 0.6
# Of two detectors, where the mesh refuses: for a new face, and for one that was told of before it was covered.
AGREED, HANDED_OVER = 0.6, 0.5
# Wheels and knobs are faces in a window of one size and not in another; of planted faces of 24-80 px 95-100 % are
# found in both.
WIDER = 1.6


@dataclass(frozen=True, slots=True)
class Models:
    """What the tracker looks with."""

    short_range: BoxDetector
    full_range: BoxDetector
    mesh: AttentionMesh


def seen_near(model: BoxDetector, picture: Picture, region: Region, wider: float = 1.0) -> Detection | None:
    """What this detector sees in the region's place, the surest, in a window around it."""
    found = model.find(picture, windows.face_window(region, wider))
    return next((detection for detection in found if is_same(detection.region(), region)), None)


def is_face(models: Models, picture: Picture, region: Region, mesh: Mesh) -> bool:
    """Whether landmarks were fitted to a face: the mesh itself is sure, or the full-range detector sees one too."""
    return mesh.flag >= SURE_FLAG or seen_near(models.full_range, picture, region) is not None


def is_convincing(models: Models, picture: Picture, region: Region, mesh: Mesh | None) -> bool:
    """Whether a face seen before is still one, at the look that makes it certain: more is asked than of a first."""
    if mesh is None:
        return agreed_place(models, picture, region) is not None
    again = seen_near(models.full_range, picture, region)
    if again is None or again.score < CONVINCED_SCORE or mesh.flag < CONVINCED_FLAG:
        return False
    return mesh.flag >= SURE_FLAG or seen_near(models.full_range, picture, region, WIDER) is not None


def agreed_place(models: Models, picture: Picture, region: Region, least_score: float = AGREED) -> Detection | None:
    """Where both detectors see a face that the mesh refuses, as the short-range one has it; None when either doubts."""
    other = seen_near(models.full_range, picture, region)
    if other is None or other.score < least_score:
        return None
    near = seen_near(models.short_range, picture, region)
    return near if near is not None and near.score >= least_score else None
