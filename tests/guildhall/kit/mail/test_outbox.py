import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.mail import OUTBOX, Mail, MailDelayed, MailOutbox, MailRefused, OutboxSettings, SmtpSettings
from guildhall.kit.mail.outbox import PAGE, retry_after_ms
from guildhall.kit.mail.smtp import SmtpMailer
from guildhall.kit.storage import Change, Collection, Document, Query, Storage, StorageUnavailable
from guildhall.kit.storage.port import NOTHING, Sort
from tests.guildhall.kit.mail.smtp_server import SmtpServer

SECRET = "https://guildhall.example/reset#token=hush"
MAIL = Mail(to="ada@example.org", subject="Reset", text=SECRET, kind="reset_password")
SETTINGS = OutboxSettings(max_attempts=3, first_retry_seconds=10, lease_seconds=60, poll_seconds=0.02)


class Killed(BaseException):
    """The process ends at this line: nothing after it runs."""


class Postman:
    """A mailer that does what `happens` says, and keeps what it took."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mail]] = []
        self.tries = 0
        self.running = 0
        self.most_running = 0
        self.happens: Callable[[int], Awaitable[None] | None] = lambda _: None

    async def send(self, mail: Mail, key: str) -> None:
        self.tries += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if (pause := self.happens(self.tries)) is not None:
                await pause
            await asyncio.sleep(0)
        finally:
            self.running -= 1
        self.sent.append((key, mail))


class Dying:
    """A collection whose process dies just before the change that settles a mail."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.schema, self.find = collection.schema, collection.find
        self.ensure, self.insert, self.get = collection.ensure, collection.insert, collection.get
        self.count, self.upsert = collection.count, collection.upsert
        self.delete, self.count_by = collection.delete, collection.count_by

    async def update_if(self, document_id: str, expect: Query, change: Change) -> Document | None:
        if change.set.get("state") == "sent":
            raise Killed
        return await self._collection.update_if(document_id, expect, change)


@pytest.fixture
async def collection(storage: Storage) -> Collection:
    collection = storage.collection(OUTBOX)
    await collection.ensure()
    return collection


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def outbox(collection: Collection, postman: Postman, clock: ManualClock) -> MailOutbox:
    return MailOutbox(collection, postman, clock, SETTINGS)


async def state_of(outbox: MailOutbox, key: str = "k") -> str:
    mail = await outbox.find(key)
    assert mail is not None
    return mail.state


def always(error: BaseException) -> Callable[[int], None]:
    def happens(_: int) -> None:
        raise error

    return happens


async def test_what_was_put_in_is_sent_once(outbox: MailOutbox, postman: Postman) -> None:
    await outbox.enqueue("k", MAIL)
    assert await outbox.deliver_due() == 1
    assert await outbox.deliver_due() == 0
    assert postman.sent == [("k", MAIL)]
    assert await state_of(outbox) == "sent"


async def test_the_same_key_again_changes_nothing_before_or_after_it_was_sent(
    outbox: MailOutbox, postman: Postman
) -> None:
    other = MAIL.model_copy(update={"to": "eve@example.org"})
    await outbox.enqueue("k", MAIL)
    await outbox.enqueue("k", other)
    await outbox.deliver_due()
    await outbox.enqueue("k", other)
    await outbox.deliver_due()
    assert postman.sent == [("k", MAIL)]


async def test_what_a_mail_said_is_forgotten_once_it_is_settled(
    outbox: MailOutbox, postman: Postman, collection: Collection
) -> None:
    await outbox.enqueue("sent", MAIL)
    await outbox.deliver_due()
    postman.happens = always(MailRefused("550 no such user"))
    await outbox.enqueue("refused", MAIL)
    await outbox.deliver_due()
    for key in ("sent", "refused"):
        assert SECRET not in str(await collection.get(key))
        assert SECRET not in str(await outbox.find(key))


async def test_a_refused_mail_is_given_up_at_once_and_can_be_seen(outbox: MailOutbox, postman: Postman) -> None:
    lines = io.StringIO()
    configure_logs(LogSettings(format="json"), lines)
    postman.happens = always(MailRefused("550 no such user"))
    await outbox.enqueue("k", MAIL)
    await outbox.deliver_due()
    (given_up,) = await outbox.given_up(limit=10)
    assert (given_up.key, given_up.kind, given_up.attempts) == ("k", "reset_password", 1)
    assert given_up.last_error == "550 no such user"
    assert await outbox.counts() == {"given_up": 1}
    assert "mail_given_up" in lines.getvalue()
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize("error", [MailDelayed("451 later"), RuntimeError("a bug"), TimeoutError()], ids=str)
async def test_a_delayed_mail_is_tried_at_growing_distances_and_then_given_up(
    outbox: MailOutbox, postman: Postman, clock: ManualClock, error: Exception
) -> None:
    postman.happens = always(error)
    await outbox.enqueue("k", MAIL)
    for wait_ms in (10_000, 20_000):
        assert await outbox.deliver_due() == 1
        assert await state_of(outbox) == "waiting"
        clock.advance(wait_ms - 1)
        assert await outbox.deliver_due() == 0
        clock.advance(1)
    assert await outbox.deliver_due() == 1
    assert await state_of(outbox) == "given_up"
    clock.advance(10**9)
    assert await outbox.deliver_due() == 0
    assert postman.tries == 3


def test_no_wait_is_longer_than_the_longest() -> None:
    waits = [retry_after_ms(attempts, OutboxSettings()) for attempts in range(1, 12)]
    assert waits[:3] == [10_000, 20_000, 40_000]
    assert waits == sorted(waits)
    assert waits[-1] == 3_600_000


async def test_a_mail_that_was_delayed_leaves_when_the_server_is_back(
    outbox: MailOutbox, postman: Postman, clock: ManualClock
) -> None:
    postman.happens = always(MailDelayed("away"))
    await outbox.enqueue("k", MAIL)
    await outbox.deliver_due()
    postman.happens = lambda _: None
    clock.advance(10_000)
    await outbox.deliver_due()
    assert postman.sent == [("k", MAIL)]
    assert await state_of(outbox) == "sent"


async def test_a_process_that_dies_before_it_sends_loses_nothing(
    outbox: MailOutbox, postman: Postman, clock: ManualClock
) -> None:
    postman.happens = always(Killed())
    await outbox.enqueue("k", MAIL)
    with pytest.raises(BaseExceptionGroup) as died:
        await outbox.deliver_due()
    assert died.group_contains(Killed)
    postman.happens = lambda _: None
    assert await outbox.deliver_due() == 0  # whoever claimed it might still be at it
    clock.advance(60_000)
    assert await outbox.deliver_due() == 1
    assert postman.sent == [("k", MAIL)]


async def test_a_process_that_dies_before_it_writes_down_that_it_sent_sends_again_under_the_same_message_id(
    collection: Collection, server: SmtpServer, clock: ManualClock
) -> None:
    smtp = SmtpMailer(
        SmtpSettings(host="127.0.0.1", port=server.port, security="none", sender_address="no-reply@example.com"), clock
    )
    outbox = MailOutbox(collection, smtp, clock, SETTINGS)
    await outbox.enqueue("k", MAIL)
    with pytest.raises(BaseExceptionGroup) as died:
        await MailOutbox(Dying(collection), smtp, clock, SETTINGS).deliver_due()
    assert died.group_contains(Killed)
    assert await state_of(outbox) == "waiting"
    clock.advance(60_000)
    await outbox.deliver_due()
    assert await state_of(outbox) == "sent"
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


async def test_a_mail_that_kills_whoever_sends_it_is_given_up_too(
    outbox: MailOutbox, postman: Postman, clock: ManualClock
) -> None:
    postman.happens = always(Killed())
    await outbox.enqueue("k", MAIL)
    for _ in range(3):
        with pytest.raises(BaseExceptionGroup):
            await outbox.deliver_due()
        clock.advance(60_000)
    await outbox.deliver_due()
    assert postman.tries == 3
    (given_up,) = await outbox.given_up(limit=10)
    assert "never finished" in given_up.last_error


async def test_several_workers_send_each_mail_once(
    collection: Collection, postman: Postman, clock: ManualClock
) -> None:
    workers = [MailOutbox(collection, postman, clock, SETTINGS) for _ in range(4)]
    for number in range(30):
        await workers[0].enqueue(f"k{number}", MAIL)
    await asyncio.gather(*(worker.deliver_due() for worker in workers))
    assert sorted(key for key, _ in postman.sent) == sorted(f"k{number}" for number in range(30))
    assert await workers[0].counts() == {"sent": 30}


class Late:
    """A collection whose readings show what became of the documents after they were found to match."""

    def __init__(self, collection: Collection, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._collection, self._meanwhile = collection, meanwhile
        self.schema, self.update_if = collection.schema, collection.update_if
        self.ensure, self.insert, self.get = collection.ensure, collection.insert, collection.get
        self.count, self.upsert = collection.count, collection.upsert
        self.delete, self.count_by = collection.delete, collection.count_by

    async def find(self, where: Query = NOTHING, *, sort: Sort = (), limit: int) -> list[Document]:
        found = await self._collection.find(where, sort=sort, limit=limit)
        await self._meanwhile()
        late = [await self._collection.get(document["_id"]) for document in found]
        return [document for document in late if document is not None]


async def test_a_mail_that_is_read_as_somebody_just_claimed_it_is_left_to_them(
    collection: Collection, postman: Postman, clock: ManualClock
) -> None:
    first = MailOutbox(collection, postman, clock, SETTINGS)
    await first.enqueue("k", MAIL)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: int) -> None:
        reached.set()
        await go_on.wait()

    postman.happens = wait
    sending = asyncio.create_task(first.deliver_due())
    await MailOutbox(Late(collection, reached.wait), postman, clock, SETTINGS).deliver_due()
    go_on.set()
    await sending
    assert [key for key, _ in postman.sent] == ["k"]


async def test_no_more_are_sent_at_once_than_the_settings_allow(
    collection: Collection, postman: Postman, clock: ManualClock
) -> None:
    outbox = MailOutbox(collection, postman, clock, OutboxSettings(concurrency=2))
    pair = asyncio.Barrier(2)  # nobody is through before two are there, however slow the database is

    async def wait_for_the_other(_: object) -> None:
        await pair.wait()
        await asyncio.sleep(0.002)

    postman.happens = wait_for_the_other
    for number in range(10):
        await outbox.enqueue(f"k{number}", MAIL)
    await outbox.deliver_due()
    assert postman.most_running == 2
    assert len(postman.sent) == 10


async def test_a_mailer_that_never_ends_is_given_up_within_the_lease(
    collection: Collection, postman: Postman, clock: ManualClock
) -> None:
    outbox = MailOutbox(collection, postman, clock, OutboxSettings(lease_seconds=0.1))
    postman.happens = lambda _: asyncio.sleep(60)
    await outbox.enqueue("k", MAIL)
    await outbox.deliver_due()
    mail = await outbox.find("k")
    assert mail is not None
    assert (mail.state, mail.last_error) == ("waiting", "It took too long.")


async def test_one_bad_mail_does_not_hold_the_others(outbox: MailOutbox, postman: Postman) -> None:
    def happens(tries: int) -> None:
        if tries == 1:
            raise RuntimeError("a bug")

    postman.happens = happens
    for number in range(3):
        await outbox.enqueue(f"k{number}", MAIL)
    await outbox.deliver_due()
    assert await outbox.counts() == {"waiting": 1, "sent": 2}


async def test_the_job_sends_what_is_put_in_while_it_waits_and_outlives_a_lost_database(
    collection: Collection, postman: Postman, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = MailOutbox(collection, postman, clock, SETTINGS)
    find, lost = collection.find, 0

    async def flaky(*arguments: object, **more: object) -> list[Document]:
        nonlocal lost
        if lost < 2:
            lost += 1
            raise StorageUnavailable("away")
        return await find(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(collection, "find", flaky)
    job = asyncio.create_task(outbox.deliver_for_ever())
    async with asyncio.timeout(10):
        for number in range(PAGE + 5):
            await outbox.enqueue(f"k{number}", MAIL)
        while len(postman.sent) < PAGE + 5:
            await asyncio.sleep(0.01)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert lost == 2


async def test_settled_mails_are_forgotten_in_time_and_waiting_ones_never(
    outbox: MailOutbox, postman: Postman, clock: ManualClock
) -> None:
    await outbox.enqueue("old", MAIL)
    await outbox.deliver_due()
    clock.advance(30 * 86_400_000)
    postman.happens = always(MailDelayed("later"))
    await outbox.enqueue("waiting", MAIL)
    await outbox.deliver_due()
    assert await outbox.forget_settled() == 0
    clock.advance(1)
    assert await outbox.forget_settled() == 1
    assert await outbox.find("old") is None
    assert await state_of(outbox, "waiting") == "waiting"
