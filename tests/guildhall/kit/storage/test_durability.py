"""SQLite under kill -9, and several processes on one file; `sqlite.py` promises what is claimed here."""

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

from guildhall.kit.storage import Change, Schema, StorageSettings, open_storage

WRITER = """
import asyncio, os, sys
from pathlib import Path
from guildhall.kit.storage import Schema, StorageSettings, open_storage

async def main(path, life):
    storage = open_storage(StorageSettings(sqlite_path=Path(path)))
    await storage.start()
    notes = storage.collection(Schema("notes", unique=(("name",),)))
    await notes.ensure()

    async def write(task):
        number = 0
        while True:
            name = f"{life}-{task}-{number}"
            await notes.insert({"_id": name, "name": name, "text": "x" * 100})
            os.write(1, (name + "\\n").encode())
            number += 1

    await asyncio.gather(*(write(task) for task in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""

COUNTER = """
import asyncio, sys
from pathlib import Path
from guildhall.kit.storage import Change, Schema, StorageSettings, open_storage

async def main(path):
    storage = open_storage(StorageSettings(sqlite_path=Path(path)))
    await storage.start()
    counters = storage.collection(Schema("counters"))
    await counters.ensure()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(50):
        await asyncio.gather(*(counters.upsert("one", {}, Change(inc={"n": 1})) for _ in range(4)))
    await storage.close()

asyncio.run(main(sys.argv[1]))
"""

KILLS = 3
WRITES_BEFORE_A_KILL = 400


async def test_kill_9_loses_no_acknowledged_write(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    acknowledged: list[str] = []
    for life in range(KILLS):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITER, str(path), str(life)), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        acknowledged += [(await process.stdout.readline()).decode().strip() for _ in range(WRITES_BEFORE_A_KILL)]
        process.kill()
        rest = (await process.stdout.read()).decode()
        acknowledged += rest[: rest.rfind("\n") + 1].split()
        assert await process.wait() == -signal.SIGKILL
    storage = open_storage(StorageSettings(sqlite_path=path))
    await storage.start()
    notes = storage.collection(Schema("notes", unique=(("name",),)))
    lost = [name for name in acknowledged if await notes.get(name) is None]
    await storage.close()
    assert len(acknowledged) >= KILLS * WRITES_BEFORE_A_KILL
    assert lost == []
    with sqlite3.connect(path) as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
    file.close()


async def test_two_processes_increment_one_document_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "counters.sqlite3"
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", COUNTER, str(path), stdin=pipe, stdout=pipe)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0]
    storage = open_storage(StorageSettings(sqlite_path=path))
    await storage.start()
    one = await storage.collection(Schema("counters")).upsert("one", {}, Change(inc={"n": 0}))
    await storage.close()
    assert one == {"_id": "one", "n": 400}


async def test_what_one_process_acknowledged_another_reads_at_once(tmp_path: Path) -> None:
    settings = StorageSettings(sqlite_path=tmp_path / "shared.sqlite3")
    left, right = open_storage(settings), open_storage(settings)
    await left.start()
    await right.start()
    schema = Schema("notes")
    await left.collection(schema).ensure()
    for number in range(50):
        writer, reader = (left, right) if number % 2 else (right, left)
        await writer.collection(schema).insert({"_id": f"n{number}"})
        assert await reader.collection(schema).get(f"n{number}") is not None
    await left.close()
    await right.close()
