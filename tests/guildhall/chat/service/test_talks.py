"""Conversations between people who are known: one of each thing, and only theirs who take part or were called in."""

import asyncio

import pytest

from guildhall.chat.jobs import look, look_at_exams
from guildhall.chat.lifecycle import ConversationEvent, ConversationState
from guildhall.chat.model import ChatClaims, Conversation, ConversationKind, Party
from guildhall.chat.rules.assigning import AtLimit
from guildhall.chat.rules.standing import ConversationClosed
from guildhall.chat.service.presence import kinds_answered
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import Invalid
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import Storage
from tests.guildhall.chat.house import ChatHouse, agent, member, visitor

S, K, E = ConversationState, ConversationKind, ConversationEvent
WANDA, CARL = member("usr_wanda"), member("usr_carl")
SUPPORT = agent("usr_s", kinds_answered(frozenset({"support"})))
PROCTOR, OTHER = (agent(name, kinds_answered(frozenset({"proctor"}))) for name in ("usr_p", "usr_q"))
BOSS = agent("usr_boss", kinds_answered(frozenset({"admin"})), manages=True)


async def sees(house: ChatHouse, claims: ChatClaims, talk: Conversation) -> bool:
    try:
        await house.service.conversations.find(claims, talk.id)
    except NoSuch:
        return False
    return True


async def say(house: ChatHouse, claims: ChatClaims, talk: Conversation, client_id: str = "message-1") -> int:
    return (await house.service.conversations.say(claims, talk.id, client_id, "hello")).number


async def call_in(house: ChatHouse, talk: Conversation, by: ChatClaims = WANDA) -> None:
    await house.service.conversations.turn(by, talk.id, E.ESCALATE, "escalate-1")


async def test_of_each_thing_there_is_one_conversation_whoever_opens_it_first(either_storage: Storage) -> None:
    house = ChatHouse(either_storage)
    await house.store.ensure()
    houses = [house, house.another()]
    sides = [Party(id="usr_wanda", name="Wanda"), Party(id="usr_carl", name="Carl")]

    async def open_it(number: int) -> str:
        members = sides if number % 2 else sides[::-1]
        talks = houses[number % 2].service.talks
        return (await talks.open_conversation(K.CONTRACT, "ctr_1", members, title="A shed")).id

    assert len(set(await asyncio.gather(*(open_it(number) for number in range(8))))) == 1
    assert (await house.open_talk(K.APPLICATION)).id != (await house.open_talk(K.CONTRACT)).id
    assert (await house.open_talk(subject="ctr_2")).id != (await house.open_talk()).id
    found = await house.service.talks.find(K.CONTRACT, "ctr_1")
    assert found is not None
    assert await house.service.talks.find(K.CONTRACT, "ctr_9") is None
    assert await say(house, WANDA, found) == await say(houses[1], WANDA, found) == 1  # the same write, elsewhere
    for one in houses:
        await one.service.close()


async def test_between_two_parties_nobody_else_reads_or_writes(house: ChatHouse) -> None:
    talk = await house.open_talk()
    assert await say(house, WANDA, talk) == 1
    assert await say(house, CARL, talk, "message-2") == 2
    assert (await house.standing(talk)).state is S.OPEN
    for stranger in (member("usr_eve"), visitor("usr_eve"), SUPPORT, BOSS, PROCTOR):
        assert not await sees(house, stranger, talk)
        with pytest.raises(NoSuch):
            await say(house, stranger, talk, "message-3")
        with pytest.raises(NoSuch):
            await house.service.desk.take(stranger, talk.id)
    assert await house.service.desk.in_state(BOSS, S.OPEN) == []
    assert await house.service.searching.find(BOSS, "hello", 0, 2**53) == []


async def test_what_a_former_member_has_said_stays_without_their_name(house: ChatHouse) -> None:
    talk = await house.open_talk()
    await say(house, WANDA, talk)
    await say(house, CARL, talk, "message-2")

    async def names() -> list[str]:
        page = await house.service.conversations.page(talk, 0, 10)
        assert [one.body["text"] for one in page.entries] == ["hello", "hello"]
        return [one.body["name"] for one in page.entries]

    wanda, carl = await names()
    house.names.former.add("usr_wanda")
    assert await names() == ["Former member", carl]
    assert wanda not in {"", "Former member"}


async def test_the_house_comes_when_it_is_called_and_leaves_when_they_go_on_alone(house: ChatHouse) -> None:
    talk = await house.open_talk()
    await say(house, WANDA, talk)
    await call_in(house, talk, CARL)
    assert [one.id for one in await house.service.desk.waiting(SUPPORT)] == [talk.id]
    assert await house.service.desk.queues(SUPPORT) == {"support": 1}
    assert await house.service.desk.waiting(PROCTOR) == []
    await house.come("usr_s")
    await house.service.desk.take(SUPPORT, talk.id)
    assert await say(house, SUPPORT, talk, "message-4") == 4
    await say(house, CARL, talk, "message-5")
    assert (await house.standing(talk)).owner == "usr_s"
    await house.service.conversations.turn(WANDA, talk.id, E.RESOLVE, "resolve-1")
    assert await sees(house, SUPPORT, talk)  # what they said there, until the two say more
    await say(house, CARL, talk, "message-6")
    assert (await house.standing(talk)).state is S.OPEN
    assert not await sees(house, SUPPORT, talk)
    assert await house.service.desk.held_by(SUPPORT) == []


async def test_what_two_ended_among_themselves_is_not_the_houses_either(house: ChatHouse) -> None:
    talk = await house.open_talk(K.APPLICATION)
    await say(house, WANDA, talk)
    await house.service.conversations.turn(CARL, talk.id, E.RESOLVE, "resolve-1")
    assert not await sees(house, BOSS, talk)
    assert await house.service.desk.in_state(BOSS, S.RESOLVED) == []


async def test_whoever_is_no_member_any_more_finds_it_no_more(house: ChatHouse) -> None:
    talk = await house.open_talk()
    await say(house, CARL, talk)
    wanda, dora = Party(id="usr_wanda", name="Wanda"), Party(id="usr_dora", name="Dora")
    await house.service.talks.open_conversation(K.CONTRACT, "ctr_1", [wanda, dora])
    assert not await sees(house, CARL, talk)
    assert await sees(house, member("usr_dora"), talk)


@pytest.mark.parametrize(
    ("kind", "subject", "names"),
    [(K.VISITOR, "x", ["usr_a"]), (K.CONTRACT, "", ["usr_a"]), (K.CONTRACT, "x", []), (K.CONTRACT, "x", ["a", "a"])],
)
async def test_what_is_no_talk_is_refused(
    house: ChatHouse, kind: ConversationKind, subject: str, names: list[str]
) -> None:
    with pytest.raises(Invalid):
        await house.service.talks.open_conversation(kind, subject, [Party(id=name) for name in names])


async def test_a_candidate_is_answered_by_those_who_are_assigned_and_by_nobody_else(house: ChatHouse) -> None:
    house.assigned.by_account = {"usr_p": ["dlv_1"], "usr_q": ["dlv_2"]}
    talk = await house.open_talk(K.EXAM, "inv_1", scope_id="dlv_1", queue="exams")
    await say(house, member("usr_ada"), talk)
    for claims, is_theirs in ((PROCTOR, True), (BOSS, True), (OTHER, False), (SUPPORT, False)):
        assert await sees(house, claims, talk) is is_theirs
        assert [one.id for one in await house.service.desk.waiting(claims)] == [talk.id] * is_theirs
        assert await house.service.desk.queues(claims) == ({"exams": 1} if is_theirs else {})
    await house.come("usr_p")
    await house.service.presence.join(OTHER)
    await house.service.desk.take(PROCTOR, talk.id)
    with pytest.raises(NoSuch):
        await house.service.desk.transfer(PROCTOR, talk.id, "usr_q")


async def test_the_oldest_candidate_goes_to_whoever_is_free_and_assigned(house: ChatHouse) -> None:
    house = house.another(auto_assign=True)
    house.assigned.by_account = {"usr_p": ["dlv_1"], "usr_q": ["dlv_2"]}
    talk = await house.open_talk(K.EXAM, "inv_1", scope_id="dlv_1")
    await say(house, member("usr_ada"), talk)
    await house.come("usr_q")
    assert (await house.state(talk))[0] is S.QUEUED
    await house.come("usr_p")
    assert await house.state(talk) == (S.ASSIGNED, "usr_p")


async def test_a_proctor_who_is_taken_off_has_the_candidate_no_more(house: ChatHouse) -> None:
    house.assigned.by_account = {"usr_p": ["dlv_1"]}
    talk = await house.open_talk(K.EXAM, "inv_1", scope_id="dlv_1")
    await say(house, member("usr_ada"), talk)
    await house.come("usr_p")
    await house.service.desk.take(PROCTOR, talk.id)
    await look_at_exams(house.service)
    assert await house.state(talk) == (S.ASSIGNED, "usr_p")
    house.assigned.by_account["usr_p"].clear()
    with pytest.raises(NoSuch):
        await say(house, PROCTOR, talk, "message-2")
    assert await house.service.desk.held_by(PROCTOR) == []
    await look_at_exams(house.service)
    assert await house.state(talk) == (S.QUEUED, "")
    assert (await house.store.agents.read("usr_p")).places == ()
    assert await sees(house, SUPPORT, talk)  # nobody is assigned any more
    assert await sees(house, BOSS, talk)


async def test_where_nobody_is_assigned_the_desk_answers_the_candidate(house: ChatHouse) -> None:
    talk = await house.open_talk(K.EXAM, "inv_1")
    await say(house, member("usr_ada"), talk)
    assert [one.id for one in await house.service.desk.waiting(SUPPORT)] == [talk.id]
    assert await sees(house, SUPPORT, talk)
    assert not await sees(house, PROCTOR, talk)


async def test_what_is_unread_is_told_once_until_it_is_read(house: ChatHouse) -> None:
    talk = await house.open_talk(title="A shed", path="/contracts#ctr_1")
    await say(house, WANDA, talk)
    await house.service.following.follow(talk.id)
    await look(house.service)
    assert house.notices.kept == {}  # they may be there
    for client_id in ("message-2", "message-3"):
        house.clock.advance(121_000)
        await look(house.service)
        [(told, message)] = house.notices.kept.values()
        assert (told, message.path) == ("usr_carl", "/contracts#ctr_1")
        assert message.title == "Wanda wrote to you: A shed"
        assert "hello" not in message.text
        await say(house, WANDA, talk, client_id)
        await house.service.following.follow(talk.id)
    await house.service.conversations.mark(CARL, talk.id, 3, 3)
    await say(house, WANDA, talk, "message-4")
    await house.service.following.follow(talk.id)
    house.clock.advance(121_000)
    await look(house.service)
    assert [account for account, _ in house.notices.kept.values()] == ["usr_carl", "usr_carl"]
    assert (await house.store.conversations.read(talk.id)).mail_due_at_ms == 0


async def test_a_notice_leads_each_side_to_its_own_page(house: ChatHouse) -> None:
    client, agent = Party(id="usr_wanda", name="Wanda", path="/hiring#opp_1"), Party(id="usr_carl", name="Carl")
    members = [client, agent.model_copy(update={"path": "/opportunities#opp_1"})]
    talk = await house.service.talks.open_conversation(K.APPLICATION, "app_1", members)
    await say(house, WANDA, talk)
    await house.service.following.follow(talk.id)
    house.clock.advance(121_000)
    await look(house.service)
    assert [(told, message.path) for told, message in house.notices.kept.values()] == [
        ("usr_carl", "/opportunities#opp_1")
    ]


async def test_it_ends_with_its_thing_and_not_by_itself(house: ChatHouse) -> None:
    talk = await house.open_talk()
    await say(house, WANDA, talk)
    await house.service.conversations.turn(WANDA, talk.id, E.RESOLVE, "resolve-1")
    house.clock.advance(365 * 86_400_000)
    await look(house.service)
    assert (await house.standing(talk)).state is S.RESOLVED
    for _ in range(2):
        await house.service.talks.close_conversation(K.CONTRACT, "ctr_1")
    await house.service.talks.close_conversation(K.CONTRACT, "ctr_none")
    with pytest.raises(ConversationClosed):
        await say(house, CARL, talk, "message-2")
    with pytest.raises(MoveRefused):
        await call_in(house, talk)
    assert await sees(house, CARL, talk)
    await house.open_talk()  # its page is opened again
    assert (await house.standing(talk)).state is S.CLOSED


async def test_a_held_talk_counts_as_a_place(house: ChatHouse) -> None:
    await house.come("usr_s", limit=1)
    first, second = [await house.open_talk(subject=f"ctr_{number}") for number in range(2)]
    for talk in (first, second):
        await call_in(house, talk)
    await house.service.desk.take(SUPPORT, first.id)
    with pytest.raises(AtLimit):
        await house.service.desk.take(SUPPORT, second.id)
