"""Signing up, in and out as a browser does it: over HTTP, with cookies, behind the real pipeline."""

from typing import Any

import pyotp
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.routes.credentials import DEVICE_COOKIE, REFRESH_COOKIE
from guildhall.kit.http import PipelineSettings
from guildhall.kit.http.cors import CSRF_HEADER
from tests.guildhall.accounts.conftest import PASSWORD, House, Http

EMAIL = "ada@example.org"


class Browser:
    """Keeps cookies as a browser would over TLS, and calls from our own page."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.cookies: dict[str, str] = {}
        self.token = ""

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        sent = {CSRF_HEADER: "1", "Origin": str(self._http.make_url("/")).rstrip("/"), **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        answer = await self._http.request(method, f"/v1{path}", json=body, headers=sent)
        for name, morsel in answer.cookies.items():
            self.cookies[name] = morsel.value
            if morsel["max-age"] == "0":
                del self.cookies[name]
        told = await answer.json() if answer.content_type.endswith("json") else {}
        self.token = told.get("access_token", self.token) if isinstance(told, dict) else self.token
        return answer.status, told, answer.headers


async def signed_up(house: House, http: Http) -> Browser:
    browser = Browser(http)
    body = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
    assert (await browser.call("POST", "/auth/sign-up", body))[0] == 202
    token = await house.link(EMAIL, "verify_email")
    assert (await browser.call("POST", "/auth/verify-email", {"token": token}))[0] == 200
    return browser


async def test_a_person_signs_up_in_refreshes_looks_around_and_signs_out(house: House, http: Http) -> None:
    browser = await signed_up(house, http)
    status, told, _ = await browser.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert (status, told["status"], told["refresh_token"]) == (200, "signed_in", None)
    assert browser.cookies.keys() == {REFRESH_COOKIE, DEVICE_COOKIE}
    before = browser.cookies[REFRESH_COOKIE]
    house.clock.advance(1_000)
    assert (await browser.call("POST", "/auth/refresh", {}))[0] == 200
    assert browser.cookies[REFRESH_COOKIE] != before
    _, listed, _ = await browser.call("GET", "/auth/sessions")
    (session,) = listed["items"]
    assert (session["is_current"], session["methods"]) == (True, ["password"])
    assert (await browser.call("POST", "/auth/sign-out"))[0] == 204
    assert browser.cookies.keys() == {DEVICE_COOKIE}
    assert (await browser.call("GET", "/accounts/me"))[0] == 401


async def test_a_name_is_changed_only_by_who_has_seen_the_one_before(house: House, http: Http) -> None:
    browser = await signed_up(house, http)
    await browser.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    _, _, headers = await browser.call("GET", "/accounts/me")
    seen = headers["ETag"]
    status, told, headers = await browser.call("PATCH", "/accounts/me", {"name": "Ada L."}, **{"If-Match": seen})
    assert (status, told["name"]) == (200, "Ada L.")
    assert (await browser.call("PATCH", "/accounts/me", {"name": "Eve"}, **{"If-Match": seen}))[0] == 412
    _, _, again = await browser.call("GET", "/accounts/me")
    assert again["ETag"] == headers["ETag"] != seen


async def test_dangerous_acts_ask_for_credentials_given_just_now(house: House, http: Http) -> None:
    browser = await signed_up(house, http)
    await browser.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    house.clock.advance(301_000)
    status, told, _ = await browser.call("POST", "/accounts/me/second-factor")
    assert (status, told["type"].rpartition("/")[2]) == (403, "step-up-required")
    assert (await browser.call("POST", "/auth/step-up", {"password": "wrong, and long enough"}))[0] == 401
    assert (await browser.call("POST", "/auth/step-up", {"password": PASSWORD, "code": "123456"}))[0] == 422
    assert (await browser.call("POST", "/auth/step-up", {"password": PASSWORD}))[0] == 200
    assert (await browser.call("POST", "/accounts/me/second-factor"))[0] == 201


async def test_a_second_factor_is_set_up_used_and_dropped(house: House, http: Http) -> None:
    browser = await signed_up(house, http)
    await browser.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    _, enrolled, _ = await browser.call("POST", "/accounts/me/second-factor")
    generator = pyotp.TOTP(enrolled["secret"])
    code = {"code": house.code(generator)}
    status, told, _ = await browser.call("POST", "/accounts/me/second-factor/confirm", code)
    assert (status, len(told["codes"])) == (200, 10)
    other = Browser(http)
    status, asked, _ = await other.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert (status, asked["status"], other.cookies) == (202, "second_factor_required", {})
    house.clock.advance(30_000)
    proof = {"flow": asked["flow"], "code": house.code(generator)}
    assert (await other.call("POST", "/auth/second-factor", proof))[0] == 200
    _, me, _ = await other.call("GET", "/accounts/me")
    assert (me["has_second_factor"], me["recovery_codes_left"]) == (True, 10)
    assert (await other.call("DELETE", "/accounts/me/second-factor"))[0] == 204
    assert (await other.call("GET", "/accounts/me"))[1]["has_second_factor"] is False


async def test_signing_out_everywhere_signs_out_here_too(house: House, http: Http) -> None:
    browser = await signed_up(house, http)
    await browser.call("POST", "/auth/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert (await browser.call("DELETE", "/auth/sessions"))[0] == 204
    assert (await browser.call("GET", "/auth/sessions"))[0] == 401


async def test_an_exam_hall_behind_one_address_signs_in_within_a_minute(
    house: House, aiohttp_client: AiohttpClient
) -> None:
    await house.sign_up()
    http = await aiohttp_client(await house.app(PipelineSettings()))
    body = {"email": "ada@example.org", "password": PASSWORD, "transport": "body"}
    assert {(await http.post("/v1/auth/sign-in", json=body)).status for _ in range(40)} == {200}
