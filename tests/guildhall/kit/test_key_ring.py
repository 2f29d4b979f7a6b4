"""A ring of keys: the newest seals, all of them open, and what cannot be opened says why and what to do."""

import base64
import hmac

import pytest
from cryptography.fernet import Fernet

from guildhall.kit.key_ring import KeyMissing, KeyRing, SealBroken

OLD, NEW, OTHER = (f"{name} secret of thirty-two bytes or so" for name in ("an old", "a new", "another"))
USE = "tests/what they say"
WORDS = "DE89370400440532013000"


def test_the_newest_key_seals_and_every_key_of_the_ring_opens() -> None:
    before, after = KeyRing((OLD,), USE), KeyRing((NEW, OLD), USE)
    sealed = before.seal(WORDS)
    assert WORDS not in sealed
    assert before.seal(WORDS) != sealed
    assert after.unseal(sealed) == WORDS
    assert (before.is_newest(sealed), after.is_newest(sealed)) == (True, False)
    again = after.seal(WORDS)
    assert after.is_newest(again)
    assert KeyRing((NEW,), USE).unseal(again) == WORDS


def test_without_its_key_it_says_which_secret_to_put_back() -> None:
    sealed = KeyRing((OLD,), USE).seal(WORDS)
    for ring in (KeyRing((NEW, OTHER), USE), KeyRing((OLD,), "tests/another use")):
        with pytest.raises(KeyMissing, match=r"puts that secret back: as TOKEN_SECRET .* security\.sealing_secrets"):
            ring.unseal(sealed)


def test_what_was_changed_is_told_apart_from_a_key_that_is_missing() -> None:
    ring = KeyRing((NEW, OLD), USE)
    sealed = ring.seal(WORDS)
    changed = sealed[:-10] + ("B" if sealed[-10] == "A" else "A") + sealed[-9:]
    for broken in (changed, f"{ring.newest}.", f"{ring.newest}.no token"):
        with pytest.raises(SealBroken, match="changed since it was sealed"):
            ring.unseal(broken)


def test_what_was_sealed_before_there_was_a_ring_is_opened_by_whichever_key_it_was() -> None:
    """As accounts and onboarding sealed: a Fernet token by a key derived in the same way, without its name."""
    derived = hmac.digest(OLD.encode(), f"guildhall/{USE}".encode(), "sha256")
    nameless = Fernet(base64.urlsafe_b64encode(derived)).encrypt(WORDS.encode()).decode()
    assert KeyRing((NEW, OLD), USE).unseal(nameless) == WORDS
    with pytest.raises(KeyMissing):
        KeyRing((NEW,), USE).unseal(nameless)


def test_equal_words_are_found_equal_by_any_key_and_a_fingerprint_tells_nothing_to_another() -> None:
    before, after = KeyRing((OLD,), USE), KeyRing((NEW, OLD), USE)
    made = before.fingerprint(WORDS)
    assert after.is_of(made, WORDS)
    assert not after.is_of(made, WORDS[:-1])
    assert not KeyRing((NEW,), USE).is_of(made, WORDS)
    assert len({made, after.fingerprint(WORDS), KeyRing((OLD,), "tests/else").fingerprint(WORDS)}) == 3
