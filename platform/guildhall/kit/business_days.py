"""Promises in business days of the person they are made to: Monday to Friday where they live. Pure.

Holidays differ by country and calendar and are not known here: a promise may fall on one, and then is late by it.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

_SATURDAY: Final = 5
_CLOSE_OF_DAY: Final = time(18, 0)


def zone_named(name: str) -> tzinfo:
    """UTC where the name says nothing."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def after_business_days(at_ms: int, days: int, zone: tzinfo) -> int:
    """Six in the evening, in that zone, of the `days`-th business day after the one of `at_ms`."""
    day = datetime.fromtimestamp(at_ms / 1000, zone).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return int(datetime.combine(day, _CLOSE_OF_DAY, zone).timestamp()) * 1000
