"""Notices on the wire."""

from pydantic import BaseModel, ConfigDict, Field

from guildhall.kit.sockets import Message


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoticeShown(Shape):
    notice_id: str
    kind: str
    title: str
    text: str
    path: str
    at_ms: int
    is_seen: bool


class NoticesCounted(Shape):
    unseen: int


class SeenUntil(Shape):
    """The time of the newest notice that was on the screen."""

    until_ms: int = Field(ge=0, le=4_102_444_800_000)


class Moved(Message):
    """Something of that sort is otherwise than it was: pages that show it read it again. "" stands for any sort."""

    event = "moved"
    newest_of = "about"

    about: str
