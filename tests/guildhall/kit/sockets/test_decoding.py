import pytest

from guildhall.kit.errors import Invalid, TooLarge
from guildhall.kit.sockets import Limit, Message
from guildhall.kit.sockets.decoding import TEXT_BYTES_MAX, UNKNOWN_FIELDS_MAX, as_refusal, decode, split_event
from guildhall.kit.sockets.events import Event
from tests.guildhall.kit.sockets.room import Picture

PICTURE = Event("picture", Picture, Limit(per_second=1, burst=1, max_bytes=100))
LARGE = Event("picture", Picture, Limit(per_second=1, burst=1, max_bytes=400_000))


class Many(Message):
    numbers: list[int]


def test_an_event_is_its_name_and_its_arguments() -> None:
    assert split_event(["picture", {"a": 1}, 2]) == ("picture", [{"a": 1}, 2])


@pytest.mark.parametrize("packet", [None, [], {}, "picture", 5, [5], [None, {}], [["picture"]], {"0": "picture"}])
def test_what_has_no_name_is_no_event(packet: object) -> None:
    with pytest.raises(Invalid):
        split_event(packet)


def test_a_message_is_read_strictly() -> None:
    assert decode(PICTURE, [{"number": 1, "jpeg": b"x"}], 50, 100) == Picture(number=1, jpeg=b"x")
    with pytest.raises(Invalid) as refused:
        decode(PICTURE, [{"number": True, "jpeg": "x"}], 50, 100)
    assert refused.value.fields == {"number": "must be a whole number", "jpeg": "must be binary"}


def test_the_size_is_looked_at_before_the_shape() -> None:
    with pytest.raises(TooLarge, match="may have 100 bytes at most; this one had 101"):
        decode(PICTURE, [], 50, 101)


def test_an_object_of_45_000_fields_is_refused_before_they_are_looked_at() -> None:
    fields = {f"key {number}": number for number in range(45_000)}
    with pytest.raises(Invalid, match=r"has 3 fields; this one had 45000\.$"):
        decode(LARGE, [fields], 12_000, 400_000)


def test_a_few_unknown_fields_are_told_by_name() -> None:
    unknown = {f"key{number}": number for number in range(UNKNOWN_FIELDS_MAX)}
    with pytest.raises(Invalid) as refused:
        decode(LARGE, [{"number": 1, "jpeg": b"x", "parts": {}, **unknown}], 150, 200)
    assert refused.value.fields == dict.fromkeys(unknown, "is not expected here")


def test_the_text_beside_the_attachments_has_a_limit_of_its_own() -> None:
    jpeg = bytes(300_000)
    message = {"number": 1, "jpeg": jpeg, "parts": {"same": jpeg}}
    assert isinstance(decode(LARGE, [message], TEXT_BYTES_MAX, len(jpeg) + TEXT_BYTES_MAX), Picture)
    with pytest.raises(TooLarge, match="16000 bytes at most beside what is binary"):
        decode(LARGE, [message], TEXT_BYTES_MAX + 1, len(jpeg) + TEXT_BYTES_MAX + 1)


def test_thousands_of_wrong_items_are_counted_and_not_told_one_by_one() -> None:
    many = Event("many", Many, Limit(per_second=1, burst=1))
    with pytest.raises(Invalid, match=r"^'many' is not as expected in 7000 places\.$") as refused:
        decode(many, [{"numbers": [""] * 7_000}], 15_000, 15_000)
    assert not refused.value.fields


def test_a_refusal_is_a_problem() -> None:
    assert as_refusal(Invalid("No."))["problem"]["status"] == 422


class Note(Message):
    texts: list[str]


NOTE = Event("note", Note, Limit(per_second=1, burst=1, max_bytes=400_000, is_text=True))


def test_an_event_of_texts_may_be_long_but_not_of_many_values() -> None:
    long = "x" * 100_000
    assert decode(NOTE, [{"texts": [long]}], 100_020, 100_020) == Note(texts=[long])
    with pytest.raises(TooLarge, match="4000 values"):
        decode(NOTE, [{"texts": ["x"] * 4_001}], 20_000, 20_000)
    with pytest.raises(TooLarge, match="4000 values"):
        decode(NOTE, [{"texts": [{f"f{n}": n for n in range(5_000)}]}], 60_000, 60_000)
    assert len(str(decode(NOTE, [{"texts": ["x"] * 3_990}], 16_000, 16_000))) > 3_990
