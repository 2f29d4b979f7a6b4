"""Conversations are found again by words, names, tags and days; the index asks for nothing but ranges."""

from guildhall.chat import jobs
from guildhall.chat.model import ConversationKind
from guildhall.kit.storage import Storage
from tests.guildhall.chat.house import ChatHouse, agent

SUPPORT = agent("usr_a", (ConversationKind.VISITOR,))
FOR_EVER = 2**53


async def test_every_word_must_be_there_without_case_or_accents_and_may_be_begun(either_storage: Storage) -> None:
    house = ChatHouse(either_storage)
    await house.store.ensure()
    blue = await house.open("vis_1")
    await house.say(blue, "message-1", "Do you have the Café table in BLUE?", "vis_1")
    house.clock.advance(1_000)
    green = await house.open("vis_2")
    await house.say(green, "message-1", "Do you have it in green? Viele Grüße", "vis_2")
    await index(house)

    async def found(query: str, from_ms: int = 0, to_ms: int = FOR_EVER) -> list[str]:
        return [one.id for one in await house.service.searching.find(SUPPORT, query, from_ms, to_ms)]

    assert await found("cafe blue") == [blue.id]
    assert await found("have gruss") == [green.id]
    assert await found("hav") == [green.id, blue.id]
    assert await found("VERA") == [green.id, blue.id]  # the name of both
    assert await found("blue green") == []
    assert await found("cafe", 0, house.clock.now_ms() - 60_000) == []
    assert await found("") == [green.id, blue.id]
    assert await house.service.searching.find(agent("usr_p", (ConversationKind.EXAM,)), "cafe", 0, FOR_EVER) == []
    await house.service.close()


async def test_what_is_said_later_is_found_too_and_a_tag_only_while_it_is_there(house: ChatHouse) -> None:
    conversation = await house.queued()
    await index(house)
    await house.say(conversation, "message-2", "About a parcel", "vis_1")
    await house.service.desk.tag(agent("usr_a"), conversation.id, ("Refund",))
    await index(house)
    find = house.service.searching.find
    assert len(await find(SUPPORT, "parcel #refund", 0, FOR_EVER)) == 1
    await house.service.desk.tag(agent("usr_a"), conversation.id, ())
    await index(house)
    assert await find(SUPPORT, "#refund", 0, FOR_EVER) == []
    assert len(await find(SUPPORT, "parcel", 0, FOR_EVER)) == 1


async def index(house: ChatHouse) -> None:
    for conversation in await house.store.conversations.find({}, limit=100):
        await house.service.following.follow(conversation.id)
    house.clock.advance(5_000)
    await jobs.look(house.service)
    assert [page async for page in house.store.to_index(house.clock.now_ms())] == []
