from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import Principal
from guildhall.kit.storage import StorageUnavailable
from tests.fakes.things_api import Http, ThingsApi


async def test_bad_credentials_do_not_close_what_is_open_to_everybody(http: Http) -> None:
    for token in ("expired", "junk"):
        assert (await http.get("/v1/things", headers={"Authorization": f"Bearer {token}"})).status == 200


async def test_bad_credentials_are_told_where_somebody_is_needed(http: Http) -> None:
    codes = {}
    for token in ("expired", "junk"):
        answer = await http.get("/v1/things/one", headers={"Authorization": f"Bearer {token}"})
        codes[token] = (answer.status, (await answer.json())["code"])
    assert codes == {"expired": (401, "token-expired"), "junk": (401, "unauthenticated")}


async def test_sessions_that_cannot_be_looked_up_fail_closed(api: ThingsApi, aiohttp_client: AiohttpClient) -> None:
    async def look_up(_: web.Request) -> Principal:
        raise StorageUnavailable("The database does not answer.")

    object.__setattr__(api.guards, "authenticate", look_up)
    http = await aiohttp_client(api.app())
    answer = await http.get("/v1/things/one", headers={"Authorization": "Bearer ada"})
    assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
