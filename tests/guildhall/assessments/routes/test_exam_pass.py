"""An exam token over HTTP opens its own attempt and nothing else."""

from collections.abc import Collection

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from guildhall.assessments.model.attempts import EXAM_AUDIENCE, ExamClaims
from guildhall.assessments.routes.exam_pass import accept_exam_tokens
from guildhall.kit.clock import SystemClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import Principal
from guildhall.kit.http.guards import Authenticate
from guildhall.kit.tokens import TokenSigner

SIGNER = TokenSigner("s" * 32, SystemClock())
CLAIMS = ExamClaims(attempt_id="att_1", account_id="acc_1", session_id="ses_1")
TOKEN = SIGNER.sign(CLAIMS, EXAM_AUDIENCE, 86_400)  # made when tests are collected, used when they run
SIGNED_IN = Principal(kind="user", id="acc_of_the_access_token", roles=frozenset({"admin"}))


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def authenticate(ended: list[str]) -> Authenticate:
    async def by_access_token(_request: web.Request) -> Principal:
        return SIGNED_IN

    async def ended_among(session_ids: Collection[str]) -> list[str]:
        return [id_ for id_ in session_ids if id_ in ended]

    def read(token: str) -> ExamClaims:
        return SIGNER.verify(token, EXAM_AUDIENCE, ExamClaims)

    return accept_exam_tokens(by_access_token, read, ended_among)


def asking(path: str, token: str = TOKEN) -> web.Request:
    return make_mocked_request("POST", path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("path", ["", "/answers", "/receipt", "/slots/q1/files", "/pictures/b1"])
async def test_it_acts_as_its_candidate_without_any_role_on_its_own_attempt(
    authenticate: Authenticate, path: str
) -> None:
    principal = await authenticate(asking(f"/v1/attempts/att_1{path}"))

    assert (principal.id, principal.session_id, principal.roles) == ("acc_1", "ses_1", frozenset())


async def test_it_does_not_open_another_attempt(authenticate: Authenticate) -> None:
    with pytest.raises(Unauthenticated, match="another attempt"):
        await authenticate(asking("/v1/attempts/att_2/answers"))


@pytest.mark.parametrize("path", ["/v1/accounts/me", "/v1/attempts/att_1/doors", "/v1/attempts", "/v1/exams/mine"])
async def test_anywhere_else_it_is_read_as_an_access_token_which_it_is_not(
    authenticate: Authenticate, path: str
) -> None:
    assert await authenticate(asking(path)) is SIGNED_IN


async def test_an_access_token_opens_attempts_as_before(authenticate: Authenticate) -> None:
    assert await authenticate(asking("/v1/attempts/att_1", "an.access.token")) is SIGNED_IN


async def test_it_ends_with_the_sign_in_behind_it(authenticate: Authenticate, ended: list[str]) -> None:
    ended.append("ses_1")

    with pytest.raises(Unauthenticated, match="has ended"):
        await authenticate(asking("/v1/attempts/att_1/answers"))
