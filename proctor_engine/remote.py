"""The engine seen from a web process when it runs elsewhere: frames out and outcomes back over Redis Streams."""

import asyncio
import contextlib
import uuid
from dataclasses import dataclass, replace

from redis.asyncio import Redis

from proctor_engine import streams
from proctor_engine.contract import EngineHealth, Frame, Outcome, Unexamined, Unreadable
from proctor_engine.mailbox import Mailbox, MailboxFull, Offer
from proctor_engine.memories import Memories
from proctor_engine.pacing import Pacer
from proctor_engine.redis_link import READ_BLOCK_MS, entries_of, keep_linked, read_hash, redis_time_ms
from proctor_engine.settings import EngineSettings
from proctor_engine.tasks import log_crash, run_together

SEND_BATCH = 32
READ_BATCH = 256
SWEEP_SECONDS = 0.05
LEAST_UNDER_WAY = 8
UNDER_WAY_A_CHILD = 4  # times the frames that a child holds: two of its engine process, two on the way to it and back
SEARCH_SECONDS = 0.2  # between two looks for an engine while none is ready
NOBODY = EngineHealth(children=0, ready=0, restarts=0, waiting=0, in_flight=0)


@dataclass(frozen=True, slots=True)
class _Sent:
    offer: Offer
    deadline: float


class RemoteEngine:
    """The remote `EngineClient`. Newest wins before sending: one frame a session travels at a time.

    While Redis is away, or no engine process is ready, every frame is unexamined at once; nothing is kept for later.
    A frame whose engine died is given up at its deadline and never sent again: by then its session has a newer one,
    which goes to whichever engine reads it. So an engine that dies costs a session one frame and less than 2 s.
    """

    def __init__(self, settings: EngineSettings) -> None:
        assert settings.redis_url is not None, "settings refuse remote without redis_url"
        self._url = settings.redis_url
        self._settings = settings
        self._mailbox = Mailbox(settings.max_waiting_sessions)
        self._memories = Memories(settings.max_waiting_sessions)
        self._pacer = Pacer(settings.max_waiting_sessions)
        self._sent: dict[int, _Sent] = {}  # in the order of their deadlines
        self._job = 0
        self._wake = asyncio.Event()
        self._linked = False
        self._engines = NOBODY
        self._others = 0  # sessions of other web processes, as of the last look at them
        self._asker = uuid.uuid4().hex
        self._last_reply = b"0-0"
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin connecting; `health().ready` counts the children of every engine process that answers."""
        self._running = asyncio.create_task(keep_linked(self._url, self._work, self._lose), name="remote engine link")
        self._running.add_done_callback(log_crash)

    async def close(self) -> None:
        """Hang up; what is open becomes unexamined."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.wait((running,))
        self._lose()

    def offer(self, frame: Frame) -> asyncio.Future[Outcome]:
        """Take the newest frame of a session; see `EngineClient.offer`."""
        loop = asyncio.get_running_loop()
        offer = Offer(frame, loop.create_future())
        if len(frame.jpeg) > self._settings.max_frame_bytes:
            offer.answer(Unreadable(f"The frame is larger than {self._settings.max_frame_bytes} bytes."))
        elif not self._linked:
            offer.answer(Unexamined("The engine cannot be reached."))
        elif not self._engines.ready:  # a picture that nobody will look at is not even sent
            offer.answer(Unexamined("No engine process is ready."))
        else:
            try:
                was_late = self._mailbox.put(offer, loop.time())
            except MailboxFull:
                offer.answer(Unexamined("Too many sessions wait for the engine."))
            else:
                self._pacer.offered(frame.session_id, loop.time(), was_late=was_late)
            self._wake.set()
        return offer.outcome

    def forget(self, session_id: str) -> None:
        """Drop the session's waiting frame and what is remembered of it."""
        self._mailbox.drop(session_id)
        self._memories.forget(session_id)
        self._pacer.forget(session_id)

    def health(self) -> EngineHealth:
        """All engine processes, as of a second ago; what waits and is in flight, and sessions, are our own."""
        return replace(
            self._engines,
            waiting=len(self._mailbox),
            in_flight=len(self._sent),
            sessions=self._pacer.sessions,
            interval_ms=round(self._pacer.pace.interval_ms),
        )

    async def _work(self, redis: Redis) -> None:
        self._linked = True
        await run_together(self._send(redis), self._receive(redis), self._give_up_late(), self._watch_health(redis))

    async def _send(self, redis: Redis) -> None:
        settings = self._settings
        while True:
            await self._until_due()
            while batch := self._take_batch():
                async with redis.pipeline(transaction=False) as pipe:
                    for job, offer in batch:
                        pipe.xadd(
                            streams.frames_key(settings.stream_prefix),
                            streams.pack_frame(
                                offer.frame, job, self._asker, self._memories.recall(offer.frame.session_id)
                            ),  # type: ignore[arg-type]
                            maxlen=settings.stream_max_frames,
                            approximate=True,
                        )
                    pipe.expire(streams.frames_key(settings.stream_prefix), streams.FRAME_EXPIRES_SECONDS)
                    await pipe.execute()

    async def _until_due(self) -> None:
        """Until something happened, or the first frame that waits for its turn is due."""
        due_at = self._mailbox.due_at()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(due_at if self._room() > 0 else None):
                await self._wake.wait()
        self._wake.clear()
        loop = asyncio.get_running_loop()
        if self._pacer.is_due(loop.time()):
            self._pacer.follow(loop.time(), self._engines.ready, self._engines.service_us, self._others)
            self._mailbox.share_seconds = self._pacer.pace.share_ms / 1_000

    def _take_batch(self) -> list[tuple[int, Offer]]:
        """Frames to send now."""
        now = asyncio.get_running_loop().time()
        deadline = now + self._settings.remote_deadline_seconds
        batch: list[tuple[int, Offer]] = []
        while len(batch) < SEND_BATCH and self._room() > 0:
            offer = self._mailbox.take(now)
            if offer is None:
                break
            self._job = (self._job + 1) & 0xFFFF_FFFF
            self._sent[self._job] = _Sent(offer, deadline)
            batch.append((self._job, offer))
        return batch

    def _room(self) -> int:
        """How many more frames may travel.

        A few for each child that is ready: what engines cannot take yet waits here, where a newer frame takes its
        place and its lateness slows the pace. In the stream it would only grow old: a flooded benchmark on a busy
        machine judged next to nothing while 512 could be under way, which is taken to be why.
        Never more than the stream keeps either, so none is trimmed unseen by its sender.
        """
        most = max(LEAST_UNDER_WAY, UNDER_WAY_A_CHILD * self._settings.frames_in_flight * self._engines.ready)
        return min(self._settings.stream_max_frames, most) - len(self._sent)

    async def _receive(self, redis: Redis) -> None:
        key = streams.replies_key(self._settings.stream_prefix, self._asker)
        while True:
            read = await redis.xread({key: self._last_reply}, count=READ_BATCH, block=READ_BLOCK_MS)
            for entry_id, fields in entries_of(read):
                self._last_reply = entry_id
                with contextlib.suppress(streams.MalformedEntry):
                    self._finish(*streams.unpack_outcome(fields))

    async def _give_up_late(self) -> None:
        while True:
            now = asyncio.get_running_loop().time()
            late = []
            for job, sent in self._sent.items():
                if sent.deadline > now:
                    break
                late.append(job)
            for job in late:
                self._finish(job, Unexamined("No engine process answered in time."))
            await asyncio.sleep(SWEEP_SECONDS)

    async def _watch_health(self, redis: Redis) -> None:
        prefix = self._settings.stream_prefix
        askers = streams.askers_key(prefix)
        while True:
            now_ms = await redis_time_ms(redis)
            own = self._pacer.sessions
            await redis.hset(askers, self._asker, streams.pack_asker(own, now_ms))
            told = await read_hash(redis, askers)
            self._others = max(0, streams.sum_askers(told, now_ms) - own)
            silent = streams.silent_names(told, now_ms)
            if silent:
                await redis.hdel(askers, *silent)
            self._engines = streams.sum_health(await read_hash(redis, streams.health_key(prefix)), now_ms)
            await asyncio.sleep(streams.BEAT_SECONDS if self._engines.ready else SEARCH_SECONDS)

    def _finish(self, job: int, outcome: Outcome) -> None:
        sent = self._sent.pop(job, None)
        if sent is not None:  # else: answered after its deadline
            now = asyncio.get_running_loop().time()
            self._memories.keep(sent.offer.frame.session_id, outcome)
            sent.offer.answer(sent.offer.timed(outcome, now))
            self._mailbox.release(sent.offer.frame.session_id, now)
            self._wake.set()

    def _lose(self) -> None:
        """Redis or this engine is gone: tell everybody who waits, keep nothing."""
        self._linked = False
        self._engines = NOBODY
        for job in list(self._sent):
            self._finish(job, Unexamined("The engine cannot be reached."))
        for offer in self._mailbox.empty():
            offer.answer(Unexamined("The engine cannot be reached."))
