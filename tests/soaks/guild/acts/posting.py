"""Work that is posted, and looked at before it is published where the house wants that."""

from typing import Any, Final

from guildhall.opportunities.lifecycle import PostingEvent, PostingState
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service.context import Client
from tests.guildhall.onboarding.guild import DAY_MS
from tests.guildhall.opportunities.market import posting
from tests.soaks.guild.acts.drawn import Act, Drawn, one_of
from tests.soaks.guild.exams import MARKET_EXAM
from tests.soaks.guild.town import AGENTS, CLIENTS, STAFF, Town

ASKED: Final = {
    "title": MARKET_EXAM.credential_title,
    "level": MARKET_EXAM.credential_level,
    "delivery_id": MARKET_EXAM.delivery_id,
}
REVIEWS: Final = (
    PostingEvent.CLAIM,
    PostingEvent.CLAIM,
    PostingEvent.APPROVE,
    PostingEvent.APPROVE,
    PostingEvent.RETURN,
    PostingEvent.RELEASE,
)


async def post(town: Town, drawn: Drawn) -> Opportunity:
    """Of three, one asks for a pass."""
    name = one_of(tuple(CLIENTS), drawn.who)
    closes_at_ms = town.clock.now_ms() + (1 + drawn.minor % 60) * DAY_MS
    wanted = posting(
        positions=1 + drawn.which % 2,
        closes_at_ms=closes_at_ms,
        is_blind=drawn.what % 2 == 0,
        credentials=[ASKED] if drawn.what % 3 == 0 else [],
    )
    made = await town.opportunities.posting.draft(town.client(name), CLIENTS[name], wanted)
    return await town.opportunities.posting.act(town.client(name), made.id, PostingEvent.PUBLISH)


async def manage_posting(town: Town, drawn: Drawn) -> None:
    found = await town.posted()
    if not found:
        return
    opportunity, verbs = one_of(found, drawn.which), town.opportunities.posting
    client = town.client(town.client_of(opportunity.organisation_id))
    if drawn.what % 8 == 0:
        await verbs.remove(town.accounts[one_of(STAFF, drawn.who)], opportunity.id, "Not allowed here.")
    elif drawn.what % 8 == 1:
        await verbs.invite(client, opportunity.id, f"{one_of(AGENTS, drawn.who)}@example.org")
    elif drawn.what % 8 == 2:
        until_ms = town.clock.now_ms() + 20 * DAY_MS
        changes = one_of(_changes(drawn), drawn.minor)
        await verbs.edit(
            client, opportunity.id, opportunity.posting.model_copy(update={**changes, "closes_at_ms": until_ms})
        )
    else:
        events = tuple(one for one in PostingEvent if one not in {PostingEvent.EDIT, PostingEvent.REMOVE})
        await verbs.act(client, opportunity.id, one_of(events, drawn.what))


def _changes(drawn: Drawn) -> tuple[dict[str, Any], ...]:
    asked = posting(credentials=[ASKED] if drawn.who % 2 else []).credentials
    return ({"positions": 1 + drawn.minor % 3}, {"pay_to_minor": 150_000 + drawn.minor}, {"credentials": asked})


async def look_before_it_is_published(town: Town, drawn: Drawn) -> None:
    """One thing that an administrator does about what waits, or somebody who may not: it is of their own house."""
    waiting = await town.opportunities.posting.to_review(None, 100)
    found = waiting or await town.posted()
    if not found:
        return
    opportunity, event = one_of(found, drawn.which), one_of(REVIEWS, drawn.what)
    reason = "Say what the chart is for." if event is PostingEvent.RETURN else ""
    verbs, is_own = town.opportunities.posting, drawn.minor % 10 == 0
    own = frozenset({opportunity.organisation_id}) if is_own else frozenset[str]()
    reviewer = Client(town.accounts[one_of(STAFF, drawn.who)], own)
    reviewed = await verbs.review(reviewer, opportunity.id, event, reason)
    assert not is_own, f"{event} by somebody of its own organisation: {reviewed.id}"


async def have_published(town: Town, drawn: Drawn) -> None:
    """Taken and approved in one go, so that walks get to the work."""
    for one in await town.opportunities.posting.to_review(None, 1):
        await approve_waiting(town, one, one_of(STAFF, drawn.who))


async def approve_waiting(town: Town, opportunity: Opportunity, name: str) -> Opportunity:
    if opportunity.state is not PostingState.PENDING_REVIEW:
        return opportunity
    verbs, reviewer = town.opportunities.posting, Client(town.accounts[name], frozenset())
    await verbs.review(reviewer, opportunity.id, PostingEvent.CLAIM)
    return await verbs.review(reviewer, opportunity.id, PostingEvent.APPROVE)


async def search(town: Town, drawn: Drawn) -> None:
    """Whatever is found is published, and has been looked at where it has to be."""
    words = one_of((["chart"], ["skill:python"], []), drawn.what)
    for one in (await town.opportunities.searching.search(words, "", 20)).items:
        assert one.state is PostingState.PUBLISHED, one.id
        assert one.published_at_ms, one.id


ACTS: Final[tuple[Act, ...]] = (post, manage_posting, look_before_it_is_published, have_published, search)
