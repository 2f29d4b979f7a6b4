"""The database that soaks kill: if it forgot what it acknowledged, they would blame the product."""

from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.servers.build import CannotBuild
from tests.servers.mongo import lasting_server

pytestmark = pytest.mark.servers


def test_what_was_acknowledged_outlives_a_kill_with_its_indexes(tmp_path: Path) -> None:
    try:
        server = lasting_server(tmp_path / "data")
    except CannotBuild as reason:
        pytest.skip(str(reason))
    for _ in range(3):
        server.start()
        try:
            with MongoClient[dict[str, object]](server.url) as client:
                things = client["guildhall"]["things"]
                things.create_index([("place", 1)], unique=True)
                known = things.count_documents({})
                things.insert_many([{"_id": f"t{known + n}", "place": known + n} for n in range(50)])
                things.update_one({"_id": "t0"}, {"$set": {"rounds": known}})
                things.delete_one({"_id": f"t{known + 49}"})
        finally:
            server.kill()
    server.start()
    try:
        with MongoClient[dict[str, object]](server.url) as client:
            things = client["guildhall"]["things"]
            assert sorted(int(str(thing["place"])) for thing in things.find()) == [
                *range(49),
                *range(49, 98),
                *range(98, 147),
            ]
            assert things.find_one({"_id": "t0"}) == {"_id": "t0", "place": 0, "rounds": 98}
            assert things.index_information()["place_1"]["unique"]
    finally:
        server.kill()
