"""When a guess at a credential is one too many: pure functions over stored counters.

Three axes watch strangers. The address, alone and together with the account, makes them wait longer and longer. The
account and everybody only raise the bar: the right password from an unknown device is then answered by a link to the
mailbox. A device that has signed in before is judged by its own failures alone, so nobody can lock its owner out.
"""

from collections.abc import Mapping
from enum import StrEnum

from guildhall.accounts.model import UNTOUCHED, Tally
from guildhall.accounts.settings import BarLimit, DelayLimit, ThrottleSettings


class Axis(StrEnum):
    DEVICE = "device"
    PAIR = "pair"
    ADDRESS = "address"
    ACCOUNT = "account"
    EVERYBODY = "everybody"


class Verdict(StrEnum):
    OPEN = "open"
    RAISED = "raised"
    WAIT = "wait"


def delay_axes(*, is_known_device: bool) -> tuple[Axis, ...]:
    return (Axis.DEVICE,) if is_known_device else (Axis.PAIR, Axis.ADDRESS)


def bar_axes(*, is_known_device: bool) -> tuple[Axis, ...]:
    return () if is_known_device else (Axis.ACCOUNT, Axis.EVERYBODY)


def delay_limit(axis: Axis, settings: ThrottleSettings) -> DelayLimit:
    """Of an axis that delays; KeyError for one that raises the bar."""
    limits = {Axis.DEVICE: settings.device, Axis.PAIR: settings.pair, Axis.ADDRESS: settings.address}
    return limits[axis]


def bar_limit(axis: Axis, settings: ThrottleSettings) -> BarLimit:
    """Of an axis that raises the bar; KeyError for one that delays."""
    return {Axis.ACCOUNT: settings.account, Axis.EVERYBODY: settings.everybody}[axis]


def wait_left_ms(tally: Tally, limit: DelayLimit, now_ms: int) -> int:
    """How long from now the next attempt must wait; 0 for not at all."""
    surplus = _remembered(tally, limit, now_ms).failures - limit.free_failures
    if surplus < 0:
        return 0
    doubled = limit.first_wait_seconds * 2.0 ** min(surplus, 40)
    wait_ms = round(min(doubled, limit.longest_wait_seconds) * 1000)
    return max(0, tally.last_at_ms + wait_ms - now_ms)


def with_attempt(tally: Tally, limit: DelayLimit, now_ms: int) -> Tally:
    """Counted before the credential is looked at, so that parallel guesses cannot slip through together."""
    return Tally(_remembered(tally, limit, now_ms).failures + 1, now_ms)


def judge_attempt(waits_ms: Mapping[Axis, int], attempts: Mapping[Axis, int], settings: ThrottleSettings) -> Verdict:
    """By `waits_ms` of the axes that delay, and `attempts` in the window, this one too, of those that raise the bar."""
    if any(waits_ms.values()):
        return Verdict.WAIT
    if any(count > bar_limit(axis, settings).failures for axis, count in attempts.items()):
        return Verdict.RAISED
    return Verdict.OPEN


def _remembered(tally: Tally, limit: DelayLimit, now_ms: int) -> Tally:
    return tally if now_ms - tally.last_at_ms < limit.forget_seconds * 1000 else UNTOUCHED
