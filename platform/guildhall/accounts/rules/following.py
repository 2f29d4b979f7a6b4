"""Writing what must follow a change into the document that changes."""

from typing import Any, TypeVar

from guildhall.accounts.model import PENDING_BOUND, Effect, EffectKind, VersionedDocument
from guildhall.kit.errors import Unavailable

D = TypeVar("D", bound=VersionedDocument)


class OutboxFull(Unavailable):
    """What followed from earlier changes could not be carried out for a while, so no more is taken on."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"Earlier changes of {document_id} are still being carried out. Try again in a moment.")


def follow_up(document: D, *effects: Effect) -> D:
    """The document with these effects to follow. Raises OutboxFull.

    A key is made of the revision that was read, so it is never used again: mails and audit entries carry it on.
    """
    taken = len(document.pending)
    keyed = {f"{effect.kind.value}_{document.rev}_{taken + place}": effect for place, effect in enumerate(effects)}
    if taken + len(keyed) > PENDING_BOUND:
        raise OutboxFull(document.id)
    return document.then(keyed)


def audited(actor: str, action: str, now_ms: int, **details: Any) -> Effect:
    """An audit entry about the document it is put into; ids and plain values only, never a name or an address."""
    return Effect(kind=EffectKind.AUDIT, at_ms=now_ms, details={"actor": actor, "action": action, **details})
