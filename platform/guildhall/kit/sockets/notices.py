"""What the server says by itself on every namespace, and the one event that every namespace takes.

Pages that do not know these go on as before: they see a connection that ends.
"""

from typing import Literal, TypeAlias

from pydantic import Field

from guildhall.kit.sockets.messages import Message

Closing: TypeAlias = Literal["token_expired", "revoked", "replaced", "too_many_refusals", "server_closes"]
"""Why the server ends a connection.

* `token_expired`: come back with a fresh token.
* `revoked`: the sign-in behind it has ended; sign in again.
* `replaced`: too many newer connections of the same subject.
* `too_many_refusals`: this client keeps on sending what is refused.
* `server_closes`: come back at once, perhaps elsewhere.
"""


class TokenExpiring(Message):
    """Sent once for each token, so that the page renews it in time with `renew_token`."""

    event = "token_expiring"

    expires_at_ms: int


class SessionClosed(Message):
    """The last thing that a peer is told."""

    event = "session_closed"

    reason: Closing


class RenewToken(Message):
    token: str = Field(min_length=1, max_length=8_192, repr=False)


class Renewed(Message):
    expires_at_ms: int
