import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import VerifiedTokens
from guildhall.kit.tokens import Claims


class Verifier:
    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[str] = []
        self.expires_at_ms = clock.now_ms() + 1000

    def __call__(self, token: str) -> Claims:
        self.asked.append(token)
        if token.startswith("bad") or self.expires_at_ms <= self.clock.now_ms():
            raise Unauthenticated("No good.")
        return Claims(expires_at_ms=self.expires_at_ms)


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(ManualClock())


def test_a_good_token_is_verified_once(verifier: Verifier) -> None:
    tokens = VerifiedTokens(verifier, verifier.clock)
    assert tokens.verify("a") is tokens.verify("a")
    assert verifier.asked == ["a"]


def test_a_remembered_token_ends_when_it_says(verifier: Verifier) -> None:
    tokens = VerifiedTokens(verifier, verifier.clock)
    tokens.verify("a")
    verifier.clock.advance(1000)
    with pytest.raises(Unauthenticated):
        tokens.verify("a")
    assert len(tokens) == 0


def test_a_refused_token_is_not_remembered(verifier: Verifier) -> None:
    tokens = VerifiedTokens(verifier, verifier.clock)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            tokens.verify("bad")
    assert (verifier.asked, len(tokens)) == (["bad", "bad"], 0)


def test_the_token_used_least_recently_is_forgotten(verifier: Verifier) -> None:
    tokens = VerifiedTokens(verifier, verifier.clock, tokens_max=2)
    for token in ("a", "b", "a", "c", "a"):
        tokens.verify(token)
    assert (verifier.asked, len(tokens)) == (["a", "b", "c"], 2)
    tokens.verify("b")
    assert verifier.asked[-1] == "b"
