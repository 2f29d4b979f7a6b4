"""What crosses a socket, in and out."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """Base of all socket messages; one that the server sends by itself names its `event`.

    Messages that come in are read strictly: 5 is no text, "5" no number. JSON has no enums and no tuples, so those
    use `Literal` and `list`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: ClassVar[str] = ""
