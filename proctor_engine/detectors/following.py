"""One face from one frame to the next: where its track is now, or that it is lost."""

from dataclasses import replace

from proctor_engine.detectors.attention_mesh import Mesh
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.confirming import SURE_FLAG, Models, seen_near
from proctor_engine.detectors.cover import UNKNOWN, covered_by
from proctor_engine.detectors.fitting import Fit, fit_followed, fit_new
from proctor_engine.detectors.memory import Track
from proctor_engine.detectors.regions import Region
from proctor_engine.records import record

COVER_EVERY_MS = 1_000


@record(frozen=True, slots=True)
class Followed:
    """A face in this frame; without a mesh, one that only the detectors see: covered, masked or turned far away."""

    track: Track
    mesh: Mesh | None


@record(frozen=True, slots=True)
class Moment:
    """A frame in time."""

    now_ms: int
    before_ms: int  # the frame before it

    def comes_round(self, every_ms: int, since_ms: int) -> bool:
        """Whether this frame is the first after another such time has passed."""
        return (self.now_ms - since_ms) // every_ms > (self.before_ms - since_ms) // every_ms


def follow_track(models: Models, picture: Picture, track: Track, moment: Moment) -> Followed | None:
    """The face of this track in the next frame, or None where it is lost. Called by `tracker` for each."""
    if not track.landmarked:
        return _follow_by_detectors(models, picture, track)
    fit = fit_followed(models.mesh, picture, track)
    if fit is None:
        return None
    is_due = moment.comes_round(COVER_EVERY_MS, track.since_ms)
    # `replace` would take three times as long, in every frame.
    followed = Track(
        region=fit.region,
        score=track.score,
        since_ms=track.since_ms,
        confirmed_at_ms=moment.now_ms if fit.mesh.flag >= SURE_FLAG else track.confirmed_at_ms,
        certain=track.certain,
        landmarked=track.landmarked,
        covered=covered_by(picture, fit.mesh) if is_due else track.covered,
        gaze_x=fit.gaze_x,
    )
    return Followed(followed, fit.mesh)


def begin_track(
    picture: Picture, region: Region, fit: Fit | None, *, score: float, at_ms: int, certain: bool
) -> Followed:
    """The first frame of a face; `region` is the detection's, and `fit` is None where the mesh refuses."""
    track = Track(region, score, at_ms, at_ms, certain, landmarked=False, covered=UNKNOWN)
    return Followed(track, None) if fit is None else _landmarked(picture, track, fit)


def _follow_by_detectors(models: Models, picture: Picture, track: Track) -> Followed | None:
    near = seen_near(models.short_range, picture, track.region) or seen_near(models.full_range, picture, track.region)
    if near is None:
        return None
    track = replace(track, region=near.region(), score=near.score)
    fit = fit_new(models.mesh, picture, track.region)
    return Followed(track, None) if fit is None else _landmarked(picture, track, fit)


def _landmarked(picture: Picture, track: Track, fit: Fit) -> Followed:
    covered = covered_by(picture, fit.mesh)
    return Followed(replace(track, region=fit.region, landmarked=True, covered=covered, gaze_x=fit.gaze_x), fit.mesh)
