"""Small documents to decide on; every time in them is near 0 ms."""

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import Account, Member, Organisation, OrganisationRole, Session


def a_session() -> Session:
    return Session(
        id="ses_1",
        created_at_ms=0,
        account_id="usr_1",
        epoch=1,
        current_hash="h1",
        rotated_at_ms=0,
        aal=1,
        methods=("password",),
        authenticated_at_ms=0,
        idle_until_ms=1_000,
        expires_at_ms=2_000,
    )


def an_account() -> Account:
    return Account(
        id="usr_1",
        created_at_ms=0,
        email="a@example.org",
        email_key="a@example.org",
        name="Ada",
        state=AccountState.ACTIVE,
        state_since_ms=0,
        password_hash="",
        password_changed_at_ms=0,
    )


def an_organisation(**roles: OrganisationRole) -> Organisation:
    members = {account_id: Member(name=account_id, role=role, since_ms=0) for account_id, role in roles.items()}
    return Organisation(id="org_1", created_at_ms=0, slug="engines", name="Engines", members=members)
