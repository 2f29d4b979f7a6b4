import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.chat.faq.rules.matching import Matcher, NoMatcher, as_bytes, from_bytes
from guildhall.chat.faq.training.fitting import count, fit
from tests.guildhall.chat.faq.shop import SHOP, taught


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return fit(count(taught()))


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("my pasword was forgoten", "password"),
        ("has my parcel been delivered", "delivery"),
        ("sunday opening hours?", "hours"),
        ("coupon code gets rejected", "voucher"),
    ],
)
def test_a_question_finds_its_entry_also_with_typing_errors(matcher: Matcher, text: str, entry_id: str) -> None:
    assert matcher.rank(text)[0].entry_id == entry_id
    assert matcher.alike(text)[0].entry_id == entry_id


def test_probabilities_are_of_all_entries_and_likeness_is_the_cosine_to_the_nearest_phrasing(matcher: Matcher) -> None:
    ranked = matcher.rank("where is my parcel", len(SHOP))
    assert sum(one.probability for one in ranked) == pytest.approx(1, abs=1e-4)
    assert ranked[0].phrasing == "where is my parcel"
    assert ranked[0].likeness == pytest.approx(1, abs=1e-3)
    assert all(0 <= one.likeness < 0.9 for one in ranked[1:])


def test_only_a_phrasing_of_one_entry_alone_is_exact() -> None:
    matcher = fit(count(taught(other=("Where is my parcel", "another thing"))))
    assert matcher.exactly("ANOTHER thing!") == "other"
    assert matcher.exactly("where is my parcel") == ""
    assert matcher.exactly("something else") == ""


def test_what_shares_no_term_with_any_phrasing_finds_nothing(matcher: Matcher) -> None:
    assert matcher.rank("ж щ") == ()
    assert matcher.rank("") == ()


def test_bytes_come_back_as_the_same_matcher(matcher: Matcher) -> None:
    again = from_bytes(as_bytes(matcher))
    for phrasings in SHOP.values():
        assert again.rank(phrasings[1] + " please") == matcher.rank(phrasings[1] + " please")


def test_one_entry_alone_is_found_by_likeness() -> None:
    matcher = fit(count(taught()[:1]))
    assert matcher.alike("parcel please")[0].entry_id == "delivery"


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("what was stored has been executed",)


def test_nothing_that_is_stored_is_executed() -> None:
    out = io.BytesIO()
    np.savez(out, texts=np.array([Bomb()], dtype=object))
    for body in (out.getvalue(), pickle.dumps(Bomb())):
        with pytest.raises(NoMatcher):
            from_bytes(body)


@given(st.data())
def test_damaged_bytes_are_refused_or_still_a_whole_matcher(matcher: Matcher, data: st.DataObject) -> None:
    body = bytearray(as_bytes(matcher))
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = from_bytes(bytes(body[: data.draw(st.integers(len(body) // 2, len(body)))]))
    except NoMatcher:
        return
    found.rank("where is my parcel")


def test_parts_that_do_not_fit_together_are_refused(matcher: Matcher) -> None:
    with np.load(io.BytesIO(as_bytes(matcher))) as found:
        arrays = {name: found[name] for name in found.files}
    for wrong in (
        {"weights": arrays["weights"][1:]},
        {"holders": arrays["holders"] + 50},
        {"bias": arrays["bias"][1:]},
    ):
        out = io.BytesIO()
        np.savez(out, **(arrays | wrong))
        with pytest.raises(NoMatcher, match="do not fit together"):
            from_bytes(out.getvalue())
