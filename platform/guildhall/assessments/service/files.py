"""Files that candidates answer with: put up first, then named by an answer."""

import hashlib
from typing import Final

from guildhall.assessments.lifecycle import SITTING
from guildhall.assessments.model.attempts import Attempt, StoredFile
from guildhall.assessments.model.questions import FileUploadQuestion
from guildhall.assessments.model.responses import FiledResponse
from guildhall.assessments.rules.answers import AttemptOver
from guildhall.assessments.rules.fitting import DoesNotFit
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.papers import Papers
from guildhall.assessments.store import NoSuch
from guildhall.kit.blobs.port import Blob
from guildhall.kit.content_types import content_type_of
from guildhall.kit.errors import TooLarge

FILES_OF_AN_ATTEMPT_MAX: Final = 100


class ExamFiles:
    """Kept under the SHA-256 of their bytes, so the same file put up twice is one."""

    def __init__(self, context: Context, papers: Papers) -> None:
        self._context = context
        self._store = context.store
        self._papers = papers

    async def put(self, attempt: Attempt, slot_id: str, name: str, body: bytes) -> StoredFile:
        """Raises NoSuch, DoesNotFit, TooLarge, AttemptOver."""
        if attempt.state not in SITTING:
            raise AttemptOver
        question = (await self._papers.questions(attempt)).get(slot_id)
        if not isinstance(question, FileUploadQuestion):
            raise NoSuch(f"This form has no question {slot_id} that takes files.")
        if not body:
            raise DoesNotFit(f"{name} is empty.")
        if len(body) > question.bytes_most:
            raise TooLarge(f"{name} has {len(body)} bytes; at most {question.bytes_most} fit here.")
        content_type = content_type_of(body)
        if content_type not in question.content_types:
            raise DoesNotFit(f"{name} is {content_type}; this question takes {', '.join(question.content_types)}.")
        digest = hashlib.sha256(body).hexdigest()
        known = await self._store.file(attempt.id, digest)
        if known is None and await self._store.count_files(attempt.id) >= FILES_OF_AN_ATTEMPT_MAX:
            raise DoesNotFit(f"At most {FILES_OF_AN_ATTEMPT_MAX} files can be put up in one attempt.")
        # The bytes first: an answer may name a file only once its document is there.
        await self._context.blobs.put(_blob_key(attempt.id, digest), body, content_type)
        file = StoredFile(
            id=f"{attempt.id}/{digest}",
            attempt_id=attempt.id,
            sha256=digest,
            name=name,
            content_type=content_type,
            size_bytes=len(body),
            at_ms=self._context.clock.now_ms(),
        )
        await self._store.keep_file(file)
        return file

    async def get(self, attempt: Attempt, digest: str) -> tuple[StoredFile, Blob]:
        """Raises NoSuch."""
        file = await self._store.file(attempt.id, digest)
        blob = None if file is None else await self._context.blobs.get(_blob_key(attempt.id, digest))
        if file is None or blob is None:
            raise NoSuch(f"There is no file {digest} in this attempt.")
        return file, blob

    async def check(self, attempt_id: str, response: FiledResponse) -> None:
        """Raises DoesNotFit for a file that was not put up in this attempt, or is said to be another."""
        for named in response.files:
            file = await self._store.file(attempt_id, named.sha256)
            if file is None or named.file_id != file.sha256:
                raise DoesNotFit(f"{named.name} has not been put up in this attempt.")
            if (named.content_type, named.size_bytes) != (file.content_type, file.size_bytes):
                raise DoesNotFit(f"{named.name} is another file than the one that was put up.")


def _blob_key(attempt_id: str, digest: str) -> str:
    return f"assessments/attempts/{attempt_id}/{digest}"
