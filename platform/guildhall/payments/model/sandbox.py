"""What the sandbox was asked to do: all that it knows."""

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored


class SandboxOrder(Stored):
    id: str = Field(alias="_id")
    subject: str
    attempt: int
    method: str
    at_ms: int
    confirmed_at_ms: int = 0
    next_at_ms: int
    """When its next webhook is due; 0: none is."""

    model_config = ConfigDict(populate_by_name=True)
