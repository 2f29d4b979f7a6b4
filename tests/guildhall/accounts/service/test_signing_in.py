import pytest

from guildhall.accounts.model import Account, PlatformRole
from guildhall.accounts.service import SignedIn, Visitor
from guildhall.accounts.service.hashing import HashingBusy
from guildhall.accounts.service.second_factors import CodeRefused
from guildhall.accounts.service.signing_in import AccountSuspended, SignInRefused
from guildhall.kit.errors import Invalid
from tests.guildhall.accounts.conftest import HOME, PASSWORD, House

WRONG = "eight lanterns over the quay"
STRANGER = Visitor("198.51.100.9", "curl/8")


async def refused(house: House, email: str, password: str, visitor: Visitor = HOME) -> str:
    with pytest.raises(SignInRefused) as refusal:
        await house.service.signing_in.sign_in(email, password, visitor)
    return refusal.value.detail


async def test_whoever_confirmed_the_address_signs_in_with_the_password(house: House) -> None:
    account = await house.sign_up()
    signed_in = await house.sign_in()
    assert (signed_in.account.id, signed_in.session.aal) == (account.id, 1)
    assert (await house.principal(signed_in)).id == account.id
    assert (signed_in.session.device.label, signed_in.session.device.address_prefix) == (
        "Firefox on Linux",
        "203.0.113.0/24",
    )


async def test_every_refusal_has_the_same_words_and_costs_one_hash(house: House) -> None:
    await house.sign_up()
    await house.service.wishes.sign_up("new@example.org", PASSWORD, "New")
    await house.mails("new@example.org")
    told: set[str] = set()
    for email, password in (
        ("ada@example.org", WRONG),
        ("nobody@example.org", WRONG),
        ("new@example.org", PASSWORD),
        ("new@example.org", WRONG),
    ):
        before = house.service.hasher.hashes
        told.add(await refused(house, email, password, Visitor(f"192.0.2.{len(told)}")))
        assert house.service.hasher.hashes == before + 1
    for _ in range(12):
        before = house.service.hasher.hashes
        told.add(await refused(house, "ada@example.org", WRONG))
        assert house.service.hasher.hashes == before + 1
    assert len(told) == 1


async def test_a_throttled_stranger_is_refused_even_with_the_right_password_until_the_wait_is_over(
    house: House,
) -> None:
    await house.sign_up()
    for _ in range(5):
        await refused(house, "ada@example.org", WRONG)
    await refused(house, "ada@example.org", PASSWORD)
    house.clock.advance(2_000)
    assert (await house.sign_in()).session.aal == 1


async def test_nobody_can_lock_a_known_device_out(house: House) -> None:
    await house.sign_up()
    device = Visitor(HOME.address, HOME.user_agent, (await house.sign_in()).device_token)
    for number in range(60):
        await refused(house, "ada@example.org", WRONG, Visitor(f"192.0.{number}.1"))
        await refused(house, "ada@example.org", WRONG, HOME)
    await refused(house, "ada@example.org", PASSWORD, HOME)
    signed_in = await house.sign_in(visitor=device)
    assert (await house.principal(signed_in)).session_id == signed_in.session.id


async def test_a_device_known_to_one_account_is_a_stranger_to_another(house: House) -> None:
    await house.sign_up()
    await house.sign_up("bob@example.org", "Bob")
    known_to_ada = Visitor(HOME.address, "", (await house.sign_in()).device_token)
    for _ in range(5):
        await refused(house, "bob@example.org", WRONG, known_to_ada)
    await refused(house, "bob@example.org", PASSWORD, known_to_ada)


async def test_many_failures_from_everywhere_ask_a_stranger_with_the_password_for_a_proof_from_the_mailbox(
    house: House,
) -> None:
    await house.sign_up()
    for number in range(20):
        await refused(house, "ada@example.org", WRONG, Visitor(f"192.0.{number}.1"))
    before = [mail.kind for mail in await house.mails("ada@example.org")]
    assert "know_device" not in before
    await refused(house, "ada@example.org", PASSWORD, STRANGER)
    token = await house.link("ada@example.org", "know_device")
    device_token = await house.service.signing_in.know_device(token, STRANGER)
    await house.sign_in(visitor=Visitor(STRANGER.address, STRANGER.user_agent, device_token))


async def test_a_suspended_account_is_told_so_only_with_the_right_password(house: House) -> None:
    account = await house.sign_up()
    await house.service.administration.suspend("usr_root", account.id, "fraud")
    await refused(house, "ada@example.org", WRONG)
    with pytest.raises(AccountSuspended):
        await house.service.signing_in.sign_in("ada@example.org", PASSWORD, HOME)


async def test_what_is_no_address_is_refused_before_anything_is_looked_up(house: House) -> None:
    with pytest.raises(Invalid):
        await house.service.signing_in.sign_in("no address", PASSWORD, HOME)


async def test_with_a_second_factor_the_password_alone_signs_nobody_in(house: House) -> None:
    await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    asked = await house.ask_for_code()
    signed_in = await house.service.signing_in.prove(asked.flow_token, house.code(generator), HOME)
    assert (signed_in.session.aal, signed_in.session.methods) == (2, ("password", "totp"))


async def test_a_recovery_code_signs_in_once_and_its_owner_is_told(house: House) -> None:
    await house.sign_up()
    _, codes = await house.protect(await house.sign_in())
    asked = await house.ask_for_code()
    signed_in = await house.service.signing_in.prove(asked.flow_token, codes[0], HOME)
    assert signed_in.session.methods == ("password", "recovery")
    asked = await house.ask_for_code()
    with pytest.raises(CodeRefused):
        await house.service.signing_in.prove(asked.flow_token, codes[0], HOME)
    assert "9 are left" in (await house.mails("ada@example.org"))[0].text


async def test_a_flow_has_five_tries_and_the_sixth_right_code_comes_too_late(house: House) -> None:
    await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    asked = await house.ask_for_code()
    for _ in range(5):
        with pytest.raises(CodeRefused):
            await house.service.signing_in.prove(asked.flow_token, "000000", HOME)
    with pytest.raises(CodeRefused):
        await house.service.signing_in.prove(asked.flow_token, house.code(generator), HOME)


async def test_many_wrong_codes_from_everywhere_ask_a_stranger_with_the_right_one_for_a_proof_too(
    house: House,
) -> None:
    await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    for number in range(20):
        asked = await house.ask_for_code()
        with pytest.raises(CodeRefused):
            await house.service.signing_in.prove(asked.flow_token, "000000", Visitor(f"192.0.{number}.1"))
    asked = await house.ask_for_code(visitor=STRANGER)
    with pytest.raises(CodeRefused):
        await house.service.signing_in.prove(asked.flow_token, house.code(generator), STRANGER)
    house.clock.advance(30_000)
    device = await house.service.signing_in.know_device(await house.link("ada@example.org", "know_device"), STRANGER)
    known = Visitor(STRANGER.address, STRANGER.user_agent, device)
    asked = await house.ask_for_code(visitor=known)
    await house.service.signing_in.prove(asked.flow_token, house.code(generator), known)


@pytest.mark.parametrize("advance_ms", [900_000, 899_000])
async def test_a_flow_lasts_a_quarter_of_an_hour(house: House, advance_ms: int) -> None:
    await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    asked = await house.ask_for_code()
    house.clock.advance(advance_ms)
    if advance_ms < 900_000:
        assert isinstance(await house.service.signing_in.prove(asked.flow_token, house.code(generator), HOME), SignedIn)
    else:
        with pytest.raises(CodeRefused):
            await house.service.signing_in.prove(asked.flow_token, house.code(generator), HOME)


async def test_a_password_changed_meanwhile_ends_the_flow(house: House) -> None:
    account = await house.sign_up()
    signed_in = await house.sign_in()
    generator, _ = await house.protect(signed_in)
    asked = await house.ask_for_code()
    await house.service.sessions.end_all(account.id)
    with pytest.raises(CodeRefused):
        await house.service.signing_in.prove(asked.flow_token, house.code(generator), HOME)


@pytest.mark.parametrize("token", ["", "sgn_nowhere.secret", "made up", "sgn_x." + "y" * 400])
async def test_a_flow_that_does_not_exist_is_a_code_that_does_not_count(house: House, token: str) -> None:
    with pytest.raises(CodeRefused):
        await house.service.signing_in.prove(token, "123456", HOME)


async def test_staff_roles_count_only_in_a_session_with_a_second_factor(house: House) -> None:
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    assert (await house.principal(proctor)).roles == {"proctor"}
    session = await house.store.sessions.get(proctor.session.id)
    assert session is not None
    await house.store.sessions.change(session.id, 0, lambda seen: seen.model_copy(update={"aal": 1}))
    assert (await house.principal(proctor)).roles == frozenset()


async def test_an_older_hash_is_renewed_at_the_next_sign_in(house: House) -> None:
    account = await house.sign_up()
    dearer = house.settings.model_copy(update={"hashing": house.settings.hashing.model_copy(update={"passes": 2})})
    other = type(house)(house.storage, house.bus, house.clock, dearer)
    await other.sign_in()
    renewed = await house.account(account.id)
    assert renewed.password_hash != account.password_hash
    assert "t=2" in renewed.password_hash
    await other.close()


async def test_a_code_that_comes_when_its_flow_was_forgotten_is_refused_like_any_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    for code in ("000000", house.code(generator)):
        asked = await house.ask_for_code()
        use = house.service.second_factors.use_code

        async def use_while_the_flow_is_forgotten(account_id: str, given: str) -> tuple[Account, str]:
            await house.store.flows.delete({"_id": asked.flow_token.partition(".")[0]})  # noqa: B023
            return await use(account_id, given)  # noqa: B023

        with monkeypatch.context() as patch:
            patch.setattr(house.service.second_factors, "use_code", use_while_the_flow_is_forgotten)
            with pytest.raises(CodeRefused):
                await house.service.signing_in.prove(asked.flow_token, code, HOME)


async def test_a_sign_in_that_was_never_looked_at_counts_as_no_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.sign_up()

    async def busy(*_: object) -> tuple[bool, None]:
        raise HashingBusy

    with monkeypatch.context() as patch:
        patch.setattr(house.service.hasher, "verify", busy)
        for _ in range(10):
            with pytest.raises(HashingBusy):
                await house.sign_in()
    await house.sign_in()
