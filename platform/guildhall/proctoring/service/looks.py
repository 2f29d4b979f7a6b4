"""Who looked at what of a session, and what they did: in the audit log, and once more in the session's evidence log.

The session's chain is what its candidate is shown, without reading all of the other; looks at strips stand in it as
well. Both name accounts by their ids alone.
"""

from collections.abc import Mapping
from typing import Final

from guildhall.kit.audit import AUDIT_STREAM, Audit, AuditEntry, Decision
from guildhall.kit.clock import Clock

SAME_LOOK_MS: Final = 60_000  # somebody who reloads a page within this has looked once
PAGE: Final = 500
LISTED_MAX: Final = 2_000  # policy: the earliest are listed


class Looks:
    """`log` is the store's of strips: a chain for each session."""

    def __init__(self, audit: Audit, log: Audit, clock: Clock) -> None:
        self._audit = audit
        self._log = log
        self._clock = clock

    async def looked(self, by: str, verb: str, session_id: str, **details: str | int | bool) -> None:
        """Written down before anything is shown: whoever cannot be written down sees nothing."""
        now_ms = self._clock.now_ms()
        told = "/".join(str(value) for value in details.values())
        key = f"{session_id}/{by}/{verb}/{told}/{now_ms // SAME_LOOK_MS}"
        await self.did(by, verb, session_id, key, now_ms, details)

    async def did(
        self,
        by: str,
        verb: str,
        session_id: str,
        key: str,
        at_ms: int,
        details: Mapping[str, str | int | bool],
        decision: Decision = "allowed",
    ) -> None:
        """Once for each key, however often it is called."""
        action = f"proctoring.{verb}"
        for chain, stream in ((self._audit, AUDIT_STREAM), (self._log, session_id)):
            await chain.record(
                by, action, "session", session_id, decision, details, key=key, at_ms=at_ms, stream=stream
            )

    async def of(self, session_id: str) -> list[AuditEntry]:
        """In order."""
        found: list[AuditEntry] = []
        while page := await self._log.read(found[-1].number if found else 0, PAGE, session_id):
            found += page
            if len(page) < PAGE or len(found) >= LISTED_MAX:
                break
        return found
