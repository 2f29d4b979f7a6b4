"""Pictures in questions: put up by authors, written anew by us, shown to whoever may see the question.

What was sent is decoded and encoded again: so nothing rides along (where a photograph was taken, a script in a comment,
a second file behind the first), and what is stored is what it says it is.
"""

import asyncio
import hashlib
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from guildhall.assessments.lifecycle import OVER, AttemptState
from guildhall.assessments.messages.authoring import PictureShown
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.banks import BankPicture
from guildhall.assessments.rules.pictures import NoPicture, PictureHeader, read_header
from guildhall.assessments.rules.projecting import pictures_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.visibility import visible_bank
from guildhall.assessments.store import NoSuch
from guildhall.kit.blobs import Blob
from guildhall.kit.storage import Duplicate

_JPEG_QUALITY: Final = 90
_HASH_DIGITS: Final = 40
_HIDDEN: Final = OVER | {AttemptState.ON_BREAK}


class Pictures:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def put_up(self, scope: Scope, bank_id: str, body: bytes) -> PictureShown:
        """Take a picture into a bank; the same picture again is the same blob. Raises NotFound, NoPicture."""
        await visible_bank(self._store, scope, bank_id)
        kept = await self.keep(bank_id, body)
        await self._context.record(scope.account_id, "put_up_picture", "bank", bank_id, 0, picture=kept.blob_id)
        return PictureShown(
            blob_id=kept.blob_id,
            content_type=kept.content_type,
            width_px=kept.width_px,
            height_px=kept.height_px,
            size_bytes=kept.size_bytes,
        )

    async def blob_of(self, bank_id: str, body: bytes, *, is_kept: bool) -> str:
        """For imports: the blob that these bytes become in the bank; kept only where asked. Raises NoPicture."""
        read_header(body)
        return (await self.keep(bank_id, body)).blob_id if is_kept else _name(body)

    async def keep(self, bank_id: str, body: bytes) -> BankPicture:
        """Into a bank that the caller has checked. Raises NoPicture.

        Bytes that we wrote ourselves, in whichever bank, stay as they are: so what is exported and imported again is
        the same picture, and a photograph is not encoded a second time.
        """
        header = read_header(body)
        clean = body
        if not await self._store.pictures.find({"blob_id": _name(body)}, limit=1):
            clean, header = await asyncio.to_thread(_write_anew, body, header)
        blob_id = _name(clean)
        picture = BankPicture(
            id=f"{bank_id}/{blob_id}",
            created_at_ms=self._context.clock.now_ms(),
            bank_id=bank_id,
            blob_id=blob_id,
            content_type=header.content_type,
            width_px=header.width_px,
            height_px=header.height_px,
            size_bytes=len(clean),
        )
        await self._context.blobs.put(picture.blob_key, clean, picture.content_type)
        try:
            await self._store.pictures.add(picture)
        except Duplicate:
            return picture
        return picture

    async def of_bank(self, scope: Scope, bank_id: str, blob_id: str) -> Blob:
        """For authors and markers."""
        await visible_bank(self._store, scope, bank_id)
        return await self._blob(bank_id, blob_id)

    async def of_attempt(self, account_id: str, attempt_id: str, blob_id: str) -> Blob:
        """For the candidate whose form shows it, once the clock has started, while the questions are shown.

        After the end: while the result is released and its feedback shows the questions.
        """
        attempt = await self._store.attempts.get(attempt_id)
        if attempt is None or attempt.account_id != account_id or not await self._shows_questions(attempt):
            raise NoSuch(f"There is no picture {blob_id} for you here.")
        versions = await self._store.versions_named([slot.version_id for slot in attempt.form.slots])
        for version in versions.values():
            if any(picture.blob_id == blob_id for picture in pictures_of(version.content.question)):
                return await self._blob(version.bank_id, blob_id)
        raise NoSuch(f"There is no picture {blob_id} for you here.")

    async def _shows_questions(self, attempt: Attempt) -> bool:
        if attempt.clock.started_at_ms is None:
            return False
        if attempt.state not in _HIDDEN:
            return True
        result = await self._store.results.get(attempt.id)
        return attempt.state is not AttemptState.ON_BREAK and result is not None and result.released_at_ms is not None

    async def _blob(self, bank_id: str, blob_id: str) -> Blob:
        picture = await self._store.pictures.get(f"{bank_id}/{blob_id}")
        blob = None if picture is None else await self._context.blobs.get(picture.blob_key)
        if blob is None:
            raise NoSuch(f"There is no picture {blob_id}.")
        return blob


def _name(body: bytes) -> str:
    return f"pic_{hashlib.sha256(body).hexdigest()[:_HASH_DIGITS]}"


def _write_anew(body: bytes, header: PictureHeader) -> tuple[bytes, PictureHeader]:
    """The picture's pixels, turned as its camera said, and nothing else of it."""
    try:
        flags = cv2.IMREAD_UNCHANGED if header.content_type == "image/png" else cv2.IMREAD_COLOR
        pixels: Any = cv2.imdecode(np.frombuffer(body, np.uint8), flags)
        if pixels is None:
            raise NoPicture("The picture cannot be read to its end: save it anew, and try again.")
        ok, encoded = _encode(pixels, header)
    except cv2.error as error:
        raise NoPicture("The picture cannot be read to its end: save it anew, and try again.") from error
    if not ok:
        raise NoPicture("The picture is of a kind that cannot be kept: save it as PNG, and try again.")
    height, width = pixels.shape[:2]
    return encoded.tobytes(), PictureHeader(header.content_type, int(width), int(height))


def _encode(pixels: Any, header: PictureHeader) -> tuple[bool, NDArray[np.uint8]]:
    if header.content_type == "image/jpeg":
        ok, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    else:
        ok, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return ok, np.asarray(encoded, np.uint8)
