"""Delivered once at least, in order, whoever is killed; what fails for days is turned off, and nothing is lost."""

import asyncio
from typing import Any

import pytest

from guildhall.accounts.lifecycle import AccountState
from guildhall.kit.errors import Conflict, Invalid, NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.notifications.webhooks.lifecycle import EndpointEvent, EndpointState
from guildhall.notifications.webhooks.model import ENDPOINTS_MAX
from guildhall.notifications.webhooks.rules.delivering import Answered
from guildhall.notifications.webhooks.service.context import Caller
from guildhall.notifications.webhooks.service.keeping import TooManyEndpoints
from guildhall.notifications.webhooks.service.sending_http import HttpSender
from guildhall.opportunities.lifecycle import PostingEvent
from guildhall.opportunities.model.applications import RejectionCode
from tests.fakes.killer import Killed, Killer
from tests.fakes.receiver import ScriptedSender, listening
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.notifications.webhooks.hooks import HOUR_MS, URL, Hooks
from tests.guildhall.opportunities.market import DAY_MS, ORGANISATION, WORK, Market

DOWN = Answered(500, 1)


async def test_both_sides_systems_hear_each_move_once_in_order_and_verified_by_the_standards_library(
    any_market: Market,
) -> None:
    market = any_market
    async with listening() as receiver, HttpSender(15, allow_loopback=True).running() as sender:
        hooks = Hooks(market, sender)
        for path, caller, organisation in (("/client", hooks.carla, ORGANISATION), ("/agent", hooks.ada, "")):
            _, receiver.secrets[path] = await hooks.keeping.register(caller, organisation, receiver.url + path, (), "")
        opportunity = await market.publish()
        application = await market.apply(opportunity)
        await market.hiring.shortlist(market.client, application.id)
        offered = await market.hiring.offer(market.client, application.id, WORK, "")
        await market.hiring.accept(market.side(application), offered.offers[-1].id)
        hired = await market.reread(application)
        workshop = Workshop(market)
        contract = await workshop.store.contracts.read(hired.contract_id)
        await workshop.on(contract, workshop.client, "fund")
        await workshop.on(contract, workshop.agent, "start")
        await market.posting.act(market.client, opportunity.id, PostingEvent.CLOSE)
        await hooks.look()
        told = [
            "application.submitted",
            "application.shortlisted",
            "offer.sent",
            "offer.accepted",
            "milestone.funded",
            "milestone.started",
        ]
        for path in ("/client", "/agent"):
            by_subject: dict[str, list[str]] = {"application": [], "contract": []}
            for where, _, body in receiver.received:
                if where == path:
                    subject = "application" if body["type"].split(".")[0] in {"application", "offer"} else "contract"
                    by_subject[subject].append(body["type"])
                    assert body["data"]["application_id"] == application.id
            assert by_subject["application"] == told[:4], path
            assert by_subject["contract"][-2:] == told[4:], path
        await hooks.look()
        assert len(receiver.received) == len({(where, event) for where, event, _ in receiver.received})


async def test_a_process_killed_at_any_write_loses_no_event_and_lets_none_overtake_another(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = ScriptedSender()
    hooks = Hooks(market, sender)
    endpoint = await hooks.register()
    killer = Killer(monkeypatch)
    kills = 0
    for number in range(40):
        for killer.after in (False, True):
            killer.left, is_through = number + 1, False
            while not is_through:  # started again after each kill, as whoever keeps processes does it
                try:
                    for step in range(3):
                        await hooks.emit(f"app_{number}{killer.after}_{step}", f"app_{number}{killer.after}")
                    hooks.clock.advance(61_000)  # a lease that was left behind is over
                    await hooks.look()
                    is_through = True
                except (Killed, BaseExceptionGroup):
                    kills += 1
        if killer.left > 0:
            break
    assert kills > 10
    killer.left = -1
    await hooks.later(61_000)
    log = await hooks.log(endpoint)
    assert {one.state.value for one in log} == {"delivered"}
    firsts = list(dict.fromkeys(event for _, event in sender.posted))
    lanes: dict[str, list[str]] = {}
    for one in log:
        lanes.setdefault(one.lane, []).append(one.event_id)
    assert all(len(events) == 3 for events in lanes.values())
    for events in lanes.values():
        assert [event for event in firsts if event in events] == events


async def test_what_is_behind_a_failing_delivery_waits_and_other_subjects_go_on_as_soon_as_it_answers(
    market: Market,
) -> None:
    sender = ScriptedSender({URL: DOWN})
    hooks = Hooks(market, sender)
    endpoint = await hooks.register()
    for key, subject in (("a1", "app_a"), ("a2", "app_a"), ("b1", "app_b"), ("a3", "app_a")):
        await hooks.emit(key, subject)
    await hooks.look()
    assert len(sender.posted) <= 2  # it rests after its first failure, whatever else waits
    sender.answers.clear()
    sender.posted.clear()
    await hooks.later(400_000)
    assert await hooks.states(endpoint) == ["delivered"] * 4
    order = [event for _, event in sender.posted]
    of_a = [one.event_id for one in await hooks.log(endpoint) if one.lane.endswith("app_a")]
    assert [event for event in order if event in of_a] == of_a
    assert (await hooks.store.endpoints.read(endpoint.id)).failing_since_ms == 0


async def test_tried_ten_times_in_three_days_then_turned_off_with_a_notice_and_recovered_by_hand(
    market: Market,
) -> None:
    sender = ScriptedSender({URL: DOWN})
    hooks = Hooks(market, sender)
    endpoint = await hooks.register()
    await hooks.emit("a1")
    began_ms = hooks.clock.now_ms()
    await hooks.look()
    while (await hooks.store.endpoints.read(endpoint.id)).state is EndpointState.ACTIVE:
        await hooks.later(HOUR_MS // 4)
        assert hooks.clock.now_ms() - began_ms < 5 * DAY_MS
    assert len(sender.posted) == 10
    assert 72 * HOUR_MS <= hooks.clock.now_ms() - began_ms <= 90 * HOUR_MS
    assert await hooks.states(endpoint) == ["failed"]
    assert (await market.told("carla"))[0] == "webhook_disabled"
    assert (await market.told("carla")).count("webhook_disabled") == 1
    await hooks.emit("a2")  # what happens while it is off is kept
    await hooks.look()
    assert await hooks.states(endpoint) == ["failed", "failed"]
    assert len(sender.posted) == 10
    sender.answers.clear()
    await hooks.keeping.act(hooks.carla, endpoint.id, EndpointEvent.RESUME)
    assert await hooks.keeping.recover(hooks.carla, endpoint.id) == 2
    await hooks.look()
    assert await hooks.states(endpoint) == ["delivered", "delivered"]
    first, second = await hooks.log(endpoint)
    assert [event for _, event in sender.posted[10:]] == [first.event_id, second.event_id]
    assert [one.status for one in first.attempts] == [500] * 10 + [204]


async def test_an_endpoint_that_is_gone_is_turned_off_at_once(market: Market) -> None:
    sender = ScriptedSender({URL: Answered(410, 1)})
    hooks = Hooks(market, sender)
    endpoint = await hooks.register()
    await hooks.emit("a1")
    await hooks.look()
    seen = await hooks.store.endpoints.read(endpoint.id)
    assert (seen.state, await hooks.states(endpoint)) == (EndpointState.DISABLED, ["failed"])
    assert (await market.told("carla"))[0] == "webhook_disabled"


async def test_it_is_left_alone_for_as_long_as_it_asks(market: Market) -> None:
    sender = ScriptedSender({URL: Answered(429, 1, retry_after_ms=HOUR_MS)})
    hooks = Hooks(market, sender)
    await hooks.register()
    await hooks.emit("a1")
    await hooks.look()
    await hooks.later(HOUR_MS - 60_000)
    assert len(sender.posted) == 1
    await hooks.later(120_000)
    assert len(sender.posted) == 2


async def test_many_workers_at_once_send_each_once(market: Market) -> None:
    class Slow(ScriptedSender):
        async def post(self, *given: Any) -> Answered:
            await asyncio.sleep(0.005)
            return await super().post(*given)

    sender = Slow()
    hooks = Hooks(market, sender)
    endpoint = await hooks.register()
    for number in range(24):
        await hooks.emit(f"key_{number}", f"app_{number % 4}")
    await asyncio.gather(*(hooks.look() for _ in range(4)))
    await hooks.look()
    assert len(sender.posted) == len(set(sender.posted)) == 24
    assert await hooks.states(endpoint) == ["delivered"] * 24


async def test_the_same_event_told_by_many_followers_at_once_is_put_down_once_and_numbered_without_gaps(
    any_market: Market,
) -> None:
    hooks = Hooks(any_market, ScriptedSender())
    endpoint = await hooks.register()
    await asyncio.gather(*(hooks.emit(f"key_{number % 8}") for number in range(32)))
    assert [one.number for one in await hooks.log(endpoint)] == list(range(1, 9))


async def test_only_what_was_chosen_is_sent_and_a_test_is_sent_once(market: Market) -> None:
    sender = ScriptedSender()
    hooks = Hooks(market, sender)
    endpoint = await hooks.register(URL, "offer.accepted")
    await hooks.emit("a1")
    await hooks.emit("a2", type_="offer.accepted")
    await hooks.look()
    assert [one.type for one in await hooks.log(endpoint)] == ["offer.accepted"]
    sender.answers[URL] = DOWN
    await hooks.keeping.test(hooks.carla, endpoint.id)
    await hooks.look()
    tested = next(one for one in await hooks.log(endpoint) if one.type == "webhook.test")
    assert (tested.state.value, len(tested.attempts)) == ("failed", 1)


async def test_what_is_paused_is_kept_and_each_verb_says_no_where_it_must(market: Market) -> None:
    hooks = Hooks(market, ScriptedSender())
    endpoint = await hooks.register()
    await hooks.emit("a0")
    await hooks.keeping.act(hooks.carla, endpoint.id, EndpointEvent.PAUSE)
    await hooks.emit("a1")
    await hooks.look()
    assert await hooks.states(endpoint) == ["failed", "failed"]
    with pytest.raises(MoveRefused):
        await hooks.keeping.act(hooks.carla, endpoint.id, EndpointEvent.PAUSE)
    with pytest.raises(Conflict):
        await hooks.keeping.test(hooks.carla, endpoint.id)
    for wrong in (("offer.eaten",), ("offer.sent", "no.such")):
        with pytest.raises(Invalid):
            await hooks.register(URL, *wrong)
    with pytest.raises(Invalid):
        await hooks.keeping.register(hooks.ada, ORGANISATION, URL, (), "")
    with pytest.raises(NotFound):
        await hooks.keeping.roll(hooks.ada, endpoint.id)
    with pytest.raises(NotFound):
        await hooks.keeping.redeliver(hooks.carla, endpoint.id, "evt_none")
    event_id = (await hooks.log(endpoint))[0].event_id
    await hooks.keeping.act(hooks.carla, endpoint.id, EndpointEvent.RESUME)
    await hooks.keeping.redeliver(hooks.carla, endpoint.id, event_id)
    with pytest.raises(MoveRefused):
        await hooks.keeping.redeliver(hooks.carla, endpoint.id, event_id)
    with pytest.raises(NotFound):
        await hooks.keeping.redeliver(hooks.ada, endpoint.id, event_id)


async def test_there_are_never_more_endpoints_than_places_however_many_ask_at_once(market: Market) -> None:
    hooks = Hooks(market, ScriptedSender())
    asked = await asyncio.gather(*(hooks.register() for _ in range(ENDPOINTS_MAX + 4)), return_exceptions=True)
    refused = [one for one in asked if isinstance(one, TooManyEndpoints)]
    assert (len(refused), len(await hooks.keeping.listed(hooks.carla))) == (4, ENDPOINTS_MAX)
    (first, *_) = await hooks.keeping.listed(hooks.carla)
    await hooks.keeping.remove(hooks.carla, first.id)
    await hooks.register()


async def test_an_owner_who_is_gone_takes_the_webhooks_along_and_old_deliveries_are_forgotten(market: Market) -> None:
    sender = ScriptedSender()
    hooks = Hooks(market, sender)
    kept = await hooks.register()
    await hooks.emit("a1")
    own, _ = await hooks.keeping.register(hooks.ada, "", URL, (), "")
    accounts = market.backbone.accounts.store.accounts
    ada = await accounts.read(market.accounts["ada"])
    await accounts.replace(ada, ada.model_copy(update={"state": AccountState.ERASED}), hooks.clock.now_ms())
    await hooks.service.forget_old()
    assert await hooks.store.endpoints.get(own.id) is None
    assert await hooks.states(kept) == ["waiting"]
    hooks.clock.advance(31 * DAY_MS)
    await hooks.service.forget_old()
    assert await hooks.states(kept) == []


async def test_a_rejection_says_to_programs_that_it_was_and_not_why(market: Market) -> None:
    hooks = Hooks(market, ScriptedSender())
    endpoint, _ = await hooks.keeping.register(hooks.ada, "", URL, (), "")
    application = await market.apply(await market.publish())
    await market.hiring.reject(market.client, application.id, RejectionCode.OTHER, "We know your cousin.")
    payloads = [one.payload for one in await hooks.log(endpoint)]
    assert any("application.rejected" in one for one in payloads)
    assert not any("cousin" in one for one in payloads)


def test_callers_own_what_they_own() -> None:
    caller = Caller("usr_1", frozenset({"org_1"}))
    assert (caller.owner(""), caller.owner("org_1")) == ("usr_1", "org_1")
