"""What authors read of who changed what and when: from the audit log, whose entries are chained by their hashes."""

from guildhall.assessments.messages.shape import Shape


class ChangeShown(Shape):
    """One entry of the audit log. `number` and `hash` are its place in the log and what `guildhall audit` checks."""

    number: int
    hash: str
    at_ms: int
    by: str
    by_name: str
    """Empty for whoever has no account any more, and for the platform itself."""
    action: str
    object_id: str
    details: dict[str, str | int | bool | None]


class ChangesListed(Shape):
    """The newest first; `is_cut` where there are older ones."""

    items: list[ChangeShown]
    is_cut: bool
