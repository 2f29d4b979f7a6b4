import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from guildhall.kit.sockets.namespace import Namespace, session_id_of
from tests.guildhall.kit.sockets.members import LIFETIME_SECONDS, Known, MemberClaims, Open
from tests.guildhall.kit.sockets.room import Claims


async def test_a_connection_goes_on_with_a_fresh_token_beyond_the_end_of_its_first(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    house.clock.advance(LIFETIME_SECONDS * 1000 - 1)
    renewed = await ada.call("renew_token", {"token": house.token()})
    assert renewed == {"expires_at_ms": house.clock.now_ms() + 1 + (LIFETIME_SECONDS * 1000 - 1) // 1000 * 1000 + 1000}
    house.clock.advance(LIFETIME_SECONDS * 1000 - 1)
    await asyncio.sleep(0.06)  # three sweeps
    known = Known.model_validate(await ada.call("who_am_i", {}))
    assert known.expires_at_ms == renewed["expires_at_ms"]


@pytest.mark.parametrize(
    "other",
    [{"session_id": "ses_2"}, {"account_id": "acc_2"}, {"role": "admin"}],
    ids=["another sign-in", "another account", "another role"],
)
async def test_a_token_that_says_anything_else_is_refused_and_changes_nothing(
    open_clubhouse: Open, other: dict[str, Any]
) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    before = await ada.call("who_am_i", {})
    house.clock.advance(1000)
    answer = await ada.call("renew_token", {"token": house.token(**other)})
    assert (answer["problem"]["status"], answer["problem"]["type"]) == (403, "not-the-same")
    assert await ada.call("who_am_i", {}) == before


async def test_a_fresh_token_is_looked_at_as_closely_as_the_first(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    before = await ada.call("who_am_i", {})
    foreign = house.tokens.sign(MemberClaims(account_id="acc_1", session_id="ses_1"), "guildhall/elsewhere", 600)
    expired = house.token(seconds=1)
    house.clock.advance(2000)
    for token in (foreign, expired, "nonsense"):
        assert (await ada.call("renew_token", {"token": token}))["problem"]["status"] == 401
    house.members.ended.add("ses_1")
    assert (await ada.call("renew_token", {"token": house.token()}))["problem"]["detail"] == "This sign-in has ended."
    assert await ada.call("who_am_i", {}) == before


async def test_who_loses_a_right_is_answered_nothing_more_on_a_connection_that_was_open_before(
    open_clubhouse: Open,
) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    house.members.expelled.add("acc_1")
    for event, body in (("who_am_i", {}), ("renew_token", {"token": house.token()})):
        assert (await ada.call(event, body))["problem"]["detail"] == "No longer a member."
    house.members.expelled.clear()
    assert "problem" not in await ada.call("who_am_i", {})


async def test_renewing_is_limited_like_any_event(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    answers = [await ada.call("renew_token", {"token": house.token()}) for _ in range(6)]
    assert [answer.get("problem", {}).get("status") for answer in answers] == [None] * 5 + [429]
    assert (await ada.call("renew_token", {"token": "x" * 9000}))["problem"]["status"] in {422, 429}


async def test_a_peer_keeps_how_it_came_but_not_its_token(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    assert Known.model_validate(await ada.call("who_am_i", {})).headers["token"] == ""


def test_only_the_end_of_claims_may_differ_whatever_they_are_made_of() -> None:
    @dataclass(frozen=True, slots=True)
    class Plain:
        name: str
        expires_at_ms: int

    namespace: Namespace[Claims] = Namespace()
    assert namespace.same_subject(Claims(name="ada", expires_at_ms=1), Claims(name="ada", expires_at_ms=2))
    assert not namespace.same_subject(Claims(name="ada", expires_at_ms=1), Claims(name="eve", expires_at_ms=1))
    plain: Namespace[Plain] = Namespace()
    assert plain.same_subject(Plain("ada", 1), Plain("ada", 2))
    assert not plain.same_subject(Plain("ada", 1), Plain("eve", 1))


def test_those_are_counted_together_whose_claims_say_the_same() -> None:
    namespace: Namespace[MemberClaims] = Namespace()
    first = MemberClaims(account_id="acc_1", session_id="ses_1", expires_at_ms=1)
    assert namespace.subject_of(first) == namespace.subject_of(first.model_copy(update={"expires_at_ms": 2})) != ""
    for other in ({"session_id": "ses_2"}, {"account_id": "acc_2"}):
        assert namespace.subject_of(first) != namespace.subject_of(first.model_copy(update=other))


def test_those_without_a_sign_in_are_not_counted() -> None:
    assert Namespace[Claims]().subject_of(Claims(name="ada", expires_at_ms=1)) == ""
    assert Namespace[MemberClaims]().subject_of(MemberClaims(account_id="acc_1", session_id="")) == ""


def test_claims_without_a_session_belong_to_none() -> None:
    assert session_id_of(Claims(name="ada", expires_at_ms=1)) == ""
    assert session_id_of(MemberClaims(account_id="acc_1", session_id="ses_1")) == "ses_1"
