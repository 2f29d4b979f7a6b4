import base64
import json
from typing import Any

import jwt
import pytest
from pydantic import Field

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.tokens import Claims, TokenExpired, TokenSigner, key_id_of

SECRET = "a secret of at least thirty-two bytes"


class Seat(Claims):
    session_id: str
    rows: list[int] = Field(default_factory=list)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def signer(clock: ManualClock) -> TokenSigner:
    return TokenSigner(SECRET, clock)


def refusal(signer: TokenSigner, token: str, audience: str = "exam-room") -> str:
    with pytest.raises(Unauthenticated) as caught:
        signer.verify(token, audience, Seat)
    return caught.value.detail


def test_claims_come_back_with_the_end_of_their_token(signer: TokenSigner, clock: ManualClock) -> None:
    token = signer.sign(Seat(session_id="ses_1", rows=[1, 2]), "exam-room", 60)
    expires_at_ms = clock.now_ms() + 60_000
    assert signer.verify(token, "exam-room", Seat) == Seat(session_id="ses_1", rows=[1, 2], expires_at_ms=expires_at_ms)


def test_a_token_lives_to_its_last_millisecond_and_no_longer(signer: TokenSigner, clock: ManualClock) -> None:
    clock.advance(1)
    token = signer.sign(Seat(session_id="ses_1"), "exam-room", 60)
    expires_at_ms = signer.verify(token, "exam-room", Seat).expires_at_ms
    assert 60_000 <= expires_at_ms - clock.now_ms() < 61_000
    clock.advance(expires_at_ms - clock.now_ms() - 1)
    assert signer.verify(token, "exam-room", Seat).session_id == "ses_1"
    clock.advance(1)
    assert refusal(signer, token) == "This token has expired; ask for a new one."
    with pytest.raises(TokenExpired):
        signer.verify(token, "exam-room", Seat)


def test_a_token_for_another_audience_says_so(signer: TokenSigner) -> None:
    token = signer.sign(Seat(session_id="ses_1"), "proctor-wall", 60)
    assert refusal(signer, token) == "This token is for something else, not for exam-room."


def test_a_token_with_other_claims_is_for_something_else(signer: TokenSigner) -> None:
    assert "something else" in refusal(signer, signer.sign(Claims(), "exam-room", 60))


def test_a_token_that_others_signed_is_refused(signer: TokenSigner, clock: ManualClock) -> None:
    foreign = TokenSigner("another secret of at least 32 bytes!", clock).sign(Seat(session_id="s"), "exam-room", 60)
    assert refusal(signer, foreign) == "This token is damaged, or was not issued here."


def test_a_token_changed_anywhere_is_refused(signer: TokenSigner) -> None:
    token = signer.sign(Seat(session_id="ses_1"), "exam-room", 60)
    # The last character of a part may hold bits that decoding drops, so every other one is tried.
    for index in range(0, len(token) - 1, 7):
        changed = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
        assert "damaged" in refusal(signer, changed)


@pytest.mark.parametrize("token", ["x", "a.b.c", ".", "..", "é.é.é", "\x00", "x" * 10_000, "a.b.c.d", "null"])
def test_what_is_no_token_is_refused_in_a_sentence(signer: TokenSigner, token: str) -> None:
    assert refusal(signer, token) == "This token is damaged, or was not issued here."


def test_no_token_is_refused_in_a_sentence(signer: TokenSigner) -> None:
    assert refusal(signer, "").startswith("No token was sent")


def forged(payload: dict[str, Any], algorithm: str) -> str:
    return jwt.encode(payload, SECRET if algorithm != "none" else "", algorithm=algorithm)


GOOD: dict[str, Any] = {"aud": "exam-room", "iat": 1, "exp": 4_000_000_000, "session_id": "ses_1"}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_only_the_one_algorithm_is_accepted(signer: TokenSigner, algorithm: str) -> None:
    assert "damaged" in refusal(signer, forged(GOOD, algorithm))
    assert signer.verify(forged(GOOD, "HS256"), "exam-room", Seat).session_id == "ses_1"


@pytest.mark.parametrize("missing", ["aud", "iat", "exp"])
def test_a_token_without_audience_issue_or_end_is_refused(signer: TokenSigner, missing: str) -> None:
    payload = {name: value for name, value in GOOD.items() if name != missing}
    assert refusal(signer, forged(payload, "HS256")).startswith("This token is")


@pytest.mark.parametrize("end", ["4000000000", 4e9, True, None, [], 10**400])
def test_an_end_that_is_no_time_is_refused(signer: TokenSigner, end: Any) -> None:
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", "typ": "JWT"}, {**GOOD, "exp": end})
    )
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = key.sign(f"{header}.{body}".encode(), SECRET.encode())
    token = f"{header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    if end == 10**400:
        assert signer.verify(token, "exam-room", Seat).session_id == "ses_1"
    else:
        assert "damaged" in refusal(signer, token)


def test_a_claim_may_not_take_the_name_of_the_tokens_own(signer: TokenSigner) -> None:
    class Odd(Claims):
        exp: int = 5

    with pytest.raises(ValueError, match="may not be called exp"):
        signer.sign(Odd(), "exam-room", 60)


def test_a_short_secret_is_refused(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes; this one has 5"):
        TokenSigner("short", clock)
    with pytest.raises(ValueError, match="at least 32 bytes; this one has 5"):
        TokenSigner(SECRET, clock, ["short"])


def test_a_key_is_replaced_without_ending_a_token(clock: ManualClock) -> None:
    old, new = SECRET, "the secret that takes over from that one"
    held = TokenSigner(old, clock).sign(Seat(session_id="ses_1"), "exam-room", 60)
    both = TokenSigner(new, clock, [old])
    assert both.verify(held, "exam-room", Seat).session_id == "ses_1"
    fresh = both.sign(Seat(session_id="ses_2"), "exam-room", 60)
    after = TokenSigner(new, clock)
    assert after.verify(fresh, "exam-room", Seat).session_id == "ses_2"
    assert "not issued here" in refusal(after, held)  # its key was taken away
    assert "not issued here" in refusal(TokenSigner(old, clock), fresh)


def test_a_token_that_names_another_key_than_the_one_that_signed_it_is_refused(clock: ManualClock) -> None:
    old, new = SECRET, "the secret that takes over from that one"
    both = TokenSigner(new, clock, [old])
    lying = jwt.encode(GOOD, old, algorithm="HS256", headers={"kid": key_id_of(new)})
    assert "damaged" in refusal(both, lying)
    for odd in ("", "nobody's", "../etc/passwd"):
        assert "damaged" in refusal(both, jwt.encode(GOOD, old, algorithm="HS256", headers={"kid": odd}))


def test_a_token_without_the_name_of_a_key_is_of_the_oldest(clock: ManualClock) -> None:
    both = TokenSigner("the secret that takes over from that one", clock, [SECRET])
    assert both.verify(forged(GOOD, "HS256"), "exam-room", Seat).session_id == "ses_1"


def test_the_name_of_a_key_says_nothing_of_it() -> None:
    assert key_id_of(SECRET) == key_id_of(SECRET) != key_id_of(SECRET + ".")
    assert len(key_id_of(SECRET)) == 16
