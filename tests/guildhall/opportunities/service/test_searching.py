"""Searching: all that is asked for holds, the newest first, each once on some page; and what is not open is gone."""

import pytest

from guildhall.gigs.model.terms import Kind
from guildhall.opportunities.lifecycle import PostingEvent
from guildhall.opportunities.rules.searching import asked_words
from guildhall.opportunities.service import searching
from tests.guildhall.opportunities.market import Market, posting


async def _titles(market: Market, words: list[str], limit: int = 3) -> list[str]:
    """Page after page."""
    found, rank = [], ""
    while True:
        page = await market.service.searching.search(words, rank, limit)
        found += [one.posting.title for one in page.items]
        if page.next_rank is None:
            return found
        assert page.next_rank > rank
        rank = page.next_rank


@pytest.mark.parametrize("rows", [2, 200])
async def test_pages_of_common_words_hold_each_once_in_their_order(
    market: Market, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(searching, "READ_ROWS", rows)
    wanted = []
    for number in range(24):
        skills = [name for name, every in (("Python", 2), ("Cartography", 3)) if number % every == 0]
        kind = "hourly" if number % 4 == 0 else "fixed"
        await market.publish(title=f"Chart {number:02d}", skills=skills, kind=kind)
        market.clock.advance(1 if number % 5 else 0)
        if skills == ["Python", "Cartography"]:
            wanted.append(f"Chart {number:02d}")
    both = asked_words("cartography", "python", None, "")
    assert await _titles(market, both) == wanted[::-1]
    assert await _titles(market, asked_words("CHART", "Python", Kind.HOURLY, "EUR")) == [
        f"Chart {number:02d}" for number in (20, 16, 12, 8, 4, 0)
    ]
    assert len(await _titles(market, [])) == len(set(await _titles(market, []))) == 24
    assert await _titles(market, asked_words("nowhere", "", None, "")) == []


async def test_what_is_paused_is_not_found_and_what_was_renamed_is_found_by_its_new_name(market: Market) -> None:
    opportunity = await market.publish()
    assert await _titles(market, ["harbour"]) == ["Chart the harbour"]
    await market.posting.act(market.client, opportunity.id, PostingEvent.PAUSE)
    assert await _titles(market, ["harbour"]) == await _titles(market, []) == []
    await market.posting.act(market.client, opportunity.id, PostingEvent.RESUME)
    await market.posting.edit(market.client, opportunity.id, posting(title="Chart the Çove"))
    assert (await _titles(market, ["harbour"]), await _titles(market, ["cove"])) == ([], ["Chart the Çove"])


async def test_a_search_that_would_read_too_much_ends_its_page_early_and_goes_on_from_there(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "READ_ROWS", 1)
    monkeypatch.setattr(searching, "LOOKED_AT_MAX", 4)
    for number in range(12):
        await market.publish(title=f"Chart {number}", skills=["Python"] if number == 0 else [])
        await market.publish(title="Survey", skills=["Python"])
        market.clock.advance(1)
    page = await market.service.searching.search(["chart", "python"], "", 3)
    assert (page.items, page.next_rank is None) == ([], False)
    assert await _titles(market, ["chart", "python"]) == ["Chart 0"]
