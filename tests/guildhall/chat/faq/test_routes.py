"""The FAQ behind the real pipeline."""

from typing import Any

import pytest
from pytest_aiohttp import AiohttpClient

from guildhall.chat.faq.routes import routes
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.chat.faq.shop import SHOP, FaqHouse
from tests.guildhall.chat.serving import Http, serve_routes


@pytest.fixture
async def http(faq: FaqHouse, aiohttp_client: AiohttpClient) -> Http:
    return await serve_routes(aiohttp_client, faq.storage, faq.clock, routes(faq.service), (MoveRefused,))


async def test_a_keeper_writes_publishes_tries_and_reads_the_meter(faq: FaqHouse, http: Http) -> None:
    async def ask(method: str, path: str, body: Any = None, who: str = "usr_keeper", **headers: str) -> Any:
        async with http.request(method, f"/v1/faq{path}", json=body, headers={"X-As": who, **headers}) as answer:
            return answer.status, await answer.json(), answer.headers.get("ETag", "")

    for name, (question, *phrasings) in SHOP.items():
        wording = {"language": "en", "question": question, "answer": f"About {name}.", "phrasings": phrasings}
        status, entry, etag = await ask("POST", "/entries", {"site": "shop", "wordings": [wording]})
        assert status == 201
        wording["answer"] = "Better."
        edited = await ask("PUT", f"/entries/{entry['id']}", {"wordings": [wording]}, **{"If-Match": etag})
        assert edited[0] == 200, edited
        stale = await ask("PUT", f"/entries/{entry['id']}", {"wordings": [wording]}, **{"If-Match": etag})
        assert stale[0] == 412
        assert (await ask("POST", f"/entries/{entry['id']}/turns", {"turn": "publish"}))[0] == 200
    await faq.train()
    _, tried, _ = await ask("POST", "/trials", {"site": "shop", "text": "where is my parcel?"})
    assert (tried["band"], tried["candidates"][0]["phrasing"]) == ("answer", "where is my parcel")
    _, shown, _ = await ask("GET", "/matchers?site=shop")
    assert [(one["language"], one["entries"], one["fault"]) for one in shown["matchers"]] == [("en", 10, "")]
    assert all(0 <= one["expected_hit_rate"] <= 1 for one in shown["matchers"][0]["meters"])
    _, listed, _ = await ask("GET", "/entries?site=shop&state=published")
    assert len(listed["entries"]) == 10
    _, versions, _ = await ask("GET", f"/entries/{listed['entries'][0]['id']}/versions")
    assert [one["version"] for one in versions["versions"]] == [1]
    assert (await ask("GET", "/suggestions?site=shop"))[1] == {"suggestions": []}
    assert (await ask("GET", "/cases?site=shop"))[1] == {"cases": 0, "failing": []}
    assert (await ask("GET", "/entries?site=nowhere"))[0] == 404
    assert (await ask("GET", "/entries?site=shop", who="usr_stranger"))[0] == 403
    archived = await ask("POST", f"/entries/{listed['entries'][0]['id']}/turns", {"turn": "archive"})
    assert (archived[0], archived[1]["type"]) == (409, "/problems/move-refused")
