"""Time-based codes (RFC 6238, six digits, 30 s) that count once, and the recovery codes beside them."""

import hashlib
import hmac
import secrets
from typing import Final

import pyotp

STEP_SECONDS: Final = 30
WINDOW_STEPS: Final = 1
"""RFC 6238 section 5.2 advises one step either side for clocks that are off and slow typing."""
RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no letter that reads like a digit, no vowel but a and e
_RECOVERY_CHARACTERS = 12  # 58 bits


def new_totp_secret() -> str:
    return pyotp.random_base32()


def provisioning_uri(secret: str, email: str, issuer: str) -> str:
    """What an authenticator app scans (the de-facto `otpauth` key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def match_code(secret: str, code: str, now_ms: int, last_counter: int) -> int | None:
    """The counter that `code` belongs to if it is near enough and above `last_counter`, else None.

    The caller stores it by compare-and-set: of many uses of one code, one stands.
    """
    now_counter = now_ms // 1000 // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    matched = None
    for counter in range(now_counter - WINDOW_STEPS, now_counter + WINDOW_STEPS + 1):
        is_same = hmac.compare_digest(generator.generate_otp(counter).encode(), code.encode())
        if is_same and counter > last_counter:
            matched = counter
    return matched


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes such as `h4kd-92mz-qw7x`, shown once."""
    return tuple(
        _group("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_CHARACTERS)))
        for _ in range(RECOVERY_CODES)
    )


def hash_recovery_code(code: str, key: bytes) -> str:
    """Keyed: 58 bits alone could be tried out by whoever gets hold of the database."""
    plain = "".join(character for character in code.casefold() if character in _RECOVERY_ALPHABET)
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def without_recovery_code(hashes: tuple[str, ...], presented: str) -> tuple[str, ...] | None:
    """The codes that are left when `presented` is used, or None if it is none of them."""
    left = tuple(one for one in hashes if not hmac.compare_digest(one, presented))
    return left if len(left) < len(hashes) else None


def _group(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
