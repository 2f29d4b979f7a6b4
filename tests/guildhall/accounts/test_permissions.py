"""The matrix as a table written by hand, and every route walked by every role."""

import json
from collections.abc import Iterator

import pytest

from guildhall.accounts.model import OrganisationRole, PlatformRole
from guildhall.accounts.permissions import MATRIX, is_allowed, relations
from guildhall.accounts.routes import routes
from guildhall.accounts.service import SignedIn
from guildhall.kit.http import ANONYMOUS, PUBLIC, Operation, Principal
from tests.guildhall.accounts.conftest import House, Http

ROLES = ("agent", "proctor", "support", "admin", "auditor")
EVERYBODY = frozenset(ROLES)
EXPECTED = {
    "accounts.read_own": EVERYBODY,
    "accounts.change_own": EVERYBODY,
    "accounts.sessions_own": EVERYBODY,
    "accounts.second_factor_own": EVERYBODY,
    "accounts.close_own": EVERYBODY,
    "accounts.read_any": {"admin", "auditor"},
    "accounts.suspend": {"admin"},
    "accounts.grant_roles": {"admin"},
    "organisations.create": EVERYBODY,
    "organisations.read": EVERYBODY,
    "organisations.change": EVERYBODY,
    "organisations.members": EVERYBODY,
    "organisations.leave": EVERYBODY,
    "organisations.join": EVERYBODY,
    "assessments.author": EVERYBODY,
    "assessments.mark": EVERYBODY,
    "assessments.results": EVERYBODY,
    "assessments.release": EVERYBODY,
    "assessments.supervise": {"proctor", "admin"},
    "assessments.sit": EVERYBODY,
    "chat.converse": EVERYBODY,
    "chat.answer": {"proctor", "support", "admin"},
    "chat.manage": {"admin"},
    "faq.keep": {"support", "admin"},
    "gigs.work": EVERYBODY,
    "gigs.mediate": {"admin", "support"},
    "notifications.read": EVERYBODY,
    "notifications.webhooks": EVERYBODY,
    "onboarding.walk": EVERYBODY,
    "onboarding.review": {"admin"},
    "onboarding.flows": {"admin"},
    "opportunities.apply": EVERYBODY,
    "opportunities.post": EVERYBODY,
    "opportunities.moderate": {"admin"},
    "payments.invoices": EVERYBODY,
    "payments.own": EVERYBODY,
    "payments.organisation": EVERYBODY,
    "payments.statements": EVERYBODY,
    "payments.look": {"admin", "auditor"},
    "payments.keep": {"admin"},
    "proctoring.sit": {"agent"},
    "proctoring.practise": EVERYBODY,
    "proctoring.watch": {"proctor", "admin"},
    "proctoring.evidence": {"proctor", "admin"},
    "proctoring.evidence_own": EVERYBODY,
    "proctoring.invite": {"proctor", "admin"},
    "proctoring.review": EVERYBODY,
    "proctoring.rights": EVERYBODY,
    "proctoring.report": EVERYBODY,
    "audit.read": {"admin", "auditor"},
    "mailbox.read": {"admin"},
}
WITHIN_AN_ORGANISATION = frozenset(name for name in EXPECTED if name.startswith("organisations.")) | {
    "assessments.author",
    "assessments.mark",
    "assessments.results",
    "assessments.release",
    "notifications.webhooks",
    "opportunities.post",
    "payments.invoices",
    "proctoring.review",
    "proctoring.report",
}


def somebody(role: str) -> Principal:
    return Principal(kind="user", id="usr_1", roles=frozenset({role}))


def test_the_matrix_is_the_one_that_was_decided() -> None:
    assert MATRIX.keys() == EXPECTED.keys()
    for permission, roles in EXPECTED.items():
        assert {role for role in ROLES if is_allowed(somebody(role), permission)} == roles


@pytest.mark.parametrize("permission", list(MATRIX))
def test_a_stranger_has_nothing_but_what_is_public(permission: str) -> None:
    assert not is_allowed(ANONYMOUS, permission)
    assert is_allowed(ANONYMOUS, PUBLIC)


def test_a_permission_that_is_in_no_row_is_a_mistake_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        is_allowed(somebody("admin"), "gigs.publish")


def test_only_admins_and_auditors_look_into_organisations_they_do_not_belong_to() -> None:
    looking = {role for role in ROLES if "any" in relations(somebody(role), "organisations.read")}
    assert looking == {"admin", "auditor"}


async def test_every_route_answers_every_role_as_the_matrix_says(house: House, http: Http) -> None:
    """Each operation is called by a stranger and by each role on objects that are not theirs."""
    owner = await house.sign_up("owner@example.org", "Owner")
    organisation = await house.service.organisations.create(owner.id, "Engines", "engines")
    await house.service.organisations.invite(owner.id, organisation.id, "x@example.org", OrganisationRole.MEMBER)
    people = {role: await _somebody(house, role) for role in ROLES}
    names = {
        "organisation_id": organisation.id,
        "account_id": owner.id,
        "session_id": "ses_1",
        "invitation_id": "inv_1",
    }
    walked = 0
    for operation in _operations(house):
        for role in ("anonymous", *ROLES):
            # Each call gets a session of its own: some of them end it.
            person = people.get(role)
            status = await _call(house, http, operation, person, names)
            allowed = role in EXPECTED.get(operation.permission, set())
            if operation.permission == PUBLIC:
                assert status != 403, (operation.name, role)
            elif role == "anonymous":
                assert status == 401, (operation.name, role)
            elif not allowed:
                assert status == 403, (operation.name, role)
            elif operation.permission in WITHIN_AN_ORGANISATION and operation.path_names and status != 422:
                is_overseer = operation.name == "read_organisation" and role in {"admin", "auditor"}
                assert status == (200 if is_overseer else 404), (operation.name, role)
            else:
                assert status not in {401, 403, 500}, (operation.name, role)
            walked += 1
    assert walked == 6 * len(list(_operations(house)))


def _operations(house: House) -> Iterator[Operation]:
    # What proves a password or a code would be told apart by 401 only; the sign-in tests walk those.
    proving = {
        "sign_in",
        "prove_second_factor",
        "refresh_session",
        "step_up",
        "change_password",
        "confirm_second_factor",
    }
    return (route.operation for route in routes(house.service) if route.operation.name not in proving)


async def _somebody(house: House, role: str) -> SignedIn:
    email = f"{role}@example.org"
    if role == "agent":
        await house.sign_up(email, role)
        signed_in = await house.sign_in(email)
        await house.protect(signed_in)
        return signed_in
    return await house.staff(email, PlatformRole(role))


BODIES = {
    "sign_up": {"email": "new@example.org", "password": "seven lanterns over the quay", "name": "New"},
    "ask_password_reset": {"email": "new@example.org"},
    "choose_password": {"token": "usr_1.x", "password": "seven lanterns over the quay"},
    "change_email": {"email": "new@example.org"},
    "rename_own_account": {"name": "Name"},
    "suspend_account": {"reason": "walked by a test"},
    "reinstate_account": {"note": "walked by a test"},
    "set_roles": {"roles": ["agent"]},
    "create_organisation": {"name": "New", "slug": "new-one"},
    "rename_organisation": {"name": "New"},
    "set_member_role": {"role": "owner"},
    "invite_member": {"email": "new@example.org"},
    "accept_invitation": {"token": "org_1.inv_1.x", "name": "New", "password": "seven lanterns over the quay"},
}


async def _call(house: House, http: Http, operation: Operation, person: SignedIn | None, names: dict[str, str]) -> int:
    headers = {"If-Match": "*"} if operation.if_match != "none" else {}
    if person is not None:
        begun = await house.service.sessions.begin(
            await house.account(person.account.id), ("password", "totp"), person.session.device
        )
        headers["Authorization"] = f"Bearer {begun.access_token}"
    body = BODIES.get(operation.name, {"token": "usr_1.x"}) if operation.body is not None else None
    sent = json.dumps(body) if body is not None else None
    content = {"Content-Type": "application/json"} if sent is not None else {}
    path = f"/v1{operation.path}".format(**names)
    answer = await http.request(operation.method, path, data=sent, headers={**headers, **content})
    await answer.read()
    if person is not None:
        await _restore(house, person)
    return answer.status


async def _restore(house: House, person: SignedIn) -> None:
    """What a walk did to somebody's own account is put back, so that the next call finds them as they were."""
    await house.store.accounts.change(
        person.account.id,
        0,
        lambda seen: seen.model_copy(
            update={
                "state": person.account.state,
                "second_factor": seen.second_factor or person.account.second_factor,
                "organisations": {},
                "pending": {},
                "pending_count": 0,
            }
        ),
    )
