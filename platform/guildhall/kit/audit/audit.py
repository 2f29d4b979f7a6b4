"""Recording and checking; every domain's service gets this one object."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from guildhall.kit.audit.chain import ChainReport, ChainWalk, Witness
from guildhall.kit.audit.entry import DETAILS_BYTES_MAX, AuditEntry, Decision, as_audit_entry, canonical_json, link
from guildhall.kit.clock import Clock
from guildhall.kit.ids import new_id
from guildhall.kit.streams import NumberedLog, log_schema

AUDIT_LOG: Final = log_schema("audit_log")
AUDIT_STREAM: Final = "audit"
_PAGE: Final = 500


class Audit:
    """Appends to one chain from any number of tasks and processes, and checks it.

    An entry can never be changed or erased, so it names people and things by their ids alone: no names, no addresses,
    no secrets.
    """

    def __init__(self, log: NumberedLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    async def record(
        self,
        actor: str,
        action: str,
        object_type: str,
        object_id: str,
        decision: Decision,
        details: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        at_ms: int | None = None,
        stream: str = AUDIT_STREAM,
    ) -> AuditEntry:
        """Append what happened; on disk when this returns.

        `actor` is an account's id, `anonymous`, or `system:` and what it was; `action` is `accounts.sign_in`. `details`
        hold text, whole numbers, booleans and null, in lists and objects, at most DETAILS_BYTES_MAX of them; else
        ValueError. With a `key` of its own the same event is recorded once however often this is called, which is what
        followers need; `at_ms` is then when it happened. A `stream` is a chain of its own, such as that of one object.
        """
        said = dict(details or {})
        if len(canonical_json(said)) > DETAILS_BYTES_MAX:
            raise ValueError(f"{action}: the details of an audit entry have {DETAILS_BYTES_MAX} bytes at most.")
        event = {
            "actor": actor,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "decision": decision,
            "details": said,
        }
        entry_key = key or new_id("aud", self._clock)
        when_ms = self._clock.now_ms() if at_ms is None else at_ms
        after = partial(link, event, stream, entry_key, when_ms)
        return as_audit_entry(await self._log.append_linked(stream, entry_key, when_ms, after))

    async def read(self, after: int, limit: int, stream: str = AUDIT_STREAM) -> list[AuditEntry]:
        """Entries with a number above `after`, in order; raises ValidationError where one was tampered with."""
        return [as_audit_entry(entry) for entry in await self._log.read(stream, after, limit)]

    async def keyed(self, prefix: str, limit: int) -> list[AuditEntry]:
        """The newest entries whose key begins with `prefix`, the newest first; raises ValidationError like `read`."""
        return [as_audit_entry(entry) for entry in await self._log.keyed(AUDIT_STREAM, prefix, limit)]

    async def check(self, stream: str = AUDIT_STREAM, witness: Witness | None = None) -> ChainReport:
        """Walk the whole chain, a page at a time, while others may go on appending; the first fault ends it."""
        walk = ChainWalk(stream, witness)
        after = 0
        while page := await self._log.read(stream, after, _PAGE):
            if not all(walk.follow(entry) for entry in page):
                break
            after = page[-1].number
        return walk.finish()
