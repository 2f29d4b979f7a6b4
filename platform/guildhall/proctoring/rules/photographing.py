"""Which photograph is wanted of whom, what becomes of the one before, and what would make it better. Pure."""

from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.proctoring.model.admission import Admission, ConsentSignal
from guildhall.proctoring.model.photos import Photo, PhotoKind
from guildhall.proctoring.rules.admitting import NotReady, is_let_in, open_scan, scan_ended
from guildhall.proctoring.rules.consenting import is_given
from guildhall.proctoring.rules.signs import COACHING, coach
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation

_SCENE: Final = frozenset({"dark", "glaring", "noisy", "blurred", "coarse", "covered"})
"""What spoils a picture of a thing as much as one of a face."""
_ALONE: Final = "More than one face is in the picture. Sit alone before the camera and take it again."
_NOBODY: Final = "No face was found in it. Look straight into the camera, with light from the front, and take it again."


class PhotoRefused(Invalid):
    type = "photo-refused"
    title = "This picture was not kept"


def photo_blob_key(session_id: str, photo_id: str) -> str:
    return f"photos/{session_id}/{photo_id}"


def expect_wanted(admission: Admission, kind: PhotoKind, scan: int, place: int) -> None:
    """Raises `NotReady` for what nobody asked for, or what they did not agree to, and once they are let in."""
    if kind is PhotoKind.ROOM:
        request = open_scan(admission)
        if request is None or request.number != scan or place >= request.pictures:
            raise NotReady("Nobody asks for this picture of your room any more.")
        if not is_given(admission, ConsentSignal.ROOM_SCAN):
            raise NotReady("You did not agree to pictures of your room.")
        return
    if kind not in admission.policy.photos:
        raise NotReady("This exam does not ask for that photograph.")
    if not is_given(admission, ConsentSignal.PHOTOS):
        raise NotReady("You did not agree to photographs.")
    if is_let_in(admission):
        raise NotReady("You are let in already; the proctor has seen your photographs.")


def taken(admission: Admission, photo: Photo) -> Admission:
    """With it, in the place of an older one of its kind (of a room: of its place); the last of a scan ends the scan."""
    left = tuple(one for one in admission.photos if _slot(one) != _slot(photo))
    changed = admission.model_copy(update={"photos": (*left, photo)})
    request = open_scan(changed)
    if photo.kind is not PhotoKind.ROOM or request is None:
        return changed
    places = {one.place for one in changed.photos if one.kind is PhotoKind.ROOM and one.scan == request.number}
    if len(places) < request.pictures:
        return changed
    return scan_ended(changed, request.number, photo.at_ms, declined=False)


def advise(kind: PhotoKind, seen: Observation | None, rules: RuleSettings) -> str:
    """What would make a better photograph, by what was seen in the camera's picture just then; "": it will do.

    It only advises: whoever is not seen well by a computer is looked at by a human all the same.
    """
    if seen is None:
        return ""
    advice = coach(seen, rules)
    code = "" if advice is None else advice.code
    if kind is not PhotoKind.FACE:
        return COACHING[code] if code in _SCENE else ""
    if code:
        return COACHING.get(code, "")
    if not seen.faces:
        return _NOBODY
    return _ALONE if len(seen.faces) > 1 else ""


def _slot(photo: Photo) -> tuple[PhotoKind, int, int]:
    return photo.kind, photo.scan, photo.place
