"""`make bench-wall`: 150 candidates before one proctor who watches them all, one of them enlarged.

Three scenes on one server, one after the other:

- full: every candidate sends five pictures a second (320 x 240) whatever they are asked for, and one proctor watches;
- slow: the same, and a second proctor watches through a line of 256 kbit/s; the first one must not notice;
- calm: every candidate does as the page does, at the pace and the size that they are asked for; what one costs is told
  of those to whom nothing happens. Their pictures are the recorded calm clip's in a light that changes, 640 x 480 at
  quality .75 until less is asked for.

In each, candidates are joined by a second person at random times; `alert_ms` is from the moment that a picture with two
faces could be taken to the entry on the wall, without the time for which the rule wants to see it. `tile_age_ms` is
from a picture's being taken to its being on the wall.

Here the detector is a cheap one (it reads what is painted on the pictures), since the question is what the relay does;
`engine_carries` says how many candidates at five frames a second the real engine judges on this machine, with the load
generator beside it. Bytes are those of websocket messages. The last line on stdout is one JSON object; its figures are
those of the calm scene, except where a name says otherwise.
"""

import argparse
import asyncio
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import cv2
import numpy as np
import psutil
import uvloop

from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.detectors.scripted import Script, paint
from tests.benchmarks.live import Site, Stage, alone
from tests.fakes.candidate import FrameSender
from tests.fakes.proctor import Watcher
from tests.fakes.server import GuildhallProcess, serving
from tests.fakes.slow_line import slow_line
from tests.journeys.scenes import film, split_film
from tests.proctor_engine.films import whole_clip

SETTINGS = ProctoringSettings()
RULE_MS = SETTINGS.rules.several_faces_after_seconds * 1000
FULL, SMALL = (640, 480, 75), (320, 240, 50)
POOL = {FULL: 500, SMALL: 1200}  # pictures that differ: nobody repeats one within a scene
SLOW_KBIT = 256.0
VISIT_SECONDS = 3.0


class Pictures:
    """Of the calm clip, each of its own, by size; and the same with a second person, who is painted."""

    def __init__(self) -> None:
        clip = whole_clip("one_face")
        self.alone: dict[int, list[bytes]] = {}
        self.joined: dict[int, bytes] = {}
        for (width, height, quality), count in POOL.items():
            self.alone[width] = []
            for number in range(count):
                picture = cv2.resize(clip[number * 7 % len(clip)], (width, height), interpolation=cv2.INTER_AREA)
                light = 1 + 0.1 * np.sin(number * np.sqrt(2))  # none like another, none noisier than the clip
                shown = np.clip(picture * np.float32(light), 0, 255).astype(np.uint8)
                self.alone[width].append(encode(painted(shown, Script()), quality))
            self.joined[width] = encode(painted(shown, Script(faces=2)), quality)


def painted(picture: Any, script: Script) -> Any:
    rows = paint(script)[:16]
    picture[:16, : min(rows.shape[1], picture.shape[1])] = rows[:, : picture.shape[1]]
    return picture


def encode(picture: Any, quality: int) -> bytes:
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return bytes(cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), flags)[1].tobytes())


class Candidate(FrameSender):
    """Somebody who is joined by a second person now and then."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str, pictures: Pictures, place: int) -> None:
        super().__init__(http, base_url, token, ())
        self._shown = pictures
        self._place = place
        self.is_small = False  # whatever is asked for
        self.joined_at: float | None = None

    def picture(self, number: int) -> bytes:
        width = SMALL[0] if self.is_small or 0 < self.asked_width_px <= SMALL[0] else FULL[0]
        if self.joined_at is not None:
            return self._shown.joined[width]
        pool = self._shown.alone[width]
        return pool[(number + 37 * self._place) % len(pool)]


class Proctor(Watcher):
    """Also has one candidate enlarged, and keeps how old what is shown was, and when entries came."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str, focus: str | None) -> None:
        super().__init__(http, base_url, token)
        self._focus = focus
        self.ages_ms: list[float] = []
        self.closeup_ages_ms: list[float] = []
        self.heard: dict[str, float] = {}
        self.bytes = 0

    async def greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        if self._focus is not None:
            await ws.send_str(f"42/proctor-wall,999999{json.dumps(['focus', {'session_id': self._focus}])}")

    async def ask(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Nothing: on a slow line, answers would be most of what is measured."""

    def note(self, message: aiohttp.WSMessage) -> None:
        if self.counting:
            self.bytes += len(message.data)
        if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith('42/proctor-wall,["entry"'):
            entry = json.loads(message.data[len("42/proctor-wall,") :])[1]
            incident = entry["incident"]
            if entry["kind"] == "incident_opened" and incident["rule"] == "several_faces":
                self.heard.setdefault(incident["session_id"], time.time())

    def note_tile(self, tile: dict[str, Any]) -> None:
        if self.counting:
            ages_ms = self.closeup_ages_ms if tile["session_id"] == self._focus else self.ages_ms
            ages_ms.append(time.time() * 1000 - tile["captured_at_ms"])


@dataclass(frozen=True)
class Scene:
    """What one scene showed. Of `slow` proctors only where there was one."""

    candidates: int
    seconds: float
    judged_per_second: float
    sent_per_second: float
    alerts: int
    missed_alerts: int
    alert_ms_p50: float
    alert_ms_p95: float
    tile_age_ms_p50: float
    tile_age_ms_p95: float
    closeup_age_ms_p95: float
    tiles_per_second: float
    kbit_per_candidate: float
    kbit_per_proctor: float
    web_cpu_percent: float
    web_rss_mb: tuple[float, float]  # at the beginning and at the end
    slow_alert_ms_p50: float | None = None
    slow_alert_ms_p95: float | None = None
    slow_tile_age_ms_p95: float | None = None
    slow_kbit: float | None = None


@dataclass
class Bench:
    site: Site
    server: GuildhallProcess
    pictures: Pictures
    options: argparse.Namespace
    seats: list[dict[str, Any]] = field(default_factory=list)

    async def play(self, *, is_small: bool, has_slow: bool) -> Scene:
        async with contextlib.AsyncExitStack() as stack:
            connector = aiohttp.TCPConnector(limit=0)
            http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            url = self.server.base_url
            people = [Candidate(http, url, seat["token"], self.pictures, n) for n, seat in enumerate(self.seats)]
            for person in people:
                person.is_small = is_small
            proctor = Proctor(http, url, await self.site.wall(), self.seats[0]["session_id"])
            slow: Proctor | None = None
            if has_slow:
                port = await stack.enter_async_context(slow_line(int(url.rpartition(":")[2]), SLOW_KBIT))
                slow = Proctor(http, f"http://127.0.0.1:{port}", await self.site.wall(), None)
            watching = [proctor, *([slow] if slow else [])]
            return await self._watch(people, watching, is_small=is_small)

    async def _watch(self, people: list[Candidate], watching: list[Proctor], *, is_small: bool) -> Scene:
        options, web = self.options, psutil.Process(self.site.process_ids()["web"][0])
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(proctor.run()) for proctor in watching]
            for n, person in enumerate(people):
                begins = 0.5 + 3.0 * n / len(people)
                running.append(group.create_task(person.run(0.2, begins, obedient=not is_small)))
            await asyncio.sleep(options.settle_seconds)
            cpu, rss = sum(web.cpu_times()[:2]), web.memory_info().rss / 2**20
            counted: list[Candidate | Proctor] = [*people, *watching]
            for one in counted:
                one.counting = True
            joined = await self._visits(people)
            for one in counted:
                one.counting = False
            cpu_after, rss_after = sum(web.cpu_times()[:2]), web.memory_info().rss / 2**20
            await asyncio.sleep(2.0)  # the last entries
            for task in running:
                task.cancel()
        seconds = options.seconds
        alerts = [alerts_ms(proctor, joined, self.seats) for proctor in watching]
        calm = [one for place, one in enumerate(people) if place and place not in joined]  # the first is enlarged
        first, slow = watching[0], watching[1] if len(watching) > 1 else None
        scene = Scene(
            candidates=len(people),
            seconds=seconds,
            judged_per_second=round(sum(one.tally.judged for one in people) / seconds, 1),
            sent_per_second=round(sum(one.tally.sent for one in people) / seconds, 1),
            alerts=len(joined),
            missed_alerts=len(joined) - len(alerts[0]),
            alert_ms_p50=at_share(alerts[0], 50),
            alert_ms_p95=at_share(alerts[0], 95),
            tile_age_ms_p50=at_share(first.ages_ms, 50),
            tile_age_ms_p95=at_share(first.ages_ms, 95),
            closeup_age_ms_p95=at_share(first.closeup_ages_ms, 95),
            tiles_per_second=round(first.tiles / seconds, 1),
            kbit_per_candidate=kbit(statistics.fmean(one.tally.sent_bytes for one in calm), seconds),
            kbit_per_proctor=kbit(first.bytes, seconds),
            web_cpu_percent=round((cpu_after - cpu) / seconds * 100, 1),
            web_rss_mb=(round(rss, 1), round(rss_after, 1)),
            slow_alert_ms_p50=None if slow is None else at_share(alerts[1], 50),
            slow_alert_ms_p95=None if slow is None else at_share(alerts[1], 95),
            slow_tile_age_ms_p95=None if slow is None else at_share(slow.ages_ms, 95),
            slow_kbit=None if slow is None else kbit(slow.bytes, seconds),
        )
        sys.stderr.write(f"{json.dumps(asdict(scene))}\n")
        return scene

    async def _visits(self, people: Sequence[Candidate]) -> dict[int, float]:
        """A second person comes to some of the candidates, each at another time; when, by place."""
        chance, joined = random.Random(5), {}
        who = chance.sample(range(1, len(people)), min(self.options.visits, len(people) - 1))
        gap = (self.options.seconds - VISIT_SECONDS) / len(who)
        until = time.monotonic() + self.options.seconds
        leaving: list[tuple[float, int]] = []
        for place in who:
            await asyncio.sleep(gap * chance.uniform(0.8, 1.0))
            people[place].joined_at = joined[place] = time.time()
            leaving.append((time.monotonic() + VISIT_SECONDS, place))
            while leaving and leaving[0][0] <= time.monotonic():
                people[leaving.pop(0)[1]].joined_at = None
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        for place in who:
            people[place].joined_at = None
        return joined


def alerts_ms(proctor: Proctor, joined: dict[int, float], seats: Sequence[dict[str, Any]]) -> list[float]:
    heard = proctor.heard
    return [
        (heard[session_id] - at) * 1000 - RULE_MS
        for place, at in joined.items()
        if (session_id := seats[place]["session_id"]) in heard
    ]


def kbit(count_bytes: float, seconds: float) -> float:
    return round(count_bytes * 8 / 1000 / seconds, 1)


def at_share(figures: Sequence[float], percent: int) -> float:
    """A percentile; infinite where there is nothing to tell it from."""
    if len(figures) < 2:
        return float("inf")
    return round(statistics.quantiles(figures, n=100, method="inclusive")[percent - 1], 1)


@contextlib.contextmanager
def serve(detector: str) -> Iterator[GuildhallProcess]:
    environ = {
        "GUILDHALL_ENGINE__CHILDREN": "2",
        "GUILDHALL_ENGINE__DETECTOR": detector,
        # A full scene shows its pictures again and again, which is no part of what is measured.
        "GUILDHALL_PROCTORING__RULES__FEED_LOOPED_AFTER_SECONDS": "3600",
    }
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), environ) as server:
        yield server


async def engine_carries(flood: int) -> dict[str, float]:
    """How many candidates at five frames a second the real engine judges, 640 x 480, flooded."""
    with serve("litert") as server:
        stage = Stage(alone(server), split_film(film(("one_face", 4))), warm_seconds=4.0, seconds=8.0)
        step = await stage.measure(flood)
    return {"judged_per_second": step.fps_judged, "candidates_at_5": round(step.fps_judged / 5, 1)}


async def run(options: argparse.Namespace) -> dict[str, Any]:
    pictures = Pictures()
    carried = await engine_carries(options.flood) if options.flood else None
    with serve("scripted") as server:
        site = alone(server)
        bench = Bench(site, server, pictures, options)
        for number in range(options.candidates):
            bench.seats.append(await asyncio.to_thread(server.candidate, f"Candidate {number}"))
        full = await bench.play(is_small=True, has_slow=False)
        slow = await bench.play(is_small=True, has_slow=True)
        calm = await bench.play(is_small=False, has_slow=True)
    kept = ("candidates", "alert_ms_p95", "tile_age_ms_p95", "kbit_per_candidate", "kbit_per_proctor")
    return {
        **{name: asdict(calm)[name] for name in kept},
        "detector": "scripted: reads painted pictures; see engine_carries for the real one",
        "engine_carries": carried,
        "undisturbed_tile_age_ms_p95": {"without_slow": full.tile_age_ms_p95, "with_slow": slow.tile_age_ms_p95},
        "undisturbed_alert_ms_p95": {"without_slow": full.alert_ms_p95, "with_slow": slow.alert_ms_p95},
        "web_rss_mb": [full.web_rss_mb[0], slow.web_rss_mb[0], calm.web_rss_mb[0], calm.web_rss_mb[1]],
        "full": asdict(full),
        "slow": asdict(slow),
        "calm": asdict(calm),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=40.0, help="of each scene")
    parser.add_argument("--settle-seconds", type=float, default=20.0, help="before it is measured")
    parser.add_argument("--visits", type=int, default=20, help="of a second person, in each scene")
    parser.add_argument("--flood", type=int, default=60, help="candidates that flood the real engine; 0: none")
    sys.stdout.write(json.dumps(uvloop.run(run(parser.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
