"""Reports and evidence packs of one attempt. Every one that is made stands in the logs before it leaves."""

import base64
from typing import Final

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.credentials import Credentials
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.clock import Clock
from guildhall.kit.entries import Entry
from guildhall.kit.signatures import Signer
from guildhall.proctoring.messages.evidence import StripShown
from guildhall.proctoring.model import seat_id
from guildhall.proctoring.rules.evidence_pack import (
    CHECK_IN,
    LOG,
    PURPOSE,
    REPORT,
    REPORT_PDF,
    SIGNALS,
    log_file,
    make_pack,
    signals_file,
)
from guildhall.proctoring.service.evidence import EvidenceDesk
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.photos import PhotoDesk
from guildhall.proctoring.service.rights import Own, Rights
from guildhall.proctoring.service.signals import SignalLog

_AT_CHECK_IN: Final = {"policy", "consents", "checks", "photos", "scans", "asked_at_ms", "decisions"}


class Reporting:
    def __init__(
        self,
        exams: AssessmentsStore,
        credentials: Credentials,
        rights: Rights,
        looks: Looks,
        signals: SignalLog,
        evidence: EvidenceDesk,
        photos: PhotoDesk,
        clock: Clock,
        *,
        secret: str,
    ) -> None:
        self._exams = exams
        self._credentials = credentials
        self._rights = rights
        self._looks = looks
        self._signals = signals
        self._evidence = evidence
        self._photos = photos
        self._clock = clock
        self._signer = Signer(secret, PURPOSE)

    async def read(self, scope: Scope, attempt_id: str, verb: str = "view_report") -> Own:
        """For staff, written down first. Raises SessionNotFound, also for what is not theirs to see."""
        attempt = await self._visible(scope, attempt_id)
        own = await self._rights.read(attempt)  # raises where there was no camera, before anything is written down
        await self._looks.looked(scope.account_id, verb, own.session.id)
        return await self._rights.read(attempt)

    async def strip(self, scope: Scope, attempt_id: str, flag_id: str) -> StripShown:
        """The pictures around one flag, once it is written down who looked.

        Raises SessionNotFound as `read` does, and while the exam goes on: nothing is told of its flags before.
        """
        attempt = await self._visible(scope, attempt_id)
        session = (await self._rights.read(attempt)).session
        if attempt.over_at_ms is None:
            raise SessionNotFound(attempt_id)
        return await self._evidence.strip(session, flag_id, scope.account_id, is_candidate=False)

    async def _visible(self, scope: Scope, attempt_id: str) -> Attempt:
        attempt = await self._exams.attempts.get(attempt_id)
        is_theirs = attempt is not None and scope.covers(attempt.organisation_id)
        if attempt is None or not is_theirs or attempt.account_id == scope.account_id:
            raise SessionNotFound(attempt_id)
        return attempt

    async def chunk_head(self, attempt_id: str) -> tuple[int, str]:
        """How many chunks the signal log has, and the newest one's hash."""
        newest = await self._signals.store.newest(seat_id(attempt_id))
        return (0, "") if newest is None else (newest.number, newest.hash)

    async def pack(self, own: Own, by: str, report: bytes, pdf: bytes) -> bytes:
        """Everything that is kept of the attempt, signed. Pictures that were destroyed are gone here as well."""
        now_ms = self._clock.now_ms()
        await self._credentials.publish(self._signer, now_ms)
        log = [
            Entry(own.session.id, one.number, one.key, one.at_ms, _body(one.model_dump()))
            for one in await self._looks.of(own.session.id)
        ]
        files = {
            REPORT: report,
            REPORT_PDF: pdf,
            LOG: log_file(log),
            SIGNALS: signals_file(await self._signals.chunks(own.session.id)),
        }
        if own.admission is not None:
            files[CHECK_IN] = own.admission.model_dump_json(indent=1, include=_AT_CHECK_IN).encode()
        for place, (photo, jpeg) in enumerate(await self._photos.every(own.session.id, by), 1):
            files[f"photographs/{place:03}_{photo.kind.value}_{photo.at_ms}.jpg"] = jpeg
        for incident in own.incidents:
            strip = await self._evidence.strip(own.session, incident.incident_id, by, is_candidate=False)
            for place, picture in enumerate(strip.pictures, 1):
                folder = incident.incident_id.replace(":", "_")
                name = f"strips/{folder}/{place:03}_{picture.phase}_{picture.at_ms}.jpg"
                files[name] = base64.b64decode(picture.jpeg)
        about: dict[str, str | int] = {
            "attempt_id": own.attempt.id,
            "session_id": own.session.id,
            "made_at_ms": now_ms,
            "made_by": by,
        }
        return make_pack(files, about, self._signer)

    def now_ms(self) -> int:
        return self._clock.now_ms()


def _body(said: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if name not in {"number", "key", "at_ms"}}
