"""What only a demo offers: signing in by a click as somebody whose password is published, and reading their mail."""

from enum import StrEnum
from typing import Annotated, Final

import pyotp
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE, DEMO_TOTP_SECRET
from guildhall.accounts.messages import SessionOpened, Transport
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.routes.credentials import answer_sign_in, visitor_of
from guildhall.accounts.service import AccountsService
from guildhall.kit.errors import NotFound
from guildhall.kit.http import PUBLIC, Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.mail import DevelopmentMailbox, Mailer

TAGS: Final = ("demo",)
NEWEST: Final = 20


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoPart(StrEnum):
    CANDIDATE = "candidate"
    PROCTOR = "proctor"
    ADMIN = "admin"


class DemoSignIn(Shape):
    """Who to be: `{"as": "proctor"}`, and which of them by `email`; without it the first.

    `transport` is that of any sign-in: in a cookie, the whole browser is signed in.
    """

    part: DemoPart = Field(alias="as")
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    transport: Transport = "body"


class DemoPerson(Shape):
    """Somebody to sign in as by hand; `code` is what their authenticator app would show now."""

    role: DemoPart
    name: str
    email: str
    password: str
    code: str | None


class DemoPeople(Shape):
    items: list[DemoPerson]


class MailQuery(Shape):
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]


class DemoMail(Shape):
    at_ms: int
    to: str
    subject: str
    text: str


class DemoMails(Shape):
    """Newest first."""

    items: list[DemoMail]


PART_OF: Final = {
    PlatformRole.AGENT: DemoPart.CANDIDATE,
    PlatformRole.PROCTOR: DemoPart.PROCTOR,
    PlatformRole.ADMIN: DemoPart.ADMIN,
}
SIGN_IN: Final = Operation(
    name="sign_in_to_demo",
    method="POST",
    path="/demo/sign-ins",
    summary="Sign in as one of the demo's people; with the tokens in the answer, two tabs can be two people",
    permission=PUBLIC,
    rate_class="write",
    body=DemoSignIn,
    answers={200: SessionOpened},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
PEOPLE: Final = Operation(
    name="list_demo_people",
    method="GET",
    path="/demo/people",
    summary="Who can be signed in as by hand",
    permission=PUBLIC,
    answers={200: DemoPeople},
    tags=TAGS,
)
MAILS: Final = Operation(
    name="read_demo_mailbox",
    method="GET",
    path="/demo/mails",
    summary="The newest mails to an address, which never leave this server",
    permission=PUBLIC,
    query=MailQuery,
    answers={200: DemoMails},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)


class NoMailbox(NotFound):
    def __init__(self) -> None:
        super().__init__("This server sends its mail out; look into your own mailbox.")


def demo_routes(service: AccountsService, mailer: Mailer) -> tuple[Route, ...]:
    """The composition root adds these where the demo is on, and seeds the people."""

    async def sign_in(call: Call[DemoSignIn, NoQuery]) -> Answer:
        emails = [email for _, email, role in DEMO_PEOPLE if PART_OF[role] is call.body.part]
        wanted = call.body.email or emails[0]
        if wanted not in emails:
            raise NotFound("The demo has nobody of that address in that part. /v1/demo/people tells who there is.")
        account = await service.store.account_with_email(wanted)
        if account is None:
            raise NotFound("The demo's people are not there yet. Try again in a moment.")
        methods = ("password",) if call.body.part is DemoPart.CANDIDATE else ("password", "totp")
        device = service.sessions.device_of(visitor_of(call), account.id)
        opened = await service.sessions.begin(account, methods, device)
        if call.body.transport == "body":
            # The landing page keeps no tokens, so nothing would renew this sign-in while somebody watches the wall.
            await service.context.change_session(
                opened.session.id, lambda seen: seen.model_copy(update={"idle_until_ms": seen.expires_at_ms})
            )
        return answer_sign_in(opened, call.body.transport, service)

    async def people(call: Call[NoBody, NoQuery]) -> Answer:  # noqa: ARG001 - everybody gets the same
        code = pyotp.TOTP(DEMO_TOTP_SECRET).now()
        return Answer(
            DemoPeople(
                items=[
                    DemoPerson(
                        role=PART_OF[role],
                        name=name,
                        email=email,
                        password=DEMO_PASSWORD,
                        code=None if role is PlatformRole.AGENT else code,
                    )
                    for name, email, role in DEMO_PEOPLE
                ]
            )
        )

    async def mails(call: Call[NoBody, MailQuery]) -> Answer:
        if not isinstance(mailer, DevelopmentMailbox):
            raise NoMailbox
        kept = await mailer.newest(call.query.address, NEWEST)
        shown = [
            DemoMail(at_ms=one.at_ms, to=one.mail.to, subject=one.mail.subject, text=one.mail.text) for one in kept
        ]
        return Answer(DemoMails(items=shown))

    return (Route(SIGN_IN, sign_in), Route(PEOPLE, people), Route(MAILS, mails))
