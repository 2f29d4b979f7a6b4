"""Promises end on a business day, where the person lives."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from guildhall.kit.business_days import after_business_days, zone_named


def ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("begun", "days", "ends"),
    [
        (ms(2026, 11, 23, 9), 3, ms(2026, 11, 26, 18)),  # Monday to Thursday
        (ms(2026, 11, 27, 9), 1, ms(2026, 11, 30, 18)),  # Friday to Monday
        (ms(2026, 11, 28, 23), 1, ms(2026, 11, 30, 18)),  # Saturday to Monday
        (ms(2026, 11, 26, 9), 10, ms(2026, 12, 10, 18)),
    ],
)
def test_weekends_are_left_out(begun: int, days: int, ends: int) -> None:
    assert after_business_days(begun, days, UTC) == ends


def test_the_day_is_the_one_where_the_person_lives() -> None:
    # Sunday evening in UTC is Monday morning in Auckland, and summer there.
    assert after_business_days(ms(2026, 11, 29, 20), 1, ZoneInfo("Pacific/Auckland")) == ms(2026, 12, 1, 5)


def test_a_zone_that_is_none_is_utc() -> None:
    assert zone_named("Nowhere/Land") is UTC
    assert zone_named("") is UTC
