"""Accounts and who may do what."""

from docs.drawing.mermaid import mermaid
from guildhall.accounts import lifecycle as account_lifecycle
from guildhall.accounts.permissions import MATRIX, Grant


def authentication() -> str:
    machines = ("Account", account_lifecycle.ACCOUNT), ("Session", account_lifecycle.SESSION)
    drawn = "".join(f"## {name}\n\n{mermaid(machine.as_mermaid())}\n" for name, machine in machines)
    rows = "".join(f"| `{name}` | {'; '.join(map(who, grants))} |\n" for name, grants in MATRIX.items())
    return (
        "# Authentication\n\nBeing throttled is no state: it slows guesses down and leaves the account alone.\n\n"
        + drawn
        + "## Who may do what\n\nStaff roles count only in a session with a second factor.\n\n"
        + "| permission | who, over which objects |\n|---|---|\n"
        + rows
    )


def who(grant: Grant) -> str:
    roles = sorted("everybody signed in" if role == "*" else role for role in grant.roles)
    within = [f"{role} of the organisation" for role in sorted(grant.organisation_roles)]
    return f"{', '.join([*roles, *within])} ({grant.relation})"
