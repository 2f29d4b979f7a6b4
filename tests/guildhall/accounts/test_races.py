"""Twenty at once, on SQLite and on MongoDB's protocol: one wins, the others are told the truth, nothing is doubled."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import pytest

from guildhall.accounts.model import EndReason, OrganisationRole
from guildhall.accounts.rules.memberships import LastOwner
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service import SignedIn, Visitor
from guildhall.accounts.service.second_factors import CodeRefused
from guildhall.accounts.service.sessions import ReuseDetected
from guildhall.accounts.service.signing_in import SignInRefused
from guildhall.kit.errors import DomainError, NotFound, Refused
from tests.guildhall.accounts.conftest import HOME, PASSWORD, House

AT_ONCE = 20
T = TypeVar("T")


async def at_once(*calls: Awaitable[T]) -> tuple[list[T], list[BaseException]]:
    """What came of them: the answers, and the refusals."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    answers = [one for one in outcomes if not isinstance(one, BaseException)]
    return answers, [one for one in outcomes if isinstance(one, BaseException)]


async def test_of_twenty_refreshes_of_one_token_one_rotates_and_the_others_are_given_the_same_successor(
    any_house: House,
) -> None:
    house = any_house
    await house.sign_up()
    signed_in = await house.sign_in()
    other = house.another()
    answers, refusals = await at_once(
        *(
            each.service.sessions.refresh(signed_in.refresh_token)
            for each in (house, other)
            for _ in range(AT_ONCE // 2)
        )
    )
    assert refusals == []
    assert {answer.session.generation for answer in answers} == {2}
    assert len({answer.refresh_token for answer in answers}) == 1
    kept = await house.store.sessions.get(signed_in.session.id)
    assert kept is not None
    assert (kept.generation, kept.state) == (2, "active")
    third = await house.service.sessions.refresh(answers[0].refresh_token)
    assert third.session.generation == 3
    await other.close()


async def test_a_lost_answer_heals_within_ten_seconds_and_not_after(any_house: House) -> None:
    house = any_house
    await house.sign_up()
    signed_in = await house.sign_in()
    lost = await house.service.sessions.refresh(signed_in.refresh_token)
    house.clock.advance(10_000)
    again = await house.service.sessions.refresh(signed_in.refresh_token)
    assert again.refresh_token == lost.refresh_token
    house.clock.advance(1)
    with pytest.raises(ReuseDetected):
        await house.service.sessions.refresh(signed_in.refresh_token)


async def test_an_older_token_ends_the_family_tells_its_sockets_and_its_owner(any_house: House) -> None:
    house = any_house
    await house.sign_up()
    first = await house.sign_in()
    second = await house.service.sessions.refresh(first.refresh_token)
    third = await house.service.sessions.refresh(second.refresh_token)
    answers, refusals = await at_once(*(house.service.sessions.refresh(first.refresh_token) for _ in range(AT_ONCE)))
    assert answers == []
    assert {type(refusal) for refusal in refusals} <= {ReuseDetected, SessionEnded}
    assert house.revoked.count(first.session.id) >= 1
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(third.refresh_token)
    with pytest.raises(SessionEnded):
        await house.principal(third)
    ended = await house.store.sessions.get(first.session.id)
    assert ended is not None
    assert (ended.end_reason, ended.pending) == (EndReason.REUSE, {})
    told = [mail for mail in await house.mails("ada@example.org") if "two places" in mail.text]
    assert len(told) == 1
    assert (await house.actions()).count("accounts.reuse_detected") == 1


async def test_of_twenty_uses_of_one_link_one_counts(any_house: House) -> None:
    house = any_house
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    token = await house.link("ada@example.org", "verify_email")
    answers, refusals = await at_once(*(house.service.credentials.verify_email(token) for _ in range(AT_ONCE)))
    assert len(answers) == 1
    assert {type(refusal) for refusal in refusals} == {LinkRefused}
    await house.service.wishes.reset_password("ada@example.org")
    token = await house.link("ada@example.org", "reset_password")
    passwords = [f"{number} lanterns over the quay" for number in range(AT_ONCE)]
    chosen, refusals = await at_once(
        *(house.service.credentials.choose_password(token, password, HOME) for password in passwords)
    )
    assert len(chosen) == 1
    assert {type(refusal) for refusal in refusals} == {LinkRefused}


async def test_of_twenty_uses_of_one_code_one_signs_in(any_house: House) -> None:
    house = any_house
    await house.sign_up()
    generator, recovery_codes = await house.protect(await house.sign_in())
    for is_of_the_app in (True, False):
        house.clock.advance(3_600_000)  # the failures of the round before are forgotten
        code = house.code(generator) if is_of_the_app else recovery_codes[0]
        flows = [await house.ask_for_code() for _ in range(AT_ONCE)]
        answers, refusals = await at_once(
            *(
                house.service.signing_in.prove(flow.flow_token, code, Visitor(f"192.0.{number}.1"))
                for number, flow in enumerate(flows)
            )
        )
        assert len(answers) == 1
        assert {type(refusal) for refusal in refusals} == {CodeRefused}


async def test_of_twenty_codes_in_one_flow_one_signs_in(any_house: House) -> None:
    house = any_house
    await house.sign_up()
    _, recovery_codes = await house.protect(await house.sign_in())
    flow = await house.ask_for_code()
    answers, refusals = await at_once(
        *(house.service.signing_in.prove(flow.flow_token, code, HOME) for code in recovery_codes)
    )
    assert len(answers) == 1
    assert {type(refusal) for refusal in refusals} == {CodeRefused}


async def test_of_many_guesses_at_once_only_the_free_ones_are_looked_at(any_house: House) -> None:
    house = any_house
    await house.sign_up()
    before = house.service.hasher.hashes
    _, refusals = await at_once(
        *(house.service.signing_in.sign_in("ada@example.org", f"guess {n} of them", HOME) for n in range(AT_ONCE))
    )
    assert {type(refusal) for refusal in refusals} == {SignInRefused}
    assert house.service.hasher.hashes == before + AT_ONCE
    tallies = await house.store._tallies.find({}, limit=10)
    (looked_at,) = [tally["attempts"] for tally in tallies if tally["_id"].startswith("password:pair")]
    assert looked_at == 5
    with pytest.raises(SignInRefused):
        await house.sign_in()


async def test_the_last_two_owners_cannot_both_leave(any_house: House) -> None:
    house = any_house
    ada, bob = await house.sign_up(), await house.sign_up("bob@example.org", "Bob")
    organisation = await house.service.organisations.create(ada.id, "Engines", "engines")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", OrganisationRole.OWNER)
    token = await house.link("bob@example.org", "invitation")
    await house.service.organisations.accept(token, account_id=bob.id)
    leaving = [
        house.service.organisations.remove(account_id, organisation.id, account_id)
        for account_id in (ada.id, bob.id)
        for _ in range(AT_ONCE // 2)
    ]
    answers, refusals = await at_once(*leaving)
    assert len(answers) == 1
    assert {type(refusal) for refusal in refusals} <= {LastOwner, NotFound, Refused}
    left = await house.store.organisations.get(organisation.id)
    assert left is not None
    assert len(left.owners) == 1
    copied = [id_ for id_ in (ada.id, bob.id) if (await house.account(id_)).organisations]
    assert copied == list(left.owners)


async def test_of_twenty_sign_ups_of_one_address_there_is_one_account(any_house: House) -> None:
    house = any_house
    await at_once(*(house.service.wishes.sign_up("ada@example.org", PASSWORD, f"Ada {n}") for n in range(AT_ONCE)))
    mails = await house.mails("ada@example.org")
    assert {mail.kind for mail in mails} == {"verify_email"}
    found = await house.store.accounts.find({}, limit=10)
    assert len(found) == 1
    token = await house.link("ada@example.org", "verify_email")
    assert len(mails) == 1
    verified = await house.service.credentials.verify_email(token)
    assert (await house.account(verified.account.id)).pending == {}


async def test_of_twenty_acceptances_of_one_invitation_one_counts(any_house: House) -> None:
    house = any_house
    ada, bob = await house.sign_up(), await house.sign_up("bob@example.org", "Bob")
    organisation = await house.service.organisations.create(ada.id, "Engines", "engines")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", OrganisationRole.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    answers, refusals = await at_once(
        *(house.service.organisations.accept(token, account_id=bob.id) for _ in range(AT_ONCE))
    )
    assert len(answers) == 1
    assert all(isinstance(refusal, DomainError) for refusal in refusals)
    assert (await house.account(bob.id)).organisations == {organisation.id: OrganisationRole.MEMBER}


async def test_sign_ins_at_once_leave_at_most_twenty_live_sessions(any_house: House) -> None:
    house = any_house
    account = await house.sign_up()
    answers: list[SignedIn] = []
    for _ in range(5):
        more, _ = await at_once(*(house.sign_in() for _ in range(5)))
        answers += more
    assert len(answers) == 25
    assert len(await house.service.sessions.live(account.id)) <= 20
