import jwt
import pytest

from guildhall.kit.signatures import SignatureRefused, Signer, as_jwk, key_id_of, keys_of_set, verify_signature

SECRET = "a secret of the tests that is long enough"
TYPE = "test+jwt"
SIGNER = Signer(SECRET, "tests")
KEYS = {SIGNER.key_id: SIGNER.public_key}


def test_what_was_signed_verifies_with_the_public_key_alone() -> None:
    token = SIGNER.sign({"sub": "Ada", "level": "C1"}, TYPE)
    assert verify_signature(token, KEYS, TYPE) == {"sub": "Ada", "level": "C1"}
    assert token == Signer(SECRET, "tests").sign({"sub": "Ada", "level": "C1"}, TYPE)


def test_every_changed_character_is_noticed() -> None:
    token = SIGNER.sign({"sub": "Ada"}, TYPE)
    for place, character in enumerate(token[:-1]):  # the last one of a signature holds bits that mean nothing
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(SignatureRefused):
            verify_signature(changed, KEYS, TYPE)


def test_another_purpose_or_secret_makes_another_key() -> None:
    others = {Signer(SECRET, "others").key_id, Signer(SECRET + "!", "tests").key_id, SIGNER.key_id}
    assert len(others) == 3
    with pytest.raises(SignatureRefused, match="not among those given"):
        verify_signature(Signer(SECRET, "others").sign({}, TYPE), KEYS, TYPE)


def test_a_token_of_another_type_or_algorithm_is_refused() -> None:
    with pytest.raises(SignatureRefused, match="something else"):
        verify_signature(SIGNER.sign({}, "other+jwt"), KEYS, TYPE)
    forged = jwt.encode({}, SIGNER.public_key * 2, algorithm="HS256", headers={"kid": SIGNER.key_id, "typ": TYPE})
    with pytest.raises(SignatureRefused, match="changed"):
        verify_signature(forged, KEYS, TYPE)
    unsigned = jwt.encode({}, "", algorithm="none", headers={"kid": SIGNER.key_id, "typ": TYPE})
    with pytest.raises(SignatureRefused, match="changed"):
        verify_signature(unsigned, KEYS, TYPE)
    with pytest.raises(SignatureRefused, match="no signed document"):
        verify_signature("hello", KEYS, TYPE)


def test_the_key_id_is_the_thumbprint_of_rfc_8037() -> None:
    # Appendix A.3 of RFC 8037.
    assert key_id_of("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_set_of_keys_names_each_by_its_thumbprint_whatever_it_claims() -> None:
    lying = {**as_jwk("somebody-else", SIGNER.public_key)}
    assert keys_of_set({"keys": [lying, {"kty": "RSA", "n": "x"}, "junk"]}) == KEYS
    documents: tuple[object, ...] = ([], {}, {"keys": 3})
    for junk in documents:
        with pytest.raises(SignatureRefused, match="no set of keys"):
            keys_of_set(junk)
