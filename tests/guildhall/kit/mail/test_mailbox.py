import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.mail import MAILBOX, DevelopmentMailbox, Mail
from guildhall.kit.storage import Storage


def mail(number: int, to: str = "ada@example.org") -> Mail:
    return Mail(to=to, subject=f"Number {number}", text=f"Text {number}", kind="hello")


@pytest.fixture
async def mailbox(storage: Storage, clock: ManualClock) -> DevelopmentMailbox:
    collection = storage.collection(MAILBOX)
    await collection.ensure()
    return DevelopmentMailbox(collection, clock, keep=3)


async def test_the_newest_mails_of_an_address_come_first(mailbox: DevelopmentMailbox, clock: ManualClock) -> None:
    for number in range(3):
        await mailbox.send(mail(number), f"k{number}")
        clock.advance(1)
    await mailbox.send(mail(9, "bob@example.org"), "k9")
    kept = await mailbox.newest("ada@example.org", limit=2)
    assert [each.mail for each in kept] == [mail(2), mail(1)]
    assert kept[0].at_ms == kept[1].at_ms + 1


async def test_the_case_of_an_address_does_not_matter(mailbox: DevelopmentMailbox) -> None:
    await mailbox.send(mail(1, "Ada@Example.org"), "k")
    (kept,) = await mailbox.newest(" ada@example.ORG ", limit=10)
    assert kept.mail.to == "Ada@Example.org"


async def test_a_mail_sent_twice_is_there_once(mailbox: DevelopmentMailbox) -> None:
    for _ in range(2):
        await mailbox.send(mail(1), "same")
    assert len(await mailbox.newest("ada@example.org", limit=10)) == 1


async def test_above_its_size_the_oldest_of_that_address_go(mailbox: DevelopmentMailbox) -> None:
    await mailbox.send(mail(0, "bob@example.org"), "b0")
    for number in range(7):
        await mailbox.send(mail(number), f"k{number}")
    kept = await mailbox.newest("ada@example.org", limit=10)
    assert [each.mail.subject for each in kept] == ["Number 6", "Number 5", "Number 4"]
    assert len(await mailbox.newest("bob@example.org", limit=10)) == 1
