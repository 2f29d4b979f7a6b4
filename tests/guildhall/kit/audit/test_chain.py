from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guildhall.kit.audit.chain import Witness
from guildhall.kit.audit.entry import entry_hash
from guildhall.kit.streams import Entry
from tests.guildhall.kit.audit.chains import appended, chain_of, event, walked

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
DETAILS = st.dictionaries(TEXT, TEXT | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.none(), max_size=3)
CHAINS = st.lists(DETAILS, min_size=2, max_size=12).map(
    lambda every: chain_of(*(event(number, details) for number, details in enumerate(every)))
)
UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FIELDS = ("actor", "action", "object_type", "object_id", "decision", "details", "prev_hash", "hash")


def five() -> list[Entry]:
    return chain_of(*(event(number) for number in range(1, 6)))


def edited(entry: Entry, **fields: Any) -> Entry:
    return replace(entry, body={**entry.body, **fields})


def rehashed(entry: Entry, **fields: Any) -> Entry:
    """Edited by somebody who knows how entries are hashed."""
    changed = edited(entry, **fields)
    return edited(changed, hash=entry_hash(changed))


def fault_of(chain: list[Entry], witness: Witness | None = None) -> tuple[int, str]:
    fault = walked(chain, witness).fault
    assert fault is not None
    assert str(fault.number) in fault.sentence
    return fault.number, fault.kind


@UNHURRIED
@given(CHAINS)
def test_an_untouched_chain_is_whole(chain: list[Entry]) -> None:
    report = walked(chain)
    assert report.is_whole
    assert report.entries == len(chain)
    assert report.head == Witness(len(chain), chain[-1].body["hash"])


def test_an_empty_chain_is_whole() -> None:
    report = walked([])
    assert (report.is_whole, report.entries, report.head) == (True, 0, None)


@UNHURRIED
@given(CHAINS, st.data())
def test_whatever_is_edited_is_found_at_its_number(chain: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(FIELDS))
    value = data.draw((TEXT | DETAILS | st.none() | st.integers()).filter(lambda v: v != chain[place].body[name]))
    chain[place] = edited(chain[place], **{name: value})
    assert fault_of(chain) == (place + 1, "edited")


@UNHURRIED
@given(CHAINS, st.data())
def test_an_edited_time_key_or_stream_is_found_at_its_number(chain: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    changes: dict[str, Any] = data.draw(st.sampled_from([{"at_ms": 5}, {"key": "other"}, {"stream": "other"}]))
    chain[place] = replace(chain[place], **changes)
    assert fault_of(chain) == (place + 1, "edited")


@UNHURRIED
@given(CHAINS, st.data())
def test_a_deleted_entry_is_found_at_its_number(chain: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    del chain[place]
    assert fault_of(chain) == (place + 1, "missing")


@UNHURRIED
@given(CHAINS, st.data())
def test_a_deleted_entry_whose_followers_were_renumbered_is_found_at_its_number(
    chain: list[Entry], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    del chain[place]
    chain = [replace(entry, number=number) for number, entry in enumerate(chain, 1)]
    assert fault_of(chain) == (place + 1, "edited")


@UNHURRIED
@given(CHAINS, st.data())
def test_swapped_entries_are_found_at_the_first_of_them(chain: list[Entry], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(chain) - 2))
    second = data.draw(st.integers(first + 1, len(chain) - 1))
    chain[first], chain[second] = (
        replace(chain[second], number=first + 1),
        replace(chain[first], number=second + 1),
    )
    assert fault_of(chain) == (first + 1, "edited")


@UNHURRIED
@given(CHAINS, st.data())
def test_an_inserted_entry_is_found_at_its_number(chain: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    copied = data.draw(st.sampled_from(chain))
    chain.insert(place, copied)
    chain = [replace(entry, number=number) for number, entry in enumerate(chain, 1)]
    number, kind = fault_of(chain)
    # A copy of the entry that stands there is that entry; the one it pushed on is the first that does not fit.
    assert number == (place + 2 if copied.number == place + 1 else place + 1)
    assert kind == "edited"


@UNHURRIED
@given(CHAINS, st.data())
def test_an_entry_that_was_edited_and_hashed_anew_is_found_by_the_next_one(
    chain: list[Entry], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    chain[place] = rehashed(chain[place], actor="somebody else")
    assert fault_of(chain) == (place + 1, "rewritten")


def test_a_number_that_is_there_twice_is_found() -> None:
    chain = five()
    assert fault_of([*chain[:3], chain[2], *chain[3:]]) == (3, "edited")


def test_a_chain_that_begins_in_the_middle_is_found_at_its_beginning() -> None:
    assert fault_of(five()[2:]) == (1, "missing")
    first = rehashed(five()[0], prev_hash="f" * 64)
    assert fault_of([first, *five()[1:]]) == (1, "missing")


def test_the_entries_before_a_fault_are_counted_good() -> None:
    chain = five()
    chain[3] = edited(chain[3], actor="somebody else")
    report = walked(chain)
    assert (report.entries, report.head) == (3, Witness(3, chain[2].body["hash"]))


def test_entries_cut_off_at_the_end_show_only_against_a_witness() -> None:
    chain = five()
    witness = walked(chain).head
    assert walked(chain[:3]).is_whole
    assert fault_of(chain[:3], witness) == (4, "missing")
    assert fault_of([], witness) == (1, "missing")


def test_a_chain_written_anew_shows_only_against_a_witness() -> None:
    witness = walked(five()).head
    forged = chain_of(*(event(number, {"forged": number == 2}) for number in range(1, 8)))
    assert walked(forged).is_whole
    assert fault_of(forged, witness) == (5, "rewritten")


def test_a_chain_that_went_on_since_its_witness_is_whole() -> None:
    chain = five()
    witness = walked(chain).head
    assert walked(appended(chain, event(6)), witness).is_whole


def test_a_witness_is_read_as_it_is_written() -> None:
    witness = Witness(12, "ab" * 32)
    assert Witness.read(f" {witness}\n") == witness


@pytest.mark.parametrize("text", ["", "12", ":ab", "12:", "x:ab", "0:ab", "-1:ab", "²:ab"])
def test_what_is_no_witness_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no witness"):
        Witness.read(text)
