import pytest
from aiohttp.test_utils import make_mocked_request

from guildhall.kit.http import Answer, Cookie
from guildhall.kit.http.answers import AnswerUndeclared, make_render
from tests.fakes.things_api import READ, REFRESH, Thing, ThingWanted

ANVIL = Thing(thing_id="one", name="Anvil", count=1)
REQUEST = make_mocked_request("GET", "/v1/things/one")


def test_a_body_leaves_whole_with_its_empty_values() -> None:
    response = make_render(READ)(REQUEST, Answer(ANVIL, etag="7"))
    assert response.body == b'{"thing_id":"one","name":"Anvil","count":1,"note":null}'
    assert response.headers["ETag"] == '"7"'
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "answer", [Answer(ANVIL, status=201), Answer(ThingWanted(name="Anvil")), Answer(), Answer(status=204)]
)
def test_nothing_leaves_that_was_not_declared(answer: Answer) -> None:
    with pytest.raises(AnswerUndeclared, match="read_thing does not declare"):
        make_render(READ)(REQUEST, answer)


def test_cookies_are_as_closed_as_they_can_be() -> None:
    response = make_render(REFRESH)(REQUEST, Answer(status=204, cookies=(Cookie("__Host-refresh", "abc"),)))
    (cookie,) = response.cookies.values()
    assert (cookie.key, cookie.value) == ("__Host-refresh", "abc")
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (True, True, "Strict", "/")


def test_a_cookie_is_removed_by_an_age_of_zero() -> None:
    response = make_render(REFRESH)(REQUEST, Answer(status=204, cookies=(Cookie("a", "", max_age_seconds=0),)))
    assert response.cookies["a"]["max-age"] == "0"
