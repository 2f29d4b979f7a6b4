"""The verbs of accounts, for its routes, jobs and demo."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from guildhall.accounts.service.administration import Administration
from guildhall.accounts.service.closing import Closing
from guildhall.accounts.service.context import Context, Visitor
from guildhall.accounts.service.credentials import Credentials
from guildhall.accounts.service.effects import CHANGED_TOPIC, REVOKED_TOPIC, Effects
from guildhall.accounts.service.hashing import PasswordHasher
from guildhall.accounts.service.keys import Keys
from guildhall.accounts.service.letters import Letters
from guildhall.accounts.service.live import LivePrincipals
from guildhall.accounts.service.organisations import Organisations
from guildhall.accounts.service.second_factors import SecondFactors
from guildhall.accounts.service.sessions import Sessions, SignedIn
from guildhall.accounts.service.signing_in import CodeRequired, SigningIn
from guildhall.accounts.service.throttle import Throttle
from guildhall.accounts.service.wishes import Wishes
from guildhall.accounts.settings import AccountsSettings
from guildhall.accounts.store import AccountsStore
from guildhall.kit.audit import Audit
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.mail import MailOutbox
from guildhall.kit.tokens import TokenSigner

__all__ = [
    "CHANGED_TOPIC",
    "REVOKED_TOPIC",
    "AccountsService",
    "CodeRequired",
    "Context",
    "SignedIn",
    "Visitor",
]


class AccountsService:
    """Made by the composition root; `running` starts and stops what it keeps going. The verbs are by subject."""

    def __init__(
        self,
        store: AccountsStore,
        secret: str,
        tokens: TokenSigner,
        outbox: MailOutbox,
        audit: Audit,
        bus: Bus,
        clock: Clock,
        settings: AccountsSettings,
        sealing: Sequence[str] = (),
    ) -> None:
        """`sealing` are the secrets that seal, the newest first, where they are not `secret` alone."""
        self.settings = settings
        self.store = store
        self.hasher = PasswordHasher(settings.hashing)
        self.context = Context(
            store=store,
            effects=Effects(store, outbox, audit, bus, clock),
            hasher=self.hasher,
            throttle=Throttle(store, clock, settings.throttle),
            keys=Keys(secret, sealing),
            tokens=tokens,
            letters=Letters(settings),
            clock=clock,
            settings=settings,
        )
        self.sessions = Sessions(self.context)
        self.second_factors = SecondFactors(self.context)
        self.signing_in = SigningIn(self.context, self.sessions, self.second_factors)
        self.wishes = Wishes(self.context)
        self.credentials = Credentials(self.context, self.sessions, self.second_factors)
        self.organisations = Organisations(self.context)
        self.closing = Closing(self.context)
        self.administration = Administration(self.context)
        self.live = LivePrincipals(self.context, bus)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["AccountsService"]:
        await self.live.start()
        try:
            yield self
        finally:
            await self.wishes.drain()
            await self.wishes.close()
            await self.live.close()
            self.hasher.close()
