"""Money on the wire: whole minor units with their currency, and for whatever waits, who acts next and until when."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.kit.http.cursors import PageQuery
from guildhall.payments.model.entries import LINES_MAX, MINOR_MAX

NO_NUL = r"^[^\x00]*$"
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(gt=0, le=MINOR_MAX)]
Token = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,60}$")]
AccountName = Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[A-Za-z0-9_:.\-]+$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=NO_NUL)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PaymentAsked(Shape):
    """`method` is a token of the provider's; the sandbox has card_ok, card_declined, card_step, card_late and more."""

    minor: Minor
    currency: Currency
    method: Token


class PayoutAccountGiven(Shape):
    """An account number (`iban`) with its `holder` as the bank writes the name, or a bank of the sandbox.

    Those are bank_ok, bank_late, bank_failed and bank_returned.
    """

    bank: Token | None = None
    iban: Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL)] = ""
    holder: Annotated[str, StringConstraints(max_length=140, pattern=NO_NUL)] = ""
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60, pattern=NO_NUL)]


class PayoutAsked(Shape):
    minor: Minor
    currency: Currency


class PayoutAct(Shape):
    action: Literal["retry", "cancel"]


class PayoutDecided(Shape):
    """Holding needs a reason, who acts next, and by when: the agent reads all three."""

    action: Literal["hold", "release", "cancel", "see_to"]
    reason: Reason | None = None
    next_actor: Reason | None = None
    expected_by_ms: int = Field(0, ge=0, le=4_102_444_800_000)


class AccountShown(Shape):
    account: str
    kind: str
    words: str
    currency: str
    posted: int
    reserved: int
    incoming: int
    available: int


class ActionShown(Shape):
    event: str
    allowed: bool
    reason: str | None


class PayoutShown(Shape):
    payout_id: str
    owner: str
    minor: int
    currency: str
    state: str
    attempt: int
    held_for: str
    next_actor: str
    expected_by_ms: int
    said: str
    created_at_ms: int
    actions: tuple[ActionShown, ...]


class PaymentShown(Shape):
    payment_id: str
    minor: int
    currency: str
    state: str
    method: str
    action_url: str
    created_at_ms: int


class DepositShown(Shape):
    """By bank transfer, since the bank's statement was taken in."""

    deposit_id: str
    minor: int
    currency: str
    party: str
    """As the bank names whoever sent it."""
    reference: str
    created_at_ms: int


class ClaimShown(Shape):
    """Owed after a chargeback. `refusal` says why it could not be settled when that was last tried."""

    claim_id: str
    minor: int
    currency: str
    state: str
    due_at_ms: int
    refusal: str
    created_at_ms: int
    actions: tuple[ActionShown, ...]


class ClaimsQuery(PageQuery):
    organisation: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = ""
    """Whose money one keeps; empty: one's own."""


class ClaimAct(Shape):
    action: Literal["settle"]


class PayoutAccountShown(Shape):
    label: str
    bank: str
    changed_at_ms: int


class MoneyShown(Shape):
    """All of somebody's: what they hold here, what came in, what goes out and where to."""

    accounts: tuple[AccountShown, ...]
    payments: tuple[PaymentShown, ...]
    deposits: tuple[DepositShown, ...]
    payouts: tuple[PayoutShown, ...]
    payout_account: PayoutAccountShown | None
    cut: tuple[str, ...]
    """Which of `payments`, `deposits` and `payouts` hold their newest hundred alone."""


class HeldShown(Shape):
    """One piece of work's money: what it came to, and what of it is held and frozen now."""

    account: str
    subject: str
    minor: int
    currency: str
    held_minor: int
    frozen_minor: int
    created_at_ms: int


class OrganisationMoneyShown(Shape):
    """All of an organisation's: its balance, what is held of it, the newest first, and what came in."""

    accounts: tuple[AccountShown, ...]
    holds: tuple[HeldShown, ...]
    payments: tuple[PaymentShown, ...]
    deposits: tuple[DepositShown, ...]
    cut: tuple[str, ...]
    """Which of `holds`, `payments` and `deposits` hold their newest hundred alone."""


class PostingShown(Shape):
    entry: str
    purpose: str
    at_ms: int
    posted: int
    reserved: int
    incoming: int
    balance: int
    """Of all lines up to this one."""


class ExplainedShown(Shape):
    account: AccountShown
    postings: tuple[PostingShown, ...]
    next_block: int | None
    """Where to go on; null at the end."""


class ExplainQuery(Shape):
    account: AccountName
    after_block: int = Field(0, ge=0, le=10**12)


class OwnerQuery(Shape):
    owner: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=NO_NUL)]


class AccountsShown(Shape):
    items: tuple[AccountShown, ...]


class LineGiven(Shape):
    """Debits are positive."""

    account: AccountName
    minor: int = Field(ge=-MINOR_MAX, le=MINOR_MAX)


class EntryProposed(Shape):
    reason: Reason
    lines: Annotated[tuple[LineGiven, ...], Field(min_length=2, max_length=LINES_MAX)]


class ManualAct(Shape):
    action: Literal["confirm", "withdraw"]


class ManualShown(Shape):
    manual_id: str
    state: str
    reason: str
    lines: tuple[LineGiven, ...]
    proposed_by: str
    confirmed_by: str
    entry: str
    created_at_ms: int
    is_mine: bool
    """Whether whoever asks proposed it: then another person confirms."""


class ReconciliationShown(Shape):
    at_ms: int
    blocks: int
    entries: int
    in_flight: int
    head: str
    totals: dict[str, dict[str, int]]
    faults: tuple[str, ...]
    fault_count: int


class OwedShown(Shape):
    """By a payer, after a chargeback."""

    owner: str
    claim: ClaimShown


class FinanceQuery(Shape):
    """Without one: EUR, or the first that there is."""

    currency: Currency | None = None


class FinanceShown(Shape):
    """What finance looks at in the morning, one currency at a time: `payouts` and `claims` are in that one."""

    currency: str
    currencies: tuple[str, ...]
    """Between which one may choose."""
    reconciliations: tuple[ReconciliationShown, ...]
    payouts: tuple[PayoutShown, ...]
    """Those that are on their way or wait for somebody."""
    manual: tuple[ManualShown, ...]
    claims: tuple[OwedShown, ...]
    """Those that are not settled, the longest due first."""
    cut: tuple[str, ...]
    """Which of `payouts`, `manual` and `claims` go on: the next are here when some of these are done."""


class OfOrganisation(Shape):
    """Of an organisation that one leads; empty: one's own."""

    organisation: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = ""


class Received(Shape):
    """The event is kept."""

    event_id: str
