import pytest

from guildhall.accounts.model import MAX_INVITATIONS, MAX_MEMBERS, Invitation, Member, OrganisationRole
from guildhall.accounts.rules.memberships import (
    LastOwner,
    OrganisationFull,
    add_member,
    change_role,
    close,
    invite,
    may_appoint,
    remove_member,
    withdraw,
)
from guildhall.kit.errors import Conflict, NotFound
from tests.guildhall.accounts.documents import an_organisation

R = OrganisationRole
MEMBER = Member(name="New", role=R.MEMBER, since_ms=1)


def an_invitation(email: str, expires_at_ms: int = 100) -> Invitation:
    return Invitation(
        email=email, email_key=email, role=R.MEMBER, secret_hash="", invited_by="ada", expires_at_ms=expires_at_ms
    )


def test_the_last_owner_can_neither_leave_nor_step_down() -> None:
    organisation = an_organisation(ada=R.OWNER, grace=R.MANAGER)
    with pytest.raises(LastOwner):
        remove_member(organisation, "ada", 1)
    with pytest.raises(LastOwner):
        change_role(organisation, "ada", R.MEMBER, 1)
    shared = change_role(organisation, "grace", R.OWNER, 1)
    assert remove_member(shared, "ada", 1).owners == {"grace"}


@pytest.mark.parametrize(
    ("own", "role", "may"),
    [
        (R.OWNER, R.OWNER, True),
        (R.OWNER, R.MEMBER, True),
        (R.MANAGER, R.MEMBER, True),
        (R.MANAGER, R.OWNER, False),
        (R.FINANCE, R.MEMBER, False),
        (R.MEMBER, R.MEMBER, False),
        (None, R.MEMBER, False),
    ],
)
def test_owners_appoint_anybody_and_managers_all_but_owners(own: R | None, role: R, may: bool) -> None:
    assert may_appoint(own, role) is may


def test_each_change_of_a_member_is_to_be_copied_to_that_members_account() -> None:
    joined = add_member(an_organisation(ada=R.OWNER), "grace", MEMBER, 1)
    assert [effect.details for effect in joined.pending.values()] == [{"account_id": "grace"}]
    assert add_member(joined, "grace", MEMBER, 2) is joined
    assert change_role(joined, "grace", R.MEMBER, 2) is joined


def test_somebody_who_is_no_member_is_not_found() -> None:
    with pytest.raises(NotFound):
        remove_member(an_organisation(), "eve", 1)
    with pytest.raises(NotFound):
        change_role(an_organisation(), "eve", R.OWNER, 1)


def test_members_and_open_invitations_are_bounded() -> None:
    members = {f"usr_{number}": R.OWNER for number in range(MAX_MEMBERS)}
    with pytest.raises(OrganisationFull, match="500 members"):
        add_member(an_organisation(**members), "one_more", MEMBER, 1)
    organisation = an_organisation(ada=R.OWNER)
    for number in range(MAX_INVITATIONS):
        organisation = invite(organisation, f"inv_{number}", an_invitation(f"{number}@example.org"), 1)
    with pytest.raises(OrganisationFull, match="100 open invitations"):
        invite(organisation, "inv_more", an_invitation("more@example.org"), 1)
    assert len(invite(organisation, "inv_more", an_invitation("more@example.org", 300), 200).invitations) == 1


def test_a_new_invitation_voids_the_one_before_to_the_same_address() -> None:
    first = invite(an_organisation(), "inv_1", an_invitation("a@example.org", 90_000), 1)
    second = invite(first, "inv_2", an_invitation("a@example.org", 90_000), 60_000)
    assert list(second.invitations) == ["inv_2"]
    assert withdraw(second, "inv_2").invitations == {}
    with pytest.raises(NotFound):
        withdraw(second, "inv_1")


def test_only_the_last_member_closes_an_organisation() -> None:
    with pytest.raises(Conflict, match="Others"):
        close(an_organisation(ada=R.OWNER, grace=R.MEMBER), 1)
    closed = close(an_organisation(ada=R.OWNER), 1)
    assert (closed.members, closed.closed_at_ms) == ({}, 1)
    assert [effect.details for effect in closed.pending.values()] == [{"account_id": "ada"}]
