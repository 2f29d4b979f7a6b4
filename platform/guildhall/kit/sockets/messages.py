"""What crosses a socket, in and out."""

from collections.abc import Hashable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """Base of all socket messages; one that the server sends by itself names its `event`.

    Messages that come in are read strictly: 5 is no text, "5" no number. JSON has no enums and no tuples, so those
    use `Literal` and `list`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: ClassVar[str] = ""
    newest_of: ClassVar[str] = ""
    """The field that says of what this is the newest, for messages of which only the newest counts. A slow reader gets
    the newest of each and not those before; all other messages arrive, all and in order, or the connection ends."""

    @property
    def slot(self) -> Hashable | None:
        """What this message takes the place of while it waits; None when it takes nobody's."""
        return getattr(self, self.newest_of) if self.newest_of else None

    def as_fields(self) -> dict[str, Any]:
        """As `model_dump()` has it, at a third of the cost: it is asked for with every packet that goes out."""
        fields: dict[str, Any] = self.__pydantic_serializer__.to_python(self)
        return fields

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if cls.newest_of and cls.newest_of not in cls.model_fields:
            raise TypeError(f"{cls.__name__} is the newest of {cls.newest_of!r}, which is none of its fields.")
