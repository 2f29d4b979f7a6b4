"""What agents do over HTTP, and what parties tell the desk: ratings, replies kept ready."""

from tests.guildhall.chat.house import ChatHouse, agent
from tests.guildhall.chat.routes.conftest import Http, admit, ask, begin


async def test_a_visitor_rates_what_is_resolved_and_the_last_rating_counts(house: ChatHouse, http: Http) -> None:
    me = (await admit(http))["chat_token"]
    talk = await begin(http, me)
    path = f"/chat/conversations/{talk}/ratings"
    await ask(http, "POST", f"/chat/conversations/{talk}/messages", me, {"client_id": "message-1", "text": "Hello?"})
    early = await ask(http, "POST", path, me, {"client_id": "rating-1", "rating": 4})
    assert (early[0], early[1]["type"]) == (409, "/problems/not-resolved")
    await house.service.presence.join(agent("usr_a"))
    await ask(http, "POST", f"/desk/conversations/{talk}/take", "usr_a")
    await ask(http, "POST", f"/desk/conversations/{talk}/resolve", "usr_a")
    first = await ask(http, "POST", path, me, {"client_id": "rating-1", "rating": 2})
    assert await ask(http, "POST", path, me, {"client_id": "rating-1", "rating": 2}) == first
    assert (await ask(http, "POST", path, me, {"client_id": "rating-2", "rating": 6}))[0] == 422
    assert (await ask(http, "POST", path, "usr_x", {"client_id": "rating-3", "rating": 5}))[0] == 404
    await ask(http, "POST", path, me, {"client_id": "rating-2", "rating": 5, "text": " Quick. "})
    await house.service.following.follow(talk)
    _, shown = await ask(http, "GET", f"/desk/conversations/{talk}", "usr_a")
    assert (shown["rating"], shown["rating_text"], shown["state"]) == (5, "Quick.", "resolved")
    _, page = await ask(http, "GET", f"/chat/conversations/{talk}/entries", me)
    assert [entry["rating"] for entry in page["entries"] if entry["kind"] == "rating"] == [2, 5]


async def test_own_replies_are_ones_own_and_only_a_manager_keeps_everybodys(http: Http) -> None:
    path = "/desk/canned-replies"
    status, mine = await ask(http, "POST", path, "usr_a", {"shortcut": "hi", "text": "Hello {visitor}!"})
    assert (status, mine["is_shared"]) == (201, False)
    assert (await ask(http, "POST", path, "usr_a", {"shortcut": "hi", "text": "Again"}))[0] == 409
    assert (await ask(http, "POST", path, "usr_a", {"shortcut": "all", "text": "x", "is_shared": True}))[0] == 403
    refused = await ask(http, "POST", path, "usr_a", {"shortcut": "odd", "text": "Hello {vistor}"})
    assert refused[0] == 422
    assert "vistor" in refused[1]["detail"]
    _, shared = await ask(http, "POST", path, "usr_boss", {"shortcut": "all", "text": "Good bye.", "is_shared": True})
    _, seen = await ask(http, "GET", path, "usr_b")
    assert ([each["shortcut"] for each in seen["replies"]], seen["may_share"]) == (["all"], False)
    assert (await ask(http, "PUT", f"{path}/{mine['id']}", "usr_b", {"shortcut": "hi", "text": "Mine now"}))[0] == 404
    assert (await ask(http, "DELETE", f"{path}/{shared['id']}", "usr_b"))[0] == 403
    changed = await ask(http, "PUT", f"{path}/{mine['id']}", "usr_a", {"shortcut": "hello", "text": "Hello."})
    assert changed[1]["shortcut"] == "hello"
    assert (await ask(http, "DELETE", f"{path}/{mine['id']}", "usr_a"))[0] == 204
    _, seen = await ask(http, "GET", path, "usr_a")
    assert [each["shortcut"] for each in seen["replies"]] == ["all"]
