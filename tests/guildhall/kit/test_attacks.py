"""What forgers of tokens try, each with its refusal."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.tokens import Claims, TokenSigner

SECRET = "a secret of at least thirty-two bytes"
AUDIENCE = "guildhall/api"
GOOD: dict[str, Any] = {"aud": AUDIENCE, "iat": 1, "exp": 4_000_000_000, "account_id": "acc_1", "role": "agent"}
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


class Member(Claims):
    account_id: str
    role: str


@pytest.fixture
def signer() -> TokenSigner:
    return TokenSigner(SECRET, ManualClock())


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def hmac_signed(header: dict[str, Any], payload: dict[str, Any], key: bytes) -> str:
    """A token whose header says what it likes, signed with HMAC-SHA-256 all the same."""
    text = f"{encoded(header)}.{encoded(payload)}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{text}.{base64.urlsafe_b64encode(algorithm.sign(text.encode(), key)).rstrip(b'=').decode()}"


def assert_refused(signer: TokenSigner, token: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        signer.verify(token, AUDIENCE, Member)
    assert SECRET not in caught.value.detail


def test_the_token_that_the_forgeries_are_made_from_is_good(signer: TokenSigner) -> None:
    good = hmac_signed({"alg": "HS256", "typ": "JWT"}, GOOD, SECRET.encode())
    assert signer.verify(good, AUDIENCE, Member).role == "agent"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS1", "hs256", None, ["HS256"], 5])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_a_token_that_says_it_needs_no_signature_is_refused(
    signer: TokenSigner, algorithm: Any, signature: str
) -> None:
    assert_refused(signer, f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(GOOD)}.{signature}")


def test_a_token_without_its_signature_is_refused(signer: TokenSigner) -> None:
    good = hmac_signed({"alg": "HS256"}, GOOD, SECRET.encode())
    for token in (good.rpartition(".")[0], good.rpartition(".")[0] + "."):
        assert_refused(signer, token)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA", "HS384", "HS512"])
def test_an_algorithm_other_than_ours_is_refused_though_the_signature_is_ours(
    signer: TokenSigner, algorithm: str
) -> None:
    assert_refused(signer, hmac_signed({"alg": algorithm}, GOOD, SECRET.encode()))


def test_a_token_signed_with_a_key_pair_of_the_forger_is_refused(signer: TokenSigner) -> None:
    for header in ({}, {"jwk": {"kty": "RSA"}}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example"}):
        assert_refused(signer, jwt.encode(GOOD, FOREIGN_KEY, algorithm="RS256", headers=header))


def test_a_public_key_used_as_an_hmac_secret_is_refused(signer: TokenSigner) -> None:
    public = FOREIGN_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert_refused(signer, hmac_signed({"alg": "HS256"}, GOOD, public))


@pytest.mark.parametrize("key", [b"", b"\x00", SECRET.encode()[:-1], SECRET.upper().encode()])
@pytest.mark.parametrize("kid", ["../../../../dev/null", "' OR 1=1 --", "", 5, None])
def test_a_key_id_chooses_no_key(signer: TokenSigner, kid: Any, key: bytes) -> None:
    assert_refused(signer, hmac_signed({"alg": "HS256", "kid": kid}, GOOD, key))


@pytest.mark.parametrize("header", [{"crit": ["exp"], "exp": 1}, {"b64": False, "crit": ["b64"]}, {"crit": "x"}])
def test_a_header_that_demands_what_is_not_known_here_is_refused(signer: TokenSigner, header: dict[str, Any]) -> None:
    assert_refused(signer, hmac_signed({"alg": "HS256", **header}, GOOD, SECRET.encode()))


@pytest.mark.parametrize(
    "edit",
    [{"role": "admin"}, {"account_id": "acc_2"}, {"exp": 5_000_000_000}, {"aud": "guildhall/proctor-wall"}],
)
def test_a_claim_changed_under_the_old_signature_is_refused(signer: TokenSigner, edit: dict[str, Any]) -> None:
    header, _, signature = hmac_signed({"alg": "HS256"}, GOOD, SECRET.encode()).split(".")
    assert_refused(signer, f"{header}.{encoded({**GOOD, **edit})}.{signature}")


@pytest.mark.parametrize(
    "audience", ["guildhall/exam-room", "", "guildhall/api/", "guildhall", [], ["guildhall"], None]
)
def test_a_token_of_another_audience_is_refused_though_we_signed_it(signer: TokenSigner, audience: Any) -> None:
    assert_refused(signer, hmac_signed({"alg": "HS256"}, {**GOOD, "aud": audience}, SECRET.encode()))


@pytest.mark.parametrize("depth", [3_000, 100_000])
def test_a_token_nested_without_end_is_refused_like_any_other(signer: TokenSigner, depth: int) -> None:
    nested = base64.urlsafe_b64encode(b"[" * depth).rstrip(b"=").decode()
    assert_refused(signer, f"{nested}.{encoded(GOOD)}.AA")
