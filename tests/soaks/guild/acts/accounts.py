"""Sign-ins, and accounts that are suspended while they are signed in, or are just signing in."""

from typing import Final

import pyotp

from guildhall.accounts.model import PlatformRole
from guildhall.accounts.service import CodeRequired, SignedIn, Visitor
from guildhall.kit.errors import DomainError
from tests.guildhall.onboarding.guild import PASSWORD
from tests.soaks.guild.acts.drawn import Act, Drawn, Verb, one_of
from tests.soaks.guild.town import AGENTS, PEOPLE, STAFF, TOTP_SECRET, Town

VISITOR: Final = Visitor("10.0.0.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


async def sign_in(town: Town, drawn: Drawn) -> None:
    name, signing_in = one_of(PEOPLE, drawn.who), town.backbone.accounts.signing_in
    step = await signing_in.sign_in(f"{name}@example.org", PASSWORD, VISITOR)
    if isinstance(step, CodeRequired):
        code = pyotp.TOTP(TOTP_SECRET).at(town.clock.now_ms() // 1000)
        step = await signing_in.prove(step.flow_token, code, VISITOR)
    town.sign_ins.append(step)
    if drawn.which % 2:
        await _open_socket(town, step)


async def _open_socket(town: Town, signed_in: SignedIn) -> None:
    """As gateways do: it hears of what is revoked before its token is looked at."""
    town.sockets.add(signed_in.session.id)
    try:
        await town.backbone.accounts.live.authenticate(signed_in.access_token)
    except DomainError:
        town.sockets.discard(signed_in.session.id)
        raise


async def use_sign_in(town: Town, drawn: Drawn) -> None:
    """Read, write, refresh, sign out here or everywhere; also with what was rotated out or has ended."""
    if not town.sign_ins:
        return
    one, accounts = one_of(town.sign_ins, drawn.which), town.backbone.accounts

    async def refresh() -> None:
        town.sign_ins.append(await accounts.sessions.refresh(one.refresh_token))

    verbs: tuple[Verb, ...] = (
        lambda: accounts.live.authenticate(one.access_token, is_read=True),
        lambda: accounts.live.authenticate(one.access_token),
        refresh,
        refresh,
        lambda: accounts.sessions.end(one.account.id, one.session.id),
        lambda: accounts.sessions.end_all(one.account.id),
    )
    await one_of(verbs, drawn.what)()


async def suspend(town: Town, drawn: Drawn) -> None:
    """By the staff, of anybody; whoever is signed in rather than whoever is not."""
    admin, signed_in = town.accounts[one_of(STAFF, drawn.which)], _signed_in(town)
    account = one_of(signed_in, drawn.who) if signed_in and drawn.what % 3 else town.accounts[one_of(AGENTS, drawn.who)]
    await town.backbone.accounts.administration.suspend(admin, account, "Looked at.")


async def reinstate(town: Town, drawn: Drawn) -> None:
    admin, account = town.accounts[one_of(STAFF, drawn.which)], town.accounts[one_of(PEOPLE, drawn.who)]
    await town.backbone.accounts.administration.reinstate(admin, account, "It was nothing.")


async def change_roles(town: Town, drawn: Drawn) -> None:
    """Whoever loses one that is of the staff is signed out."""
    admin, account = town.accounts[one_of(STAFF, drawn.which)], town.accounts[one_of(STAFF, drawn.who)]
    roles = frozenset({PlatformRole.ADMIN, *([PlatformRole.AUDITOR] if drawn.what % 2 else [])})
    await town.backbone.accounts.administration.set_roles(admin, account, roles)


def _signed_in(town: Town) -> list[str]:
    def account_of(one: SignedIn) -> str:
        return one.account.id

    return sorted(set(map(account_of, town.sign_ins)))


ACTS: Final[tuple[Act, ...]] = (sign_in, use_sign_in, suspend, reinstate, change_roles)
