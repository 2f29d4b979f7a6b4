"""The bank's part of the ledger's chaos: whoever of finance is at work makes files, banks, and reads its statements."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from guildhall.payments.model.chart import HOUSE
from guildhall.payments.model.transfers import LineState, StatementEntry
from guildhall.payments.service import PaymentsService
from tests.fakes.bank import Bank, statement

PEOPLE: Final = ("acc_kate", "acc_alan")
_LINES_AT_ONCE: Final = 12
_PAYOUT: Final = re.compile(r"POUT-(\w+)-\d+")


@dataclass(frozen=True, slots=True)
class AtTheBank:
    payments: PaymentsService
    bank: Bank
    chance: Random
    organisations: tuple[str, ...]
    tell: Callable[[str, str], None]

    async def act(self) -> None:
        acts = (self.make_file, self.hand_over, self.somebody_pays, self.read_statement, self.say_what_it_is)
        await self.chance.choices(acts, (2, 2, 2, 4, 4))[0]()

    async def make_file(self) -> None:
        """A new one, or one that was asked for before, perhaps by a process that died over it."""
        store = self.payments.bank_lines.store
        made = await store.newest_files()
        key = f"file{self.chance.getrandbits(60)}"
        if made and self.chance.random() < 0.3:
            key = self.chance.choice(made).key
        self.tell("file", (await self.payments.transfers.make_file("EUR", key, self.chance.choice(PEOPLE))).id)

    async def hand_over(self) -> None:
        if made := await self.payments.bank_lines.store.newest_files():
            self.bank.execute(self.payments.transfers.as_pain(self.chance.choice(made)))

    async def somebody_pays(self) -> None:
        """With the reference of a balance, or one that nobody gave, or none; or the bank takes its fee."""
        reference = await self.payments.bank_lines.reference_of(self.chance.choice(self.organisations))
        spread = f"invoice {reference[:4].lower()} {reference[4:9]}-{reference[9:]}, thanks"
        words = self.chance.choice([reference, spread, "RF18 5390 0754 7034", "our share", "fee"])
        minor = self.chance.randint(100, 12_000)
        self.bank.book(-minor // 50 if words == "fee" else minor, words)

    async def read_statement(self) -> None:
        """Some lines of it in any order, new ones and old ones."""
        lines = self.bank.lines()
        part = self.chance.sample(lines, min(len(lines), _LINES_AT_ONCE))
        if part:
            taken = await self.payments.bank_lines.take_in(statement(part, as_table=self.chance.random() < 0.5))
            self.tell("statement", str(taken.new))

    async def say_what_it_is(self) -> None:
        """Two people, one after the other; sometimes the same one, who is refused, or one who thinks better of it."""
        lines, by = self.payments.bank_lines, self.chance.choice(PEOPLE)
        if proposed := await lines.store.lines_in(LineState.PROPOSED):
            one = self.chance.choice(proposed)
            if self.chance.random() < 0.2:
                await lines.withdraw(one.id)
            else:
                await lines.confirm(one.id, by)
        elif unmatched := await lines.store.lines_in(LineState.UNMATCHED):
            one = self.chance.choice(unmatched)
            await lines.propose(one.id, self._target_of(one), "It says so.", by)

    def _target_of(self, one: StatementEntry) -> str:
        named = _PAYOUT.search(one.said.words)
        if named and self.chance.random() < 0.9:
            return f"pout_{named.group(1)}"
        return self.chance.choice(self.organisations) if one.said.is_credit else HOUSE
