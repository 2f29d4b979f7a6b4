"""Who may do what: a table from permission to role, for everything that exists so far.

A row says which platform roles have it (`*` for everybody signed in), which roles within an organisation have it there,
and how the object must be related: `any`, one's `own`, of one's `organisation`, or `assigned` to one. The pipeline asks
`is_allowed` before it reads a body: may they try at all? The relation is the service's to hold, which sees the object:
what is not visible is not found (404), what is visible may be refused (403).
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from guildhall.kit.http.principal import Principal

Relation = Literal["any", "own", "organisation", "assigned"]
EVERYBODY: Final = "*"
PUBLIC: Final = "public"
_NONE: frozenset[str] = frozenset()
_OWNERS: Final = frozenset({"owner"})
_LEADERS: Final = frozenset({"owner", "manager"})
_PURSES: Final = frozenset({"owner", "finance"})


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell: these roles, over objects in this relation to them."""

    relation: Relation
    roles: frozenset[str] = _NONE
    organisation_roles: frozenset[str] = _NONE


def _own(*roles: str) -> Grant:
    return Grant("own", frozenset(roles or {EVERYBODY}))


def _any(*roles: str) -> Grant:
    return Grant("any", frozenset(roles))


def _within(organisation_roles: frozenset[str]) -> Grant:
    return Grant("organisation", organisation_roles=organisation_roles)


_WORKERS: Final = frozenset({"owner", "manager", "member"})
_MEMBERS: Final = frozenset({"owner", "manager", "finance", "member"})

MATRIX: Final = MappingProxyType(
    {
        "accounts.read_own": (_own(),),
        "accounts.change_own": (_own(),),
        "accounts.sessions_own": (_own(),),
        "accounts.second_factor_own": (_own(),),
        "accounts.close_own": (_own(),),
        "accounts.read_any": (_any("admin", "auditor"),),
        "accounts.suspend": (_any("admin"),),
        "accounts.grant_roles": (_any("admin"),),
        "organisations.create": (_own(),),
        "organisations.read": (_within(_MEMBERS), _any("admin", "auditor")),
        "organisations.change": (_within(_OWNERS),),
        "organisations.members": (_within(_LEADERS),),
        "organisations.leave": (_within(_MEMBERS),),
        "organisations.join": (_own(),),
        "assessments.author": (_within(_LEADERS), _any("admin")),
        "assessments.mark": (_within(_WORKERS), _any("admin")),
        "assessments.results": (_within(_LEADERS), _any("admin", "auditor")),
        "assessments.release": (_within(_LEADERS), _any("admin")),  # whoever audits looks, and changes nothing
        "assessments.supervise": (Grant("assigned", frozenset({"proctor"})), _any("admin")),
        "assessments.sit": (_own(),),
        "chat.converse": (_own(),),
        "chat.answer": (_any("support", "admin"), Grant("assigned", frozenset({"proctor"}))),
        "chat.manage": (_any("admin"),),
        "faq.keep": (_any("support", "admin"),),
        "gigs.work": (_own(), _within(_LEADERS), _any("admin", "support")),
        "gigs.mediate": (_any("admin", "support"),),
        "notifications.read": (_own(),),
        "notifications.webhooks": (_own(), _within(_OWNERS)),
        "onboarding.walk": (_own(),),
        "onboarding.review": (_any("admin"),),
        "onboarding.flows": (_any("admin"),),
        "opportunities.apply": (_own(),),
        "opportunities.post": (_within(_LEADERS),),
        "opportunities.moderate": (_any("admin"),),
        "payments.invoices": (_own(), _within(_LEADERS | _PURSES)),
        "payments.own": (_own(),),
        "payments.organisation": (_within(_PURSES),),  # whose work it is may be led by others: these two spend
        "payments.statements": (_own(), _within(_PURSES)),
        "payments.look": (_any("admin", "auditor"),),
        "payments.keep": (_any("admin"),),  # whoever audits looks, and books nothing
        "proctoring.sit": (_own("agent"),),
        "proctoring.practise": (_own(),),
        "proctoring.watch": (Grant("assigned", frozenset({"proctor"})), _any("admin")),
        "proctoring.evidence": (Grant("assigned", frozenset({"proctor"})), _any("admin")),
        "proctoring.evidence_own": (_own(),),
        "proctoring.invite": (_any("proctor", "admin"),),
        "proctoring.review": (_within(_LEADERS), _any("proctor", "admin")),
        "proctoring.rights": (_own(),),
        "proctoring.report": (_within(_LEADERS), _any("admin", "auditor")),
        "audit.read": (_any("auditor", "admin"),),
        "mailbox.read": (_any("admin"),),
    }
)
"""By permission, its grants: any one of them is enough. Another domain's rows go in here when it comes."""


def is_allowed(principal: Principal, permission: str) -> bool:
    """Whether the principal may try at all. Raises KeyError for a permission that is in no row: a route's mistake."""
    if permission == PUBLIC:
        return True
    grants = MATRIX[permission]
    return not principal.is_anonymous and any(_holds(principal, grant) for grant in grants)


def relations(principal: Principal, permission: str) -> frozenset[Relation]:
    """The relations in which the principal has it: `any` needs no further look at the object."""
    return frozenset(grant.relation for grant in MATRIX[permission] if _holds(principal, grant))


def organisations_with(principal: Principal, permission: str) -> frozenset[str]:
    """The organisations in which the principal's role there grants it."""
    roles = frozenset[str]().union(*(grant.organisation_roles for grant in MATRIX[permission]))
    return frozenset(id_ for id_, role in principal.organisations.items() if role in roles)


def _holds(principal: Principal, grant: Grant) -> bool:
    # In which organisation is known only when the object is: so anybody signed in may try, and finds what is theirs.
    return bool(grant.organisation_roles) or EVERYBODY in grant.roles or not grant.roles.isdisjoint(principal.roles)
