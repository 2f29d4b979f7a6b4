"""What goes out comes in again, and what comes in from anywhere is told item by item."""

import io
import json
import zipfile
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guildhall.assessments.exchange.bank_json import read_bank, write_bank
from guildhall.assessments.exchange.qti_package import read_package, read_single, write_package
from guildhall.assessments.exchange.reading import Unreadable
from guildhall.assessments.model.banks import Bank, Item
from guildhall.assessments.model.keys import ItemContent
from tests.guildhall.assessments.written import CHOICES, CONTENTS

BANK = Bank(id="bnk_1", created_at_ms=0, organisation_id="", name="Sums & <terms>", description="x")
PNG = bytes(cv2.imencode(".png", np.full((3, 4, 3), 9, np.uint8))[1].tobytes())
QTI_KINDS = ("single_choice", "multiple_choice", "numeric", "short_text", "long_text", "ordering", "matching")


def item(number: int, content: dict[str, Any], **changes: Any) -> Item:
    return Item.model_validate(
        {
            "_id": f"itm_{number:03d}",
            "created_at_ms": 0,
            "bank_id": "bnk_1",
            "name": f"Item <{number}> & co",
            "draft": content,
            "tags": ("a-tag", "sums"),
            "difficulty": 1 + number % 5,
            **changes,
        }
    )


def rich(kind: str) -> dict[str, Any]:
    """With everything that a plain item leaves at its default."""
    raw: dict[str, Any] = json.loads(json.dumps(CONTENTS[kind]))
    picture = {"blob_id": "pic_1", "alt": "a “grey” <field>", "width_px": 4, "height_px": 3}
    raw["question"]["prompt"] = {"text": "First\nline\n\n  `code` & <b>\n\n\nlast ", "pictures": [picture]}
    raw["rationale"] = "Because.\n\nTwice."
    for name in ("choices", "parts", "right"):
        if name in raw["question"]:
            raw["question"][name] = [{**one, "id": f"{n}x", "picture": picture} for n, one in enumerate(CHOICES)]
    match kind:
        case "single_choice":
            raw["key"] = {"kind": "choice", "correct": ["1x"]}
            raw["question"]["shuffles"] = False
        case "multiple_choice":
            raw["key"] = {"kind": "choice", "correct": ["0x", "2x"], "credit": "by_part"}
            raw["question"]["choose_most"] = 2
        case "numeric":
            raw["key"] = {"kind": "numeric", "value": "-0.10", "tolerance": "0.010", "is_relative": True}
        case "short_text":
            raw["key"] = {"kind": "text", "accepted": ["Ada", "É <x>"], "is_case_sensitive": True}
        case "long_text":
            criteria = [{"id": "c1", "title": "A & b", "description": "x\n\ny", "centipoints": 50}]
            raw["key"] = {"kind": "rubric", "criteria": criteria, "model_answer": "So.\n\nAnd so."}
        case "ordering":
            raw["key"] = {"kind": "ordering", "order": ["2x", "0x", "1x"], "credit": "by_part"}
        case "matching":
            raw["key"] = {"kind": "matching", "pairs": {"x": "0x", "y": "2x"}, "credit": "all_or_nothing"}
    return raw


PICTURES = {"pic_1": ("image/png", PNG)}


def _same_but_for_pictures(one: ItemContent, other: ItemContent) -> bool:
    def plain(content: ItemContent) -> str:
        return json.dumps(content.model_dump(mode="json")).replace("pictures/pic_1.png", "pic_1")

    return plain(one) == plain(other)


@pytest.mark.parametrize("kind", list(CONTENTS))
@pytest.mark.parametrize("make", [lambda kind: CONTENTS[kind], rich])
def test_json_brings_back_exactly_what_it_took(kind: str, make: Any) -> None:
    items = [item(1, make(kind)), item(2, make(kind))]
    body = write_bank(BANK, items, PICTURES)
    reading = read_bank(body)
    assert reading.problems == ()
    assert [(one.name, one.content, one.tags, one.difficulty) for one in reading.items] == [
        (one.name, one.draft, one.tags, one.difficulty) for one in items
    ]
    assert reading.pictures == {"pic_1": PNG}


@pytest.mark.parametrize("kind", QTI_KINDS)
@pytest.mark.parametrize("make", [lambda kind: CONTENTS[kind], rich])
def test_qti_brings_back_what_it_took(kind: str, make: Any) -> None:
    items = [item(1, make(kind)), item(2, make(kind))]
    reading = read_package(write_package(BANK, items, PICTURES))
    assert reading.problems == ()
    assert [one.left_out for one in reading.items] == [(), ()]
    for read, sent in zip(reading.items, items, strict=True):
        assert _same_but_for_pictures(read.content, sent.draft), (read.content, sent.draft)
        assert (read.name, read.tags, read.difficulty) == (sent.name, sent.tags, sent.difficulty)


def test_what_qti_has_no_counterpart_for_is_said_in_the_package() -> None:
    body = write_package(BANK, [item(1, CONTENTS["code"]), item(2, CONTENTS["numeric"])], {})
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert "code" in package.read("left-out.txt").decode()
        assert "imsmanifest.xml" in package.namelist()
    assert len(read_package(body).items) == 1


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="m" title="Rivers"
  adaptive="false" time-dependent="false" xml:lang="en">
  {declaration}
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
  <qti-item-body><p>Look <strong>closely</strong>.</p>{body}</qti-item-body>
  {processing}
</qti-assessment-item>"""


def foreign(declaration: str, body: str, processing: str = "") -> bytes:
    return FOREIGN.format(declaration=declaration, body=body, processing=processing).encode()


def test_another_system_s_choice_is_taken_and_what_is_lost_is_said() -> None:
    reading = read_single(
        foreign(
            '<qti-response-declaration identifier="R" cardinality="single" base-type="identifier">'
            "<qti-correct-response><qti-value>Choice-B</qti-value></qti-correct-response></qti-response-declaration>",
            '<qti-choice-interaction response-identifier="R" max-choices="1" shuffle="true">'
            "<qti-prompt>Which?</qti-prompt>"
            '<qti-simple-choice identifier="Choice-A">Rhine</qti-simple-choice>'
            '<qti-simple-choice identifier="Choice-B">Po<qti-feedback-inline identifier="i" outcome-identifier="F" '
            'show-hide="show"/></qti-simple-choice></qti-choice-interaction>',
        )
    )
    assert reading.problems == ()
    read = reading.items[0]
    raw = read.content.model_dump(mode="json")
    assert raw["question"]["prompt"]["text"] == "Look closely.\n\nWhich?"
    assert raw["question"]["choices"][1] == {"id": "choice_b", "text": "Po", "picture": None}
    assert raw["key"]["correct"] == ["choice_b"]
    assert any("strong" in one for one in read.left_out)
    assert any("feedback" in one for one in read.left_out)


def test_another_system_s_number_keeps_its_tolerance_in_percent_as_a_share() -> None:
    reading = read_single(
        foreign(
            '<qti-response-declaration identifier="R" cardinality="single" base-type="float">'
            "<qti-correct-response><qti-value>9.81</qti-value></qti-correct-response></qti-response-declaration>",
            '<p><qti-text-entry-interaction response-identifier="R"/></p>',
            "<qti-response-processing><qti-response-condition><qti-response-if>"
            '<qti-equal tolerance-mode="relative" tolerance="5 5"><qti-variable identifier="R"/>'
            '<qti-correct identifier="R"/></qti-equal></qti-response-if></qti-response-condition>'
            "</qti-response-processing>",
        )
    )
    key = reading.items[0].content.key.model_dump()
    assert (key["value"], key["tolerance"], key["is_relative"]) == ("9.81", "0.05", True)


def test_another_system_s_map_of_texts_is_taken_by_its_full_points() -> None:
    entries = "".join(
        f'<qti-map-entry map-key="{text}" mapped-value="{value}" case-sensitive="false"/>'
        for text, value in (("York", 1), ("york ", 1), ("Yrok", 0.5))
    )
    reading = read_single(
        foreign(
            f'<qti-response-declaration identifier="R" cardinality="single" base-type="string">'
            f"<qti-mapping>{entries}</qti-mapping></qti-response-declaration>",
            '<p>Who? <qti-text-entry-interaction response-identifier="R" expected-length="9"/></p>',
            '<qti-response-processing template="https://www.imsglobal.org/question/qti_v3p0/rptemplates/map_response"/>',
        )
    )
    read = reading.items[0]
    assert read.content.key.model_dump()["accepted"] == ("York", "york")
    assert any("a part of the points" in one for one in read.left_out)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<qti-hotspot-interaction response-identifier="R"/>', "no counterpart"),
        ("<p>only reading</p>", "no interaction"),
        (
            '<qti-upload-interaction response-identifier="R"/><qti-order-interaction response-identifier="R"/>',
            "2 inter",
        ),
        ('<qti-choice-interaction response-identifier="Q"/>', "not declared"),
    ],
)
def test_what_cannot_be_taken_says_why(body: str, words: str) -> None:
    declaration = '<qti-response-declaration identifier="R" cardinality="single" base-type="identifier"/>'
    reading = read_single(foreign(declaration, body))
    assert reading.items == ()
    assert words in reading.problems[0].sentence


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
ELSEWHERE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BOMB, "entities"),
        (ELSEWHERE, "entities"),
        (b"<a>" * 500 + b"</a>" * 500, "nests them too deep"),
        (b"<a>" + b"<b/>" * 30_000 + b"</a>", "too many elements"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "encoding that cannot be read"),
        (b"not xml", "It is no XML"),
    ],
)
def test_xml_that_is_a_trap_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_single(body)


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(name, body)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"PK\x03\x04 nothing", "no zip archive"),
        (zipped({"other.xml": b"<a/>"}), "no imsmanifest.xml"),
        (zipped({"imsmanifest.xml": b"<manifest/>"}), "names no items"),
        (zipped({"imsmanifest.xml": b"0" * 7_000_000}), "unpacks to more"),
        (zipped({f"{n}": b"" for n in range(3_001)}), "3001 files"),
    ],
)
def test_packages_that_are_none_or_traps_are_refused(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_package(body)


def test_a_bad_row_is_told_by_line_and_path_and_the_good_ones_are_read() -> None:
    body = json.loads(write_bank(BANK, [item(n, CONTENTS["numeric"]) for n in range(3)], {}))
    body["items"][1]["content"]["key"]["value"] = "many"
    text = json.dumps(body, indent=1)
    reading = read_bank(text.encode())
    assert len(reading.items) == 2
    [problem] = reading.problems
    assert problem.where == "items[1]"
    assert problem.path.endswith("value")
    assert text.splitlines()[(problem.line or 0) - 1].strip() == "{"
    assert '"many"' in "\n".join(text.splitlines()[(problem.line or 0) - 1 : (problem.line or 0) + 40])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "line 1"),
        (b"[]", "one JSON object"),
        (b'{"format": "x"}', "its format must be"),
        (b'{"format": "guildhall.question-bank", "version": 1}', "no list of items"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "too deep"),
        (b"1" * 10_000, "too long"),
        (b'{"a": NaN}', "no JSON"),
    ],
)
def test_json_that_is_none_of_ours_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_bank(body)


WHOLE_PACKAGE = write_package(BANK, [item(n, rich(kind)) for n, kind in enumerate(QTI_KINDS)], PICTURES)
WHOLE_JSON = write_bank(BANK, [item(n, rich(kind)) for n, kind in enumerate(CONTENTS)], PICTURES)


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE_JSON) - 1), st.binary(max_size=6)), max_size=4), st.integers(0, 60_000)
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_to_a_json_file_only_unreadable_is_raised(edits: list[tuple[int, bytes]], cut: int) -> None:
    _survives(read_bank, _damaged(WHOLE_JSON, edits, cut))


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE_PACKAGE) - 1), st.binary(max_size=6)), max_size=4),
    st.integers(0, 60_000),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_to_a_package_only_unreadable_is_raised(edits: list[tuple[int, bytes]], cut: int) -> None:
    _survives(read_package, _damaged(WHOLE_PACKAGE, edits, cut))


with zipfile.ZipFile(io.BytesIO(WHOLE_PACKAGE)) as _package:
    SINGLES = [_package.read(name) for name in _package.namelist() if name.startswith("items/")]
_WORDS = st.sampled_from(
    [b"", b"x", b"-1", b"1e999", b"&#65;", b" ", b"RESPONSE", b"true", b"999999999999", b"\xc3\xa9"]
)


@given(st.sampled_from(SINGLES), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 30), _WORDS), max_size=6))
@example(SINGLES[0], [])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_an_item_only_unreadable_is_raised(
    single: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    """Attributes and texts are exchanged, so that the file mostly stays XML."""
    for at, length, word in edits:
        quote = single.find(b'"', at)
        if quote > 0:
            single = single[: quote + 1] + word + single[quote + 1 + length :]
    _survives(read_single, single)


def _damaged(body: bytes, edits: list[tuple[int, bytes]], cut: int) -> bytes:
    for at, piece in edits:
        body = body[:at] + piece + body[at + len(piece) :]
    return body if cut > len(body) else body[: len(body) - cut // 2]


def _survives(read: Any, body: bytes) -> None:
    try:
        reading = read(body)
    except Unreadable:
        return
    assert all(problem.sentence for problem in reading.problems)
