"""Changes of what was looked at are looked at, too: until then everybody reads it as it was, and nothing is lost."""

import asyncio

import pytest

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities import jobs
from guildhall.opportunities.lifecycle import PostingEvent, PostingState
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.settings import Moderation
from tests.guildhall.opportunities.market import ORGANISATION, Market, moderated, posting

E, P = PostingEvent, PostingState
KATE = Client("usr_kate", frozenset())
WORDS = "Its depths alone, and on one sheet of paper."


async def published(market: Market, moderation: Moderation = Moderation.ALL, positions: int = 1) -> Opportunity:
    moderated(market, moderation)
    draft = await market.posting.draft(market.client, ORGANISATION, posting(positions=positions))
    waiting = await market.posting.act(market.client, draft.id, E.PUBLISH)
    return await decided(market, waiting, E.APPROVE)


async def decided(market: Market, opportunity: Opportunity, event: PostingEvent, reason: str = "") -> Opportunity:
    await market.posting.review(KATE, opportunity.id, E.CLAIM)
    return await market.posting.review(KATE, opportunity.id, event, reason)


async def changed(market: Market, opportunity: Opportunity, **fields: object) -> Opportunity:
    return await market.posting.edit(market.client, opportunity.id, posting(**fields))


async def waiting_ids(market: Market) -> list[str]:
    return [one.id for one in await market.posting.to_review(None, 10)]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Chart another harbour"},
        {"description": WORDS},
        {"pay_to_minor": 999_900},
        {"credentials": [{"title": "Pilot", "level": "B2"}]},
    ],
    ids=("title", "description", "pay", "credentials"),
)
async def test_the_old_text_is_read_until_the_new_one_was_looked_at(market: Market, fields: dict[str, object]) -> None:
    before = await published(market)
    market.clock.advance(60_000)
    edited = await changed(market, before, **fields)
    seen = await market.posting.seen_by_agent(before.id, market.accounts["ada"])
    assert (seen.posting, seen.terms_version, seen.state) == (before.posting, before.terms_version, P.PUBLISHED)
    assert await waiting_ids(market) == [before.id]
    with pytest.raises(MoveRefused, match="take the changes first"):
        await market.posting.review(KATE, before.id, E.APPROVE)
    after = await decided(market, edited, E.APPROVE)
    assert (after.posting, after.edit, after.rank) == (posting(**fields), None, before.rank)
    assert after.published_at_ms == before.published_at_ms
    assert await waiting_ids(market) == []
    assert (await market.told("carla"))[0] == "opportunity_approved"


async def test_whoever_applied_confirms_once_the_changes_are_published_and_finds_it_by_its_new_words(
    market: Market,
) -> None:
    before = await published(market)
    application = await market.apply(before)
    await changed(market, before, title="Engrave a map", description=WORDS)
    assert "opportunity_terms" not in await market.told("ada")
    assert await found(market, "engrave") == []
    after = await decided(market, before, E.APPROVE)
    assert after.terms_version == application.terms_version + 1
    assert (await market.told("ada"))[0] == "opportunity_terms"
    assert await found(market, "engrave") == [before.id]


async def found(market: Market, word: str) -> list[str]:
    return [one.id for one in (await market.service.searching.search([word], "", 10)).items]


async def test_what_is_returned_is_kept_for_its_client_to_change_or_to_take_back(market: Market) -> None:
    before = await published(market)
    await changed(market, before, description=WORDS)
    returned = await decided(market, before, E.RETURN, "Say which harbour.")
    assert (returned.posting, returned.state) == (before.posting, P.PUBLISHED)
    assert returned.edit is not None
    assert (returned.edit.posting.description, returned.edit.returned_for) == (WORDS, "Say which harbour.")
    assert await waiting_ids(market) == []
    again = await changed(market, before, description=f"{WORDS} Of Hamburg.")
    assert again.edit is not None
    assert (again.edit.returned_for, await waiting_ids(market)) == ("", [before.id])
    recalled = await market.posting.act(market.client, before.id, E.RECALL)
    assert (recalled.edit, recalled.posting, await waiting_ids(market)) == (None, before.posting, [])
    await changed(market, before, description=WORDS)
    assert (await changed(market, before)).edit is None  # as it was before


async def test_nothing_is_approved_that_its_reviewer_has_not_read(market: Market) -> None:
    before = await published(market)
    await changed(market, before, description=WORDS)
    await market.posting.review(KATE, before.id, E.CLAIM)
    await changed(market, before, description=f"{WORDS} And for nothing.")
    with pytest.raises(MoveRefused, match="take the changes first"):
        await market.posting.review(KATE, before.id, E.APPROVE)


async def test_a_posting_that_was_closed_and_opened_again_shows_nothing_that_nobody_looked_at(market: Market) -> None:
    before = await published(market)
    await market.posting.act(market.client, before.id, E.CLOSE)
    await changed(market, before, description=WORDS)
    reopened = await market.posting.act(market.client, before.id, E.REOPEN)
    assert (reopened.state, reopened.posting.description) == (P.PUBLISHED, before.posting.description)
    assert await waiting_ids(market) == [before.id]


@pytest.mark.parametrize("fields", [{"positions": 5}, {"skills": ["Cartography"]}, {"is_blind": True}], ids=str)
async def test_what_is_not_substantial_changes_at_once(market: Market, fields: dict[str, object]) -> None:
    after = await changed(market, await published(market), **fields)
    assert (after.posting, after.edit) == (posting(**fields), None)


async def test_where_only_the_first_is_looked_at_its_changes_are_and_those_of_the_others_are_not(
    market: Market,
) -> None:
    first = await published(market, Moderation.FIRST)
    draft = await market.posting.draft(market.client, ORGANISATION, posting())
    second = await market.posting.act(market.client, draft.id, E.PUBLISH)
    assert second.state is P.PUBLISHED
    assert (await changed(market, first, description=WORDS)).edit is not None
    assert (await changed(market, second, description=WORDS)).posting.description == WORDS
    moderated(market, Moderation.OFF)
    assert (await changed(market, first, description=f"{WORDS} Or two.")).posting.description == f"{WORDS} Or two."


async def test_positions_that_were_promised_meanwhile_stay(market: Market) -> None:
    before = await published(market, positions=2)
    await changed(market, before, description=WORDS, positions=1)
    for name in ("ada", "bob"):
        await market.offered(before, name)
    after = await decided(market, before, E.APPROVE)
    assert (len(after.places), after.posting.positions) == (2, 2)


async def test_administrators_hear_once_a_day_that_something_waits_however_much_and_however_many_look(
    market: Market,
) -> None:
    accounts = market.backbone.accounts
    await seed_account(
        accounts, "Kate", "kate@example.org", "seven lanterns", PlatformRole.ADMIN, totp_secret="JBSWY3DPEHPK3PXP"
    )
    kate = await accounts.store.account_with_email("kate@example.org")
    assert kate is not None
    market.accounts["kate"] = kate.id
    await jobs.look(market.service)
    assert await market.told("kate") == []
    before = await published(market)
    await changed(market, before, description=WORDS)
    draft = await market.posting.draft(market.client, ORGANISATION, posting())
    await market.posting.act(market.client, draft.id, E.PUBLISH)
    await asyncio.gather(*(jobs.look(market.service) for _ in range(3)))
    (notice,) = await market.backbone.notifications.of(kate.id, None, 10)
    assert notice.title == "2 opportunities wait to be looked at"
    market.clock.advance(86_400_000)
    await jobs.look(market.service)
    assert await market.told("kate") == ["opportunity_reviews"] * 2
    assert "opportunity_reviews" not in await market.told("carla")
