"""Whoever leaves takes along what is kept about them, and leaves no name behind."""

from guildhall.accounts.lifecycle import AccountState
from guildhall.chat.model import ConversationKind
from guildhall.gigs.model.contracts import SCORES
from guildhall.gigs.service.showing import names_of
from tests.guildhall.gigs.contracts import DAY_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.workshop import Workshop

GOOD = dict.fromkeys(SCORES, 5)


async def test_an_export_holds_applications_contracts_and_hours_and_no_review_that_is_sealed(
    workshop: Workshop,
) -> None:
    market = workshop.market
    await market.apply(await market.publish(), "ada")
    await market.apply(await market.publish(title="Chart the bay"), "bob")
    hours = await workshop.open(hourly())
    await workshop.act(hours, workshop.client, "begin")
    workshop.clock.advance(2 * DAY_MS)
    await workshop.service.hours.log_hours(hours.id, workshop.agent, MONDAY_MS, 90, "Chapter one")
    contract = await workshop.handed_in(fixed(40_000))
    await workshop.on(contract, workshop.client, "approve")
    await workshop.act(contract, workshop.client, "end", "All is done.")
    await workshop.working.review(contract.id, workshop.client, GOOD, "Fine work.")
    export = workshop.backbone.accounts.closing.export
    told = await export(workshop.agent.account_id)
    assert [one["cover"] for one in told["applications"]] == ["I have drawn many."]
    assert [one["contract_id"] for one in told["contracts"]] == [contract.id, hours.id]
    assert told["contracts"][1]["weeks"][0]["entries"][0]["memo"] == "Chapter one"
    assert (told["onboarding"], told["contracts"][0]["reviews"]["readable"]) == (None, [])
    await workshop.working.review(contract.id, workshop.agent, GOOD, "A clear client.")
    told = await export(workshop.agent.account_id)
    assert {one["words"] for one in told["contracts"][0]["reviews"]["readable"]} == {"Fine work.", "A clear client."}
    assert (await export(market.accounts["bob"]))["contracts"] == []


async def test_the_other_side_reads_former_member_where_an_erased_name_stood(workshop: Workshop) -> None:
    contract = await workshop.begun()
    agent, talks = workshop.agent.account_id, workshop.backbone.chat.talks
    conversation_id = await workshop.service.talking.about(contract.id, workshop.agent)
    await workshop.backbone.accounts.store.accounts.change(
        agent, workshop.clock.now_ms(), lambda seen: seen.model_copy(update={"state": AccountState.ERASED})
    )
    assert (await names_of(workshop.service.context, contract)).agent == "Former member"
    assert await workshop.service.talking.about(contract.id, workshop.client) == conversation_id
    found = await talks.find(ConversationKind.CONTRACT, contract.id)
    assert found is not None
    assert [one.name for one in found.parties if one.id == agent] == ["Former member"]
