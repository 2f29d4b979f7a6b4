from proctor_engine.quarantine import Quarantine


def test_one_death_is_bad_luck_and_the_second_bars() -> None:
    quarantine = Quarantine(deaths_to_bar=2, bar_seconds=60)
    quarantine.record_death("a", now=100)
    assert not quarantine.is_barred("a", now=100)
    quarantine.record_death("a", now=110)
    assert quarantine.is_barred("a", now=110)
    assert not quarantine.is_barred("b", now=110)


def test_a_bar_ends_and_its_deaths_are_forgotten() -> None:
    quarantine = Quarantine(deaths_to_bar=2, bar_seconds=60)
    quarantine.record_death("a", now=100)
    quarantine.record_death("a", now=110)
    assert quarantine.is_barred("a", now=169)
    assert not quarantine.is_barred("a", now=170)
    quarantine.record_death("a", now=171)
    assert not quarantine.is_barred("a", now=171)


def test_deaths_far_apart_do_not_add_up() -> None:
    quarantine = Quarantine(deaths_to_bar=3, bar_seconds=60)
    for now in (0, 50, 100):
        quarantine.record_death("a", now)
    assert not quarantine.is_barred("a", now=100)


def test_sessions_long_gone_take_no_memory() -> None:
    quarantine = Quarantine(deaths_to_bar=2, bar_seconds=60)
    for number in range(1_000):
        quarantine.record_death(f"session {number}", now=number)
    assert len(quarantine._deaths) <= 60
