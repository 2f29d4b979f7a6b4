import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.assessments.demo import DEMO_BANK_ID, DEMO_EXAM_ID, DEMO_PRACTICE_DELIVERY_ID, seed_demo_exam
from guildhall.assessments.demo_items import DEMO_ITEMS, chart_png
from guildhall.assessments.model.questions import ItemKind
from guildhall.assessments.rules.authoring import flaws_of_item
from guildhall.assessments.rules.drawing import draw_form
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.kit.storage import StorageSettings, open_storage
from tests.fakes.exam_board import ExamBoard


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[ExamBoard]:
    storage = open_storage(StorageSettings(sqlite_path=tmp_path / "board.sqlite3"))
    await storage.start()
    opened = ExamBoard(storage, tmp_path / "blobs")
    await opened.start()
    yield opened
    await opened.blobs.close()
    await storage.close()


async def test_several_processes_make_one_demo_and_change_nothing_of_it_later(board: ExamBoard) -> None:
    await asyncio.gather(*(seed_demo_exam(board.service) for _ in range(3)))
    items = await board.store.items_of(DEMO_BANK_ID)
    assert len(items) == len(DEMO_ITEMS)
    await board.store.items.change(items[0].id, 1, lambda seen: seen.model_copy(update={"name": "Mine now"}))
    await seed_demo_exam(board.service)
    assert (await board.store.items.read(items[0].id)).name == "Mine now"


async def test_the_demo_has_every_kind_of_question_and_not_one_flaw(board: ExamBoard) -> None:
    await seed_demo_exam(board.service)
    items = await board.store.items_of(DEMO_BANK_ID)
    assert {item.draft.question.kind for item in items} == set(ItemKind)
    assert {item.id: flaws_of_item(item.draft) for item in items if flaws_of_item(item.draft)} == {}


async def test_its_forms_can_be_drawn_and_ada_is_invited_to_both(board: ExamBoard) -> None:
    await seed_demo_exam(board.service)
    version = await board.store.exam_versions.read(f"{DEMO_EXAM_ID}@1")
    items = await board.store.versions_named([one for pool in version.pools for one in pool.version_ids])
    assert len(draw_form(version, items, "x").slots) == 10
    invited = await board.store.invitations_for("ada@guildhall.example")
    assert {one.delivery_id for one in invited} == {DEMO_DELIVERY_ID, DEMO_PRACTICE_DELIVERY_ID}


def test_the_chart_is_the_same_picture_each_time() -> None:
    assert chart_png() == chart_png()
