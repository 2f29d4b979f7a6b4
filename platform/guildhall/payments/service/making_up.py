"""What is charged back is the house's loss at first; what its payer has not used yet makes up for it, down to nothing.

The rest stays a loss until two people decide otherwise. An agent who was paid out of that money keeps it: nothing is
taken from an agent by itself, and by two people only after notice (`service.manual`).
"""

from guildhall.kit.logs import get_logger
from guildhall.payments.lifecycle import PaymentState
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Draft, Entry, Line, entry_id
from guildhall.payments.model.flows import Payment
from guildhall.payments.rules.deciding import InsufficientFunds, KeyTaken
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.store.flows import FlowStore

log = get_logger(__name__)
_ATTEMPTS = 5
MADE_UP = "chargeback_made_up"


async def make_up(store: FlowStore, ledger: Ledger, payment_id: str) -> None:
    """Whoever applies what the provider said; any number of times, by any number of processes.

    Its key in the ledger makes it one entry, of whatever was there when that was decided. Looked at again after it was
    booked, since the chargeback may have been won meanwhile: then it goes back.
    """
    payment = await store.payments.read(payment_id)
    if payment.state is PaymentState.CHARGED_BACK and await made_up(ledger, payment) is None:
        await _take(ledger, payment)
        payment = await store.payments.read(payment_id)
    if payment.state is PaymentState.CHARGEBACK_WON and (entry := await made_up(ledger, payment)) is not None:
        await ledger.reverse(entry.id, "chargeback_given_back", _by(payment), {"payment": payment.id})


async def made_up(ledger: Ledger, payment: Payment) -> Entry | None:
    """What its payer's balance gave for a chargeback, if anything."""
    entry = entry_id(_balance(payment), f"{MADE_UP}/{payment.id}")
    return (await ledger.store.entries([entry])).get(entry)


async def _take(ledger: Ledger, payment: Payment) -> None:
    for _ in range(_ATTEMPTS):
        minor = min(payment.minor, (await ledger.balance(_balance(payment))).available)
        if minor <= 0:
            return
        lost = account_id(AccountKind.LOSS_RESERVE, HOUSE, payment.currency)
        lines = (Line(account=_balance(payment), minor=minor), Line(account=lost, minor=-minor))
        draft = Draft(
            key=f"{MADE_UP}/{payment.id}",
            purpose=MADE_UP,
            by=_by(payment),
            lines=lines,
            refs={"payment": payment.id},
        )
        try:
            await ledger.post(draft)
        except KeyTaken:  # another process saw another balance, and was faster
            return
        except InsufficientFunds:  # it was used meanwhile: as much as is left
            continue
        return
    log.warning("chargeback_not_made_up", payment=payment.id)


def _balance(payment: Payment) -> str:
    return account_id(AccountKind.CLIENT_BALANCE, payment.owner, payment.currency)


def _by(payment: Payment) -> str:
    return f"system:{payment.provider}"
