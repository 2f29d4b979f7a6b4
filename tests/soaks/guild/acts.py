"""What random people in a town do, each by the verbs of the services: sensible, late, wrong or somebody else's to do.

An act takes what was drawn for it and finds something there to act on; where there is nothing, it does nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from guildhall.gigs.model.terms import MilestoneAgreed, WorkTerms
from guildhall.gigs.service.verbs import contract_verbs, dispute_verbs, milestone_verbs, week_verbs
from guildhall.onboarding.model.onboardings import ReasonCode
from guildhall.onboarding.rules.house_flow import house_flow
from guildhall.onboarding.service.context import Held
from guildhall.opportunities.lifecycle import PostingEvent
from guildhall.opportunities.model.applications import RejectionCode
from guildhall.opportunities.service.hiring import SideOf
from tests.guildhall.gigs.contracts import HOUR_MS, fixed, hourly
from tests.guildhall.gigs.workshop import TEXT
from tests.guildhall.onboarding.guild import CONTENTS, CREDENTIAL, DAY_MS
from tests.guildhall.opportunities.market import given, posting
from tests.soaks.guild.town import AGENTS, CLIENTS, REVIEWERS, STAFF, Town

PARTIES = (*AGENTS, *CLIENTS)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who, on which of what is there, what of several things, and how much."""

    who: int
    which: int
    what: int
    minor: int


Act = Callable[[Town, Drawn], Awaitable[object]]


def one_of(there: list[T] | tuple[T, ...], place: int) -> T:
    return there[place % len(there)]


def work(drawn: Drawn) -> WorkTerms:
    if drawn.what % 3 == 2:
        return hourly(weekly_cap_minutes=120, rate_minor=6_001)
    return fixed(20_000, 60_001, revisions=1) if drawn.what % 3 else fixed(40_000)


# --- the way in


async def walk(town: Town, drawn: Drawn) -> None:
    """One thing that an agent does about their onboarding."""
    name = one_of(AGENTS, drawn.who)
    account, walking, step = town.accounts[name], town.onboarding.walking, one_of(tuple(CONTENTS), drawn.which)
    verbs: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: walking.start(account),
        lambda: walking.save(account, step, {"name": "Ad"}),
        lambda: walking.submit_step(account, step, CONTENTS[step]),
        lambda: town.guild.put_passport(name, days=1 + drawn.minor % 500),
        lambda: walking.submit(account),
        lambda: walking.recall(account),
        lambda: walking.resume(account),
        lambda: walking.appeal(account, "Look at it again, please."),
        lambda: walking.read(account),
    )
    await one_of(verbs, drawn.what)()


async def drop_document(town: Town, drawn: Drawn) -> None:
    account = town.accounts[one_of(AGENTS, drawn.who)]
    documents = (await town.onboarding.walking.own(account)).documents
    if documents:
        await town.onboarding.walking.remove_document(account, one_of(documents, drawn.which).id)


async def sit_exam(town: Town, drawn: Drawn) -> None:
    """Passed, or a pass that is revoked."""
    name = one_of(AGENTS, drawn.who)
    if drawn.what % 3:
        until_ms = town.clock.now_ms() + (1 + drawn.minor % 400) * DAY_MS
        town.exams.passes[town.accounts[name]] = Held(f"crd_{name}", until_ms)
    else:
        town.exams.passes.pop(town.accounts[name], None)


async def walk_all_the_way(town: Town, drawn: Drawn) -> None:
    await town.guild.submit(one_of(AGENTS, drawn.who))


async def let_in(town: Town, drawn: Drawn) -> None:
    name = one_of(AGENTS, drawn.who)
    if any(one.account_id == town.accounts[name] for one in await town.onboardings()):
        await town.guild.complete_submitted(name, one_of(REVIEWERS, drawn.which))


async def look_through(town: Town, drawn: Drawn) -> None:
    """One thing that a reviewer does."""
    found = await town.onboardings()
    if not found:
        return
    desk, by, id_ = town.onboarding.desk, town.accounts[one_of(REVIEWERS, drawn.who)], one_of(found, drawn.which).id
    step = one_of((*CONTENTS, "assessment"), drawn.minor)
    verbs: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: desk.claim(by, id_),
        lambda: desk.release(by, id_),
        lambda: desk.accept_step(by, id_, step),
        lambda: desk.return_step(by, id_, step, ReasonCode.UNREADABLE, "Too dark."),
        lambda: desk.waive_step(by, id_, step, "We know them."),
        lambda: desk.approve(by, id_),
        lambda: desk.request_changes(by, id_, "Please."),
        lambda: desk.propose_rejection(by, id_, ReasonCode.FORGED, "Drawn by hand."),
        lambda: desk.confirm_rejection(by, id_),
        lambda: desk.overrule(by, id_, "It is genuine."),
        lambda: desk.propose_revocation(by, id_, ReasonCode.OTHER, "Fraud."),
        lambda: desk.drop_revocation(by, id_, "It was none."),
        lambda: desk.revoke(by, id_),
    )
    await one_of(verbs, drawn.what)()


async def change_the_flow(town: Town, drawn: Drawn) -> None:
    """Another text to agree with, from some day on."""
    number = len(await town.onboarding.flows())
    if number > 3:
        return
    plan = house_flow(CREDENTIAL).model_dump(mode="json")
    for place in range(number):
        text = {"key": "levy", "title": "Levy", "text": "A tenth goes to the guild.", "version": 1}
        plan["steps"].append({"key": f"levy{place}", "kind": "consents", "title": "Levy", "consents": [text]})
    plan["applies_from_ms"] = town.clock.now_ms() + drawn.minor % 5 * DAY_MS
    await town.onboarding.publish_flow(type(house_flow(None)).model_validate(plan), town.accounts["kate"])


# --- work that is posted, and who gets it


async def post(town: Town, drawn: Drawn) -> None:
    name = one_of(tuple(CLIENTS), drawn.who)
    closes_at_ms = town.clock.now_ms() + (1 + drawn.minor % 60) * DAY_MS
    wanted = posting(positions=1 + drawn.which % 2, closes_at_ms=closes_at_ms, is_blind=drawn.what % 2 == 0)
    made = await town.opportunities.posting.draft(town.client(name), CLIENTS[name], wanted)
    await town.opportunities.posting.act(town.client(name), made.id, PostingEvent.PUBLISH)


async def manage_posting(town: Town, drawn: Drawn) -> None:
    found = await town.posted()
    if not found:
        return
    opportunity, verbs = one_of(found, drawn.which), town.opportunities.posting
    client = town.client(town.client_of(opportunity.organisation_id))
    before = opportunity.posting
    changes = ({"positions": 1 + drawn.minor % 3}, {"pay_to_minor": 150_000 + drawn.minor})[drawn.minor % 2]
    events = tuple(one for one in PostingEvent if one not in {PostingEvent.EDIT, PostingEvent.REMOVE})
    if drawn.what % 8 == 0:
        await verbs.remove(town.accounts["sam"], opportunity.id, "Not allowed here.")
    elif drawn.what % 8 == 1:
        await verbs.invite(client, opportunity.id, f"{one_of(AGENTS, drawn.who)}@example.org")
    elif drawn.what % 8 == 2:
        until_ms = town.clock.now_ms() + 20 * DAY_MS
        await verbs.edit(client, opportunity.id, before.model_copy(update={**changes, "closes_at_ms": until_ms}))
    else:
        await verbs.act(client, opportunity.id, one_of(events, drawn.what))


async def apply(town: Town, drawn: Drawn) -> None:
    found = await town.posted()
    if found:
        opportunity = one_of(found, drawn.which)
        version = opportunity.terms_version if drawn.what % 4 else 1
        written = given(terms_version=version, bid_minor=100_000 + drawn.minor % 3)
        await town.opportunities.applying.apply(town.accounts[one_of(AGENTS, drawn.who)], opportunity.id, written)


async def _side(town: Town, drawn: Drawn) -> tuple[Any, SideOf] | None:
    """An application, and one of its two sides."""
    found = await town.applications()
    if not found:
        return None
    application = one_of(found, drawn.which)
    if drawn.who % 2:
        return application, SideOf(application.id, application.agent_id)
    name = town.client_of(application.organisation_id)
    return application, SideOf(application.id, town.accounts[name], town.client(name))


async def act_on_application(town: Town, drawn: Drawn) -> None:
    found = await town.applications()
    if not found:
        return
    application, hiring, applying = one_of(found, drawn.which), town.opportunities.hiring, town.opportunities.applying
    client, agent = town.client(town.client_of(application.organisation_id)), application.agent_id
    verbs: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: hiring.shortlist(client, application.id),
        lambda: hiring.unshortlist(client, application.id),
        lambda: hiring.invite(client, application.id, "Come by.", 0),
        lambda: hiring.end_interview(client, application.id),
        lambda: hiring.reject(client, application.id, RejectionCode.PAY, "Too dear."),
        lambda: hiring.reopen(client, application.id),
        lambda: applying.confirm(agent, application.id),
        lambda: applying.withdraw(agent, application.id),
    )
    await one_of(verbs, drawn.what)()


async def offer(town: Town, drawn: Drawn) -> None:
    found = await town.applications()
    if found:
        application = one_of(found, drawn.which)
        client = town.client(town.client_of(application.organisation_id))
        await town.opportunities.hiring.offer(client, application.id, work(drawn), "")


async def answer_offer(town: Town, drawn: Drawn) -> None:
    """Of an offer that may have ended long ago, too."""
    found = await _side(town, drawn)
    if found is None or not found[0].offers:
        return
    application, side = found
    hiring, offers = town.opportunities.hiring, application.offers
    chosen = offers[-1].id if drawn.minor % 4 else one_of(offers, drawn.minor).id
    verbs: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: hiring.accept(side, chosen),
        lambda: hiring.accept(side, chosen),
        lambda: hiring.counter(side, chosen, work(drawn), "Rather so."),
        lambda: hiring.decline(side, chosen),
        lambda: hiring.withdraw_offer(side, chosen),
    )
    await one_of(verbs, drawn.what)()


async def hire(town: Town, drawn: Drawn) -> None:
    """All of it, so that walks get to the work."""
    name, client = one_of(AGENTS, drawn.who), one_of(tuple(CLIENTS), drawn.which)
    before = {one.id for one in await town.posted()}
    await post(town, Drawn(drawn.which, 0, 1, 30))
    opportunity = next(one for one in await town.posted() if one.id not in before)
    application = await town.opportunities.applying.apply(town.accounts[name], opportunity.id, given())
    offered = await town.opportunities.hiring.offer(town.client(client), application.id, work(drawn), "")
    await town.opportunities.hiring.accept(SideOf(application.id, application.agent_id), offered.offers[-1].id)


# --- the work

CONTRACT_ACTIONS = ("begin", "void", "pause", "resume", "end", "propose_termination", "drop_termination", "terminate")
MILESTONE_ACTIONS = (
    "accept",
    "cancel",
    "fund",
    "start",
    "submit",
    "request_changes",
    "grant_revision",
    "approve",
    "give_back",
)
DISPUTE_ACTIONS = (
    "concede",
    "say",
    "propose",
    "accept",
    "escalate",
    "decide",
    "confirm",
    "overrule",
    "accept_decision",
    "appeal",
    "withdraw",
)


async def _contract(town: Town, drawn: Drawn) -> Any:
    found = await town.contracts()
    return one_of(found, drawn.which) if found else None


def _party(town: Town, contract: Any, drawn: Drawn, *, with_staff: bool = False) -> Any:
    names = [town.name_of(contract.agent_id), town.client_of(contract.organisation_id)]
    if with_staff:
        names += list(STAFF)
    return town.caller(one_of(names, drawn.who))


def _milestone(contract: Any, drawn: Drawn) -> str:
    keys = [one.key for one in contract.milestones]
    return one_of(keys, drawn.minor) if keys else "m1"


async def act_on_contract(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is not None:
        who, action = _party(town, contract, drawn, with_staff=True), one_of(CONTRACT_ACTIONS, drawn.what)
        await town.gigs.working.decide(contract.id, who, contract_verbs(action, "Because of this."))


async def act_on_milestone(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is not None:
        who, action = _party(town, contract, drawn), one_of(MILESTONE_ACTIONS, drawn.what)
        await town.gigs.working.decide(
            contract.id, who, milestone_verbs(action, _milestone(contract, drawn), "As agreed.")
        )


async def go_ahead(town: Town, drawn: Drawn) -> None:
    """What most do most of the time: pay in, fund or begin, start, hand in."""
    contract = await _contract(town, drawn)
    if contract is None:
        return
    client = town.client_of(contract.organisation_id)
    agent, payer = town.caller(town.name_of(contract.agent_id)), town.caller(client)
    await town.pay_in(client, 100_000)
    if not contract.milestones:
        await town.gigs.working.decide(contract.id, payer, contract_verbs("begin", ""))
        return
    key = _milestone(contract, drawn)
    for who, action in ((payer, "fund"), (agent, "start"), (agent, "submit"))[: 1 + drawn.what % 3]:
        await town.gigs.working.decide(contract.id, who, milestone_verbs(action, key, "Done."))


async def approve(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is not None:
        payer = town.caller(town.client_of(contract.organisation_id))
        action = milestone_verbs("approve", _milestone(contract, drawn), "")
        await town.gigs.working.decide(contract.id, payer, action)


async def propose(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is not None:
        agreed = MilestoneAgreed(title="One more", minor=1 + drawn.minor)
        await town.gigs.working.propose(contract.id, _party(town, contract, drawn), agreed)


async def handle_files(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is None:
        return
    who, key, working = _party(town, contract, drawn), _milestone(contract, drawn), town.gigs.working
    body = TEXT + b" %d" % (drawn.what % 2)
    drafts = [file.sha256 for one in contract.milestones for file in one.draft]
    if drawn.what % 3 or not drafts:
        await working.put_file(contract.id, who, key, "draft.txt", body)
    else:
        await working.drop_file(contract.id, who, key, one_of(drafts, drawn.what))


async def argue(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is None:
        return
    who = _party(town, contract, drawn, with_staff=True)
    if drawn.what % 12 == 11 or not contract.disputes:
        minor = drawn.minor % 20_000
        await town.gigs.working.open_dispute(contract.id, who, _milestone(contract, drawn), minor, "Not so.")
        return
    dispute, action = contract.disputes[-1], one_of(DISPUTE_ACTIONS, drawn.what)
    decide = dispute_verbs(action, dispute.id, drawn.minor % 20_000, "I say so.")
    await town.gigs.working.decide(contract.id, who, decide)


async def review(town: Town, drawn: Drawn) -> None:
    contract = await _contract(town, drawn)
    if contract is None:
        return
    who, working = _party(town, contract, drawn), town.gigs.working
    if drawn.what % 3:
        scores = dict.fromkeys(("quality", "communication", "reliability"), 1 + drawn.minor % 5)
        await working.review(contract.id, who, scores, "So it was.")
    else:
        await working.reply(contract.id, who, "Thank you.")


async def log_hours(town: Town, drawn: Drawn) -> None:
    """Of the last days, so that they often meet what was logged before, under this contract or another."""
    contract = await _contract(town, drawn)
    if contract is not None:
        agent = town.caller(town.name_of(contract.agent_id))
        started_at_ms = town.clock.now_ms() - (1 + drawn.minor % 60) * HOUR_MS // 2
        await town.gigs.hours.log_hours(contract.id, agent, started_at_ms, 10 + drawn.what * 7, "Wrote it down.")


async def act_on_week(town: Town, drawn: Drawn) -> None:
    weeks = await town.weeks()
    if not weeks:
        return
    week = one_of(weeks, drawn.which)
    contract = await town.gigs.store.contracts.read(week.contract_id)
    who = _party(town, contract, drawn)
    if drawn.what % 4 == 3 and week.entries:
        await town.gigs.hours.drop_hours(contract.id, who, week.monday, one_of(week.entries, drawn.minor).id)
        return
    action = one_of(("submit", "query", "approve"), drawn.what)
    await town.gigs.hours.on_week(contract.id, who, week.monday, week_verbs(action, "What was that?"))


async def pay_in(town: Town, drawn: Drawn) -> None:
    await town.pay_in(one_of(tuple(CLIENTS), drawn.who), 1 + drawn.minor)


ACTS: Mapping[str, Act] = {
    one.__name__: one
    for one in (
        walk,
        drop_document,
        sit_exam,
        walk_all_the_way,
        let_in,
        look_through,
        change_the_flow,
        post,
        manage_posting,
        apply,
        act_on_application,
        offer,
        answer_offer,
        hire,
        act_on_contract,
        act_on_milestone,
        go_ahead,
        approve,
        propose,
        handle_files,
        argue,
        review,
        log_hours,
        act_on_week,
        pay_in,
    )
}
