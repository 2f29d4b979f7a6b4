from collections.abc import AsyncIterator, Iterator

import pytest
from limits import parse

from guildhall.kit.clock import ManualClock, SystemClock
from guildhall.kit.http.limiter import MemoryLimiter, RedisLimiter, open_limiter
from guildhall.kit.http.problems import LimiterAway
from tests.servers.redis import RedisServer, run_redis

THREE = parse("3/minute")


def on_a_window() -> ManualClock:
    clock = ManualClock()
    clock.advance(60_000 - clock.monotonic_ms() % 60_000)
    return clock


async def test_as_many_as_allowed_are_within_and_one_more_is_not() -> None:
    limiter = MemoryLimiter(on_a_window())
    counts = [await limiter.take(THREE, "ada") for _ in range(4)]
    assert [count.is_within for count in counts] == [True, True, True, False]
    assert [count.remaining for count in counts] == [2, 1, 0, 0]
    assert counts[0].reset_seconds == 60
    assert (await limiter.take(THREE, "bob")).is_within
    await limiter.close()


async def test_a_refused_attempt_costs_nothing() -> None:
    clock = on_a_window()
    limiter = MemoryLimiter(clock)
    for _ in range(50):
        last = await limiter.take(THREE, "ada")
    clock.advance(last.retry_after_ms)
    assert (await limiter.take(THREE, "ada")).is_within


@pytest.mark.parametrize("amount", [1, 2, 3, 7])
@pytest.mark.parametrize("start_ms", [0, 20_000, 59_999])
async def test_whoever_waits_as_told_succeeds_and_no_sooner(amount: int, start_ms: int) -> None:
    clock = on_a_window()
    clock.advance(start_ms)
    limiter, quota = MemoryLimiter(clock), parse(f"{amount}/minute")
    for _ in range(5 * amount):
        while (count := limiter.count(quota, "ada")).is_within:
            clock.advance(137)
        clock.advance(count.retry_after_ms - 1)
        assert not limiter.count(quota, "ada").is_within
        clock.advance(1)
        assert limiter.count(quota, "ada").is_within


async def test_a_burst_at_the_edge_of_two_windows_is_not_doubled() -> None:
    clock = on_a_window()
    clock.advance(59_000)
    limiter = MemoryLimiter(clock)
    assert [limiter.count(THREE, "ada").is_within for _ in range(3)] == [True] * 3
    clock.advance(2_000)
    assert not limiter.count(THREE, "ada").is_within


async def test_memory_is_bounded_by_forgetting_the_oldest_windows() -> None:
    clock = on_a_window()
    limiter = MemoryLimiter(clock, keys_max=100)
    for number in range(250):
        limiter.count(THREE, f"address-{number}")
    assert len(limiter._windows[THREE]) == 100
    clock.advance(180_000)
    for number in range(100):
        limiter.count(THREE, f"later-{number}")
    assert not [key for key in limiter._windows[THREE] if key.startswith("address")]


def test_without_redis_the_limiter_counts_in_memory() -> None:
    assert isinstance(open_limiter(None, SystemClock()), MemoryLimiter)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def shared(redis: RedisServer) -> AsyncIterator[RedisLimiter]:
    limiter = RedisLimiter(redis.url, ManualClock(), timeout_seconds=5)
    yield limiter
    await limiter.close()


@pytest.mark.servers
async def test_two_processes_share_their_counts_in_redis(redis: RedisServer, shared: RedisLimiter) -> None:
    other = RedisLimiter(redis.url, ManualClock(), timeout_seconds=5)
    counts = [await limiter.take(THREE, "ada") for limiter in (shared, other, shared, other)]
    assert [count.is_within for count in counts] == [True, True, True, False]
    assert counts[0].remaining == 2
    assert counts[3].retry_after_ms > 0
    await other.close()


@pytest.mark.servers
async def test_a_redis_that_is_gone_is_left_alone_for_a_second_and_then_asked_again(redis: RedisServer) -> None:
    clock = ManualClock()
    limiter = RedisLimiter(redis.url, clock, timeout_seconds=5)
    assert (await limiter.take(THREE, "ada")).is_within
    redis.kill()
    with pytest.raises(LimiterAway):
        await limiter.take(THREE, "ada")
    redis.start()
    with pytest.raises(LimiterAway):
        await limiter.take(THREE, "ada")
    clock.advance(1000)
    assert (await limiter.take(THREE, "ada")).is_within
    await limiter.close()
