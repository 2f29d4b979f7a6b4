"""Accounts: whoever is suspended has no sign-in that counts, and no socket that is open."""

from guildhall.accounts.lifecycle import AccountState
from guildhall.kit.errors import Unauthenticated
from tests.soaks.guild.town import Town


async def check_suspended(town: Town) -> None:
    """From the write on that suspends, whatever becomes of the process that wrote it."""
    accounts, suspended = town.backbone.accounts, await _suspended(town)
    for account_id in suspended:
        assert await accounts.sessions.live(account_id) == [], account_id
    for one in town.sign_ins:
        if one.account.id in suspended:
            assert not await _is_let_in(town, one.access_token, is_read=False), one.session.id
            assert await accounts.live.ended_among([one.session.id]) == [one.session.id]


async def check_settled_suspended(town: Town) -> None:
    """When everybody was told: nothing remembers them, and their sockets are closed."""
    suspended = await _suspended(town)
    for one in town.sign_ins:
        if one.account.id in suspended:
            assert not await _is_let_in(town, one.access_token, is_read=True), one.session.id
            assert one.session.id not in town.sockets, one.session.id
    for account in await town.everybody():
        assert not account.pending, (account.id, account.pending)


async def _suspended(town: Town) -> set[str]:
    return {one.id for one in await town.everybody() if one.state is AccountState.SUSPENDED}


async def _is_let_in(town: Town, access_token: str, *, is_read: bool) -> bool:
    try:
        await town.backbone.accounts.live.authenticate(access_token, is_read=is_read)
    except Unauthenticated:
        return False
    return True
