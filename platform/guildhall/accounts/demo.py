"""The people of the demo: everybody who reads the README may sign in as them, so they exist only where it says so."""

from typing import Final

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import Account, PlatformRole, SecondFactor
from guildhall.accounts.rules.addresses import email_key
from guildhall.accounts.service import AccountsService
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

DEMO_PASSWORD: Final = "seven lanterns over the quay"  # noqa: S105 - published on purpose
DEMO_TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - published on purpose
DEMO_PEOPLE: Final = (
    ("Ada Lovelace", "ada@guildhall.example", PlatformRole.AGENT),
    ("Grace Hopper", "grace@guildhall.example", PlatformRole.PROCTOR),
    ("Alan Turing", "alan@guildhall.example", PlatformRole.PROCTOR),
    ("Katherine Johnson", "admin@guildhall.example", PlatformRole.ADMIN),
    ("Dorothy Vaughan", "dorothy@guildhall.example", PlatformRole.ADMIN),  # what takes two people can be tried
    ("Mary Somerville", "mary@guildhall.example", PlatformRole.AGENT),  # posts work for an organisation of hers
)


async def seed_demo_accounts(service: AccountsService) -> None:
    """Make those that are not there yet; safe to repeat, and from several processes at once."""
    for name, email, role in DEMO_PEOPLE:
        if await service.store.account_with_email(email) is None:
            await seed_account(service, name, email, DEMO_PASSWORD, role, totp_secret=DEMO_TOTP_SECRET)


async def seed_account(
    service: AccountsService, name: str, email: str, password: str, role: PlatformRole, *, totp_secret: str
) -> None:
    """An active account made without a mail; staff gets this second factor. One that is there stays as it is."""
    now_ms, keys = service.context.clock.now_ms(), service.context.keys
    factor = SecondFactor(sealed_secret=keys.seal(totp_secret), confirmed_at_ms=now_ms)
    account = Account(
        id=new_id("usr", service.context.clock),
        created_at_ms=now_ms,
        email=email,
        email_key=email_key(email),
        name=name,
        state=AccountState.ACTIVE,
        state_since_ms=now_ms,
        verified_at_ms=now_ms,
        roles=(role,),
        is_admin=role is PlatformRole.ADMIN,
        password_hash=await service.hasher.hash(password),
        password_changed_at_ms=now_ms,
        second_factor=None if role is PlatformRole.AGENT else factor,
    )
    try:
        await service.store.accounts.add(account)
    except Duplicate:
        return
