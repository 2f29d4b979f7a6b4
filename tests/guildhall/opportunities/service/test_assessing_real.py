"""The exam behind a pass is a real one: released, it moves who waits, and never by what is only half written."""

from dataclasses import replace
from pathlib import Path

from guildhall.assessments.jobs.results import tidy_results
from guildhall.assessments.model.exams import ReleaseRule
from guildhall.opportunities.lifecycle import ApplicationState, PostingEvent
from guildhall.opportunities.service import OpportunitiesService
from tests.guildhall.assessments.hall import chosen, items
from tests.guildhall.opportunities.market import ORGANISATION, FakeCapabilities, Market, given, posting
from tests.journeys.guild_stage import GuildHall

S = ApplicationState


async def test_who_passed_goes_on_at_once_and_who_failed_is_told(market: Market, tmp_path: Path) -> None:
    backbone = market.backbone
    hall = GuildHall(backbone, tmp_path, ORGANISATION, market.accounts)
    await hall.ensure()
    await backbone.proctoring.ensure()  # where it is asked whether an attempt was watched
    await hall.open_exam(
        items("single_choice"), release=ReleaseRule.AT_ONCE, credential_title="Welder", credential_level="B2"
    )
    service = OpportunitiesService(replace(backbone.opportunities.context, capabilities=FakeCapabilities()))
    backbone.opportunities = service  # whom the backbone tells of results
    (exam,) = await service.assessing.offered(ORGANISATION)
    assert (exam.credential_title, await service.assessing.offered("org_other")) == ("Welder", [])
    asked = {"title": "Welder", "level": "B2", "delivery_id": exam.delivery_id}
    made = await service.posting.draft(market.client, ORGANISATION, posting(credentials=[asked]))
    opportunity = await service.posting.act(market.client, made.id, PostingEvent.PUBLISH)

    invited = await service.applying.apply(market.accounts["carla"], opportunity.id, given())
    exams, _ = await backbone.assessments.portal.exams_of(market.accounts["carla"])
    assert (invited.state, [one.delivery.id for one in exams]) == (S.ASSESSMENT, [exam.delivery_id])

    for name, choice in (("ada", "b"), ("bob", "a")):
        await hall.hand_in(name, {"q0": chosen(choice)})
    applied = {
        name: await service.applying.apply(market.accounts[name], opportunity.id, given()) for name in ("ada", "bob")
    }
    assert {one.state for one in applied.values()} == {S.ASSESSMENT}
    for _ in range(3):
        await tidy_results(backbone.assessments)
    states = {name: (await market.reread(one)).state for name, one in applied.items()}
    assert states == {"ada": S.SUBMITTED, "bob": S.REJECTED}
    assert (await market.reread(invited)).state is S.ASSESSMENT
