"""A rule set tried on past sessions: what would have been flagged, session by session. Nothing of it is stored.

A page ends after `seconds` of work or so many sessions, whichever is first, and says where the next one begins: the
caller sees how far it is, and may stop. One trial at a time is computed in a process, in a thread beside the frames.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.store import AssessmentsStore, NoSuch
from guildhall.kit.audit import Audit
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.signals import Chunk, Record
from guildhall.proctoring.rules.packing import LogUnreadable
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.rules.trying import Trial, try_rules
from guildhall.proctoring.service.keys import EvidenceDestroyed, Seal, SealBroken
from guildhall.proctoring.service.signals import SignalLog, open_chunk
from guildhall.proctoring.settings import RuleSettings
from guildhall.proctoring.store import ProctoringStore

SESSIONS: Final = 50  # of one page
SECONDS: Final = 8.0  # after which a page ends with the session it is at
GOES_ON: Final = "Its exam still goes on."
NO_LOG: Final = "Nothing was measured of it."
DESTROYED: Final = "What was measured of it has been destroyed."


@dataclass(frozen=True, slots=True)
class Tried:
    """`trial` is None where it could not be tried, and `why_not` says why."""

    session_id: str
    trial: Trial | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The newest sessions first; `before_id` asks for those behind them, None: that was all."""

    items: tuple[Tried, ...]
    before_id: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """A session's records, opened chunk by chunk each time they are read: an hour of them takes 50 MB as objects."""

    chunks: list[Chunk]
    seal: Seal

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        for chunk in self.chunks:
            yield from open_chunk(chunk, self.seal)


class RuleTrials:
    def __init__(self, store: ProctoringStore, signals: SignalLog) -> None:
        self._store = store
        self._signals = signals
        self._turn = asyncio.Lock()

    async def page(
        self,
        rules: RuleSettings,
        known: RuleSettings,
        *,
        exam_id: str | None = None,
        before_id: str = "",
        most: int = SESSIONS,
        seconds: float = SECONDS,
    ) -> Page:
        """At least one session, unless there is none left. `known` are the rules of this house, as they are now."""
        async with self._turn:
            until = monotonic() + seconds
            sets = {version_of(known): known, **await self._store.signals.rule_sets()}
            items: list[Tried] = []
            found = await self._store.newest_sessions(exam_id, before_id, most + 1)
            for session in found[:most]:
                items.append(await self._try(session, sets, rules))
                if monotonic() >= until:
                    break
            return Page(tuple(items), items[-1].session_id if len(items) < len(found) else None)

    async def _try(self, session: Session, sets: dict[str, RuleSettings], rules: RuleSettings) -> Tried:
        if session.connection is Connection.ONLINE and session.state is not SessionState.FINISHED:
            return Tried(session.id, None, GOES_ON)
        chunks = await self._signals.chunks(session.id)
        if not chunks:
            return Tried(session.id, None, NO_LOG)
        try:
            records = Records(chunks, await self._signals.seal_of(session.id))
            trial = await asyncio.to_thread(try_rules, session.id, session.candidate_name, records, sets, rules)
        except EvidenceDestroyed:
            return Tried(session.id, None, DESTROYED)
        except (SealBroken, LogUnreadable) as error:
            return Tried(session.id, None, f"Its signal log cannot be read: {error}")
        except KeyError as error:
            return Tried(session.id, None, f"The rules {error.args[0]} that judged it are not stored.")
        return Tried(session.id, trial)


class DeliveryTrials:
    """The same for those who may see the reports of a delivery."""

    def __init__(self, trials: RuleTrials, exams: AssessmentsStore, audit: Audit, known: RuleSettings) -> None:
        self._trials = trials
        self._exams = exams
        self._audit = audit
        self.known = known

    async def page(self, scope: Scope, delivery_id: str, rules: RuleSettings, before_id: str) -> Page:
        """Raises NoSuch for a delivery that is not theirs; each page stands in the audit log before it is read."""
        delivery = await self._exams.deliveries.get(delivery_id)
        if delivery is None or not scope.covers(delivery.organisation_id):
            raise NoSuch(f"There is no delivery {delivery_id}.")
        details = {"rules": version_of(rules), "before": before_id}
        await self._audit.record(scope.account_id, "proctoring.try_rules", "delivery", delivery_id, "allowed", details)
        return await self._trials.page(rules, self.known, exam_id=delivery_id, before_id=before_id)
