"""The way in: what agents do about their onboarding, and reviewers."""

from typing import Final

from guildhall.onboarding.model.onboardings import ReasonCode
from guildhall.onboarding.rules.house_flow import house_flow
from tests.guildhall.onboarding.guild import CONTENTS, CREDENTIAL, DAY_MS
from tests.soaks.guild.acts.drawn import Act, Drawn, Verb, one_of
from tests.soaks.guild.town import AGENTS, REVIEWERS, Town


async def walk(town: Town, drawn: Drawn) -> None:
    """One thing that an agent does about their onboarding."""
    name = one_of(AGENTS, drawn.who)
    account, walking, step = town.accounts[name], town.onboarding.walking, one_of(tuple(CONTENTS), drawn.which)
    verbs: tuple[Verb, ...] = (
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
    verbs: tuple[Verb, ...] = (
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


ACTS: Final[tuple[Act, ...]] = (walk, drop_document, walk_all_the_way, let_in, look_through, change_the_flow)
