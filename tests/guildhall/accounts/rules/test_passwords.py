import pytest

from guildhall.accounts.rules.passwords import normalise_password, password_fault
from guildhall.accounts.settings import AccountsSettings

SETTINGS = AccountsSettings()
CONTEXT = ("Guildhall", "Ada Lovelace", "ada.lovelace@engines.example")


def fault_of(password: str) -> str:
    return password_fault(password, CONTEXT, SETTINGS) or ""


@pytest.mark.parametrize(
    "password",
    [
        "correct mule battery pin",
        "tr0ub4dor&threepence",
        "ÄpfelUndBirnen",
        "         a b c d e",
        "x" * 30 + "yzab cdef",
    ],
)
def test_a_long_password_that_nobody_tries_first_is_good_whatever_it_is_made_of(password: str) -> None:
    assert fault_of(password) == ""


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short words", "at least 12"),
        ("x" * 129, "at most 128"),
        ("password1234", "guessers try first"),
        ("P@ssw0rd!2026", "guessers try first"),
        ("Summer-2026-Winter", "guessers try first"),
        ("correct horse battery staple", "guessers try first"),
        ("iloveyou!!!!!!", "guessers try first"),
        ("aaaaaaaaaaaab", "pattern"),
        ("abcabcabcabcabc", "pattern"),
        ("qwertyuiopasd", "pattern"),
        ("fdsapoiuytrewq", "pattern"),
        ("987654321098", "pattern"),
        ("1qaz2wsx3edc", "pattern"),
        ("AdaLovelace1815", "your name"),
        ("guildhall-2026!", "your name"),
        ("engines.example", "your name"),
    ],
)
def test_what_a_guesser_tries_first_is_refused_with_the_reason(password: str, reason: str) -> None:
    assert reason in fault_of(password)


def test_a_context_word_among_enough_others_does_no_harm() -> None:
    assert fault_of("lovelace rides seven bicycles") == ""


def test_the_sentence_never_repeats_the_password() -> None:
    for password in ("hunter2hunter2", "password1234", "AdaLovelace1815"):
        assert fault_of(password)
        assert password.casefold() not in fault_of(password).casefold()


def test_the_same_password_typed_on_another_keyboard_is_the_same() -> None:
    assert normalise_password("A\u0308pfel\uff11") == "Äpfel1"
