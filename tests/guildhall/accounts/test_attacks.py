"""Each attack with its refusal, over HTTP and the real pipeline."""

import base64
import hmac
import json
import re
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from guildhall.accounts.model import OrganisationRole, PlatformRole
from guildhall.accounts.routes.credentials import DEVICE_COOKIE, REFRESH_COOKIE
from guildhall.accounts.service import SignedIn
from guildhall.kit.http.cors import CSRF_HEADER
from guildhall.kit.tokens import Claims, TokenSigner
from tests.guildhall.accounts.conftest import PASSWORD, SECRET, House, Http

ME = "/v1/accounts/me"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def signed_in(house: House, email: str = "ada@example.org") -> SignedIn:
    await house.sign_up(email, email.partition("@")[0].title())
    return await house.sign_in(email)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


async def test_the_token_itself_is_good(house: House, http: Http) -> None:
    ada = await signed_in(house)
    answer = await http.get(ME, headers=bearer(ada.access_token))
    assert (answer.status, (await answer.json())["email"]) == (200, "ada@example.org")


async def test_a_token_without_a_signature_is_refused(house: House, http: Http) -> None:
    claims = claims_of((await signed_in(house)).access_token)
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{encode({'alg': algorithm, 'typ': 'JWT'})}.{encode(claims)}."
        answer = await http.get(ME, headers=bearer(unsigned))
        assert (answer.status, (await answer.json())["type"].rpartition("/")[2]) == (401, "unauthenticated")


async def test_a_token_by_another_algorithm_or_key_is_refused(house: House, http: Http) -> None:
    claims = claims_of((await signed_in(house)).access_token)
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    confused = [
        jwt.encode(claims, rsa_key, algorithm="RS256"),
        jwt.encode(claims, "another secret that is long enough too", algorithm="HS256"),
        jwt.encode(claims, rsa_key, algorithm="RS256", headers={"kid": "../../dev/null"}),
    ]
    # Signed with our own secret: the header lies about it, or names an algorithm that is not on the list.
    for algorithm, hashed in (("RS256", "sha256"), ("EdDSA", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
        signed = f"{encode({'alg': algorithm, 'typ': 'JWT'})}.{encode(claims)}"
        mac = hmac.digest(SECRET.encode(), signed.encode(), hashed)
        confused.append(f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")
    for token in confused:
        assert (await http.get(ME, headers=bearer(token))).status == 401


async def test_a_token_for_another_audience_is_refused(house: House, http: Http) -> None:
    ada = await signed_in(house)

    class Sitting(Claims):
        account_id: str
        session_id: str

    elsewhere = Sitting(account_id=ada.account.id, session_id=ada.session.id)
    tokens = TokenSigner(SECRET, house.clock)
    for audience in ("guildhall/exam-room", "guildhall/proctor-wall", "guildhall/device", "guildhall"):
        token = tokens.sign(elsewhere, audience, 600)
        assert (await http.get(ME, headers=bearer(token))).status == 401
    for token in (ada.device_token, ada.refresh_token):
        assert (await http.get(ME, headers=bearer(token))).status == 401


async def test_a_role_written_into_a_token_or_a_body_is_worth_nothing(house: House, http: Http) -> None:
    ada = await signed_in(house)
    claims = {**claims_of(ada.access_token), "roles": ["admin"], "aal": 2}
    forged = jwt.encode(claims, SECRET, algorithm="HS256")  # even rightly signed: no such claim is read
    assert (await http.get(ME, headers=bearer(forged))).status == 401
    answer = await http.patch(ME, json={"name": "Ada", "roles": ["admin"]}, headers=bearer(ada.access_token))
    assert answer.status == 422
    body = {"email": "eve@example.org", "password": PASSWORD, "name": "Eve", "roles": ["admin"]}
    assert (await http.post("/v1/auth/sign-up", json=body)).status == 422
    assert (await house.account(ada.account.id)).roles == (PlatformRole.AGENT,)


async def test_a_header_that_names_a_user_or_a_role_is_not_read(house: House, http: Http) -> None:
    ada = await signed_in(house)
    for headers in ({"X-User-Id": ada.account.id}, {"X-User-Roles": "admin", "X-Forwarded-User": ada.account.id}):
        assert (await http.get(ME, headers=headers)).status == 401
    lies = {**bearer(ada.access_token), "X-User-Roles": "admin"}
    assert (await http.get("/v1/accounts/usr_any", headers=lies)).status == 403


async def test_another_organisations_object_is_not_found_whatever_is_done_to_it(house: House, http: Http) -> None:
    ada, eve = await signed_in(house), await signed_in(house, "eve@example.org")
    theirs = await house.service.organisations.create(ada.account.id, "Engines", "engines")
    await house.service.organisations.create(eve.account.id, "Evil", "evil")  # an owner, but of another one
    path, headers = f"/v1/organisations/{theirs.id}", bearer(eve.access_token)
    answers = [
        await http.get(path, headers=headers),
        await http.patch(path, json={"name": "Mine"}, headers={**headers, "If-Match": '"1"'}),
        await http.delete(path, headers=headers),
        await http.put(f"{path}/members/{eve.account.id}", json={"role": "owner"}, headers=headers),
        await http.delete(f"{path}/members/{ada.account.id}", headers=headers),
        await http.post(f"{path}/invitations", json={"email": "eve@example.org"}, headers=headers),
        await http.delete(f"{path}/invitations/inv_1", headers=headers),
        await http.delete(f"/v1/auth/sessions/{ada.session.id}", headers=headers),
    ]
    assert {answer.status for answer in answers} == {404}
    nowhere = await http.get("/v1/organisations/org_nowhere", headers=headers)
    assert _without_request(await nowhere.json()) == _without_request(await answers[0].json())
    assert (await house.principal(ada)).session_id == ada.session.id


async def test_a_member_who_may_look_may_not_take_over(house: House, http: Http) -> None:
    ada, bob = await signed_in(house), await signed_in(house, "bob@example.org")
    theirs = await house.service.organisations.create(ada.account.id, "Engines", "engines")
    await house.service.organisations.invite(ada.account.id, theirs.id, "bob@example.org", OrganisationRole.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    await house.service.organisations.accept(token, account_id=bob.account.id)
    path, headers = f"/v1/organisations/{theirs.id}", bearer(bob.access_token)
    shown = await (await http.get(path, headers=headers)).json()
    assert (shown["own_role"], shown["invitations"]) == ("member", [])
    promoted = await http.put(f"{path}/members/{bob.account.id}", json={"role": "owner"}, headers=headers)
    removed = await http.delete(f"{path}/members/{ada.account.id}", headers=headers)
    assert (promoted.status, removed.status) == (403, 403)


async def test_a_code_that_was_used_is_refused_in_another_sign_in(house: House, http: Http) -> None:
    generator, _ = await house.protect(await signed_in(house))
    code = house.code(generator)
    outcomes = []
    for _ in range(2):
        body = {"email": "ada@example.org", "password": PASSWORD, "transport": "body"}
        asked = await (await http.post("/v1/auth/sign-in", json=body)).json()
        proof = {"flow": asked["flow"], "code": code, "transport": "body"}
        outcomes.append((await http.post("/v1/auth/second-factor", json=proof)).status)
    assert outcomes == [200, 401]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({CSRF_HEADER: "1", "Origin": "https://evil.example"}, 403),
        ({CSRF_HEADER: "1"}, 403),
        ({"Origin": "{own}"}, 403),
        ({CSRF_HEADER: "1", "Origin": "{own}"}, 200),
    ],
)
async def test_the_cookie_alone_refreshes_nothing(
    house: House, http: Http, headers: dict[str, str], status: int
) -> None:
    ada = await signed_in(house)
    own = str(http.make_url("/")).rstrip("/")
    sent = {name: value.replace("{own}", own) for name, value in headers.items()}
    cookie = {"Cookie": f"{REFRESH_COOKIE}={ada.refresh_token}"}
    answer = await http.post("/v1/auth/refresh", json={}, headers={**sent, **cookie})
    assert answer.status == status
    session = await house.store.sessions.get(ada.session.id)
    assert session is not None
    assert session.generation == (2 if status == 200 else 1)


async def test_cookies_are_for_this_host_alone_and_no_script_reads_them(house: House, http: Http) -> None:
    await signed_in(house)
    answer = await http.post("/v1/auth/sign-in", json={"email": "ada@example.org", "password": PASSWORD})
    body = await answer.json()
    assert (body["refresh_token"], body["device_token"]) == (None, None)
    cookies = answer.headers.getall("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {REFRESH_COOKIE, DEVICE_COOKIE}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/;" in f"{cookie};"
        assert "Domain" not in cookie


async def test_a_refused_refresh_clears_no_cookie(house: House, http: Http) -> None:
    ada = await signed_in(house)
    await house.service.sessions.refresh(ada.refresh_token)
    house.clock.advance(10_001)
    answer = await http.post("/v1/auth/refresh", json={"refresh_token": ada.refresh_token})
    assert (answer.status, (await answer.json())["type"].rpartition("/")[2]) == (401, "reuse-detected")
    assert "Set-Cookie" not in answer.headers


async def test_known_and_unknown_addresses_get_the_same_answers_for_the_same_work(house: House, http: Http) -> None:
    await signed_in(house)
    hasher = house.service.hasher
    told: dict[str, set[tuple[Any, ...]]] = {}
    for email in ("ada@example.org", "nobody@example.org"):
        for path, body in (
            ("sign-up", {"email": email, "password": PASSWORD, "name": "Somebody"}),
            ("password-reset", {"email": email}),
            ("sign-in", {"email": email, "password": "wrong, and long enough"}),
            ("sign-in", {"email": email, "password": "x"}),
        ):
            before = hasher.hashes
            answer = await http.post(f"/v1/auth/{path}", json=body)
            said = json.dumps(_without_request(await answer.json()), sort_keys=True)
            headers = sorted(name for name in answer.headers if name != "Date")
            told.setdefault(path, set()).add((answer.status, said, hasher.hashes - before, str(headers)))
            assert await house.service.wishes.drain()
    assert {path: len(answers) for path, answers in told.items()} == {"sign-up": 1, "password-reset": 1, "sign-in": 1}
    assert {kind for mail in await house.mails("nobody@example.org") if (kind := mail.kind)} == {"verify_email"}


async def test_hundreds_of_attempts_cost_the_same_for_known_and_unknown_addresses(house: House) -> None:
    """The work, not the time: how often the database is asked and a password hashed, in each of thirty attempts."""
    await signed_in(house)
    asked: list[str] = []
    counts: dict[str, list[int]] = {}
    for collection in (house.store.accounts._collection, house.store.sessions._collection, house.store._tallies):
        for name in ("get", "find", "insert", "update_if", "upsert"):
            _count_calls(collection, name, asked)
    for email in ("ada@example.org", "nobody@example.org"):
        for number in range(30):
            asked.clear()
            with pytest.raises(Exception, match="do not sign in"):
                await house.sign_in(email, f"guess number {number}")
            counts.setdefault(email, []).append(len(asked))
    assert counts["ada@example.org"] == counts["nobody@example.org"]


async def test_nothing_secret_is_ever_in_an_answer_the_audit_log_or_an_export(house: House, http: Http) -> None:
    ada = await signed_in(house)
    generator, codes = await house.protect(ada)
    texts = [
        await (await http.get(ME, headers=bearer(ada.access_token))).text(),
        await (await http.get("/v1/auth/sessions", headers=bearer(ada.access_token))).text(),
        json.dumps(await house.service.closing.export(ada.account.id)),
        "".join(entry.model_dump_json() for entry in await house.audit.read(0, 500)),
    ]
    account = await house.account(ada.account.id)
    secrets = [PASSWORD, generator.secret, account.password_hash, *codes, *account.recovery_hashes, ada.refresh_token]
    for text in texts:
        assert not [secret for secret in secrets if secret in text]
    assert not re.search(r"[\w.]+@[\w.]+", texts[3])  # the audit log names nobody
    assert "Ada" not in texts[3]


def _count_calls(collection: Any, name: str, asked: list[str]) -> None:
    original = getattr(collection, name)

    async def counted(*args: Any, **kwargs: Any) -> Any:
        asked.append(name)
        return await original(*args, **kwargs)

    setattr(collection, name, counted)


def _without_request(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name not in {"request_id", "instance"}}
