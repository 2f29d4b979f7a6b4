"""An application waits for a pass that it lacks, and goes on by itself when the exam has said its word."""

import pytest

from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service.credentials import HeldCredential
from guildhall.assessments.service.passing import Progress
from guildhall.kit.errors import Invalid
from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities.lifecycle import Actor, ApplicationState
from guildhall.opportunities.model.applications import Application, RejectionCode
from guildhall.opportunities.model.postings import CredentialRequired, Opportunity
from guildhall.opportunities.rules.moving import Terms
from guildhall.opportunities.service.showing import show_applicant, show_application
from tests.guildhall.opportunities.market import BASICS, DAY_MS, Market, given, posting

S = ApplicationState
ASKED = {"title": "Guild basics", "level": "Foundation", "delivery_id": BASICS.delivery_id}
PASS = HeldCredential("crd_1", "Guild basics", "Foundation", None)
LATER_MS = 400_000


async def waiting(market: Market, **changes: object) -> tuple[Opportunity, Application]:
    opportunity = await market.publish(credentials=[ASKED], **changes)
    return opportunity, await market.apply(opportunity)


async def test_whoever_lacks_the_pass_is_invited_and_the_client_hears_of_them_once_they_have_it(market: Market) -> None:
    ada = market.accounts["ada"]
    opportunity, application = await waiting(market)
    assert (application.state, market.exams.invited) == (S.ASSESSMENT, [(ada, BASICS.delivery_id)])
    assert (await market.told(), await market.told("carla")) == (["application_assessment"], [])
    by = market.service.context.by(ada, Actor.AGENT)
    shown = show_application(application, opportunity, Terms(opportunity, market.service.context.settings), by)
    assert shown.assessment is not None
    assert (shown.assessment.missing, shown.next.actor) == ([CredentialRequired(**ASKED)], "agent")
    assert shown.next.by_ms == shown.assessment.until_ms == market.clock.now_ms() + 14 * DAY_MS

    market.exams.stands[ada] = Progress(ExamProgress.MARKING, may_sit=False)
    await market.later(LATER_MS)
    waits = await market.reread(application)
    assert waits.assessment is not None
    assert (waits.state, waits.assessment.is_on_its_way) == (S.ASSESSMENT, True)

    market.credentials.held[ada] = [PASS]
    await market.service.assessing.look_at_agent(ada)
    passed = await market.reread(application)
    assert (passed.state, passed.credentials, passed.assessment) == (S.SUBMITTED, ("Guild basics Foundation",), None)
    assert await market.told("carla") == ["application_assessed"]
    assert passed.state_since_ms == market.clock.now_ms()  # the client's time to answer begins now


async def test_a_pass_that_was_missed_is_seen_by_the_job_and_twice_changes_nothing(market: Market) -> None:
    _, application = await waiting(market)
    market.credentials.held[market.accounts["ada"]] = [PASS]
    for _ in range(3):
        await market.later(LATER_MS)
    assert (await market.reread(application)).state is S.SUBMITTED
    assert (await market.told("carla")).count("application_assessed") == 1


async def test_an_exam_that_cannot_be_tried_again_ends_it_and_says_why(market: Market) -> None:
    ada = market.accounts["ada"]
    _, application = await waiting(market)
    market.exams.stands[ada] = Progress(ExamProgress.NOT_PASSED, may_sit=True)
    await market.later(LATER_MS)
    assert (await market.reread(application)).state is S.ASSESSMENT  # another attempt is left
    market.exams.stands[ada] = Progress(ExamProgress.NOT_PASSED, may_sit=False)
    await market.later(LATER_MS)
    failed = await market.reread(application)
    assert failed.outcome is not None
    assert (failed.state, failed.outcome.code) == (S.REJECTED, RejectionCode.BELOW_BAR)
    assert await market.told("carla") == []  # who never heard of them need not hear of this


async def test_time_ends_the_wait_but_not_while_an_exam_is_marked(market: Market) -> None:
    ada = market.accounts["ada"]
    opportunity, application = await waiting(market)
    market.exams.stands[ada] = Progress(ExamProgress.MARKING, may_sit=False)
    await market.later(15 * DAY_MS)
    assert (await market.reread(application)).state is S.ASSESSMENT
    market.exams.stands[ada] = Progress(ExamProgress.TO_SIT, may_sit=True)
    await market.later(LATER_MS)
    assert (await market.reread(application)).state is S.EXPIRED
    again = await market.apply(opportunity, cover="Once more.")
    assert (again.id, again.state) == (application.id, S.ASSESSMENT)


async def test_a_client_may_ask_a_shortlisted_applicant_for_a_pass_that_is_asked_for_since(market: Market) -> None:
    ada = market.accounts["ada"]
    opportunity = await market.publish(is_blind=True)
    application = await market.apply(opportunity)
    with pytest.raises(MoveRefused, match="no pass is asked for"):
        await market.service.assessing.require(market.client, application.id)
    await market.hiring.shortlist(market.client, application.id)
    asking = posting(credentials=[ASKED], is_blind=True)
    changed = await market.posting.edit(market.client, opportunity.id, asking)
    asked = await market.service.assessing.require(market.client, application.id)
    assert asked.state is S.ASSESSMENT
    terms = Terms(changed, market.service.context.settings)
    shown = show_applicant(asked, terms, market.service.context.by(market.client.account_id, Actor.CLIENT))
    assert (shown.name, shown.is_blind) == ("Ada", False)  # they know each other already
    confirmed = await market.applying.confirm(ada, application.id)
    assert (confirmed.state, confirmed.terms_version) == (S.ASSESSMENT, 2)
    market.credentials.held[ada] = [PASS]
    await market.service.assessing.look_at_agent(ada)
    assert (await market.reread(application)).state is S.SHORTLISTED


async def test_a_pass_that_is_there_already_is_taken_and_nobody_sits_for_it_again(market: Market) -> None:
    opportunity = await market.publish()
    application = await market.apply(opportunity)
    await market.posting.edit(market.client, opportunity.id, posting(credentials=[ASKED]))
    market.credentials.held[market.accounts["ada"]] = [PASS]
    known = await market.service.assessing.require(market.client, application.id)
    assert (known.state, known.credentials) == (S.SUBMITTED, ("Guild basics Foundation",))
    assert market.exams.invited == []


async def test_only_exams_that_are_theirs_to_ask_for_may_be_named(market: Market) -> None:
    for wrong in ({**ASKED, "delivery_id": "dlv_elsewhere"}, {**ASKED, "level": "Master"}):
        with pytest.raises(Invalid) as refused:
            await market.publish(credentials=[wrong])
        assert set(refused.value.fields or ()) == {"posting.credentials.0"}


async def test_whoever_waits_may_withdraw_and_is_told_when_the_work_is_closed(market: Market) -> None:
    opportunity, application = await waiting(market)
    await market.applying.withdraw(market.accounts["ada"], application.id)
    gone = await market.reread(application)
    assert (gone.state, gone.assessment, gone.due_at_ms) == (S.WITHDRAWN, None, 0)
    again = await market.applying.apply(market.accounts["ada"], opportunity.id, given(cover="After all."))
    assert again.state is S.ASSESSMENT
    with pytest.raises(MoveRefused):
        await market.hiring.shortlist(market.client, application.id)
