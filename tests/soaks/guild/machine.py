"""`make fuzz-gigs [MINUTES=10]`: random people in a town, for as long as one likes.

Agents, clients, reviewers, staff and the workers' passes act in any order and at the same moment, over a real database,
while the clock jumps and processes are killed at any write. What must hold after each step stands in `truths`. The last
line on stdout is one JSON object; exit code 1 with the steps that led there when something did not hold.
"""

import argparse
import asyncio
import atexit
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from guildhall.kit.errors import DomainError, Unavailable
from guildhall.kit.storage import StorageError
from tests.fakes.killer import Killed, Killer
from tests.soaks.guild import truths
from tests.soaks.guild.acts import ACTS, Drawn
from tests.soaks.guild.pages import look_at_everything
from tests.soaks.guild.town import AGENTS, Town, found_in, founded

ACT = st.sampled_from(sorted(ACTS))
OF_WORK = st.sampled_from(("go_ahead", "act_on_milestone", "approve", "argue", "handle_files", "act_on_contract"))
OF_HIRING = st.sampled_from(("post", "apply", "offer", "answer_offer", "act_on_application", "manage_posting"))
OF_HOURS = st.sampled_from(("log_hours", "log_hours", "act_on_week"))
SMALL = st.integers(0, 12)
DRAWN = st.builds(Drawn, SMALL, SMALL, SMALL, st.integers(0, 50_000))
HOURS = st.sampled_from((1, 12, 30, 100, 24 * 8, 24 * 15, 24 * 40))
PASSES = 6
TALLY: Counter[str] = Counter()
"""What became of every act, for the figures of a long run."""


@cache
def town_of_old() -> Path:
    """Founded once a process, and copied for every walk."""
    folder = tempfile.TemporaryDirectory(prefix="guildhall-town-")
    atexit.register(folder.cleanup)
    asyncio.run(found_in(Path(folder.name)))
    return Path(folder.name)


class OneByOne(RuleBasedStateMachine):
    """One act after the other: the same walk from the same draw."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = pytest.MonkeyPatch()
        self.killer = Killer(self.patches)
        self.folder = tempfile.TemporaryDirectory(prefix="guildhall-town-")
        before = town_of_old()
        self.runner = asyncio.Runner()
        self.town: Town = self.runner.run(founded(Path(self.folder.name), before))
        for name in AGENTS[:2]:
            self.runner.run(self.town.guild.complete(name))

    def teardown(self) -> None:
        """Whatever was killed on the way is carried out by the next passes, and all holds that must."""
        try:
            self.run(self.settle())
            self.run(truths.check_settled(self.town))
            self.run(look_at_everything(self.town))
        finally:
            self.runner.run(self.town.close())
            self.runner.close()
            self.patches.undo()
            self.folder.cleanup()
        TALLY["walks"] += 1

    # --- steps

    @rule(act=ACT, drawn=DRAWN)
    def do(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(act=OF_HIRING, drawn=DRAWN)
    def do_something_about_hiring(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(act=OF_WORK, drawn=DRAWN)
    def do_something_about_work(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(act=OF_HOURS, drawn=DRAWN)
    def do_something_about_hours(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(drawn=DRAWN)
    def hire_and_go_ahead(self, drawn: Drawn) -> None:
        self.run(self.attempt("hire", drawn))
        self.run(self.attempt("go_ahead", drawn))

    @rule(act=ACT, drawn=DRAWN, writes=st.integers(1, 14), is_after=st.booleans())
    def do_and_be_killed(self, act: str, drawn: Drawn, writes: int, is_after: bool) -> None:
        self.run(self.killed(self.attempt(act, drawn), writes, is_after))

    @rule(writes=st.integers(1, 20), is_after=st.booleans())
    def kill_a_worker(self, writes: int, is_after: bool) -> None:
        self.run(self.killed(self.town.look(), writes, is_after))

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        self.town.clock.advance(hours * 3_600_000)
        self.run(self.town.look())

    @rule(hours=HOURS)
    def be_away(self, hours: int) -> None:
        """No worker runs, and whoever acts next is late."""
        self.town.clock.advance(hours * 3_600_000)

    @rule()
    def settle_down(self) -> None:
        self.run(self.settle())
        self.run(truths.check_settled(self.town))

    @rule()
    def look_around(self) -> None:
        self.run(look_at_everything(self.town))

    @invariant()
    def all_holds(self) -> None:
        self.run(truths.check(self.town))

    # --- the means

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        self.runner.run(work)

    async def attempt(self, act: str, drawn: Drawn) -> None:
        """Done, or refused in words; anything else is a fault."""
        try:
            await ACTS[act](self.town, drawn)
        except StorageError as error:
            raise AssertionError(f"{act} met the database: {error!r}") from error
        except DomainError as error:
            if error.status >= 500 and not isinstance(error, Unavailable):
                raise AssertionError(f"{act} came to {error!r}") from error
            TALLY[f"{act}.refused"] += 1
            return
        TALLY[f"{act}.done"] += 1

    async def killed(self, work: Awaitable[object], writes: int, is_after: bool) -> None:
        self.killer.left, self.killer.after = writes, is_after
        try:
            await work
        except Killed:
            TALLY["killed"] += 1
        finally:
            self.killer.left = -1

    async def settle(self) -> None:
        """Passes, with the minute between them after which a place that waits for its offer is looked after."""
        for _ in range(PASSES):
            await self.town.look()
            self.town.clock.advance(70_000)
        for _ in range(PASSES):
            await self.town.look()


class Townspeople(OneByOne):
    """And several at the same moment, which goes otherwise each time."""

    @rule(acts=st.lists(st.tuples(ACT, DRAWN), min_size=2, max_size=4), is_worker_there=st.booleans())
    def do_at_once(self, acts: list[tuple[str, Drawn]], is_worker_there: bool) -> None:
        self.run(self.at_once([self.attempt(act, drawn) for act, drawn in acts], is_worker_there))

    @rule(act=ACT, drawn=DRAWN, times=st.integers(2, 3))
    def click_twice(self, act: str, drawn: Drawn, times: int) -> None:
        self.run(self.at_once([self.attempt(act, drawn) for _ in range(times)], is_worker_there=True))

    async def at_once(self, acts: list[Coroutine[Any, Any, None]], is_worker_there: bool) -> None:
        looks = [self.town.look()] if is_worker_there else []
        for came in await asyncio.gather(*acts, *looks, return_exceptions=True):
            if isinstance(came, BaseException):
                raise came


def walk_for(minutes: float, *, is_shrunk: bool = False) -> dict[str, Any]:
    """Walks until the time is over; raises what the first one that failed raised, with its steps on stderr."""
    until, count = time.monotonic() + minutes * 60, 0
    while time.monotonic() < until:
        run_state_machine_as_test(
            Townspeople,
            settings=settings(
                max_examples=40,
                stateful_step_count=60,
                deadline=None,
                database=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
                phases=(Phase.generate, Phase.shrink) if is_shrunk else (Phase.generate,),
            ),
        )
        count += 1
        sys.stderr.write(f"{time.strftime('%T')} {count} rounds: {sum(TALLY.values())} steps, no fault\n")
    done = {name.removesuffix(".done"): number for name, number in TALLY.items() if name.endswith(".done")}
    refused = sum(number for name, number in TALLY.items() if name.endswith(".refused"))
    return {
        "minutes": minutes,
        "walks": TALLY["walks"],
        "acts_done": sum(done.values()),
        "acts_refused": refused,
        "killed": TALLY["killed"],
        "done": dict(sorted(done.items())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--shrink", action="store_true", help="look for the shortest walk to a fault, which takes long")
    asked = parser.parse_args()
    sys.stdout.write(json.dumps(walk_for(asked.minutes, is_shrunk=asked.shrink)) + "\n")


if __name__ == "__main__":
    main()
