"""The routes of chat behind the real pipeline: visitors by their chat token, staff by a header; the desk with them."""

import jwt

from tests.guildhall.chat.house import SITE_SECRET, ChatHouse
from tests.guildhall.chat.routes.conftest import Http, admit, ask, begin


def identity(house: ChatHouse, subject: str = "u-17", seconds: int = 600) -> str:
    now = house.clock.now_ms() // 1000
    body = {"sub": subject, "aud": "shop", "iat": now, "exp": now + seconds, "name": "Vera"}
    return jwt.encode(body, SITE_SECRET, algorithm="HS256")


async def test_a_visitor_does_over_http_all_that_the_socket_does(house: ChatHouse, http: Http) -> None:
    vera = await admit(http)
    token = vera["chat_token"]
    _, opened = await ask(http, "POST", "/chat/conversations", token, {"init_key": "first-opening"})
    assert [one["text"] for one in opened["page"]["entries"]] == ["Hello!"]
    one = f"/chat/conversations/{opened['conversation_id']}"
    message = {"client_id": "message-1", "text": "Is anybody there?"}
    for _ in range(2):
        status, taken = await ask(http, "POST", f"{one}/messages", token, message)
        assert (status, taken["number"]) == (200, 2)
    assert (await ask(http, "POST", f"{one}/marks", token, {"delivered": 1, "read": 1}))[0] == 204
    status, page = await ask(http, "GET", f"{one}/entries?after=1&limit=1", token)
    assert ([entry["number"] for entry in page["entries"]], page["head"]) == ([2], 3)
    assert page["standing"]["state"] == "queued"
    turn = {"turn": "resolve", "client_id": "resolve-1"}
    assert (await ask(http, "POST", f"{one}/turns", token, turn))[1]["number"] == 4
    assert (await ask(http, "POST", f"{one}/turns", token, turn))[1]["number"] == 4
    _, mine = await ask(http, "GET", "/chat/conversations", token)
    assert [(listed["state"], listed["head"]) for listed in mine["conversations"]] == [("resolved", 4)]


async def test_a_visitor_is_known_again_by_the_token_of_their_browser(house: ChatHouse, http: Http) -> None:
    first = await admit(http)
    conversation_id = await begin(http, first["chat_token"])
    again = await admit(http, visitor_token=first["visitor_token"])
    assert again["visitor"] == first["visitor"]
    assert await begin(http, again["chat_token"]) == conversation_id
    stranger = await admit(http)
    assert (await ask(http, "GET", f"/chat/conversations/{conversation_id}/entries", stranger["chat_token"]))[0] == 404
    status, _ = await ask(
        http, "POST", "/chat/visitors", body={"site": "shop", "visitor_token": first["visitor_token"]}
    )
    assert status == 404
    assert (await ask(http, "POST", "/chat/visitors", body={"site": "nowhere"}))[0] == 404


async def test_what_was_said_before_a_sign_in_is_the_persons_afterwards_and_on_every_device(
    house: ChatHouse, http: Http
) -> None:
    anonymous = await admit(http, "shop")
    conversation_id = await begin(http, anonymous["chat_token"])
    known = await admit(http, "shop", visitor_token=anonymous["visitor_token"], identity=identity(house))
    path = f"/chat/conversations/{conversation_id}"
    assert known["visitor_token"] == ""
    assert (await ask(http, "GET", f"{path}/entries", known["chat_token"]))[0] == 200
    message = {"client_id": "message-1", "text": "hello"}
    assert (await ask(http, "POST", f"{path}/messages", anonymous["chat_token"], message))[0] == 404
    other_device = await admit(http, "shop", identity=identity(house))
    assert (await ask(http, "POST", f"{path}/messages", other_device["chat_token"], message))[0] == 200
    somebody_else = await admit(http, "shop", identity=identity(house, "u-18"))
    assert (await ask(http, "POST", f"{path}/messages", somebody_else["chat_token"], message))[0] == 404


async def test_every_write_is_checked_against_the_end_of_the_identity(house: ChatHouse, http: Http) -> None:
    known = await admit(http, "shop", identity=identity(house, seconds=60))
    conversation_id = await begin(http, known["chat_token"])
    path, message = f"/chat/conversations/{conversation_id}/messages", {"client_id": "message-1", "text": "hello"}
    assert (await ask(http, "POST", path, known["chat_token"], message))[0] == 200
    house.clock.advance(62_000)
    status, problem = await ask(http, "POST", path, known["chat_token"], {**message, "client_id": "message-2"})
    assert (status, problem["type"].rpartition("/")[2]) == (401, "token-expired")
    body = {"site": "shop", "identity": identity(house, seconds=7_200)}
    status, problem = await ask(http, "POST", "/chat/visitors", body=body)
    assert status == 401
    assert "3600 s" in problem["detail"]


async def test_a_chat_token_opens_nothing_but_conversations(house: ChatHouse, http: Http) -> None:
    token = (await admit(http))["chat_token"]
    for method, path in (("GET", "/desk/queues"), ("POST", "/desk/doors"), ("PUT", "/desk/presence")):
        assert (await ask(http, method, path, token, {"state": "online"} if method == "PUT" else None))[0] == 401
    assert (await ask(http, "POST", "/chat/doors", token))[0] == 401
    assert (await ask(http, "GET", "/chat/conversations"))[0] == 401


async def test_somebody_signed_in_asks_the_support_with_their_own_sign_in_or_a_door(
    house: ChatHouse, http: Http
) -> None:
    conversation_id = await begin(http, "usr_wanda")
    path = f"/chat/conversations/{conversation_id}/messages"
    assert (await ask(http, "POST", path, "usr_wanda", {"client_id": "message-1", "text": "hello"}))[0] == 200
    status, door = await ask(http, "POST", "/chat/doors", "usr_wanda")
    assert status == 201
    message = {"client_id": "message-2", "text": "hello again"}
    assert (await ask(http, "POST", path, door["chat_token"], message))[0] == 200
    assert (await house.store.conversations.read(conversation_id)).parties[0].name == "Wanda"


async def test_the_desk_by_http(house: ChatHouse, http: Http) -> None:
    vera = (await admit(http))["chat_token"]
    conversation_id = await begin(http, vera)
    said = f"/chat/conversations/{conversation_id}/messages"
    await ask(http, "POST", said, vera, {"client_id": "message-1", "text": "help"})
    one = f"/desk/conversations/{conversation_id}"
    assert (await ask(http, "GET", "/desk/queues", "usr_a"))[1] == {"waiting": {"support": 1}}
    assert (await ask(http, "GET", "/desk/queues", "usr_p"))[1] == {"waiting": {}}  # a proctor answers candidates
    assert (await ask(http, "POST", f"{one}/take", "usr_p"))[0] == 404
    assert (await ask(http, "POST", f"{one}/take", "usr_wanda"))[0] == 403
    assert (await ask(http, "PUT", "/desk/presence", "usr_a", {"state": "online"}))[1]["presence"] == "online"
    assert (await ask(http, "PUT", "/desk/agents/usr_a", "usr_b", {"limit": 2}))[0] == 403
    assert (await ask(http, "PUT", "/desk/agents/usr_a", "usr_boss", {"limit": 1}))[1]["limit"] == 1
    status, taken = await ask(http, "POST", f"{one}/take", "usr_a")
    assert (status, taken["state"], taken["owner"]) == (200, "assigned", "usr_a")
    await ask(http, "PUT", "/desk/presence", "usr_b", {"state": "online"})
    status, problem = await ask(http, "POST", f"{one}/take", "usr_b")
    assert (status, problem["type"].rpartition("/")[2]) == (409, "move-refused")
    assert (await ask(http, "POST", f"{one}/transfer", "usr_a", {"to_agent": "usr_b"}))[1]["owner"] == "usr_b"
    until_ms = house.clock.now_ms() + 60_000
    assert (await ask(http, "POST", f"{one}/snooze", "usr_b", {"until_ms": until_ms}))[1]["state"] == "snoozed"
    assert (await ask(http, "POST", f"{one}/take", "usr_b"))[1]["owner"] == "usr_b"
    assert (await ask(http, "POST", f"{one}/requeue", "usr_b", {"queue": "sales"}))[1]["queue"] == "sales"
    assert (await ask(http, "POST", f"{one}/hand-back", "usr_b"))[0] == 409
    assert (await ask(http, "POST", f"{one}/resolve", "usr_b"))[1]["state"] == "resolved"
    assert (await ask(http, "POST", f"{one}/reopen", "usr_b"))[1]["state"] == "queued"
    note = {"client_id": "note-0001", "text": "asked twice"}
    assert (await ask(http, "POST", f"{one}/notes", "usr_b", note))[0] == 201
    assert [each["text"] for each in (await ask(http, "GET", f"{one}/notes", "usr_a"))[1]["notes"]] == ["asked twice"]
    assert (await ask(http, "PUT", f"{one}/tags", "usr_b", {"tags": ["billing"]}))[1]["tags"] == ["billing"]
    _, listed = await ask(http, "GET", "/desk/conversations?state=queued", "usr_a")
    assert [each["id"] for each in listed["conversations"]] == [conversation_id]
    assert (await ask(http, "GET", one, "usr_a"))[1]["last_text"] == "help"
    assert (await ask(http, "GET", "/desk/conversations?mine=true", "usr_a"))[1]["conversations"] == []
    assert {each["id"] for each in (await ask(http, "GET", "/desk/agents", "usr_a"))[1]["agents"]} == {"usr_a", "usr_b"}
    assert "asked twice" not in str(await ask(http, "GET", f"/chat/conversations/{conversation_id}/entries", vera))


async def test_the_desk_reads_where_a_visitor_writes_from_and_what_they_began_before(
    house: ChatHouse, http: Http
) -> None:
    token = (await admit(http))["chat_token"]
    before = await begin(http, token)
    context = {"url": "https://shop.example/blue", "title": "Blue", "locale": "en"}
    body = {"init_key": "second-opening", "name": " Vera ", "context": context}
    _, opened = await ask(http, "POST", "/chat/conversations", token, body)
    one = f"/desk/conversations/{opened['conversation_id']}"
    _, shown = await ask(http, "GET", one, "usr_a")
    assert (shown["party_name"], shown["context"]) == ("Vera", context)
    _, earlier = await ask(http, "GET", f"{one}/earlier", "usr_a")
    assert [conversation["id"] for conversation in earlier["conversations"]] == [before]
    assert (await ask(http, "GET", f"{one}/earlier", "usr_p"))[0] == 404
