"""The one place that decides whose things a caller sees. What the scope does not cover is not found: 404, never 403."""

from guildhall.accounts.permissions import organisations_with, relations
from guildhall.assessments.rules.scope import Scope
from guildhall.kit.http import Principal

AUTHOR = "assessments.author"
MARK = "assessments.mark"
RESULTS = "assessments.results"
DECIDE = "assessments.release"


def scope_of(principal: Principal, permission: str) -> Scope:
    """Where the principal holds a permission: in each organisation by their role there, and everywhere for staff."""
    return Scope(
        account_id=principal.id,
        organisations=organisations_with(principal, permission),
        is_everywhere="any" in relations(principal, permission),
    )
