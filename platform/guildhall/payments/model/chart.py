"""The chart of accounts: which kinds there are, which side makes them grow, and which may not go below zero."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final


class AccountKind(StrEnum):
    CASH = "cash"
    CLIENT_BALANCE = "client_balance"
    HELD = "held"
    FROZEN = "frozen"
    PAYABLE = "payable"
    PAYOUT_PENDING = "payout_pending"
    FEES = "fees"
    TAX = "tax"
    PROVIDER_FEES = "provider_fees"
    LOSS_RESERVE = "loss_reserve"
    SUSPENSE = "suspense"


@dataclass(frozen=True, slots=True)
class KindOfAccount:
    """`sign` is 1 where debits make the balance grow, -1 where credits do."""

    sign: int
    is_floored: bool
    words: str


CHART: Final = MappingProxyType(
    {
        AccountKind.CASH: KindOfAccount(1, False, "money at the provider"),
        AccountKind.CLIENT_BALANCE: KindOfAccount(-1, True, "what a client has paid in and not yet used"),
        AccountKind.HELD: KindOfAccount(-1, True, "funds held for one piece of work"),
        AccountKind.FROZEN: KindOfAccount(-1, True, "held funds that a dispute stops"),
        AccountKind.PAYABLE: KindOfAccount(-1, True, "what an agent has earned and may be paid out"),
        AccountKind.PAYOUT_PENDING: KindOfAccount(-1, True, "on its way to an agent's bank"),
        AccountKind.FEES: KindOfAccount(-1, False, "what the platform earns, without tax"),
        AccountKind.TAX: KindOfAccount(-1, False, "tax within the platform's fees, owed to the state"),
        AccountKind.PROVIDER_FEES: KindOfAccount(1, False, "what the provider takes"),
        AccountKind.LOSS_RESERVE: KindOfAccount(1, False, "charged back and not yet decided, or lost"),
        AccountKind.SUSPENSE: KindOfAccount(-1, False, "money that came without saying what for"),
    }
)
_CODE_LETTERS: Final = 3  # ISO 4217
HOUSE: Final = "house"
"""The owner of the platform's own accounts."""


def account_id(kind: AccountKind, owner: str, currency: str) -> str:
    """`payable:acc_01J...:EUR`: one account for each kind, owner and currency."""
    return f"{kind.value}:{owner}:{currency}"


@lru_cache(maxsize=4096)
def split_account(account: str) -> tuple[AccountKind, str, str]:
    """Kind, owner and currency. Raises ValueError for text that `account_id` did not make."""
    kind, _, rest = account.partition(":")
    owner, _, currency = rest.rpartition(":")
    if not (owner and len(currency) == _CODE_LETTERS and currency.isascii() and currency.isupper()):
        raise ValueError(f"{account!r:.80} is no account: it looks like payable:OWNER:EUR.")
    return AccountKind(kind), owner, currency


@lru_cache(maxsize=4096)
def kind_of(account: str) -> KindOfAccount:
    return CHART[split_account(account)[0]]
