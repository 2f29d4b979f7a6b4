import pytest

from guildhall.kit.http.preconditions import read_entity_tag
from tests.fakes.things_api import SIGNED_IN, Http


@pytest.mark.parametrize(
    ("header", "tag"),
    [('"7"', "7"), (' "a-b" ', "a-b"), ("*", "*"), ("7", None), ('W/"7"', None), ('"7", "8"', None), ('""', None)],
)
def test_one_strong_tag_is_read_and_nothing_else(header: str, tag: str | None) -> None:
    assert read_entity_tag(header) == tag


async def rename(http: Http, if_match: str | None) -> tuple[int, str]:
    headers = SIGNED_IN if if_match is None else SIGNED_IN | {"If-Match": if_match}
    answer = await http.patch("/v1/things/one", json={"name": "Hammer"}, headers=headers)
    return answer.status, (await answer.json()).get("code", answer.headers.get("ETag"))


async def test_a_change_needs_the_tag_of_what_was_read(http: Http) -> None:
    read = await http.get("/v1/things/one", headers=SIGNED_IN)
    assert await rename(http, None) == (428, "precondition-required")
    assert await rename(http, '"99"') == (412, "precondition-failed")
    assert await rename(http, "1") == (422, "invalid")
    assert await rename(http, read.headers["ETag"]) == (200, '"2"')
    assert await rename(http, read.headers["ETag"]) == (412, "precondition-failed")
    assert await rename(http, "*") == (200, '"3"')


async def test_a_reader_who_has_it_already_is_told_so(http: Http) -> None:
    for known in ('"1"', 'W/"1"', '"0", "1"', "*"):
        answer = await http.get("/v1/things/one", headers=SIGNED_IN | {"If-None-Match": known})
        assert (answer.status, await answer.read(), answer.headers["ETag"]) == (304, b"", '"1"')
    assert (await http.get("/v1/things/one", headers=SIGNED_IN | {"If-None-Match": '"0"'})).status == 200
