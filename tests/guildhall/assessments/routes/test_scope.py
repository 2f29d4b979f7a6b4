from guildhall.assessments.routes.scope import AUTHOR, MARK, scope_of
from guildhall.kit.http import Principal


def test_an_organisation_is_covered_by_the_role_held_there_and_by_no_other() -> None:
    member = Principal(kind="user", id="usr_1", organisations={"org_1": "manager", "org_2": "member"})
    assert scope_of(member, AUTHOR).listed() == ["org_1"]
    assert scope_of(member, MARK).listed() == ["org_1", "org_2"]
    assert scope_of(member, AUTHOR).covers("org_1")
    assert not scope_of(member, AUTHOR).covers("org_2")
    assert not scope_of(member, AUTHOR).covers("")


def test_an_administrator_writes_the_platform_s_own_and_sees_everybody_s() -> None:
    admin = Principal(kind="user", id="usr_1", roles=frozenset({"admin"}), organisations={"org_1": "owner"})
    assert scope_of(admin, AUTHOR).covers("org_9")
    assert scope_of(admin, AUTHOR).listed() == ["", "org_1"]


def test_a_candidate_covers_nothing() -> None:
    agent = Principal(kind="user", id="usr_1", roles=frozenset({"agent"}))
    assert scope_of(agent, AUTHOR).listed() == []
    assert not scope_of(agent, AUTHOR).covers("")
