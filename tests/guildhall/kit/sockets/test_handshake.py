import pytest

from guildhall.kit.sockets.handshake import NEW_PAGE, PageSaid, read_page, read_token


@pytest.mark.parametrize("auth", [None, "token", 5, [], {}, {"token": None}, {"token": 5}, {"token": b"x"}])
def test_whatever_is_no_token_is_no_token(auth: object) -> None:
    assert read_token(auth) == ""


def test_the_token_is_in_the_auth_of_the_client() -> None:
    assert read_token({"token": "abc", "other": 1}) == "abc"


@pytest.mark.parametrize(
    "auth",
    [None, "page", [], {}, {"page": None}, {"page": 5}, {"page": "short"}, {"page": "x" * 41}, {"page": "a b c d e f"}],
)
def test_a_page_that_says_nothing_usable_of_itself_is_a_new_one(auth: object) -> None:
    assert read_page(auth) == NEW_PAGE


def test_only_a_page_that_says_so_is_coming_back() -> None:
    assert read_page({"page": "the-first", "returning": True}) == PageSaid("the-first", is_returning=True)
    for said in (1, "true", None):
        assert read_page({"page": "the-first", "returning": said}) == PageSaid("the-first")


@pytest.mark.parametrize(
    ("page", "holder", "may"),
    [
        (NEW_PAGE, "the-second", True),
        (PageSaid("the-first"), "the-second", True),
        (PageSaid("the-first", is_returning=True), "the-second", False),
        (PageSaid("the-first", is_returning=True), "the-first", True),
        (PageSaid("the-first", is_returning=True), "", True),
    ],
)
def test_only_a_page_that_comes_back_leaves_a_newer_one_its_place(page: PageSaid, holder: str, may: bool) -> None:
    assert page.may_take_from(holder) is may
