"""The benchmark of opportunities measures what it says, on a house that is small enough for every test run."""

from tests.benchmarks.gigs import run


async def test_a_small_house_is_searched_and_applied_to_at_once() -> None:
    told = await run(posted=60, applied=240, searches=12, applications=60)
    assert (told["opportunities"], told["applications"], told["searches"]) == (60, 240, 12)
    assert told["applications_per_s"] > 0
    assert 0 < told["search_ms_p50"] <= told["search_ms_p99"]
    assert 0 < told["application_ms_p50"] <= told["application_ms_p99"]
