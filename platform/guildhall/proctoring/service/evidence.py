"""Showing what was kept: every look is written down before anything is shown."""

import base64
import hashlib
from typing import Final

from guildhall.kit.audit import Audit, AuditEntry
from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound, Refused
from guildhall.kit.logs import get_logger
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.messages.evidence import (
    PartVerified,
    PictureShown,
    SessionVerified,
    StripShown,
    ViewsTold,
    ViewTold,
)
from guildhall.proctoring.model import Entry, ProctorClaims, Session
from guildhall.proctoring.model.admission import ConsentSignal
from guildhall.proctoring.model.strips import LAST_PART, KeptStrip, StripState
from guildhall.proctoring.rules.consenting import is_given, kept_strips_at
from guildhall.proctoring.rules.filming import Strip, StripUnreadable, unpack_strip
from guildhall.proctoring.rules.verifying import verify
from guildhall.proctoring.service.keys import EvidenceDestroyed, SealBroken
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.photos import NotAPerson
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.service.verifying import gather
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

VIEW: Final = "proctoring.view_strip"
SOON_MS: Final = 10_000
"""So long after its opening, or after its candidate left, a strip may still be on its way to where it is kept."""
PAGE: Final = 500
SENTENCES: Final = {
    StripState.KEEPING: "It goes on: more pictures may follow.",
    StripState.WHOLE: "",
    StripState.CUT_SHORT: "The session went on elsewhere, or the server stopped: what came later was not kept.",
    StripState.MISSING: "No picture is there, although some should be: they were lost, or changed since.",
    StripState.NOT_KEPT: "No pictures are kept: this exam does not ask for them, or the candidate did not agree.",
    StripState.DESTROYED: "The pictures were destroyed when their time was over.",
}


class NoIncident(NotFound):
    def __init__(self, incident_id: str) -> None:
        super().__init__(f"There is no incident {incident_id} in this session.")


class NotForProctors(Refused):
    def __init__(self) -> None:
        super().__init__("They do not agree that proctors see pictures of them. Whoever reviews it may have some.")


class EvidenceDesk:
    """Whether somebody may look is for its callers to ask first."""

    def __init__(
        self,
        store: ProctoringStore,
        signals: SignalLog,
        blobs: BlobStore | None,
        audit: Audit | None,
        clock: Clock,
    ) -> None:
        self._store = store
        self._signals = signals
        self._blobs = blobs
        self._audit = audit
        self._clock = clock
        self._log = store.strips.log(clock)

    async def strip(self, session: Session, incident_id: str, viewer: str, *, is_candidate: bool) -> StripShown:
        """The pictures of one incident, once it is on disk who looked. Raises NoIncident and StorageUnavailable."""
        opening = await self._store.opening(session.exam_id, session.id, incident_id)
        if opening is None:
            raise NoIncident(incident_id)
        kept = await self._store.strips.strips.get(incident_id)
        if await self._store.signals.is_key_destroyed(session.id):
            return _shown(opening, kept, StripState.DESTROYED)
        if kept is None:
            return _shown(opening, None, await self._why_nothing(session, opening))
        strip = await self._read(kept)
        if strip is None:
            return _shown(opening, kept, StripState.MISSING)
        await self._write_down(kept, viewer, is_candidate=is_candidate)
        return _shown(opening, kept, self._state_of(session, kept), strip)

    async def strip_on_wall(self, claims: ProctorClaims, session_id: str, incident_id: str) -> StripShown:
        """For a proctor who watches the exam.

        Raises NotAPerson, NoIncident, SessionNotFound for another exam's, and NotForProctors where its candidate took
        back that they see it, or agreed to earlier words, in which proctors were not named.
        """
        if not claims.account_id:
            raise NotAPerson
        session = await self._store.session(session_id)
        if session is None or session.exam_id != claims.exam_id:
            raise SessionNotFound(session_id)
        admission = await self._store.admissions.admissions.get(session_id)
        said = None if admission is None else admission.consent_of(ConsentSignal.STRIPS)
        if admission is not None and said is not None and not is_given(admission, ConsentSignal.STRIPS):
            raise NotForProctors
        return await self.strip(session, incident_id, claims.account_id, is_candidate=False)

    async def verify(self, session: Session) -> SessionVerified:
        """Whether each log is as it was written; the first fault of each."""
        reports = verify(await gather(self._store, session, self._blobs))
        return SessionVerified(
            session_id=session.id,
            is_whole=all(one.fault is None for one in reports),
            parts=tuple(
                PartVerified(
                    part=one.part.value,
                    entries=one.entries,
                    head="" if one.head is None else str(one.head),
                    fault="" if one.fault is None else one.fault.sentence,
                )
                for one in reports
            ),
        )

    async def views(self, session_id: str) -> ViewsTold:
        """Everybody who was shown something of this session, in the order of time."""
        return ViewsTold(
            views=tuple(
                ViewTold(
                    number=line.number,
                    at_ms=line.at_ms,
                    incident_id=line.object_id,
                    is_candidate=bool(line.details["is_candidate"]),
                )
                for line in await self.lines(session_id)
                if line.action == VIEW
            )
        )

    async def lines(self, session_id: str) -> list[AuditEntry]:
        """The session's evidence log."""
        found: list[AuditEntry] = []
        while page := await self._log.read(found[-1].number if found else 0, PAGE, session_id):
            found += page
        return found

    async def _read(self, kept: KeptStrip) -> Strip | None:
        """None where the bytes are gone, or are not those that were kept."""
        blob = None if self._blobs is None else await self._blobs.get(kept.blob)
        if blob is None or hashlib.sha256(blob.body).hexdigest() != kept.sha256:
            log.error("strip_is_not_as_it_was_kept", incident_id=kept.id, is_there=blob is not None)
            return None
        try:
            seal = await self._signals.seal_of(kept.session_id)
            return unpack_strip(seal.open(blob.body, kept.blob))
        except (SealBroken, StripUnreadable, EvidenceDestroyed):
            log.exception("strip_cannot_be_opened", incident_id=kept.id)
            return None

    async def _write_down(self, kept: KeptStrip, viewer: str, *, is_candidate: bool) -> None:
        details = {"session_id": kept.session_id, "is_candidate": is_candidate}
        if self._audit is not None:
            await self._audit.record(viewer, VIEW, "incident", kept.id, "allowed", details)
        await self._log.record(viewer, VIEW, "incident", kept.id, "allowed", details, stream=kept.session_id)

    async def _why_nothing(self, session: Session, opening: Entry) -> StripState:
        admission = await self._store.admissions.admissions.get(session.id)
        if not kept_strips_at(admission, opening.at_ms):
            return StripState.NOT_KEPT
        is_soon = self._clock.now_ms() - opening.at_ms < SOON_MS
        return StripState.KEEPING if is_soon else StripState.MISSING

    def _state_of(self, session: Session, kept: KeptStrip) -> StripState:
        if kept.part == LAST_PART:
            return StripState.WHOLE if kept.closed_at_ms is not None else StripState.CUT_SHORT
        is_here = session.state is SessionState.OPEN and session.epoch == kept.epoch
        is_live = session.connection is Connection.ONLINE or self._clock.now_ms() - session.since_ms < SOON_MS
        return StripState.KEEPING if is_here and is_live else StripState.CUT_SHORT


def _shown(opening: Entry, kept: KeptStrip | None, state: StripState, strip: Strip | None = None) -> StripShown:
    incident = opening.incident
    shots = () if strip is None else strip.shots
    return StripShown(
        session_id=incident.session_id,
        incident_id=incident.incident_id,
        rule=incident.rule,
        state=state,
        sentence=SENTENCES[state],
        opened_at_ms=incident.opened_at_ms,
        closed_at_ms=None if kept is None else kept.closed_at_ms,
        is_cut=kept is not None and kept.is_cut,
        pictures=tuple(
            PictureShown(at_ms=shot.at_ms, phase=strip.phase_of(shot), jpeg=base64.b64encode(shot.jpeg).decode())
            for shot in shots
            if strip is not None
        ),
    )
