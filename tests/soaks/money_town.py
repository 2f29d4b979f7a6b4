"""One process of the ledger's chaos: clients, agents and their work at random, and every job, until it is killed.

Time runs faster than a clock (`FAST`), alike in every process, so that half a month of reminders, approvals by silence,
late webhooks and chargebacks passes in ten minutes. Each answer that somebody was given is appended to a file before
anything else is asked: a kill loses none of those lines.
"""

import asyncio
import json
import os
import random
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.gigs import jobs as gig_jobs
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import contract_verbs, dispute_verbs, milestone_verbs, week_verbs
from guildhall.kit.errors import DomainError
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.storage.versioned import TooBusy
from guildhall.payments import jobs as money_jobs
from guildhall.payments.lifecycle import Actor
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.service.sandbox import BANKS, CARDS
from guildhall.payments.store.invoices import InvoiceDiffers
from guildhall.payments.store.ledger import JournalDiffers
from tests.fakes.bank import AGENT_IBANS, HOUSE_IBAN, Bank, ExecutedTwice
from tests.guildhall.gigs.contracts import agreed, fixed, hourly
from tests.guildhall.opportunities.market import opened
from tests.soaks.money_bank import AtTheBank

FAST: Final = 2_000
CHANGES_ACCOUNT: Final = 0.1
BY_BANK: Final = 0.6
ORGANISATIONS: Final = ("org_harbour", "org_mill")
AGENTS: Final = ("acc_ada", "acc_bob", "acc_eve")
CLIENT, STAFF, SECOND = "acc_carla", Caller("acc_sam", is_staff=True), Caller("acc_sue", is_staff=True)
ACTORS_AT_ONCE: Final = 3
OPEN_AT_MOST: Final = 24
"""Contracts that are worked on at a time: few enough to meet, so that processes race for them."""
_OURS: Final = (*("start", "submit") * 5, "give_back", "grant_revision", "accept")
_THEIRS: Final = (*("fund", "approve") * 5, *("request_changes",) * 2, "cancel")


@dataclass(frozen=True, slots=True)
class FastClock:
    began_ms: int

    def now_ms(self) -> int:
        return self.began_ms + (time.time_ns() // 1_000_000 - self.began_ms) * FAST

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


@dataclass
class Town:
    """The lives of everybody who has to do with money, in one process."""

    backbone: Backbone
    chance: random.Random
    answers: int
    """An open file's descriptor: a line for each answer that was given."""
    bank: Bank
    counts: dict[str, int] = field(default_factory=dict)

    async def live(self) -> None:
        """Until the process is killed."""
        deliver = self.backbone.payments.receive

        async def on_a_bad_line(body: bytes, headers: dict[str, str]) -> str:
            """Some webhooks are lost, some come twice, some after others that were sent later."""
            luck = self.chance.random()
            if luck < 0.25:
                return "lost"
            if luck < 0.5:
                await asyncio.sleep(self.chance.uniform(0, 0.3))
            if luck < 0.75:
                await deliver(body, headers)
            return await deliver(body, headers)

        self.backbone.payments.receive = on_a_bad_line  # type: ignore[method-assign]
        actors = [self._again(self.act) for _ in range(ACTORS_AT_ONCE)]
        jobs = [self._again(lambda: money_jobs.look(self.backbone.payments)), self._again(self._look_at_gigs)]
        await asyncio.gather(*actors, *jobs)

    async def _look_at_gigs(self) -> None:
        await gig_jobs.look(self.backbone.gigs)

    async def _again(self, do: Callable[[], Awaitable[object]]) -> None:
        while True:
            await self.once(do)
            await asyncio.sleep(self.chance.uniform(0, 0.02))

    async def once(self, do: Callable[[], Awaitable[object]]) -> None:
        """What was refused with a reason, and a database that is away, are part of life; anything else is told."""
        try:
            await do()
        except (JournalDiffers, InvoiceDiffers, ExecutedTwice):
            self.tell("fault", traceback.format_exc())
        except (StorageUnavailable, TooBusy):
            await asyncio.sleep(0.1)
        except DomainError as refusal:
            if refusal.type in {"key-taken", "not-an-entry", "internal"}:
                self.tell("fault", traceback.format_exc())
        except Exception:
            self.tell("fault", traceback.format_exc())

    def tell(self, what: str, about: str) -> None:
        os.write(self.answers, f"{json.dumps([what, about])}\n".encode())

    async def act(self) -> None:
        weighted: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self.pay_in, 3),
            (self.open_contract, 3),
            (self.on_milestone, 14),
            (self.on_contract, 2),
            (self.dispute, 5),
            (self.on_hours, 6),
            (self.pay_out, 3),
            (self.on_payout, 2),
            (self.settle_claim, 1),
            (AtTheBank(self.backbone.payments, self.bank, self.chance, ORGANISATIONS, self.tell).act, 6),
        )
        acts, weights = zip(*weighted, strict=True)
        await self.chance.choices(acts, weights)[0]()

    async def pay_in(self) -> None:
        key, card = f"in{self.chance.getrandbits(60)}", self.chance.choice(sorted(CARDS))
        minor, owner = self.chance.randint(500, 15_000), self.chance.choice(ORGANISATIONS)
        payment = await self.backbone.payments.paying.pay_in(owner, key, minor, "EUR", card)
        self.tell("payment", payment.id)
        if card == "card_step" and self.chance.random() < 0.7:
            await self.backbone.payments.provider.confirm(payment.id)

    async def open_contract(self) -> None:
        if len(await self._open()) >= OPEN_AT_MOST:
            return
        shares = [self.chance.randint(100, 20_000) for _ in range(self.chance.randint(1, 3))]
        work = hourly() if self.chance.random() < 0.3 else fixed(*shares, revisions=2, review_days=3)
        named = {"organisation_id": self.chance.choice(ORGANISATIONS), "agent_id": self.chance.choice(AGENTS)}
        offer = f"off_{self.chance.getrandbits(60)}"
        contract = await self.backbone.gigs.opening.open_contract(agreed(work).model_copy(update=named), offer)
        self.tell("contract", contract.id)

    async def on_milestone(self) -> None:
        contract = await self._any()
        if contract is None or not contract.milestones:
            return
        key = self.chance.choice(contract.milestones).key
        if self.chance.random() < 0.5:
            action, who = self.chance.choice(_OURS), self._agent(contract)
        else:
            action, who = self.chance.choice(_THEIRS), self._client(contract)
        await self.backbone.gigs.working.decide(contract.id, who, milestone_verbs(action, key, "Words."))
        self.tell(action, f"{contract.id}/{key}")

    async def on_contract(self) -> None:
        contract = await self._any()
        if contract is None:
            return
        action, who = self.chance.choice(
            [
                ("begin", self._client(contract)),
                ("begin", self._client(contract)),
                ("void", self._agent(contract)),
                ("pause", self._client(contract)),
                ("resume", self._client(contract)),
                ("end", self._client(contract)),
                ("end", self._agent(contract)),
                ("propose_termination", STAFF),
                ("terminate", SECOND),
            ]
        )
        await self.backbone.gigs.working.decide(contract.id, who, contract_verbs(action, "Words."))

    async def dispute(self) -> None:
        contract = await self._any()
        if contract is None or not contract.milestones:
            return
        who, other = self.chance.sample([self._agent(contract), self._client(contract)], 2)
        if not contract.has_open_dispute:
            if self.chance.random() < 0.3:
                one = self.chance.choice(contract.milestones)
                minor = self.chance.randint(0, one.minor)
                await self.backbone.gigs.working.open_dispute(contract.id, who, one.key, minor, "Words.")
            return
        last = contract.disputes[-1]
        minor = self.chance.randint(0, sum(last.claim.model_dump().values()))
        action, by = self.chance.choice(
            [
                ("concede", who),
                ("concede", other),
                ("withdraw", who),
                ("say", other),
                ("propose", STAFF),
                ("accept", who),
                ("accept", other),
                ("escalate", who),
                ("decide", SECOND),
                ("confirm", STAFF),
                ("accept_decision", who),
                ("accept_decision", other),
                ("appeal", other),
            ]
        )
        await self.backbone.gigs.working.decide(contract.id, by, dispute_verbs(action, last.id, minor, "Words."))

    async def on_hours(self) -> None:
        contract = await self._any()
        if contract is None or contract.milestones:
            return
        hours, now_ms = self.backbone.gigs.hours, self.backbone.clock.now_ms()
        weeks = await self.backbone.gigs.store.weeks_of(contract.id)
        if not weeks or self.chance.random() < 0.4:
            began_ms = now_ms - self.chance.randint(1, 48) * 3_600_000
            await hours.log_hours(
                contract.id, self._agent(contract), began_ms, self.chance.randint(1, 60), "Some of it"
            )
            return
        week = self.chance.choice(weeks)
        action, who = self.chance.choice(
            [
                ("submit", self._agent(contract)),
                ("query", self._client(contract)),
                ("approve", self._client(contract)),
            ]
        )
        await hours.on_week(contract.id, who, week.monday, week_verbs(action, "Words."))
        self.tell(f"week_{action}", week.id)

    async def pay_out(self) -> None:
        agent, paying = self.chance.choice(AGENTS), self.backbone.payments.paying
        # Each change holds what is paid out for a while, so most of them leave the account as it is.
        has_account = await self.backbone.payments.flows.payout_accounts.get(agent) is not None
        if not has_account or self.chance.random() < CHANGES_ACCOUNT:
            await self._set_account(agent)
        there = await self.backbone.payments.ledger.balance(account_id(AccountKind.PAYABLE, agent, "EUR"))
        # Half of them want more than is there, or all of it, so that several at once meet the floor.
        share = self.chance.choice([0.3, 0.9, 1.0, 1.1])
        key, minor = f"out{self.chance.getrandbits(60)}", max(100, int(there.available * share))
        payout = await paying.pay_out(agent, key, minor, "EUR")
        self.tell("payout", payout.id)

    async def _set_account(self, agent: str) -> None:
        paying = self.backbone.payments.paying
        if self.chance.random() < BY_BANK:
            await paying.set_payout_account(agent, self.chance.choice(AGENT_IBANS), "Bank", holder="Ada Łukasz")
        else:
            await paying.set_payout_account(agent, self.chance.choice(sorted(BANKS)), "Bank")

    async def on_payout(self) -> None:
        payouts = await self.backbone.payments.flows.payouts_in("failed")
        if payouts:
            event = self.chance.choice(["retry", "retry", "cancel"])
            await self.backbone.payments.paying.act(self.chance.choice(payouts).id, event, Actor.OWNER)

    async def settle_claim(self) -> None:
        if owed := await self.backbone.payments.flows.claims_open():
            claim = self.chance.choice(owed)
            await self.backbone.payments.claiming.settle(claim.id, frozenset(ORGANISATIONS), CLIENT)

    async def _open(self) -> list[Contract]:
        found = await self.backbone.gigs.store.of_organisations(frozenset(ORGANISATIONS), 100)
        return [one for one in found if one.state not in {"completed", "terminated", "void"}][:OPEN_AT_MOST]

    async def _any(self) -> Contract | None:
        found = await self._open()
        return self.chance.choice(found) if found else None

    def _agent(self, contract: Contract) -> Caller:
        return Caller(contract.agent_id)

    def _client(self, contract: Contract) -> Caller:
        whose = frozenset({contract.organisation_id})
        return Caller(CLIENT, whose, whose)


def town_config(folder: Path, mongo_url: str) -> Config:
    storage: dict[str, Any] = {"sqlite_path": str(folder / "money.sqlite3")}
    if mongo_url:
        storage |= {"mongo_url": mongo_url, "mongo_database": "guildhall_chaos"}
    return Config.model_validate(
        {
            "storage": storage,
            "security": {"token_secret": "the secret of this chaos, shared by all its processes"},
            "blobs": {"folder": str(folder / "blobs")},
            "payments": {
                "payout_minimum_minor": 100,
                "payout_cool_down_hours": 1,
                "house": {"tax_basis_points": 1_900, "country": "DE"},
                "bank": {"holder": "The Guild", "iban": HOUSE_IBAN},
            },
        }
    )


async def live_in(folder: Path, mongo_url: str, began_ms: int, seed: int) -> None:
    """The whole life of one process."""
    backbone = Backbone(town_config(folder, mongo_url), FastClock(began_ms))
    answers = os.open(folder / f"answers-{seed}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    async with opened(backbone):
        await backbone.payments.ensure()
        await backbone.assessments.context.store.ensure()
        await backbone.blobs.start()
        await Town(backbone, random.Random(seed), answers, Bank(folder / "bank")).live()
