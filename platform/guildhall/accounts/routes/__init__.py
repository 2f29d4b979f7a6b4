"""HTTP of accounts: every operation beside its handler, by subject."""

from guildhall.accounts.routes.account import account_routes
from guildhall.accounts.routes.administration import administration_routes
from guildhall.accounts.routes.closing import closing_routes
from guildhall.accounts.routes.credentials import make_authenticate
from guildhall.accounts.routes.links import link_routes
from guildhall.accounts.routes.memberships import membership_routes
from guildhall.accounts.routes.organisations import organisation_routes
from guildhall.accounts.routes.second_factor import second_factor_routes
from guildhall.accounts.routes.sessions import session_routes
from guildhall.accounts.rules.memberships import LastOwner
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.service import AccountsService
from guildhall.accounts.service.organisations import SlugTaken
from guildhall.accounts.service.second_factors import CodeRefused, ProofRefused
from guildhall.accounts.service.sessions import ReuseDetected
from guildhall.accounts.service.signing_in import AccountSuspended, SignInRefused
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route
from guildhall.kit.lifecycle import MoveRefused

__all__ = ["PROBLEMS", "make_authenticate", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (
    AccountSuspended,
    CodeRefused,
    LastOwner,
    LinkRefused,
    MoveRefused,
    ProofRefused,
    ReuseDetected,
    SignInRefused,
    SlugTaken,
)
"""For `mount_root`: the types of problem that only accounts answers with."""


def routes(service: AccountsService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about accounts."""
    return (
        *link_routes(service),
        *session_routes(service),
        *account_routes(service),
        *second_factor_routes(service),
        *closing_routes(service),
        *organisation_routes(service),
        *membership_routes(service),
        *administration_routes(service),
    )
