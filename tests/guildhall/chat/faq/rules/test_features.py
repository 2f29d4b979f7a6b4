import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.chat.faq.rules.features import TEXT_CHARACTERS, normalised, stem, terms


def test_case_signs_and_apostrophes_make_no_difference() -> None:
    assert normalised("I\u2019ve   LOST my Card!!") == normalised("ive lost my card")


@pytest.mark.parametrize(
    ("one", "other"),
    [("cancelling", "cancelled"), ("deliveries", "delivery"), ("charges", "charged"), ("stopped", "stop")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_typing_error_leaves_most_pieces_of_the_word() -> None:
    right, wrong = terms("withdrawal")[0], terms("withdrawl")[0]
    assert len(right.keys() & wrong.keys()) > len(right) / 2


def test_words_are_counted_with_their_neighbours() -> None:
    assert terms("card not arrived")[1].keys() == {"card", "not", "arriv", "card not", "not arriv"}


def test_a_language_without_spaces_has_pieces_too() -> None:
    assert terms("我的包裹在哪里")[0].keys() & terms("包裹在哪里呢")[0].keys()


@given(st.text(max_size=2_000))
def test_any_text_has_terms_of_bounded_number(text: str) -> None:
    pieces, words = terms(text)
    assert sum(pieces.values()) <= 8 * 4 * TEXT_CHARACTERS
    assert sum(words.values()) <= 4 * TEXT_CHARACTERS
