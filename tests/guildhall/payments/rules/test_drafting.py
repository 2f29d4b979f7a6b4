"""What no journal takes, and which account an entry takes from."""

import pytest

from guildhall.payments.model.entries import Lines, Phase
from guildhall.payments.rules.drafting import NotAnEntry, check_draft, check_lines, is_as_written, make_entry, source_of
from tests.guildhall.payments.purse import CASH, FEES, client, draft, held, lines, moved, payable, released


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        (lines((CASH, 5)), "at least two lines"),
        (lines((CASH, 5), (client(), -5), (FEES, 0)), "line of zero"),
        (lines((CASH, 5), (client(), -4)), "1 minor units more"),
        (lines((CASH, 5), ("cash:house:USD", -5)), "one currency, not in EUR and USD"),
        (lines((CASH, 5), ("nonsense", -5)), "is no account"),
        (lines((CASH, 5), ("nonsense:house:EUR", -5)), "nonsense"),
    ],
)
def test_lines_that_no_journal_takes(refused: Lines, sentence: str) -> None:
    with pytest.raises(NotAnEntry, match=sentence):
        check_lines(refused)


def test_only_what_is_pending_expires_and_only_a_resolution_names_another() -> None:
    with pytest.raises(NotAnEntry, match="Only a pending entry expires"):
        check_draft(draft("a", moved(5, held(), payable()), expires_at_ms=5))
    with pytest.raises(NotAnEntry, match="names it"):
        check_draft(draft("a", moved(5, held(), payable()), of="x|y"))
    with pytest.raises(NotAnEntry, match="names it"):
        check_draft(draft("a", (), Phase.RESOLVING))


def test_the_source_is_the_floored_account_that_is_taken_from_or_the_first_debit() -> None:
    assert source_of(released("r", 100, fee=10).lines) == held()
    assert source_of(moved(5, CASH, client())) == CASH
    assert source_of(lines((FEES, 5), (payable(), 50), (held(), -55))) == payable()
    # What is taken and given back in one entry is not taken.
    assert source_of(lines((held(), 5), (held(), -5), (client(), 5), (payable(), -5))) == client()
    with pytest.raises(NotAnEntry, match="make two"):
        source_of(lines((held(), 5), (client(), 5), (payable(), -10)))


def test_an_entry_that_says_anything_else_does_not_fit_its_hash() -> None:
    entry = make_entry(released("r", 100, fee=10), held(), 3, 7, ())
    assert is_as_written(entry)
    for change in ({"at_ms": 8}, {"by": "eve"}, {"number": 4}, {"lines": moved(100, held(), payable())}, {"id": "x"}):
        assert not is_as_written(entry.model_copy(update=change)), change
