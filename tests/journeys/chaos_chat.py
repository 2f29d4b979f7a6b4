"""Conversations through everything that can go wrong: is every acknowledged message on both sides, in order, once?

    python -m tests.journeys.chaos_chat --messages 10000 --conversations 8 --storage sqlite

Visitors and agents write to each other over real sockets to two web processes with a real Redis between them, over
SQLite or over MongoDB's protocol (a mongo-java-server that keeps what it acknowledged). Meanwhile each connection is
cut every 50 to 250 ms, in the middle of whatever it carries, and the web processes, the worker, Redis and the database
(where it is one of its own) are killed with -9 and started again. Beside them visitors ask an AI, whose answers
are streamed (`chaos_replies`). At the end both sides are held against what was written and against the log. The last
line is one JSON object.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from guildhall.backbone import Backbone
from guildhall.chat.lifecycle import PresenceState
from guildhall.chat.model import ChatClaims, ConversationKind, EntryKind, Party
from guildhall.chat.service.logbook import said_of
from guildhall.chat.service.opening import Opening
from guildhall.config import Config, load_config
from tests.fakes.chat_page import ChatPage
from tests.fakes.server import GuildhallProcess
from tests.journeys.chaos_houses import WorkerProcess, answers, environ_of
from tests.journeys.chaos_replies import ENVIRON, Asking, hold_replies_against, moody_llm, open_askings
from tests.servers.mongo import lasting_server
from tests.servers.redis import RedisServer

CUT_SECONDS = (0.05, 0.25)
AT_DESK_SECONDS = 6 * 3_600
STORAGES = ("sqlite", "mongo")


class HasConfig(Protocol):
    config: Config


class ChatHouse:
    """Two web processes over one database and one Redis, each of which may be killed."""

    def __init__(self, folder: Path, storage: str) -> None:
        self._database = lasting_server(folder / "database") if storage == "mongo" else None
        self._redis = RedisServer()
        self._folder = folder
        self.kills = dict.fromkeys(("web", "worker", "redis", "database"), 0)

    def open(self, ai_url: str) -> None:
        self._redis.start()
        environ = {
            **environ_of(self._folder),
            **ENVIRON,
            "GUILDHALL_ANSWERING__AI__BASE_URL": ai_url,
            "REDIS_URL": self._redis.url,
            "GUILDHALL_CHAT__HEAD_SECONDS": "2",
            "GUILDHALL_CHAT__AUTO_ASSIGN": "false",
            "GUILDHALL_CHAT__AGENT_LIMIT": "50",
            "GUILDHALL_CHAT__LEASE_SECONDS": "600",
            "GUILDHALL_CHAT__RETURN_AFTER_SECONDS": str(AT_DESK_SECONDS),
            "GUILDHALL_SOCKETS__MAX_PER_SUBJECT": "200",  # one agent has every page here, and cut ones are still there
        }
        if self._database is not None:
            self._database.start()
            environ["MONGO_URL"] = self._database.url
        self.webs = [GuildhallProcess(self._folder, environ, role="web") for _ in range(2)]
        sqlite = {"GUILDHALL_STORAGE__SQLITE_PATH": str(self._folder / "guildhall.sqlite3")}
        self.config: Config = load_config(environ={**environ, **sqlite})
        self._worker = WorkerProcess({**environ, **sqlite}, self._folder / "worker.log")

    async def start(self) -> None:
        for web in self.webs:
            await asyncio.to_thread(web.start)
        self._worker.start()

    async def start_again(self) -> None:
        """Whatever was down when the rage was ended."""
        await asyncio.to_thread(self._redis.start)
        if self._database is not None and not answers(int(self._database.url.rstrip("/").rpartition(":")[2])):
            await asyncio.to_thread(self._database.start)
        for web in self.webs:
            if web.process is None or web.process.poll() is not None:
                await asyncio.to_thread(web.start)
        self._worker.start()

    def close(self) -> None:
        for web in self.webs:
            web.stop()
        self._worker.kill()
        self._redis.kill()
        if self._database is not None:
            self._database.kill()

    def pick(self, chance: random.Random) -> str:
        return chance.choice(self.webs).base_url

    async def rage(self, chance: random.Random, every_seconds: float) -> None:
        deeds = [self._kill_a_web, self._kill_a_web, self._kill_redis, self._kill_the_worker]
        if self._database is not None:
            deeds.append(self._kill_the_database)
        while True:
            await asyncio.sleep(chance.uniform(0.6, 1.4) * every_seconds)
            await chance.choice(deeds)(chance)

    async def _kill_a_web(self, chance: random.Random) -> None:
        web = chance.choice(self.webs)
        self.kills["web"] += 1
        await asyncio.to_thread(web.kill)
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await asyncio.to_thread(web.start)

    async def _kill_the_worker(self, chance: random.Random) -> None:
        self.kills["worker"] += 1
        self._worker.kill()
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        self._worker.start()

    async def _kill_redis(self, chance: random.Random) -> None:
        self.kills["redis"] += 1
        self._redis.kill()
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        await asyncio.to_thread(self._redis.start)

    async def _kill_the_database(self, chance: random.Random) -> None:
        assert self._database is not None
        self.kills["database"] += 1
        self._database.kill()
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await asyncio.to_thread(self._database.start)


class Talk:
    """A conversation, both of whose sides write: the visitor has `visitor`, the agent `agent`."""

    def __init__(self, conversation_id: str, visitor: ChatPage, agent: ChatPage) -> None:
        self.is_over = asyncio.Event()
        """From then on nobody begins another message."""
        self.id, self.visitor, self.agent = conversation_id, visitor, agent
        self.written: dict[str, list[str]] = {"visitor": [], "agent": []}

    async def hold(self, messages: int) -> None:
        shares = {"visitor": messages // 2 + messages % 2, "agent": messages // 2}
        await asyncio.gather(*(self._write(side, share) for side, share in shares.items()))

    async def _write(self, side: str, count: int) -> None:
        page = self.visitor if side == "visitor" else self.agent
        for number in range(count):
            if self.is_over.is_set():
                return
            text = f"{side} {number}"
            self.written[side].append(text)
            await page.say(f"{side}-message-{number:06}", text)


async def open_talks(house: HasConfig, conversations: int, page: Callable[[str, str], ChatPage]) -> list[Talk]:
    """Conversations that their agents have taken; made in the database itself, before the web processes start."""
    backbone = Backbone(house.config)
    talks = []
    async with backbone.running():
        chat = backbone.chat
        for number in range(conversations):
            subject, name = f"vis_{number}", f"usr_agent{number // 40}"
            agent = ChatClaims(subject=name, name=name, role="agent", kinds=tuple(ConversationKind))
            if number % 40 == 0:
                await chat.presence.be(agent, PresenceState.ONLINE)
            opening = Opening(ConversationKind.VISITOR, "first-opening", (Party(id=subject),), "support", site="demo")
            conversation = await chat.conversations.open(opening)
            await chat.desk.take(agent, conversation.id)
            tokens = [chat.visitors.agent_token(one).chat_token for one in (ChatClaims(subject=subject), agent)]
            talks.append(Talk(conversation.id, *(page(token, conversation.id) for token in tokens)))
    return talks


async def hold_against(config: Config, talks: list[Talk]) -> dict[str, Any]:
    """Both sides and the log against what was written; `faults` are sentences."""
    faults: list[str] = []
    figures = dict.fromkeys(("lost", "doubled", "reordered", "stored"), 0)
    backbone = Backbone(config)
    async with backbone.running():
        for talk in talks:
            entries = await backbone.chat.context.store.entries.read(talk.id, 0, 1_000_000)
            numbers = [entry.number for entry in entries]
            if numbers != list(range(1, len(numbers) + 1)):
                faults.append(f"{talk.id}: the log has a gap or a double.")
            said = [(entry.number, said_of(entry)) for entry in entries]
            logged = [(one.by, one.text) for _, one in said if one.kind is EntryKind.MESSAGE]
            figures["stored"] += len(logged)
            placed = {(one.by, one.text): number for number, one in said if one.kind is EntryKind.MESSAGE}
            for place, texts in (
                ("log", logged),
                ("visitor", talk.visitor.seen.texts),
                ("agent", talk.agent.seen.texts),
            ):
                for side, written in talk.written.items():
                    has = [text for by, text in texts if by.startswith("vis_" if side == "visitor" else "usr_")]
                    figures["lost"] += len(set(written) - set(has))
                    figures["doubled"] += len(has) - len(set(has))
                    figures["reordered"] += [text for text in written if text in set(has)] != list(dict.fromkeys(has))
                if place != "log" and texts != logged:
                    faults.append(f"{talk.id}: the {place} saw another order than the log has.")
            for side, page in (("visitor", talk.visitor), ("agent", talk.agent)):
                faults += page.faults
                for client_id, number in page.acknowledged.items():
                    text = f"{side} {int(client_id.rpartition('-')[2])}"
                    if number not in {placed.get((by, text)) for by in {by for by, _ in logged}}:
                        faults.append(f"{talk.id}: {client_id} was acknowledged as {number}, which is another entry.")
    return {**figures, "faults": faults}


async def run(options: argparse.Namespace, folder: Path, storage: str) -> dict[str, Any]:
    chance = random.Random(options.seed)
    house = ChatHouse(folder, storage)
    began = time.perf_counter()
    async with moody_llm(random.Random(options.seed)) as llm:
        house.open(llm.url)
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

                def page(token: str, conversation_id: str) -> ChatPage:
                    own = random.Random(chance.random())
                    return ChatPage(http, lambda: house.pick(chance), token, conversation_id, own)

                talks = await open_talks(house, options.conversations, page)
                askings = await open_askings(house.config, min(options.conversations, options.replies), page)
                await house.start()
                pages = [page for talk in talks for page in (talk.visitor, talk.agent)]
                pages += [asking.page for asking in askings]
                await hold_all(options, house, chance, talks, askings, pages)
                await house.start_again()
                await asyncio.gather(*(until_both_have_all(talk, options.settle) for talk in talks))
                await asyncio.gather(*(page.close() for page in pages))
            figures = await hold_against(house.config, talks)
            replies = await hold_replies_against(house.config, askings)
        finally:
            house.close()
    faults = figures.pop("faults") + replies.pop("faults")
    for fault in faults[:20]:
        sys.stderr.write(f"{fault}\n")
    return {
        "storage": storage,
        "conversations": len(talks),
        "asked_for": options.messages,
        "messages": sum(len(texts) for talk in talks for texts in talk.written.values()),
        "acknowledged": sum(len(page.acknowledged) for talk in talks for page in (talk.visitor, talk.agent)),
        **figures,
        "replies": replies,
        "cuts": sum(page.cuts for page in pages),
        "sent_again": sum(page.repeats for page in pages),
        "kills": house.kills,
        "seconds": round(time.perf_counter() - began, 1),
        "faults": len(faults),
    }


async def hold_all(
    options: argparse.Namespace,
    house: ChatHouse,
    chance: random.Random,
    talks: list[Talk],
    askings: list[Asking],
    pages: list[ChatPage],
) -> None:
    """Everybody writes what they have to write, while everything is cut and killed."""
    for page in pages:
        page.open()
    raging = asyncio.create_task(house.rage(chance, options.kill_every))
    cutting = [asyncio.create_task(cut_for_ever(page, chance)) for page in pages]
    try:
        talking = asyncio.gather(
            *(talk.hold(share) for talk, share in zip(talks, shares(options.messages, len(talks)), strict=True)),
            *(one.hold(share) for one, share in zip(askings, shares(options.replies, len(askings)), strict=True)),
        )
        both: set[asyncio.Future[Any]] = {raging, talking}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED, timeout=options.minutes * 60)
        if not raging.done() and not talking.done():  # the time is up: whoever has begun a message ends it, in peace
            for is_over in [one.is_over for one in talks] + [one.is_over for one in askings]:
                is_over.set()
            for task in (raging, *cutting):
                task.cancel()
            await asyncio.gather(raging, *cutting, return_exceptions=True)
            await house.start_again()
        elif raging.done():  # never by itself: whatever was killed did not come back
            talking.cancel()
            raging.result()
        await talking
    finally:
        for task in (raging, *cutting):
            task.cancel()
        await asyncio.gather(raging, *cutting, return_exceptions=True)


def shares(whole: int, parts: int) -> list[int]:
    share, rest = divmod(whole, max(parts, 1))
    return [share + (place < rest) for place in range(parts)]


async def cut_for_ever(page: ChatPage, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(*CUT_SECONDS))
        page.cut()


async def until_both_have_all(talk: Talk, seconds: float) -> None:
    """Without a further word: what is missing is found by the heads alone."""
    last = max([*talk.visitor.acknowledged.values(), *talk.agent.acknowledged.values()], default=0)
    for page in (talk.visitor, talk.agent):
        with contextlib.suppress(TimeoutError):  # then it is counted as lost
            await page.until(last, seconds)


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos_chat", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--conversations", type=int, default=8)
    parser.add_argument("--replies", type=int, default=400, help="questions to the AI, beside the messages")
    parser.add_argument("--storage", choices=STORAGES, action="append")
    parser.add_argument("--kill-every", type=float, default=10.0, help="seconds between two kills, about")
    parser.add_argument("--settle", type=float, default=60.0, help="seconds that the last entries may take at the end")
    parser.add_argument("--minutes", type=float, default=90.0, help="then nobody writes more; what was said is checked")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    return parser.parse_args(arguments)


def main() -> int:
    options = options_of()
    sys.stderr.write(f"chaos_chat: seed {options.seed}\n")
    rounds = []
    for storage in options.storage or STORAGES:
        with tempfile.TemporaryDirectory(prefix="guildhall-chaos-") as folder:
            rounds.append(asyncio.run(run(options, Path(folder), storage)))
        sys.stderr.write(f"{json.dumps(rounds[-1])}\n")
    wrong = sum(one["lost"] + one["doubled"] + one["reordered"] + one["faults"] for one in rounds)
    wrong += sum(one["replies"][name] for one in rounds for name in ("unmarked", "unanswered", "doubled"))
    print(json.dumps({"rounds": rounds, "wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
