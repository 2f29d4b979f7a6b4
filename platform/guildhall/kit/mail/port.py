"""What a mail is, and what takes it from here."""

from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.kit.errors import Refused, Unavailable

# One bare address and nothing that a header or an SMTP command would read as more. Whether it is a good address is the
# business of whoever took it in.
_ATOM = r"[^\s\x00-\x1f\x7f\x85\u2028\u2029<>()\[\]\\,;:@\"]+"
Address = Annotated[str, StringConstraints(max_length=254, pattern=rf"^{_ATOM}@{_ATOM}$")]  # RFC 5321 4.5.3.1.3
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029]+$")]


class Mail(BaseModel):
    """One mail in plain text to one address; `kind` says which of the platform's mails it is (`verify_email`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Address
    subject: Line
    text: str = Field(min_length=1, max_length=100_000, repr=False)  # may hold a link that signs in
    kind: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")


class MailRefused(Refused):
    """The mail server will never take this mail: trying again is pointless."""

    type = "mail-refused"
    title = "Mail refused"


class MailDelayed(Unavailable):
    """The mail did not leave this time; it may the next."""

    type = "mail-delayed"
    title = "Mail delayed"


class Mailer(Protocol):
    """The way out. Only the outbox calls it: whoever sends directly loses mails when a process dies."""

    async def send(self, mail: Mail, key: str) -> None:
        """Hand the mail over; raises MailRefused or MailDelayed.

        The same `key` always makes the same Message-ID, so that a mail sent twice can be known for one.
        """
        ...
