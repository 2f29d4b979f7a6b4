"""Files over HTTP: stored before a message names them, opened only by whoever may, and never run by a browser."""

import base64
import io
import struct

from tests.guildhall.chat.house import ChatHouse
from tests.guildhall.chat.routes.conftest import Http, admit, ask, begin

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PLACE = b"GPS 52.52 N 13.40 E"
ANY = "application/octet-stream"


async def put_up(http: Http, talk: str, token: str, body: bytes, name: str = "a.png") -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": ANY}
    path = f"/v1/chat/conversations/{talk}/files"
    async with http.post(path, params={"name": name}, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_message_names_what_was_put_up_before_it_and_nothing_else(house: ChatHouse, http: Http) -> None:
    me = (await admit(http))["chat_token"]
    talk = await begin(http, me)
    path = f"/chat/conversations/{talk}/messages"
    early = {"client_id": "message-1", "text": "", "files": ["0" * 64]}
    assert (await ask(http, "POST", path, me, early))[0] == 422
    status, file = await put_up(http, talk, me, PNG, "../me.exe")
    assert (status, file["name"], file["content_type"]) == (201, "me.exe.png", "image/png")
    assert (await put_up(http, talk, me, PNG))[1] == file  # the same bytes are the same file
    message = {"client_id": "message-2", "text": "", "files": [file["sha256"]]}
    assert (await ask(http, "POST", path, me, message))[0] == 200
    assert (await ask(http, "POST", path, me, {"client_id": "message-3", "text": " "}))[0] == 422
    _, page = await ask(http, "GET", f"/chat/conversations/{talk}/entries", me)
    assert page["entries"][-1]["files"] == [file]
    followed = await house.service.following.follow(talk)
    assert followed.last_text == "me.exe.png"


async def test_a_file_is_opened_by_a_link_that_only_the_two_sides_are_given(house: ChatHouse, http: Http) -> None:
    me, stranger = [(await admit(http))["chat_token"] for _ in range(2)]
    talk = await begin(http, me)
    _, picture = await put_up(http, talk, me, PNG)
    _, page = await put_up(http, talk, me, b"<script>alert(1)</script>", "page.html")
    link = f"/chat/conversations/{talk}/files/{picture['sha256']}/links"
    assert (await ask(http, "POST", link, stranger))[0] == 404
    assert (await put_up(http, talk, stranger, PNG))[0] == 404
    _, opened = await ask(http, "POST", link, me)
    async with http.get(opened["path"]) as answer:
        assert (answer.status, await answer.read()) == (200, PNG)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    _, saved = await ask(http, "POST", f"/chat/conversations/{talk}/files/{page['sha256']}/links", me)
    async with http.get(saved["path"]) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''page.html.txt"
    house.clock.advance(601_000)
    assert (await http.get(opened["path"])).status == 401
    assert (await http.get(opened["path"][:-2] + "xx")).status == 401


async def test_what_is_too_large_or_of_no_known_kind_is_refused(house: ChatHouse, http: Http) -> None:
    me = (await admit(http))["chat_token"]
    talk = await begin(http, me)
    assert (await put_up(http, talk, me, b"MZ\x90\x00"))[1]["type"] == "/problems/file-refused"
    most = house.service.context.settings.max_file_bytes
    assert (await put_up(http, talk, me, b"x" * (most + 1)))[0] == 413
    assert house.blobs.kept == {}


async def test_where_a_picture_was_taken_is_not_kept_and_a_damaged_one_is_refused(house: ChatHouse, http: Http) -> None:
    me = (await admit(http))["chat_token"]
    talk = await begin(http, me)
    remark = struct.pack(">I", len(PLACE)) + b"tEXt" + PLACE + b"\x00\x00\x00\x00"
    status, file = await put_up(http, talk, me, PNG[:33] + remark + PNG[33:])
    assert status == 201
    assert [blob.body for blob in house.blobs.kept.values()] == [PNG]
    assert (await put_up(http, talk, me, PNG))[1] == file
    status, problem = await put_up(http, talk, me, PNG[:40])
    assert (status, problem["type"]) == (422, "/problems/file-refused")
    assert len(house.blobs.kept) == 1
