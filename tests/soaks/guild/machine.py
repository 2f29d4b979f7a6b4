"""`make fuzz-gigs [MINUTES=10] [STORAGE=sqlite|mongo|both]`: random people in a town, for as long as one likes.

Agents, clients, reviewers, staff and the workers' passes act in any order and at the same moment, over a real database,
while the clock jumps and processes are killed at any write. What must hold after each step stands in `truths`. There is
one JSON object on stdout for each database; exit code 1 with the steps that led there when something did not hold.
"""

import argparse
import asyncio
import atexit
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Coroutine
from contextlib import ExitStack
from functools import cache
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guildhall.kit.errors import DomainError, Unavailable
from guildhall.kit.storage import StorageError
from guildhall.kit.storage.mongo import MongoCollection
from guildhall.kit.storage.sqlite import SqliteCollection
from guildhall.opportunities.settings import Moderation
from tests.fakes.killer import Killed, Killer
from tests.servers.build import mongo_java_server
from tests.servers.process import PrintingServer
from tests.soaks.guild import truths
from tests.soaks.guild.acts import ACTS, Drawn
from tests.soaks.guild.pages import look_at_everything
from tests.soaks.guild.places import Place, a_place
from tests.soaks.guild.town import Town, found_in, founded

ACT = st.sampled_from(sorted(ACTS))
OF_WORK = st.sampled_from(("go_ahead", "act_on_milestone", "approve", "argue", "handle_files", "act_on_contract"))
OF_HIRING = st.sampled_from(
    (
        *("post", "apply", "offer", "answer_offer", "act_on_application", "manage_posting", "interview"),
        *("have_published", "look_before_it_is_published", "look_before_it_is_published"),
    )
)
OF_EXAMS = st.sampled_from(("apply_without_the_pass", "sit_exam", "sit_exam", "sit_exam", "ask_for_a_pass"))
OF_HOURS = st.sampled_from(
    (
        *("hire_by_the_hour", "log_hours", "log_hours", "hand_in_week", "hand_in_week", "act_on_week", "amend"),
        *("dispute_hours", "argue_about_hours", "argue_about_hours"),
    )
)
OF_ACCOUNTS = st.sampled_from(("sign_in", "sign_in", "suspend", "use_sign_in", "reinstate"))
OF_MONEY = st.sampled_from(("pay_in", "pay_out", "pay_out", "act_on_payout"))
SMALL = st.integers(0, 12)
DRAWN = st.builds(Drawn, SMALL, SMALL, SMALL, st.integers(0, 50_000))
HOURS = st.sampled_from((1, 12, 30, 100, 24 * 8, 24 * 15, 24 * 40))
PASSES = 6
TALLY: Counter[str] = Counter()
"""What became of every act, for the figures of a long run."""


@cache
def town_of_old(mongo_url: str) -> Place:
    """Founded once a process, and copied for every walk."""
    stack = ExitStack()
    atexit.register(stack.close)
    place = stack.enter_context(a_place(mongo_url))
    asyncio.run(found_in(place))
    return place


class OneByOne(RuleBasedStateMachine):
    """One act after the other: the same walk from the same draw."""

    mongo_url: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        patches = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.killer = Killer(patches, MongoCollection if self.mongo_url else SqliteCollection)
        self.place = self.stack.enter_context(a_place(self.mongo_url))
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.town: Town | None = None

    @initialize(moderation=st.sampled_from(Moderation))
    def begin(self, moderation: Moderation) -> None:
        self.town = self.runner.run(founded(self.place, town_of_old(self.mongo_url), moderation))

    @property
    def there(self) -> Town:
        assert self.town is not None
        return self.town

    def teardown(self) -> None:
        """Whatever was killed on the way is carried out by the next passes, and all holds that must."""
        with self.stack:
            if self.town is None:
                return
            try:
                self.run(self.settle())
                self.run(truths.check_settled(self.town))
                self.run(look_at_everything(self.town))
            finally:
                self.runner.run(self.town.close())
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

    @rule(act=OF_EXAMS, drawn=DRAWN)
    def do_something_about_exams(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(act=OF_ACCOUNTS, drawn=DRAWN)
    def do_something_about_accounts(self, act: str, drawn: Drawn) -> None:
        self.run(self.attempt(act, drawn))

    @rule(act=OF_MONEY, drawn=DRAWN)
    def do_something_about_money(self, act: str, drawn: Drawn) -> None:
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
        self.run(self.killed(self.there.look(), writes, is_after))

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        self.there.clock.advance(hours * 3_600_000)
        self.run(self.there.look())

    @rule(hours=HOURS)
    def be_away(self, hours: int) -> None:
        """No worker runs, and whoever acts next is late."""
        self.there.clock.advance(hours * 3_600_000)

    @rule()
    def settle_down(self) -> None:
        self.run(self.settle())
        self.run(truths.check_settled(self.there))

    @rule()
    def look_around(self) -> None:
        self.run(look_at_everything(self.there))

    @invariant()
    def all_holds(self) -> None:
        self.run(truths.check(self.there))

    # --- the means

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        self.runner.run(work)

    async def attempt(self, act: str, drawn: Drawn) -> None:
        """Done, or refused in words; anything else is a fault."""
        try:
            await ACTS[act](self.there, drawn)
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
            await self.there.look()
            self.there.clock.advance(70_000)
        for _ in range(PASSES):
            await self.there.look()


class Townspeople(OneByOne):
    """And several at the same moment, which goes otherwise each time."""

    @rule(acts=st.lists(st.tuples(ACT, DRAWN), min_size=2, max_size=4), is_worker_there=st.booleans())
    def do_at_once(self, acts: list[tuple[str, Drawn]], is_worker_there: bool) -> None:
        self.run(self.at_once([self.attempt(act, drawn) for act, drawn in acts], is_worker_there))

    @rule(act=ACT, drawn=DRAWN, times=st.integers(2, 3))
    def click_twice(self, act: str, drawn: Drawn, times: int) -> None:
        self.run(self.at_once([self.attempt(act, drawn) for _ in range(times)], is_worker_there=True))

    async def at_once(self, acts: list[Coroutine[Any, Any, None]], is_worker_there: bool) -> None:
        looks = [self.there.look()] if is_worker_there else []
        for came in await asyncio.gather(*acts, *looks, return_exceptions=True):
            if isinstance(came, BaseException):
                raise came


def walk_for(minutes: float, mongo_url: str = "", *, is_shrunk: bool = False) -> dict[str, Any]:
    """Walks until the time is over; raises what the first one that failed raised, with its steps on stderr."""
    TALLY.clear()
    until, count = time.monotonic() + minutes * 60, 0
    walkers = type("Walkers", (Townspeople,), {"mongo_url": mongo_url})
    while time.monotonic() < until:
        run_state_machine_as_test(
            walkers,
            settings=settings(
                max_examples=20,
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
        "storage": "mongo" if mongo_url else "sqlite",
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
    parser.add_argument("--storage", choices=["sqlite", "mongo", "both"], default="sqlite")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest walk to a fault, which takes long")
    asked = parser.parse_args()
    if asked.storage != "mongo":
        sys.stdout.write(json.dumps(walk_for(asked.minutes, is_shrunk=asked.shrink)) + "\n")
    if asked.storage != "sqlite":
        server = PrintingServer(mongo_java_server())
        server.start()
        atexit.register(server.kill)
        sys.stdout.write(json.dumps(walk_for(asked.minutes, server.url, is_shrunk=asked.shrink)) + "\n")


if __name__ == "__main__":
    main()
