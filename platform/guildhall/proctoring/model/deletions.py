"""That whatever was kept of a candidate's looks was destroyed: what, when, and the certificate of it."""

from guildhall.kit.documents import VersionedDocument


class Deletion(VersionedDocument):
    """Its id is the session's. Written before anything is destroyed, so that whoever goes on certifies the same."""

    exam_id: str
    attempt_id: str = ""
    kept_days: int
    ended_at_ms: int
    """When the session was last connected."""
    begun_at_ms: int
    strips: int
    pictures: int
    chunks: int
    signals_head: str = ""
    """Of the signal log, `number:hash`: its chain can still be checked, and nothing in it be read."""
    certificate: str = ""
    """A signed document (a compact JWT, Ed25519); empty while it is still being destroyed."""
    key_id: str = ""
    public_key: str = ""
