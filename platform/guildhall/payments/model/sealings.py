"""How far the pass is that seals what was kept before, or by an older key."""

from guildhall.kit.documents import VersionedDocument


class SealingProgress(VersionedDocument):
    """There is one. Another newest key begins at the beginning."""

    key: str
    kind: int = 0
    """Of `service.sealing`'s list of what is sealed."""
    after: str = ""
    """The id of the last document of that kind that is done."""
    again_at_ms: int = 0
    """0 while it goes on; else all is done until then."""
