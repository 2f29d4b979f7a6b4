import io
import json
from pathlib import Path
from typing import Any

import pytest

from guildhall.assessments.rules.receipts import ReceiptDocument
from guildhall.assessments.service.receipt_checking import BROKEN, MISUSED, WHOLE, read_receipt, verify, verify_against
from tests.guildhall.assessments.conftest import ExamHall, given


@pytest.fixture
async def receipt(house: ExamHall) -> dict[str, Any]:
    """Of five answers and the end, as it lies in a file."""
    attempt = await house.begin()
    for number in range(5):
        await house.receipt(attempt, given(f"k{number}", str(number), based_on=number))
    over = await house.service.sitting.submit(attempt.id, "usr_ada")
    document: dict[str, Any] = json.loads((await house.service.sitting.receipt(over)).model_dump_json())
    return document


def verified(document: dict[str, Any]) -> tuple[int, str]:
    out = io.StringIO()
    return verify(ReceiptDocument.model_validate(document), out), out.getvalue()


async def against(house: ExamHall, document: dict[str, Any]) -> tuple[int, str]:
    out = io.StringIO()
    return await verify_against(ReceiptDocument.model_validate(document), house.store, out), out.getvalue()


async def test_a_receipt_is_whole_by_itself_and_the_server_holds_it(house: ExamHall, receipt: dict[str, Any]) -> None:
    code, told = verified(receipt)
    assert code == WHOLE
    assert "5 answers in 6 entries" in told
    assert receipt["hash"] in told
    assert await against(house, receipt) == (WHOLE, "The server holds exactly these 6 entries.\n")


def edit_response(document: dict[str, Any]) -> None:
    document["entries"][2]["body"]["answer"]["response"]["text"] = "better"


def edit_time(document: dict[str, Any]) -> None:
    document["entries"][2]["at_ms"] -= 60_000


def take_out(document: dict[str, Any]) -> None:
    del document["entries"][2]


def replace_by_another(document: dict[str, Any]) -> None:
    document["entries"][2]["body"] = {**document["entries"][1]["body"]}


@pytest.mark.parametrize("edit", [edit_response, edit_time, take_out, replace_by_another])
async def test_any_edit_is_found_at_its_entry(receipt: dict[str, Any], edit: Any) -> None:
    edit(receipt)
    code, told = verified(receipt)
    assert code == BROKEN
    assert "broken at entry 3" in told


async def test_entries_that_were_cut_off_or_put_on_are_found(receipt: dict[str, Any]) -> None:
    cut = {**receipt, "entries": receipt["entries"][:-1]}
    assert "Entry 6 is missing" in verified(cut)[1]
    shorter = {**receipt, "number": 5}
    assert "there are 6" in verified(shorter)[1]
    other_end = {**receipt, "hash": "0" * 64}
    assert "written anew" in verified(other_end)[1]


async def test_what_the_server_holds_otherwise_or_no_longer_is_found_at_its_entry(
    house: ExamHall, receipt: dict[str, Any]
) -> None:
    lines = house.storage.collection(house.store.answers._collection.schema)
    (line,) = await lines.find({"stream": receipt["attempt_id"], "number": 4}, limit=1)
    await lines.delete({"_id": line["_id"]})
    code, told = await against(house, receipt)
    assert code == BROKEN
    assert "no longer has it" in told
    line["body"]["answer"]["response"]["text"] = "edited by the owner of the database"
    await lines.insert(line)
    assert "Entry 4 is another one" in (await against(house, receipt))[1]


async def test_what_came_after_a_receipt_is_no_fault_of_it(house: ExamHall) -> None:
    attempt = await house.begin("bob")
    await house.receipt(attempt, given("k1"))
    early = json.loads((await house.service.sitting.receipt(attempt)).model_dump_json())
    await house.receipt(attempt, given("k2", based_on=1))
    assert "1 that came later" in (await against(house, early))[1]


@pytest.mark.parametrize("content", ["", "[]", '{"format": "another"}', None])
def test_a_file_that_is_no_receipt_is_told_in_words(tmp_path: Path, content: str | None) -> None:
    path, out = tmp_path / "receipt.json", io.StringIO()
    if content is not None:
        path.write_text(content)
    assert read_receipt(path, out) is None
    assert out.getvalue().endswith(".\n")
    assert MISUSED not in (WHOLE, BROKEN)
