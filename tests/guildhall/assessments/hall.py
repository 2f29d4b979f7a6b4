"""Assessments over a real database, with a held clock: an exam, its delivery, and candidates who have handed in."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from guildhall.assessments.jobs.results import tidy_results
from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.model.attempts import Attempt, AttemptClock, EntryKind, Form, Slot
from guildhall.assessments.model.banks import Bank, ItemVersion
from guildhall.assessments.model.exams import Delivery, ExamPlan, ExamVersion, Invitation, Pool
from guildhall.assessments.model.results import Result
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.people import Person
from guildhall.assessments.settings import AssessmentsSettings
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.audit.entry import link
from guildhall.kit.blobs import BlobSettings, open_blobs
from guildhall.kit.bus import InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.mail import MAILBOX, OUTBOX, DevelopmentMailbox, Mail, MailOutbox
from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tokens import TokenSigner
from tests.guildhall.assessments.written import item_version, section

SECRET = "a secret of the tests that is long enough"
DAY_MS = 86_400_000
GUILD = "org_guild"


class Nobody:
    async def find(self, account_id: str) -> Person | None:  # noqa: ARG002 - of the port
        return None

    async def with_email(self, email_key: str) -> Person | None:  # noqa: ARG002 - of the port
        return None


class Hall:
    """One process's assessments. `another()` is the next process on the same database, as after a kill."""

    organisation_id = GUILD

    def __init__(self, storage: Storage, clock: ManualClock, folder: Path, secret: str = SECRET) -> None:
        self.storage, self.clock, self.folder, self.secret = storage, clock, folder, secret
        self.mailbox = DevelopmentMailbox(storage.collection(MAILBOX), clock)
        self.outbox = MailOutbox(storage.collection(OUTBOX), self.mailbox, clock)
        self.audit = Audit(NumberedLog(storage.collection(AUDIT_LOG)), clock)
        settings = StorageSettings(sqlite_path=folder / "hall.sqlite3")
        self.store = AssessmentsStore(storage)
        self.service = AssessmentsService(
            Context(
                store=self.store,
                blobs=open_blobs(BlobSettings(folder=folder / "blobs"), settings),
                bus=InProcessBus(),
                audit=self.audit,
                mails=self.outbox,
                clock=clock,
                settings=AssessmentsSettings(),
                people=Nobody(),
                secret=secret,
                tokens=TokenSigner(secret, clock),
            )
        )

    def another(self, storage: Storage | None = None, secret: str | None = None) -> "Hall":
        return Hall(storage or self.storage, self.clock, self.folder, secret or self.secret)

    async def ensure(self) -> None:
        for schema in (AUDIT_LOG, MAILBOX, OUTBOX):
            await self.storage.collection(schema).ensure()
        await self.store.ensure()

    async def open_exam(self, versions: list[ItemVersion], *, is_practice: bool = False, **plan: Any) -> Delivery:
        """Of these items, one section, each worth a point; candidates come until tomorrow."""
        now_ms = self.clock.now_ms()
        await self.store.banks.add(
            Bank(id="bnk_1", created_at_ms=now_ms, organisation_id=self.organisation_id, name="Bank")
        )
        for version in versions:
            await self.store.item_versions.add(version)
        exam = ExamVersion(
            id="exm_1@1",
            created_at_ms=now_ms,
            exam_id="exm_1",
            organisation_id=self.organisation_id,
            plan=ExamPlan.model_validate(
                {"title": "Welding", "duration_seconds": 600, "sections": (section("s"),), "pass_percent": 50, **plan}
            ),
            pools=(Pool(section_id="s", count=len(versions), version_ids=tuple(one.id for one in versions)),),
            published_by="usr_author",
        )
        await self.store.exam_versions.add(exam)
        delivery = Delivery(
            id="dlv_1",
            created_at_ms=now_ms,
            exam_version_id=exam.id,
            organisation_id=self.organisation_id,
            title="Welding in November",
            opens_at_ms=now_ms,
            closes_at_ms=now_ms + DAY_MS,
            is_practice=is_practice,
        )
        await self.store.deliveries.add(delivery)
        return delivery

    async def hand_in(
        self,
        name: str,
        responses: Mapping[str, dict[str, Any] | None],
        penalty: int = 0,
        spent_ms: int | None = None,
    ) -> Attempt:
        """A candidate's answers by slot (`q0`, `q1`, ... in the order of the items), and the end of the attempt."""
        delivery = await self.store.deliveries.read("dlv_1")
        exam = await self.store.exam_versions.read(delivery.exam_version_id)
        names = exam.pools[0].version_ids
        now_ms, attempt_id, account_id = self.clock.now_ms(), f"att_{name}", self.account_of(name)
        await self.store.invitations.add(
            Invitation(
                id=f"inv_{name}",
                created_at_ms=now_ms,
                delivery_id=delivery.id,
                organisation_id=self.organisation_id,
                email=f"{name}@example.org",
                email_key=f"{name}@example.org",
                name=name.title(),
                account_id=account_id,
                attempts=(attempt_id,),
            )
        )
        slots = tuple(
            Slot(id=f"q{n}", section_id="s", version_id=one, centipoints=100, penalty_centipoints=penalty)
            for n, one in enumerate(names)
        )
        attempt = Attempt(
            id=attempt_id,
            created_at_ms=now_ms,
            invitation_id=f"inv_{name}",
            delivery_id=delivery.id,
            exam_version_id=exam.id,
            organisation_id=self.organisation_id,
            account_id=account_id,
            candidate_name=name.title(),
            exam_title=exam.plan.title,
            number=1,
            is_practice=delivery.is_practice,
            closes_at_ms=delivery.closes_at_ms,
            form=Form(seed=name, slots=slots),
            state=AttemptState.RUNNING,
            state_since_ms=now_ms,
            clock=AttemptClock(budget_ms=600_000, started_at_ms=now_ms),
        )
        await self.store.attempts.add(attempt)
        await self.answer(attempt_id, responses, spent_ms)
        return await self.close(attempt_id)

    async def answer(
        self, attempt_id: str, responses: Mapping[str, dict[str, Any] | None], spent_ms: int | None = None
    ) -> None:
        for slot_id, response in responses.items():
            answer = {"slot_id": slot_id, "response": response, "client_at_ms": self.clock.now_ms()}
            if spent_ms is not None:  # before pages said so there was no such field
                answer["spent_ms"] = spent_ms
            await self._append(attempt_id, {"kind": EntryKind.ANSWER.value, "answer": answer, "in_force": True})

    async def close(self, attempt_id: str) -> Attempt:
        await self._append(attempt_id, {"kind": EntryKind.CLOSED.value, "answer": None, "in_force": True})
        head = await self.store.answers.head(attempt_id)
        ended = {"state": AttemptState.SUBMITTED, "head": head, "unsettled": True, "over_at_ms": self.clock.now_ms()}
        return await self.store.attempts.change(
            attempt_id, self.clock.now_ms(), lambda seen: seen.model_copy(update=ended)
        )

    async def _append(self, attempt_id: str, event: dict[str, Any]) -> None:
        key, now_ms = f"k{await self.store.answers.head(attempt_id)}", self.clock.now_ms()
        await self.store.answers.append_linked(
            attempt_id,
            key,
            now_ms,
            lambda newest: link({**event, "epoch": 0, "by": ""}, attempt_id, key, now_ms, newest),
        )

    def account_of(self, name: str) -> str:
        return f"usr_{name}"

    async def tidy(self) -> None:
        """What the jobs do, until nothing is left."""
        for _ in range(3):
            await tidy_results(self.service)

    async def result(self, name: str) -> Result:
        return await self.store.results.read(f"att_{name}")

    async def mails(self, name: str) -> list[Mail]:
        """The oldest first."""
        await self.outbox.deliver_due()
        return [kept.mail for kept in reversed(await self.mailbox.newest(f"{name}@example.org", 50))]

    async def actions(self) -> list[str]:
        return [entry.action for entry in await self.audit.read(0, 500)]


def staff(name: str = "boss", *organisations: str) -> Scope:
    return Scope(account_id=f"usr_{name}", organisations=frozenset(organisations or {GUILD}))


def items(*kinds: str) -> list[ItemVersion]:
    return [item_version(number, kind) for number, kind in enumerate(kinds)]


def chosen(*ids: str) -> dict[str, Any]:
    return {"kind": "chosen", "chosen": list(ids)}


def written(text: str) -> dict[str, Any]:
    return {"kind": "written", "text": text}


async def open_hall(folder: Path) -> AsyncIterator[Hall]:
    storage = open_storage(StorageSettings(sqlite_path=folder / "hall.sqlite3"))
    await storage.start()
    hall = Hall(storage, ManualClock(), folder)
    await hall.ensure()
    yield hall
    await storage.close()
