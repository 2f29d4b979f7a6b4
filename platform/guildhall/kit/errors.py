"""What can go wrong, as nouns that write their own sentence.

A domain names its own failures by subclassing one of these, and builds the sentence from what it knows:

    class SessionNotFound(NotFound):
        def __init__(self, session_id: str) -> None:
            super().__init__(f"There is no session {session_id}.")

The tree (status, type):

    DomainError             500 internal
     ├─ Invalid             422 invalid           the request has the wrong shape, or values out of range
     ├─ Unauthenticated     401 unauthenticated   who is asking is not known (any more)
     ├─ Refused             403 refused           who is asking may not do this
     ├─ NotFound            404 not-found         there is no such thing, or not for who is asking
     ├─ Conflict            409 conflict          not in its present state
     ├─ TooLarge            413 too-large         more bytes than allowed
     ├─ TooMany             429 too-many          more often than allowed; says when to try again
     └─ Unavailable         503 unavailable       something this needs is away; try again later

HTTP answers and socket acknowledgements both carry `as_problem()`.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """A failure as a client sees it: the members of RFC 9457, and two of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    fields: dict[str, str] | None = None
    """By field path, what is wrong with it in plain words."""
    retry_after_ms: int | None = None

    def as_document(self) -> dict[str, Any]:
        """The members that have a value, ready for JSON."""
        return self.model_dump(exclude_none=True)


class DomainError(Exception):
    """Base of every failure that may be told to the one who asked; `detail` is the sentence they read."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields

    def as_problem(self) -> Problem:
        return Problem(type=self.type, title=self.title, status=self.status, detail=self.detail, fields=self.fields)


class Invalid(DomainError):
    status = 422
    type = "invalid"
    title = "The request is not valid"


class Unauthenticated(DomainError):
    status = 401
    type = "unauthenticated"
    title = "Not signed in"


class Refused(DomainError):
    status = 403
    type = "refused"
    title = "Not allowed"


class NotFound(DomainError):
    status = 404
    type = "not-found"
    title = "Not found"


class Conflict(DomainError):
    status = 409
    type = "conflict"
    title = "Not possible now"


class TooLarge(DomainError):
    status = 413
    type = "too-large"
    title = "Too large"


class TooMany(DomainError):
    """Refused for its rate or its number; `retry_after_ms` says when the same request may succeed."""

    status = 429
    type = "too-many"
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after_ms: int, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail, fields=fields)
        self.retry_after_ms = retry_after_ms

    def as_problem(self) -> Problem:
        return super().as_problem().model_copy(update={"retry_after_ms": self.retry_after_ms})


class Unavailable(DomainError):
    status = 503
    type = "unavailable"
    title = "Not available now"
