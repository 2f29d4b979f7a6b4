"""What an administrator looks at before it is published: by the house's rule, one at a time, with a reason."""

import pytest

from guildhall.kit.errors import NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities.lifecycle import PostingEvent, PostingState
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.settings import Moderation
from tests.guildhall.opportunities.market import ORGANISATION, Market, moderated, posting

E, P = PostingEvent, PostingState
KATE, SUE = Client("usr_kate", frozenset()), Client("usr_sue", frozenset())


async def handed_in(market: Market) -> Opportunity:
    draft = await market.posting.draft(market.client, ORGANISATION, posting())
    return await market.posting.act(market.client, draft.id, E.PUBLISH)


async def test_nobody_sees_it_before_it_was_looked_at_and_its_client_reads_why_it_was_returned(market: Market) -> None:
    moderated(market, Moderation.ALL)
    waiting = await handed_in(market)
    assert (waiting.state, [one.id for one in await market.posting.to_review(None, 10)]) == (
        P.PENDING_REVIEW,
        [waiting.id],
    )
    with pytest.raises(NotFound):
        await market.posting.seen_by_agent(waiting.id, market.accounts["ada"])
    assert (await market.service.searching.search([], "", 10)).items == []
    with pytest.raises(MoveRefused, match="take it first"):
        await market.posting.review(KATE, waiting.id, E.RETURN, "Say what is handed in.")
    await market.posting.review(KATE, waiting.id, E.CLAIM)
    returned = await market.posting.review(KATE, waiting.id, E.RETURN, "Say what is handed in.")
    assert (returned.state, returned.reviewer_id, returned.history[-1].reason) == (
        P.DRAFT,
        "",
        "Say what is handed in.",
    )
    assert await market.told("carla") == ["opportunity_returned"]
    await market.posting.edit(market.client, waiting.id, posting(description="A chart, on paper, by June."))
    await market.posting.act(market.client, waiting.id, E.PUBLISH)
    await market.posting.review(KATE, waiting.id, E.CLAIM)
    published = await market.posting.review(KATE, waiting.id, E.APPROVE)
    assert (published.state, published.published_at_ms) == (P.PUBLISHED, market.clock.now_ms())
    assert [one.id for one in (await market.service.searching.search([], "", 10)).items] == [waiting.id]
    assert (await market.told("carla"))[0] == "opportunity_approved"


async def test_one_reviewer_at_a_time_until_the_lease_is_over_and_never_of_ones_own_organisation(
    market: Market,
) -> None:
    moderated(market, Moderation.ALL)
    waiting = await handed_in(market)
    own = Client(market.accounts["carla"], frozenset({ORGANISATION}))
    with pytest.raises(MoveRefused, match="organisation of your own"):
        await market.posting.review(own, waiting.id, E.CLAIM)
    await market.posting.review(KATE, waiting.id, E.CLAIM)
    with pytest.raises(MoveRefused, match="somebody else has taken it"):
        await market.posting.review(SUE, waiting.id, E.CLAIM)
    market.clock.advance(31 * 60_000)
    with pytest.raises(MoveRefused, match="only its reviewer"):
        await market.posting.review(KATE, waiting.id, E.APPROVE)
    await market.posting.review(SUE, waiting.id, E.CLAIM)
    await market.posting.review(SUE, waiting.id, E.RELEASE)
    await market.posting.review(KATE, waiting.id, E.CLAIM)
    recalled = await market.posting.act(market.client, waiting.id, E.RECALL)
    assert (recalled.state, recalled.lease_until_ms) == (P.DRAFT, 0)
    with pytest.raises(MoveRefused):
        await market.posting.review(KATE, waiting.id, E.APPROVE)


async def test_of_a_known_client_nothing_is_looked_at_where_only_the_first_is(market: Market) -> None:
    moderated(market, Moderation.FIRST)
    first, second = await handed_in(market), await handed_in(market)
    assert (first.state, second.state) == (P.PENDING_REVIEW, P.PENDING_REVIEW)
    await market.posting.review(KATE, first.id, E.CLAIM)
    await market.posting.review(KATE, first.id, E.APPROVE)
    assert (await handed_in(market)).state is P.PUBLISHED
    assert (await market.read(second)).state is P.PENDING_REVIEW
