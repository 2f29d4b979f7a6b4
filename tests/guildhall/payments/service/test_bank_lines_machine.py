"""Payouts by file, statements and deposits in any order, by processes that die at any write: after recovery the ledger
has on its account with the bank what the bank says, each line counted once, and each payout stands in one file.
"""

import contextlib
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from guildhall.kit.errors import Conflict, Invalid, NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import Actor
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.transfers import LineState, StatementEntry
from guildhall.payments.rules.deciding import InsufficientFunds
from guildhall.payments.service.manual import SecondPersonNeeded
from guildhall.payments.service.sandbox import LATE_MS
from guildhall.payments.settings import BankSettings, PaymentsSettings
from tests.fakes.bank import AGENT_IBANS, HOUSE_IBAN, Bank, statement
from tests.fakes.dying import Dying
from tests.guildhall.payments.bank_proof import faults_at_the_bank, settle_at_the_bank
from tests.guildhall.payments.killed import EXAMPLES, KilledHouse, walk_over_mongo
from tests.guildhall.payments.purse import CASH, draft, moved, payable, prove_whole
from tests.servers.mongo import MongoServers

MINOR = st.builds(lambda tens, fate: 10 * tens + fate, st.integers(1, 9), st.sampled_from([0, 1, 1, 2, 3, 5]))
"""Few amounts, so that lines of the bank can be about several payouts; the last figure is the bank's `Fate`."""
DEATH = st.one_of(st.none(), st.integers(0, 4), st.integers(0, 24))
PEOPLE = st.sampled_from(["kate", "alan"])
_WORDS = ("{whole}", "invoice {spread}, thanks", "RF18 5390 0754 7034", "our share")


class BankMachine(KilledHouse):
    settings_of_house = PaymentsSettings(
        payout_minimum_minor=1,
        payout_cool_down_hours=0,
        recover_after_seconds=0,
        bank=BankSettings(holder="The Guild", iban=HOUSE_IBAN),
    )
    refused = (InsufficientFunds, MoveRefused, NotFound, Conflict, Invalid, SecondPersonNeeded)

    def __init__(self) -> None:
        super().__init__()
        self.bank = Bank(Path(self.folder.name) / "bank")
        self.payouts: list[str] = []
        self.file_keys: list[str] = []

    def teardown(self) -> None:
        self.run(self._settle())
        faults = self.run(faults_at_the_bank(self.service, self.bank))
        self.close()
        assert faults == []

    @initialize()
    def begin(self) -> None:
        self.run(self.service.ledger.post(draft("earned", moved(3_000, CASH, payable()))))
        self.run(self.service.paying.set_payout_account("ada", AGENT_IBANS[0], "Mine", "Ada"))
        for minor in (11, 11, 42, 63):
            self.pay_out(minor, None)
        self.bank.execute(
            self.service.transfers.as_pain(self.run(self.service.transfers.make_file("EUR", "first", "kate")))
        )

    @rule(minor=MINOR, death=DEATH)
    def pay_out(self, minor: int, death: int | None) -> None:
        key = self.key()
        payout = self.once(lambda service: service.paying.pay_out("ada", key, minor, "EUR"), death)
        if payout is not None:
            self.payouts.append(payout.id)

    @precondition(lambda self: self.payouts)
    @rule(death=DEATH, data=st.data(), event=st.sampled_from(["retry", "cancel"]))
    def act(self, death: int | None, data: st.DataObject, event: str) -> None:
        payout = data.draw(st.sampled_from(self.payouts))
        self.once(lambda service: service.paying.act(payout, event, Actor.OWNER), death)

    @rule(death=DEATH, data=st.data(), by=PEOPLE)
    def make_file(self, death: int | None, data: st.DataObject, by: str) -> None:
        """A new one, or one that was asked for before."""
        key = data.draw(st.sampled_from([*self.file_keys, self.key()]))
        self.file_keys.append(key)
        self.once(lambda service: service.transfers.make_file("EUR", key, by), death)

    @rule(minor=MINOR, death=st.integers(0, 4), then=st.sampled_from(["heard", "another file", "nothing"]))
    def nobody_asks_again_for_a_file_whose_maker_died(self, minor: int, death: int, then: str) -> None:
        """The bank may have it all the same, and say so, before anybody of ours has looked."""
        for _ in range(2):
            self.pay_out(minor, None)
        dying = self.process(Dying(self.storage, {"left": death, "is_after": death % 2}))
        with contextlib.suppress(StorageUnavailable, *self.refused):
            self.run(dying.transfers.make_file("EUR", self.key(), "kate"))
        if then == "another file":
            key = self.key()
            self.once(lambda service: service.transfers.make_file("EUR", key, "alan"), None)
        elif then == "heard":
            self._hear_all()

    @rule(minor=st.sampled_from([11, 21, 43]), death=DEATH, is_waiting=st.booleans())
    def two_lines_are_said_to_be_one_payouts(self, minor: int, death: int | None, is_waiting: bool) -> None:
        """By people, of lines without a reference and of the same amount; perhaps of one that waits for its file."""
        for _ in range(2):
            self.pay_out(minor, None)
        key = self.key()
        self.once(lambda service: service.transfers.make_file("EUR", key, "kate"), None)
        self._hear_all()
        if is_waiting:
            self.pay_out(minor, None)
        fitting = [line for line in self._lines_in(LineState.UNMATCHED) if line.said.minor == minor]
        payouts = self.run(self.service.flows.payouts_of("ada"))
        target = next((one.id for one in payouts if one.minor == minor), "")
        for line in fitting:
            self.once(lambda service, line=line: service.bank_lines.propose(line.id, target, "It is.", "kate"), None)  # type: ignore[misc]
        for line in fitting:
            self.once(lambda service, line=line: service.bank_lines.confirm(line.id, "alan"), death)  # type: ignore[misc]

    def _hear_all(self) -> None:
        """The bank executes each file, and all that it says is taken in."""
        for made in self.run(self.service.transfers.store.newest_files()):
            self.bank.execute(self.service.transfers.as_pain(made))
        if lines := self.bank.lines():
            self.run(self.service.bank_lines.take_in(statement(lines)))

    def _lines_in(self, state: LineState) -> list[StatementEntry]:
        """In an order that is the same when a walk is walked again."""
        return sorted(self.run(self.service.bank_lines.store.lines_in(state)), key=lambda one: one.said.reference)

    @rule(data=st.data())
    def hand_over(self, data: st.DataObject) -> None:
        """Any file, however often."""
        if made := self.run(self.service.transfers.store.newest_files()):
            self.bank.execute(self.service.transfers.as_pain(data.draw(st.sampled_from(made))))

    @rule(minor=MINOR, words=st.sampled_from(_WORDS), death=DEATH)
    def somebody_pays(self, minor: int, words: str, death: int | None) -> None:
        whole = self.once(lambda service: service.bank_lines.reference_of("acme"), death) or ""
        self.bank.book(minor, words.format(whole=whole, spread=f"{whole[:4].lower()} {whole[4:9]}-{whole[9:]}"))

    @rule(minor=MINOR, words=st.sampled_from(["fee", "transfer"]))
    def money_leaves_without_a_reference(self, minor: int, words: str) -> None:
        self.bank.book(-minor, words)

    @rule(data=st.data(), as_table=st.booleans(), death=DEATH)
    def read_statement(self, data: st.DataObject, as_table: bool, death: int | None) -> None:
        """Some lines, old ones and new ones, in any order."""
        lines = data.draw(st.permutations(self.bank.lines()))
        if part := lines[: data.draw(st.integers(0, 6))]:
            self.once(lambda service: service.bank_lines.take_in(statement(part, as_table=as_table)), death)

    @rule(data=st.data(), by=PEOPLE, death=DEATH)
    def say_what_a_line_is(self, data: st.DataObject, by: str, death: int | None) -> None:
        if left := self._lines_in(LineState.UNMATCHED):
            self._propose(data, data.draw(st.sampled_from(left)), by, death)

    @rule(data=st.data(), death=DEATH)
    def two_people_agree(self, data: st.DataObject, death: int | None) -> None:
        """About all of them, and only then: so that two lines may be said to be the same payout's."""
        for line in self._lines_in(LineState.UNMATCHED):
            self._propose(data, line, "kate", None)
        for line in self._lines_in(LineState.PROPOSED):
            self.once(lambda service, line=line: service.bank_lines.confirm(line.id, "alan"), death)  # type: ignore[misc]

    def _propose(self, data: st.DataObject, line: StatementEntry, by: str, death: int | None) -> None:
        """Something that it can be, if there is anything: a payout of that amount, whether or not it is that one."""
        payouts = self.run(self.service.flows.payouts_of("ada"))
        fitting = sorted(one.id for one in payouts if one.minor == line.said.minor)
        target = data.draw(st.sampled_from(fitting or ["acme", HOUSE, *self.payouts]))
        self.once(lambda service: service.bank_lines.propose(line.id, target, "It says so.", by), death)

    @rule(data=st.data(), by=PEOPLE, death=DEATH, verb=st.sampled_from(["confirm", "confirm", "withdraw"]))
    def answer(self, data: st.DataObject, by: str, death: int | None, verb: str) -> None:
        """Whoever proposed it may try to confirm it, too."""
        if proposed := self._lines_in(LineState.PROPOSED):
            line = data.draw(st.sampled_from(proposed)).id
            if verb == "confirm":
                self.once(lambda service: service.bank_lines.confirm(line, by), death)
            else:
                self.once(lambda service: service.bank_lines.withdraw(line), death)

    @rule(death=DEATH)
    def work(self, death: int | None) -> None:
        self.pass_of_a_worker(death)

    @invariant()
    def the_ledger_proves(self) -> None:
        self.run(prove_whole(self.service.ledger))

    @invariant()
    def nothing_that_is_paid_waits_for_a_file(self) -> None:
        async def waiting() -> list[str]:
            orders = await self.service.transfers.store.waiting("EUR")
            return [(await self.service.flows.payouts.read(order.payout)).state.value for order in orders]

        assert set(self.run(waiting())) <= {"in_transit"}

    async def _settle(self) -> None:
        for _ in range(3):
            self.clock.advance(3 * LATE_MS)
            await look(self.service)
        await settle_at_the_bank(self.service, self.bank)
        await look(self.service)
        for account in await self.service.ledger.store.accounts_after(""):
            is_free = account.kind in {AccountKind.CASH, AccountKind.SUSPENSE}
            assert is_free or account.amounts.available >= 0, account.id
        waiting = await self.service.ledger.balance(account_id(AccountKind.PAYOUT_PENDING, "ada", "EUR"))
        payouts = await self.service.flows.payouts_of("ada")
        assert waiting.amounts.posted == sum(one.minor for one in payouts if one.state == "in_transit")


TestBankMachine = BankMachine.TestCase
TestBankMachine.settings = settings(max_examples=3 * EXAMPLES, stateful_step_count=20, deadline=None)


@pytest.mark.servers
def test_the_same_holds_over_mongodbs_protocol(mongo_servers: MongoServers) -> None:
    walk_over_mongo(BankMachine, mongo_servers.url("java"), 15)
