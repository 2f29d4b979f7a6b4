"""One's own onboarding in one's own data: what was handed in and agreed with, and no number that is sealed."""

import json

from tests.guildhall.onboarding.guild import Guild


async def test_an_export_holds_steps_and_consents_and_no_account_number(guild: Guild) -> None:
    account_id = guild.accounts["ada"]
    exporting = guild.service.exporting
    assert await exporting.of_account(account_id) is None
    await guild.walking.start(account_id)
    await guild.hand_in_steps(but=())
    told = await exporting.of_account(account_id)
    assert told is not None
    steps = {one["key"]: one for one in told["steps"]}
    assert steps["profile"]["content"]["headline"] == "Analyst of engines"
    given = {one["text_key"]: one["is_given"] for one in told["consents"]}
    assert (given["terms"], given["recording"]) == (True, False)
    assert [one["name"] for one in steps["identity"]["documents"]] == ["passport.pdf"]
    assert "370400440532013000" not in json.dumps(told).replace(" ", "")
