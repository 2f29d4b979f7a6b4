"""Every type of problem HTTP may answer with: a closed set, each with its status, meaning and way out.

The common ones stand here, over the tree of `kit.errors`. A domain names its own by subclassing those with a `type` of
its own and hands the classes to `mount_v1`; a type nobody registered leaves as the common type of its status.

    Malformed 400            LengthRequired 411          PreconditionRequired 428
     └─ CursorMismatch       PreconditionFailed 412      IdempotencyInProgress 409 (Conflict)
    TokenExpired 401         UnsupportedMedia 415        Unavailable 503
    MfaRequired 401          IdempotencyMismatch 422      ├─ Draining
    StepUpRequired 403       MethodNotAllowed 405         ├─ Overloaded
    CsrfRefused 403                                       ├─ DeadlineExceeded
                                                          └─ LimiterAway
"""

from collections.abc import Iterable, Mapping

from guildhall.kit.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from guildhall.kit.tokens import TokenExpired


class Malformed(DomainError):
    """The request is not even HTTP or JSON as this API speaks it; the sentence says where."""

    status = 400
    type = "malformed"
    title = "The request cannot be read"


class CursorMismatch(Malformed):
    """A cursor was edited, or is used with another filter or order; begin again without one."""

    type = "cursor-mismatch"
    title = "This cursor is not for this list"


class MfaRequired(Unauthenticated):
    """It needs a session with a second factor; complete it, then send the request again."""

    type = "mfa-required"
    title = "A second factor is needed"


class StepUpRequired(Refused):
    """It needs credentials given just now; confirm them, then send the request again."""

    type = "step-up-required"
    title = "Confirm that it is you"


class CsrfRefused(Refused):
    """A request that carries a cookie must come from our own page, and say so in its headers."""

    type = "csrf-refused"
    title = "Not sent by our own page"


class MethodNotAllowed(DomainError):
    """The address exists, but not for this method; the Allow header lists those it has."""

    status = 405
    type = "method-not-allowed"
    title = "Method not allowed"


class LengthRequired(DomainError):
    """A body must say its length in Content-Length."""

    status = 411
    type = "length-required"
    title = "The length is missing"


class PreconditionFailed(DomainError):
    """It has changed since you read it; read it again, then decide."""

    status = 412
    type = "precondition-failed"
    title = "It has changed meanwhile"


class UnsupportedMedia(DomainError):
    """The body is of a type this operation does not take."""

    status = 415
    type = "unsupported-media-type"
    title = "This type of body is not taken"


class IdempotencyMismatch(Invalid):
    """The Idempotency-Key was used for another request; a new request needs a new key."""

    type = "idempotency-mismatch"
    title = "This key belongs to another request"


class IdempotencyInProgress(Conflict):
    """The first request with this Idempotency-Key is still running; ask again in a moment."""

    type = "idempotency-in-progress"
    title = "The first request is still running"
    retry_after_ms = 1000


class PreconditionRequired(DomainError):
    """The operation needs an Idempotency-Key or If-Match header; the sentence says which."""

    status = 428
    type = "precondition-required"
    title = "A header is missing"


class Draining(Unavailable):
    """The server is about to stop; the same request will be answered by another."""

    type = "draining"
    title = "This server is stopping"
    retry_after_ms = 1000


class Overloaded(Unavailable):
    """Too much of this kind is running at once; nothing was done."""

    type = "overloaded"
    title = "Too busy"
    retry_after_ms = 1000


class DeadlineExceeded(Unavailable):
    """It took longer than it may. Whether it was done is not known: ask, or repeat it under the same key."""

    type = "deadline-exceeded"
    title = "It took too long"
    retry_after_ms = 2000


class LimiterAway(Unavailable):
    """How often it was tried cannot be counted now, and what guards secrets or money is refused meanwhile."""

    type = "limiter-away"
    title = "Cannot be counted now"
    retry_after_ms = 2000

    def __init__(self) -> None:
        super().__init__("How often this was tried cannot be counted at the moment; try again soon.")


class Internal(DomainError):
    """Our fault; the request id lets us find it."""


COMMON: tuple[type[DomainError], ...] = (
    Malformed,
    CursorMismatch,
    Unauthenticated,
    TokenExpired,
    MfaRequired,
    Refused,
    StepUpRequired,
    CsrfRefused,
    NotFound,
    MethodNotAllowed,
    Conflict,
    IdempotencyInProgress,
    LengthRequired,
    PreconditionFailed,
    TooLarge,
    UnsupportedMedia,
    Invalid,
    IdempotencyMismatch,
    PreconditionRequired,
    TooMany,
    Internal,
    Unavailable,
    Draining,
    Overloaded,
    DeadlineExceeded,
    LimiterAway,
)
Registry = Mapping[str, type[DomainError]]


def problem_registry(of_domains: Iterable[type[DomainError]] = ()) -> dict[str, type[DomainError]]:
    """The closed set by type. Raises ValueError where two classes with different meanings claim one type."""
    registry = {error.type: error for error in COMMON}
    for error in of_domains:
        known = registry.setdefault(error.type, error)
        if (known.status, known.title) != (error.status, error.title):
            raise ValueError(f"The problem type {error.type} means two things: {known.title!r} and {error.title!r}.")
    return registry


def common_type(status: int) -> type[DomainError]:
    """The general type of a status, for what nobody registered; `Internal` where there is none."""
    return next((error for error in COMMON if error.status == status), Internal)
