"""What every verb of assessments stands on."""

from dataclasses import dataclass
from typing import Any

from guildhall.assessments.service.people import People
from guildhall.assessments.settings import AssessmentsSettings
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.mail import MailOutbox
from guildhall.kit.tokens import TokenSigner


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by `AssessmentsService`."""

    store: AssessmentsStore
    blobs: BlobStore
    bus: Bus
    audit: Audit
    mails: MailOutbox
    clock: Clock
    settings: AssessmentsSettings
    people: People
    secret: str
    """Of the house: keys for signatures are derived from it."""
    tokens: TokenSigner
    public_url: str = "http://localhost:8080"
    """Where the links in mails lead, and who issues credentials."""

    async def record(self, actor: str, verb: str, object_type: str, object_id: str, rev: int, **details: Any) -> None:
        """Into the audit log, once for each revision of the document that was changed.

        `service.histories` finds it again by the beginning of its key.
        """
        key = f"{changes_of(object_id)}{verb}/{rev}"
        await self.audit.record(actor, f"assessments.{verb}", object_type, object_id, "allowed", details, key=key)


def changes_of(object_id: str) -> str:
    """How the keys of all audit entries about one document begin."""
    return f"assessments/{object_id}/"
