"""Bank details as they lie in the database: sealed. What is from before there was a seal is sealed as it is read.

So whatever is written of such a document next is written sealed; `service.sealing` goes through all that nobody writes.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

from guildhall.kit.key_ring import KeyRing
from guildhall.payments.model.bank_accounts import BankAccount, SealedAccount
from guildhall.payments.model.flows import Payout, PayoutAccount
from guildhall.payments.model.transfers import Transfer, TransferFile, TransferOrder

USE: Final = "payments/bank details"
W = TypeVar("W", Payout, PayoutAccount, Transfer)
D = TypeVar("D", Payout, PayoutAccount, TransferOrder, TransferFile)


@dataclass(frozen=True, slots=True)
class BankSeal:
    ring: KeyRing

    def seal(self, iban: str, holder: str) -> SealedAccount:
        account = BankAccount(iban=iban, holder=holder)
        return SealedAccount(
            sealed=self.ring.seal(account.model_dump_json()),
            last_four=iban[-4:],
            fingerprint=self.ring.fingerprint(_words(account)),
        )

    def open(self, account: SealedAccount) -> BankAccount:
        """Raises KeyMissing or SealBroken."""
        return BankAccount.model_validate_json(self.ring.unseal(account.sealed))

    def is_of(self, account: SealedAccount | None, iban: str, holder: str) -> bool:
        """Whether this is the account, without opening what is kept."""
        words = _words(BankAccount(iban=iban, holder=holder))
        return account is not None and self.ring.is_of(account.fingerprint, words)

    def renewed(self, seen: SealedAccount) -> SealedAccount:
        """By the newest key. Raises KeyMissing or SealBroken."""
        if self.ring.is_newest(seen.sealed):
            return seen
        opened = self.open(seen)
        return self.seal(opened.iban, opened.holder)

    def close_destination(self, seen: W) -> W:
        """As it is kept now, of what may be from before: then an account number stood in it, beside its holder."""
        if seen.account is not None or not seen.holder:
            return seen
        plain = seen.iban if isinstance(seen, Transfer) else seen.bank
        field = "iban" if isinstance(seen, Transfer) else "bank"
        return seen.model_copy(update={"account": self.seal(plain, seen.holder), field: "", "holder": ""})

    def close_order(self, seen: TransferOrder) -> TransferOrder:
        closed = self.close_destination(seen.transfer)
        return seen if closed is seen.transfer else seen.model_copy(update={"transfer": closed})

    def close_file(self, seen: TransferFile) -> TransferFile:
        closed = tuple(self.close_destination(one) for one in seen.transfers)
        is_closed = all(new is one for new, one in zip(closed, seen.transfers, strict=True))
        return seen if is_closed else seen.model_copy(update={"transfers": closed})

    def renew(self, seen: D) -> D:
        """All that is sealed in it, by the newest key; itself where it is. Raises KeyMissing or SealBroken."""
        if isinstance(seen, TransferFile):
            transfers = tuple(self._renew_one(one) for one in seen.transfers)
            is_new = all(new is one for new, one in zip(transfers, seen.transfers, strict=True))
            return seen if is_new else seen.model_copy(update={"transfers": transfers})
        if isinstance(seen, TransferOrder):
            transfer = self._renew_one(seen.transfer)
            return seen if transfer is seen.transfer else seen.model_copy(update={"transfer": transfer})
        return self._renew_one(seen)

    def _renew_one(self, seen: W) -> W:
        if seen.account is None or self.ring.is_newest(seen.account.sealed):
            return seen
        return seen.model_copy(update={"account": self.renewed(seen.account)})


def _words(account: BankAccount) -> str:
    return f"{account.iban}|{account.holder}"
