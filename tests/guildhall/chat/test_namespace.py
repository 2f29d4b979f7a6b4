"""The socket of conversations on real servers and real ports, two web processes over one database and bus."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.chat import namespace
from guildhall.chat.lifecycle import ConversationEvent, PresenceState
from guildhall.chat.model import ChatClaims, Conversation, ConversationKind
from guildhall.chat.namespace import ChatNamespace
from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.kit.storage import Schema, Storage
from tests.fakes.chat_page import ChatPage
from tests.fakes.client import SocketClient
from tests.guildhall.chat.house import ChatHouse, agent, member, visitor
from tests.journeys.chaos_chat import cut_for_ever


class ChatDoors:
    def __init__(self, house: ChatHouse) -> None:
        self.house = house
        sockets = SocketServer(SocketSettings(sweep_seconds=0.05), house.clock)
        sockets.add(ChatNamespace(house.service))
        app = web.Application()
        sockets.attach(app)
        self.http = TestServer(app)

    def page(self, claims: ChatClaims) -> SocketClient:
        token = self.house.service.visitors.agent_token(claims).chat_token
        return SocketClient(str(self.http.make_url("/")), "/chat", token)


@pytest.fixture
async def doors(house: ChatHouse) -> AsyncIterator[ChatDoors]:
    doors = ChatDoors(house)
    await doors.http.start_server()
    yield doors
    await doors.http.close()


@pytest.fixture
async def elsewhere(house: ChatHouse) -> AsyncIterator[ChatDoors]:
    """The second web process."""
    doors = ChatDoors(house.another(head_seconds=0.2))
    await doors.http.start_server()
    yield doors
    await doors.house.service.close()
    await doors.http.close()


async def join(page: SocketClient, conversation: Conversation, after: int = 0) -> dict[str, Any]:
    return await page.call("join", {"conversation_id": conversation.id, "after": after})


def words(conversation: Conversation, client_id: str, text: str) -> dict[str, Any]:
    return {"conversation_id": conversation.id, "client_id": client_id, "text": text}


async def test_what_is_said_on_one_process_is_seen_on_the_other(
    house: ChatHouse, doors: ChatDoors, elsewhere: ChatDoors
) -> None:
    talk = await house.queued()
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), talk.id)
    async with doors.page(visitor()) as vera, elsewhere.page(agent("usr_a")) as anna:
        page = await join(vera, talk)
        assert [one["number"] for one in page["entries"]] == [1, 2]
        assert (page["head"], page["you"], page["standing"]["state"]) == (2, "vis_1", "assigned")
        assert (await join(anna, talk, after=2))["entries"] == []
        taken = await vera.call("say", words(talk, "message-1", "My order is late 🕰️"))
        seen = await anna.hear(lambda event, message: event == "entry" and message["number"] == taken["number"])
        assert (seen["text"], seen["by"], seen["client_id"]) == ("My order is late 🕰️", "vis_1", "message-1")
        mark = {"conversation_id": talk.id, "delivered": taken["number"], "read": taken["number"]}
        await anna.call("mark", mark)
        told = await vera.hear(lambda event, message: event == "entry" and message["kind"] == "mark")
        assert (told["by"], told["read"]) == ("usr_a", taken["number"])
        await anna.call("typing", {"conversation_id": talk.id, "is_typing": True})
        await vera.hear(lambda event, message: event == "typing" and message["by"] == "usr_a")
        assert await house.service.logbook.head(talk.id) == told["number"]


async def test_whoever_joins_misses_nothing_that_is_said_while_they_read(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.queued()
    read = house.service.conversations.page

    async def meanwhile(*arguments: Any) -> Any:
        page = await read(*arguments)
        await house.another().say(talk, "in-between", "said between the reading and its answer")
        return page

    house.service.conversations.page = meanwhile  # type: ignore[method-assign, assignment]
    async with doors.page(visitor()) as vera:
        page = await join(vera, talk)
        assert [one["number"] for one in page["entries"]] == [1]
        assert (await vera.hear(lambda event, _: event == "entry"))["number"] == 2


async def test_a_lost_hint_is_found_by_the_head(house: ChatHouse, elsewhere: ChatDoors) -> None:
    talk = await house.queued()
    async with elsewhere.page(visitor()) as vera:
        await join(vera, talk)

        async def lose(*_: Any, **__: Any) -> int:
            return 0

        house.bus.publish = lose  # type: ignore[method-assign]
        number = await house.say(talk, "unheard-of")
        await vera.hear(lambda event, message: event == "head" and message["head"] == number)
        page = await vera.call("sync", {"conversation_id": talk.id, "after": 1})
        assert [one["number"] for one in page["entries"]] == [2]
        assert not any(event == "entry" for event, _ in vera.told)


async def test_a_refused_write_says_why_and_strangers_find_nothing(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.queued()
    async with doors.page(visitor("vis_2")) as spy, doors.page(agent("usr_a")) as anna:
        for event, message in (
            ("join", {"conversation_id": talk.id}),
            ("sync", {"conversation_id": talk.id}),
            ("say", words(talk, "message-1", "hello")),
            ("mark", {"conversation_id": talk.id, "delivered": 1, "read": 1}),
            ("turn", {"conversation_id": talk.id, "turn": "resolve", "client_id": "resolve-1"}),
            ("typing", {"conversation_id": talk.id, "is_typing": True}),
        ):
            assert (await spy.call(event, message))["problem"]["status"] == 404, event
        assert (await spy.call("presence", {"state": "online"}))["problem"]["status"] == 403
        refused = await anna.call("say", words(talk, "message-1", "hello"))
        assert refused["problem"]["type"] == "not-your-turn"
        assert (await anna.call("say", words(talk, "short", "hello")))["problem"]["status"] == 422


async def test_an_agent_comes_over_the_socket_and_stays_while_their_page_is_open(
    house: ChatHouse, storage: Any
) -> None:
    quick = ChatDoors(house.another(lease_seconds=1))
    await quick.http.start_server()
    async with quick.page(agent("usr_a")) as anna:
        shown = await anna.call("presence", {"state": "online"})
        assert (shown["state"], shown["limit"]) == ("online", 4)
        house.clock.advance(500)
        async with asyncio.timeout(10):
            while (await house.store.agents.read("usr_a")).lease_until_ms <= shown["lease_until_ms"]:
                await asyncio.sleep(0.05)
    await quick.house.service.close()
    await quick.http.close()


async def test_an_identity_that_has_ended_writes_nothing_more(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.queued()
    async with doors.page(visitor()) as vera:
        await join(vera, talk)
        house.clock.advance(3_601_000)
        refused = await vera.call("say", words(talk, "message-1", "still me?"))
        assert refused["problem"]["type"] == "token-expired"
    assert await house.service.logbook.head(talk.id) == 1


async def test_a_flood_is_refused_and_told_when_to_go_on(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.queued()
    async with doors.page(visitor()) as vera:
        answers = [await vera.call("say", words(talk, f"message-{n}", "!")) for n in range(25)]
    refused = [one["problem"] for one in answers if "problem" in one]
    assert refused
    assert all(one["status"] == 429 and one["retry_after_ms"] > 0 for one in refused)
    assert len(answers) - len(refused) == 20


async def test_the_last_to_leave_closes_the_room(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.queued()
    async with doors.page(visitor()) as vera, doors.page(visitor()) as again:
        await join(vera, talk)
        await join(again, talk)
        await vera.call("leave", {"conversation_id": talk.id})
        assert len(house.service.rooms) == 1
    async with asyncio.timeout(5):
        while len(house.service.rooms):
            await asyncio.sleep(0.02)


async def test_a_token_that_is_for_something_else_opens_nothing(house: ChatHouse, doors: ChatDoors) -> None:
    admitted = await house.service.visitors.admit("demo", "", "")
    page = SocketClient(str(doors.http.make_url("/")), "/chat", admitted.visitor_token)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await page.__aenter__()
    assert page.refusal is not None


async def test_agents_see_who_else_looks_and_parties_do_not(
    house: ChatHouse, doors: ChatDoors, elsewhere: ChatDoors
) -> None:
    talk = await house.queued()
    async with doors.page(visitor()) as vera, doors.page(agent("usr_a")) as anna, elsewhere.page(agent("usr_b")) as bea:
        for page in (vera, anna, bea):
            await join(page, talk)
        heard_by_vera: list[str] = []

        def take_note(event: str, message: dict[str, Any]) -> bool:
            heard_by_vera.append(event)
            return event == "typing"

        await bea.call("view", {"conversation_id": talk.id})
        seen = await anna.hear(lambda event, _: event == "viewing")
        assert (seen["by"], seen["name"]) == ("usr_b", "usr_b")
        await anna.call("typing", {"conversation_id": talk.id, "is_typing": True})
        await vera.hear(take_note)
        assert "viewing" not in heard_by_vera


async def test_agents_are_told_that_a_list_has_changed_wherever_it_did_and_visitors_are_not(
    house: ChatHouse, doors: ChatDoors, elsewhere: ChatDoors
) -> None:
    async with doors.page(agent("usr_a")) as anna, doors.page(visitor()) as vera:
        talk = await elsewhere.house.open()
        await join(vera, talk)
        told_vera: list[str] = []
        await elsewhere.house.say(talk, "message-1", "Is anybody there?")
        await anna.hear(lambda event, _: event == "desk_changed")
        await elsewhere.house.service.presence.be(agent("usr_b"), PresenceState.ONLINE)
        await anna.hear(lambda event, _: event == "desk_changed")
        await anna.call("typing", {"conversation_id": talk.id, "is_typing": True})
        await vera.hear(lambda event, _: told_vera.append(event) or event == "typing")  # type: ignore[func-returns-value]
        assert "desk_changed" not in told_vera


async def test_two_who_talk_lose_nothing_while_their_connections_are_cut(
    house: ChatHouse, doors: ChatDoors, elsewhere: ChatDoors
) -> None:
    talk = await house.open_talk()
    chance = random.Random(7)

    def pick_url() -> str:
        return str(chance.choice((doors, elsewhere)).http.make_url("")).rstrip("/")

    async with aiohttp.ClientSession() as http:
        pages = []
        for side in ("usr_wanda", "usr_carl"):
            token = house.service.visitors.member_token(side, side, "").chat_token
            pages.append(ChatPage(http, pick_url, token, talk.id, random.Random(chance.random())))
            pages[-1].open()
        cutting = [asyncio.create_task(cut_for_ever(page, chance)) for page in pages]

        async def write(page: ChatPage, name: str) -> None:
            for number in range(15):
                await page.say(f"{name}-message-{number:03}", f"{name} {number}")

        await asyncio.gather(*(write(page, name) for page, name in zip(pages, ("wanda", "carl"), strict=True)))
        for task in cutting:
            task.cancel()
        await asyncio.gather(*cutting, return_exceptions=True)
        last = max(number for page in pages for number in page.acknowledged.values())
        for page in pages:
            await page.until(last, 30)
        logged = [(one.by, one.text) for one in await house.log(talk) if one.kind == "message"]
        for page in pages:
            assert page.faults == []
            assert page.seen.texts == logged
            await page.close()
    for name in ("wanda", "carl"):
        assert [text for by, text in logged if by == f"usr_{name}"] == [f"{name} {number}" for number in range(15)]
    assert sum(page.cuts for page in pages) > 0


async def test_an_agent_hears_nothing_more_once_the_two_go_on_alone(house: ChatHouse, doors: ChatDoors) -> None:
    talk = await house.open_talk()
    conversations = house.service.conversations
    await conversations.turn(member("usr_wanda"), talk.id, ConversationEvent.ESCALATE, "escalate-1")
    async with doors.page(member("usr_carl")) as carl, doors.page(agent("usr_s")) as support:
        await join(carl, talk)
        await join(support, talk)
        await carl.call("say", words(talk, "message-1", "heard by all"))
        await support.hear(lambda event, message: event == "entry" and message["text"] == "heard by all")
        await conversations.turn(member("usr_wanda"), talk.id, ConversationEvent.RESOLVE, "resolve-1")
        await support.hear(lambda event, message: event == "entry" and message["turn"] == "resolve")
        await carl.call("say", words(talk, "message-2", "between us"))
        await carl.hear(lambda event, message: event == "entry" and message["text"] == "between us")
        await conversations.turn(member("usr_wanda"), talk.id, ConversationEvent.ESCALATE, "escalate-2")
        await support.hear(lambda event, message: event == "entry" and message["turn"] == "escalate")
        assert not any(message.get("text") == "between us" for _, message in support.told)


async def test_a_proctor_who_is_taken_off_hears_nothing_more(
    house: ChatHouse, doors: ChatDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace, "WELCOME_SECONDS", 0.0)
    house.assigned.by_account = {"usr_p": ["dlv_1"], "usr_q": ["dlv_1"]}
    talk = await house.open_talk(ConversationKind.EXAM, "inv_1", scope_id="dlv_1")
    proctors = [agent(name, (ConversationKind.EXAM,)) for name in ("usr_p", "usr_q")]
    async with doors.page(member("usr_ada")) as ada, doors.page(proctors[0]) as gone, doors.page(proctors[1]) as stays:
        for page in (ada, gone, stays):
            await join(page, talk)
        await ada.call("say", words(talk, "message-1", "first"))
        await gone.hear(lambda event, message: event == "entry" and message["text"] == "first")
        house.assigned.by_account["usr_p"].clear()
        await ada.call("say", words(talk, "message-2", "second"))
        await stays.hear(lambda event, message: event == "entry" and message["text"] == "second")
        assert not any(message.get("text") == "second" for _, message in gone.told)
        assert (await gone.call("sync", {"conversation_id": talk.id, "after": 0}))["problem"]["status"] == 404


class CountingStorage:
    """A storage that remembers what it was asked, by collection."""

    def __init__(self, inner: Storage) -> None:
        self.inner, self.asked = inner, list[str]()

    def collection(self, schema: Schema) -> Any:
        asked, inner = self.asked, self.inner.collection(schema)

        class Counting:
            def __getattr__(self, verb: str) -> Any:
                if verb != "ensure":
                    asked.append(f"{verb} {schema.name}")
                return getattr(inner, verb)

        return Counting()


async def test_whoever_comes_back_has_a_message_stored_after_four_looks_at_the_database(house: ChatHouse) -> None:
    talk = await house.open_talk()
    counting = CountingStorage(house.storage)
    doors = ChatDoors(ChatHouse(counting, house.clock, house.bus))  # type: ignore[arg-type]
    await doors.http.start_server()
    async with doors.page(member("usr_carl")) as carl:
        await join(carl, talk)
        await carl.call("say", words(talk, "message-1", "first"))
    await house.say(talk, "message-2", "meanwhile, elsewhere", "usr_wanda")
    await doors.house.service.following.follow(talk.id)
    counting.asked.clear()
    async with doors.page(member("usr_carl")) as carl:
        page = await join(carl, talk, after=1)
        assert [one["number"] for one in page["entries"]] == [2]
        await carl.call("say", words(talk, "message-3", "back again"))
    looks = [one for one in counting.asked if "chat_conversations" in one or "chat_entries" in one]
    assert looks[:4] == ["get chat_conversations", "find chat_entries", "get chat_conversations", "insert chat_entries"]
    await doors.house.service.close()
    await doors.http.close()
