from guildhall.accounts.rules.throttling import Verdict
from tests.guildhall.accounts.conftest import House


async def test_attempts_at_one_address_do_not_slow_down_another(house: House) -> None:
    throttle = house.service.context.throttle
    verdicts = [(await throttle.admit("password", "ada", "198.51.100.0/24", "")).verdict for _ in range(6)]
    assert verdicts == [Verdict.OPEN] * 5 + [Verdict.WAIT]
    assert (await throttle.admit("password", "bob", "198.51.100.0/24", "")).verdict is Verdict.OPEN
    assert (await throttle.admit("password", "ada", "203.0.113.0/24", "")).verdict is Verdict.OPEN


async def test_one_network_that_tries_many_addresses_waits(house: House) -> None:
    throttle = house.service.context.throttle
    verdicts = [(await throttle.admit("password", f"p{n}", "198.51.100.0/24", "")).verdict for n in range(31)]
    assert verdicts[29:] == [Verdict.OPEN, Verdict.WAIT]


async def test_success_forgets_the_pair_and_takes_one_attempt_back_from_the_network(house: House) -> None:
    throttle = house.service.context.throttle
    for _ in range(40):
        attempt = await throttle.admit("password", "ada", "198.51.100.0/24", "")
        assert attempt.verdict is Verdict.OPEN
        await throttle.succeed(attempt)
    for _ in range(4):
        attempt = await throttle.admit("password", "ada", "198.51.100.0/24", "")
    await throttle.succeed(attempt)
    key = next(iter(attempt.delays.values()))
    assert (await house.store.tally(key)).failures == 0


async def test_everybodys_failures_raise_the_bar_for_strangers_and_not_for_known_devices(house: House) -> None:
    tight = house.settings.throttle.model_copy(
        update={"everybody": house.settings.throttle.everybody.model_copy(update={"failures": 3})}
    )
    throttle = type(house.service.context.throttle)(house.store, house.clock, tight)
    for number in range(3):
        await throttle.admit("password", f"p{number}", f"198.51.{number}.0/24", "")
    assert (await throttle.admit("password", "ada", "203.0.113.0/24", "")).verdict is Verdict.RAISED
    assert (await throttle.admit("password", "ada", "203.0.113.0/24", "dev_1")).verdict is Verdict.OPEN
    house.clock.advance(60_000)
    assert (await throttle.admit("password", "ada", "203.0.113.0/24", "")).verdict is Verdict.OPEN


async def test_the_counters_name_nobody(house: House) -> None:
    await house.service.context.throttle.admit("password", "ada@example.org", "198.51.100.0/24", "")
    found = await house.store._tallies.find({}, limit=50)
    assert len(found) == 4
    assert "ada" not in str(found)
    assert "198.51" not in str(found)


async def test_an_attempt_that_its_network_must_wait_with_counts_for_no_pair_either(house: House) -> None:
    throttle, network = house.service.context.throttle, "198.51.100.0/24"
    for number in range(34):
        house.clock.advance(20_000 if number >= 30 else 0)
        assert (await throttle.admit("password", f"p{number}", network, "")).verdict is Verdict.OPEN
    for _ in range(32):
        assert (await throttle.admit("password", "ada", network, "")).verdict is Verdict.WAIT
        house.clock.advance(1_000)
    assert (await throttle.admit("password", "ada", network, "")).verdict is Verdict.OPEN
