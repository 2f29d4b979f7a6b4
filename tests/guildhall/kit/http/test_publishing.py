import asyncio
import threading
from typing import Any

import orjson
import pytest

from guildhall.kit.http.openapi import ApiInfo, openapi_document
from guildhall.kit.http.problems import problem_registry
from guildhall.kit.http.publishing import Publication
from tests.fakes.things_api import OutOfStock, Things


def describe() -> dict[str, Any]:
    return openapi_document(Things().routes(), ApiInfo(), problem_registry((OutOfStock,)))


class Writer:
    """Makes the document of the small product, each time when it is let."""

    def __init__(self) -> None:
        self.made = 0
        self.may = threading.Event()

    def make(self) -> dict[str, Any]:
        self.may.wait(30)
        self.made += 1
        return describe()


async def test_nothing_is_made_before_somebody_asks_and_nothing_twice() -> None:
    writer = Writer()
    publication = Publication(writer.make)
    await asyncio.sleep(0)
    assert writer.made == 0
    asked = [asyncio.create_task(publication.document()) for _ in range(5)]
    await asyncio.sleep(0)
    writer.may.set()
    assert len(set(await asyncio.gather(*asked))) == 1
    assert await publication.document() == orjson.dumps(describe())
    assert "<h1>Guildhall API</h1>" in await publication.page()
    assert writer.made == 1


async def test_others_are_served_while_it_is_made_and_who_gives_up_does_not_stop_it() -> None:
    writer = Writer()
    publication = Publication(writer.make)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(publication.document(), 0.01)  # the loop goes round: nothing but its thread waits
    writer.may.set()
    assert (await publication.document()).startswith(b'{"openapi"')
    assert writer.made == 1


async def test_what_could_not_be_made_is_tried_again_for_whoever_asks_next() -> None:
    answers: list[dict[str, Any]] = []

    def make() -> dict[str, Any]:
        answers.append(describe())
        if len(answers) == 1:
            raise MemoryError
        return answers[-1]

    publication = Publication(make)
    with pytest.raises(MemoryError):
        await publication.document()
    assert await publication.document() == orjson.dumps(describe())
    assert await publication.page()
    assert len(answers) == 2
