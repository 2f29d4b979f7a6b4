"""`take_claims`: what a page's outbox brings is kept under its key, then judged, then receipted."""

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.messages.admission import ClaimReceipt, ClaimsSent, ClaimsTaken
from guildhall.proctoring.model.admission import CLAIMS_MAX, Claim, ClaimKind, ClaimPhase, ClaimWeight
from guildhall.proctoring.rules.claims import happened_at_ms, measure_clock, notice_claim
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.store.admissions import AdmissionStore


class TooManyClaims(Conflict):
    type = "too-many-claims"
    title = "Enough was said"


class ClaimDesk:
    def __init__(self, store: AdmissionStore, recorder: IncidentRecorder, clock: Clock) -> None:
        self._store = store
        self._recorder = recorder
        self._clock = clock

    async def take(self, seat: Seat, sent: ClaimsSent) -> ClaimsTaken:
        """A receipt for each, once it is on disk; sent again, the same one. Raises Conflict and TooManyClaims."""
        if seat.finishing or seat.session.state is SessionState.FINISHED:
            raise Conflict("The session is finished.")
        terms = seat.claim_terms()
        now_ms = self._clock.now_ms()
        seat.claims, changes = measure_clock(seat.claims, sent.client_now_ms, now_ms, terms)
        self._recorder.note(seat, changes, now_ms)
        receipts: list[ClaimReceipt] = []
        for told in sent.claims:
            kind = ClaimKind(told.kind)
            if terms.weight_of(kind) is ClaimWeight.OFF:
                receipts.append(ClaimReceipt(key=told.key, number=None))
                continue
            if seat.claim_count is None:
                seat.claim_count = await self._store.claims_head(seat.session.id)
            if seat.claim_count >= CLAIMS_MAX:
                raise TooManyClaims(f"{CLAIMS_MAX} claims of this session are kept, and no more of them.")
            claim = Claim(
                kind=kind,
                phase=ClaimPhase(told.phase),
                client_at_ms=told.client_at_ms,
                server_at_ms=now_ms,
                happened_at_ms=happened_at_ms(now_ms, told.age_ms, seat.session.created_at_ms),
                lasted_ms=told.lasted_ms,
                detail=told.detail,
            )
            number, kept = await self._store.keep_claim(seat.session.id, told.key, claim)
            seat.claim_count = max(seat.claim_count, number)
            seat.claims, changes = notice_claim(seat.claims, number, kept, terms)
            self._recorder.note(seat, changes, kept.server_at_ms)
            receipts.append(ClaimReceipt(key=told.key, number=number))
        await self._recorder.flush(seat)
        return ClaimsTaken(receipts=tuple(receipts))
