"""How a route declares itself: everything the pipeline and the OpenAPI document need stands beside its handler.

SIGN_IN = Operation(
    name="sign_in", method="POST", path="/sessions", summary="Sign in", permission="public", rate_class="auth",
    body=SignIn, answers={201: SignedIn}, problems=frozenset({"mfa-required"}), tags=("accounts",),
)

async def sign_in(call: Call[SignIn, NoQuery]) -> Answer:
    ...
    return Answer(SignedIn(...), status=201)

def routes(service: AccountsService) -> tuple[Route, ...]:
    return (Route(SIGN_IN, sign_in), ...)
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from guildhall.kit.http.content import Content
from guildhall.kit.http.principal import Principal

PUBLIC = "public"
"""The permission of a route that anybody may call."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Demand = Literal["none", "optional", "required"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_READING = frozenset({"GET"})
_DEADLINE_READ_SECONDS = 2.0
_DEADLINE_WRITE_SECONDS = 10.0
NOTHING: Mapping[str, str] = MappingProxyType({})


class NoBody(BaseModel):
    """What `call.body` is where an operation declares none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoQuery(BaseModel):
    """What `call.query` is where an operation declares none: any query parameter is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


B = TypeVar("B", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route's declaration. Raises ValueError, when it is made, for one that contradicts itself."""

    name: str
    """operationId, snake_case, unique."""
    method: Method
    path: str
    """Below the mount, such as `/accounts/{account_id}`."""
    summary: str
    permission: str
    """`public`, or what `Guards.is_allowed` decides, such as `accounts.read_own`."""
    answers: Mapping[int, type[BaseModel] | None]
    """By success status, the model of the body; None for no body. The handler may answer nothing else."""
    rate_class: str = "read"
    """A class named in the rate settings: read, write, auth, signup, money..."""
    fresh_seconds: int | None = None
    """The person must have given credentials within this time, else `step-up-required`."""
    aal: int = 1
    idempotency: Demand = "none"
    if_match: Demand = "none"
    has_etag: bool = False
    """Answers carry an ETag; a GET then answers 304 to a matching If-None-Match."""
    deadline_seconds: float = 0.0
    """How long it may take; 2 s for GET and 10 s for others where nothing is said."""
    body: type[BaseModel] | None = None
    takes: tuple[str, ...] = ()
    """Content types of a body of bytes, in the place of `body`: the handler finds them in `call.content`. What a
    client says they are is no proof of what they are."""
    gives: tuple[str, ...] = ()
    """Content types of an answer of bytes (`Answer.content`), which goes with status 200."""
    query: type[BaseModel] | None = None
    """A flat model; fields that are lists or tuples take repeated or comma-separated values."""
    problems: frozenset[str] = frozenset()
    """Problem types it may answer beyond those every operation with its declaration may (see `openapi`)."""
    cookie_borne: bool = False
    """Reads a cookie, so a request that carries one needs the CSRF header and an Origin that is ours."""
    max_body_bytes: int | None = None
    """Below or above the server's general cap."""
    deprecated_on: str | None = None
    """ISO date from which clients should leave it; `sunset_on` is when it goes."""
    sunset_on: str | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"An operation is named in snake_case, and {self.name!r} is not.")
        if not self.path.startswith("/") or "{" in _PLACEHOLDER.sub("", self.path):
            raise ValueError(f"{self.name}: {self.path!r} is no path such as /accounts/{{account_id}}.")
        if not self.answers or any(not 200 <= status < 400 for status in self.answers):  # noqa: PLR2004
            raise ValueError(f"{self.name} must declare what it answers when it succeeds (2xx or 3xx).")
        if self.takes and (self.body is not None or self.method in _READING):
            raise ValueError(f"{self.name} takes bytes, so it has no other body and is no GET.")
        if self.gives and (self.answers.get(200, BaseModel) is not None or self.idempotency != "none"):
            raise ValueError(f"{self.name} gives bytes with status 200, which has no other body and is never replayed.")
        if self.method in _READING and (self.body is not None or self.idempotency != "none"):
            raise ValueError(f"{self.name} is a {self.method}, which takes no body and no Idempotency-Key.")
        if self.cookie_borne and self.idempotency != "none":
            raise ValueError(f"{self.name} sets cookies, which are never stored: it cannot be replayed by a key.")
        if not self.deadline_seconds:
            seconds = _DEADLINE_READ_SECONDS if self.method in _READING else _DEADLINE_WRITE_SECONDS
            object.__setattr__(self, "deadline_seconds", seconds)

    @property
    def path_names(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.path))


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """What a handler is given: everything here has been checked against its operation."""

    principal: Principal
    body: B
    query: Q
    path: Mapping[str, str]
    address: str
    """The client's, through trusted proxies only."""
    request_id: str
    request: web.Request
    """The escape hatch: cookies, and whatever is not declared."""
    idempotency_key: str | None = None
    content: bytes = b""
    """The body of an operation that takes bytes."""
    if_match: str | None = None
    """The entity tag the caller expects, without quotes; None when it did not say. See `preconditions.check_match`."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set; `max_age_seconds=0` removes it, None makes it last as long as the browser runs."""

    name: str
    value: str
    max_age_seconds: int | None = None
    path: str = "/"
    http_only: bool = True
    secure: bool = True
    same_site: Literal["Strict", "Lax", "None"] = "Strict"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back; its status and the type of its body are among the operation's `answers`."""

    body: BaseModel | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    etag: str | None = None
    """The entity tag without quotes, such as the document's revision."""
    cookies: tuple[Cookie, ...] = ()
    content: Content | None = None
    """The body of an operation that gives bytes."""


Handler = Callable[[Call[Any, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and what carries it out."""

    operation: Operation
    handler: Handler
