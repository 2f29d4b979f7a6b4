"""One key, one notice and one mail, whoever is killed between the two."""

from pathlib import Path

import pytest

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.backbone import Backbone
from guildhall.kit.clock import ManualClock
from guildhall.kit.mail import Mail
from guildhall.notifications.service import Message
from tests.guildhall.onboarding.guild import DAY_MS, PASSWORD, guild_config, opened

MESSAGE = Message("greeting", "Hello", "How are you?", "/somewhere")


async def test_told_again_under_the_same_key_is_told_once_and_what_was_begun_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backbone = Backbone(guild_config(tmp_path), ManualClock())
    async with opened(backbone):
        await seed_account(backbone.accounts, "Ada", "ada@example.org", PASSWORD, PlatformRole.AGENT, totp_secret="")
        account = await backbone.accounts.store.account_with_email("ada@example.org")
        assert account is not None
        notifications, now_ms = backbone.notifications, backbone.clock.now_ms()

        async def die(key: str, mail: Mail) -> None:
            raise RuntimeError(key + mail.kind)

        with monkeypatch.context() as patched:
            patched.setattr(backbone.outbox, "enqueue", die)
            with pytest.raises(RuntimeError):
                await notifications.tell(account.id, "key_1", MESSAGE, now_ms)
        for _ in range(3):
            await notifications.tell(account.id, "key_1", MESSAGE, now_ms)
        assert len(await notifications.of(account.id, None, 10)) == 1
        assert (await backbone.outbox.counts()) == {"waiting": 1}
        await notifications.tell("usr_gone", "key_2", MESSAGE, now_ms)
        assert await notifications.of("usr_gone", None, 10) == []
        assert await notifications.forget_old() == 0
        backbone.clock.advance(181 * DAY_MS)  # type: ignore[attr-defined]
        assert await notifications.forget_old() == 1
