import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.chat.answering.rules.redaction import passes_luhn, redacted


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("my card 4111 1111 1111 1111 is gone", "my card [card] is gone", "card"),
        ("5500-0000-0000-0004", "[card]", "card"),
        ("378282246310005.", "[card].", "card"),
        ("password: hunter22", "password: [password]", "password"),
        ("my PIN is 4711", "my PIN is [password]", "password"),
        ("key sk-abcdefghijklmnop1234", "key [key]", "key"),
        ("ghp_abcdefghijklmnopqrst", "[key]", "key"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0", "[token]", "token"),
        ("Authorization: Bearer abcdef123456789", "Authorization: [token]", "token"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[key]", "key"),
    ],
)
def test_cards_and_secrets_are_masked(text: str, masked: str, kind: str) -> None:
    assert redacted(text) == (masked, (kind,))


@pytest.mark.parametrize(
    "text",
    ["order 4111111111111112 please", "call 0049 30 1234567", "I forgot my password", "my pin does not work", "0" * 16],
)
def test_other_numbers_and_words_stay(text: str) -> None:
    assert redacted(text) == (text, ())


@given(st.text(alphabet="0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-"]))
def test_any_number_with_its_check_digit_is_masked_however_it_is_grouped(digits: str, between: str) -> None:
    last = next(d for d in "0123456789" if digits.strip("0") == "" or passes_luhn(digits + d))
    number = digits + last
    if number.strip("0"):
        grouped = between.join(number[i : i + 4] for i in range(0, len(number), 4))
        assert redacted(f"pay with {grouped} now")[0] == "pay with [card] now"


@given(st.text(max_size=400))
def test_masking_again_changes_nothing(text: str) -> None:
    once = redacted(text)[0]
    assert redacted(once)[0] == once
