"""Any order of anything, by two processes of which one may die at any write: the same as a ledger of plain numbers."""

import asyncio
import os
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import DomainError
from guildhall.kit.storage import StorageSettings, StorageUnavailable, open_storage
from guildhall.payments.model.entries import Draft, Entry, Lines, Phase
from guildhall.payments.rules.deciding import AlreadyResolved, InsufficientFunds
from guildhall.payments.rules.fee_tax import tax_within
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.store import LedgerStore
from tests.fakes.dying import Dying
from tests.guildhall.payments.killed import IN_MEMORY
from tests.guildhall.payments.purse import (
    CASH,
    FEES,
    TAX,
    client,
    draft,
    frozen,
    held,
    leaving,
    lines,
    moved,
    open_ledger,
    payable,
    prove_whole,
)
from tests.servers.mongo import MongoServers

EXAMPLES = int(os.environ.get("MONEY_EXAMPLES", "2"))
"""Of the machine over MongoDB's protocol: `make chaos-ledger` asks for more."""
T = TypeVar("T")
NAMES = st.sampled_from(["a", "b"])
MINOR = st.integers(1, 500)
PROCESS = st.integers(0, 1)


class Plain:
    """The same in numbers: by account, counted so that credits are positive; and what is reserved."""

    def __init__(self) -> None:
        self.posted: defaultdict[str, int] = defaultdict(int)
        self.reserved: defaultdict[str, int] = defaultdict(int)

    def post(self, booked: Lines) -> None:
        for line in booked:
            self.posted[line.account] -= line.minor

    def available(self, account: str) -> int:
        return self.posted[account] - self.reserved[account]


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="guildhall-ledger-", dir=IN_MEMORY)
        self.clock = ManualClock()
        self.storage = open_storage(self.where())
        self.run(self.storage.start())
        self.ledgers = [self.run(open_ledger(self.storage, self.clock)) for _ in range(2)]
        self.plain = Plain()
        self.pendings: dict[str, tuple[str, int]] = {}
        self.posted: list[Entry] = []
        self.count = 0

    def where(self) -> StorageSettings:
        return StorageSettings(sqlite_path=Path(self.folder.name) / "ledger.sqlite3")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.storage.close())
        self.runner.close()
        self.folder.cleanup()

    def book(self, process: int, one: Draft, taken_from: str | None, minor: int) -> None:
        """What is refused must be too much, and what is not must not."""
        try:
            entry = self.run(self.ledgers[process].post(one))
        except InsufficientFunds:
            assert taken_from is not None
            assert self.plain.available(taken_from) < minor
            return
        assert taken_from is None or self.plain.available(taken_from) >= minor
        self.plain.post(one.lines)
        self.posted.append(entry)
        assert self.run(self.ledgers[1 - process].post(one)) == entry

    def key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    @rule(process=PROCESS, name=NAMES, minor=MINOR)
    def pay_in(self, process: int, name: str, minor: int) -> None:
        self.book(process, draft(self.key(), moved(minor, CASH, client(name))), None, minor)

    @rule(process=PROCESS, name=NAMES, minor=MINOR)
    def fund(self, process: int, name: str, minor: int) -> None:
        self.book(process, draft(self.key(), moved(minor, client(name), held(name))), client(name), minor)

    @rule(process=PROCESS, name=NAMES, minor=st.integers(2, 500))
    def release(self, process: int, name: str, minor: int) -> None:
        fee = minor // 10 + 1
        tax = tax_within(fee, 1_900)
        shares = lines((held(name), minor), (payable(name), fee - minor), (FEES, tax - fee), (TAX, -tax))
        shares = tuple(line for line in shares if line.minor)
        self.book(process, draft(self.key(), shares), held(name), minor)

    @rule(process=PROCESS, name=NAMES, minor=MINOR)
    def pay_out(self, process: int, name: str, minor: int) -> None:
        self.book(process, draft(self.key(), moved(minor, payable(name), leaving(name))), payable(name), minor)

    @rule(process=PROCESS, name=NAMES, minor=MINOR)
    def freeze(self, process: int, name: str, minor: int) -> None:
        one = draft(self.key(), moved(minor, held(name), frozen(name)), Phase.PENDING)
        try:
            entry = self.run(self.ledgers[process].post(one))
        except InsufficientFunds:
            assert self.plain.available(held(name)) < minor
            return
        assert self.plain.available(held(name)) >= minor
        self.plain.reserved[held(name)] += minor
        self.pendings[entry.id] = (name, minor)

    @rule(process=PROCESS, share=st.floats(0, 1), data=st.data())
    def resolve(self, process: int, share: float, data: st.DataObject) -> None:
        if not self.pendings:
            return
        pending = data.draw(st.sampled_from(sorted(self.pendings)))
        name, minor = self.pendings.pop(pending)
        posted = int(minor * share)
        shares = moved(posted, held(name), payable(name)) if posted else ()
        self.run(self.ledgers[process].resolve(pending, "split", "usr_judge", shares))
        self.plain.reserved[held(name)] -= minor
        self.plain.post(shares)
        other = moved(1, held(name), payable(name)) if posted != 1 else ()
        try:
            self.run(self.ledgers[1 - process].resolve(pending, "split", "usr_judge", other))
        except AlreadyResolved:
            return
        raise AssertionError("resolved twice")

    @rule(process=PROCESS, name=NAMES, minor=MINOR, left=st.integers(0, 14), is_after=st.integers(0, 1))
    def die_while_funding(self, process: int, name: str, minor: int, left: int, is_after: int) -> None:
        """What a process that died had begun is there or not; the same key by another one finishes it."""
        dying = Ledger(LedgerStore(Dying(self.storage, {"left": left, "is_after": is_after})), self.clock)
        one = draft(self.key(), moved(minor, client(name), held(name)))
        try:
            self.run(dying.post(one))
        except (StorageUnavailable, InsufficientFunds):
            pass
        except DomainError as error:
            raise AssertionError(error) from error
        self.book(process, one, client(name), minor)

    @invariant()
    def every_balance_is_what_plain_numbers_make_it(self) -> None:
        for account, posted in self.plain.posted.items():
            seen = self.run(self.ledgers[0].balance(account)).amounts
            sign = 1 if account == CASH else -1
            assert (-seen.posted * sign, seen.reserved) == (posted, self.plain.reserved[account]), account

    @invariant()
    def the_ledger_proves(self) -> None:
        self.run(prove_whole(self.ledgers[1]))


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=6 * EXAMPLES, stateful_step_count=20, deadline=None)


@pytest.mark.servers
def test_the_same_holds_over_mongodbs_protocol(mongo_servers: MongoServers) -> None:
    url = mongo_servers.url("java")

    class OverMongo(LedgerMachine):
        def where(self) -> StorageSettings:
            database = f"guildhall_test_{uuid.uuid4().hex[:12]}"
            return StorageSettings.model_validate({"mongo_url": url, "mongo_database": database})

    long = settings(max_examples=EXAMPLES, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(OverMongo, settings=long)
