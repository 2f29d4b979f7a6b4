"""Whether an account takes an entry now. Pure: of an account as it was read, and what the journal already holds."""

from collections.abc import Mapping

from guildhall.kit.errors import Conflict, NotFound
from guildhall.payments.model.balances import Standing, effect_of
from guildhall.payments.model.chart import AccountKind, kind_of, split_account
from guildhall.payments.model.entries import Draft, Entry, Phase, entry_id
from guildhall.payments.rules.drafting import NotAnEntry, is_same, make_entry, source_of


class InsufficientFunds(Conflict):
    """The account would go below its floor. Never said for a lost race or a database that is away."""

    type = "insufficient-funds"
    title = "Not enough money there"

    def __init__(self, seen: Standing, wanted: int) -> None:
        kind, _, currency = split_account(seen.account)
        short = f"{wanted} minor units of {currency} were asked for and {seen.amounts.available} are there"
        reserved = f", {seen.amounts.reserved} more are reserved" if seen.amounts.reserved else ""
        super().__init__(f"{_NAMES.get(kind, kind.value)}: {short}{reserved}.")
        self.account = seen.account
        self.available = seen.amounts.available


class KeyTaken(Conflict):
    """The key belongs to another entry of the same source."""

    type = "key-taken"
    title = "That was booked otherwise"


class AlreadyResolved(Conflict):
    """A pending entry has one resolution, and had it."""

    type = "already-resolved"
    title = "That is settled already"


class PendingExpired(Conflict):
    type = "pending-expired"
    title = "That has expired"


class NoSuchEntry(NotFound):
    def __init__(self, entry: str) -> None:
        super().__init__(f"There is no journal entry {entry}.")


_NAMES = {
    AccountKind.CLIENT_BALANCE: "The client's balance is too low",
    AccountKind.HELD: "Less than that is held",
    AccountKind.FROZEN: "Less than that is frozen",
    AccountKind.PAYABLE: "Less than that can be paid out",
    AccountKind.PAYOUT_PENDING: "Less than that is on its way",
}


def decide(seen: Standing, draft: Draft, known: Mapping[str, Entry], now_ms: int) -> tuple[Entry, bool]:
    """The entry that the source takes, and whether it is new; `known` are those of the journal that the draft names.

    Raises InsufficientFunds, KeyTaken, AlreadyResolved, PendingExpired, NoSuchEntry, NotAnEntry.
    """
    if (before := known.get(entry_id(seen.account, draft.key))) is not None:
        if is_same(before, draft):
            return before, False
        if draft.phase is Phase.RESOLVING:
            raise AlreadyResolved(f"{draft.of} was {'posted' if before.lines else 'voided'} already.")
        raise KeyTaken(f"The key {draft.key} belongs to another entry: {before.purpose} of {seen.account}.")
    undone = _pending_of(draft, known, now_ms)
    entry = make_entry(draft, seen.account, seen.number + 1, now_ms, undone.lines if undone else ())
    effect = effect_of(entry, seen.account)
    if undone and effect.posted < 0 and -effect.posted > -effect.reserved:
        raise NotAnEntry(f"{draft.of} reserved {-effect.reserved}, and no more than that can be posted.")
    taken = effect.reserved - effect.posted
    if kind_of(seen.account).is_floored and taken > 0 and seen.amounts.available < taken:
        raise InsufficientFunds(seen, taken)
    return entry, True


def _pending_of(draft: Draft, known: Mapping[str, Entry], now_ms: int) -> Entry | None:
    if draft.phase is not Phase.RESOLVING:
        return None
    pending = known.get(draft.of)
    if pending is None:
        raise NoSuchEntry(draft.of)
    if pending.phase is not Phase.PENDING:
        raise NotAnEntry(f"{draft.of} is not pending.")
    if draft.lines and source_of(draft.lines) != pending.source:
        raise NotAnEntry(f"What resolves {draft.of} takes from {pending.source}.")
    if draft.lines and 0 < pending.expires_at_ms <= now_ms:
        raise PendingExpired(f"{draft.of} has expired, and can no more be posted.")
    return pending
