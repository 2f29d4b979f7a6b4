import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.accounts.rules.second_factor import (
    RECOVERY_CODES,
    hash_recovery_code,
    match_code,
    new_recovery_codes,
    new_totp_secret,
    provisioning_uri,
    without_recovery_code,
)

# RFC 6238 appendix B: the ASCII secret "12345678901234567890", the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
KEY = b"key"


@pytest.mark.parametrize(("at_seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(at_seconds: int, code: str) -> None:
    assert match_code(RFC_SECRET, code, at_seconds * 1000, 0) == at_seconds // 30


@pytest.mark.parametrize(("off_steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_either_side(off_steps: int, counts: bool) -> None:
    now_ms = 1_800_000_000_000
    code = pyotp.TOTP(RFC_SECRET).at(now_ms // 1000 + 30 * off_steps)
    assert (match_code(RFC_SECRET, code, now_ms, 0) is not None) is counts


@given(now_ms=st.integers(min_value=10**9, max_value=2**42), behind=st.integers(min_value=-1, max_value=1))
def test_a_counter_that_was_used_and_all_before_it_never_count_again(now_ms: int, behind: int) -> None:
    counter = now_ms // 30_000 + behind
    code = pyotp.TOTP(RFC_SECRET).generate_otp(counter)
    matched = match_code(RFC_SECRET, code, now_ms, counter)
    assert matched is None or matched > counter  # the same six digits may come again, as another step's code


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "2870820", " 287082"])
def test_what_is_no_code_is_no_match_and_no_crash(code: str) -> None:
    assert match_code(RFC_SECRET, code, 59_000, 0) is None


def test_an_app_can_scan_what_it_needs() -> None:
    secret = new_totp_secret()
    uri = provisioning_uri(secret, "ada@example.org", "Guildhall")
    parsed = pyotp.parse_uri(uri)
    assert (parsed.secret, parsed.name, parsed.issuer) == (secret, "ada@example.org", "Guildhall")


def test_recovery_codes_are_ten_different_ones_and_each_is_used_up() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    hashes = tuple(hash_recovery_code(code, KEY) for code in codes)
    left = without_recovery_code(hashes, hash_recovery_code(codes[3].upper().replace("-", " "), KEY))
    assert left == hashes[:3] + hashes[4:]
    assert without_recovery_code(left, hash_recovery_code(codes[3], KEY)) is None


def test_without_the_key_a_recovery_code_cannot_be_tried_out() -> None:
    (code, *_) = new_recovery_codes()
    assert hash_recovery_code(code, KEY) != hash_recovery_code(code, b"another key")
