"""Who a request acts for, once its credentials have been looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

PrincipalKind = Literal["anonymous", "user", "service"]

_NO_ORGANISATIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Principal:
    """Made by the `authenticate` guard for every request; permissions, limits and idempotency are by its `id`."""

    kind: PrincipalKind
    id: str = ""
    """Account or service; empty for anonymous."""
    session_id: str = ""
    roles: frozenset[str] = frozenset()
    """Of the platform: agent, proctor, support, admin, auditor."""
    organisations: Mapping[str, str] = field(default_factory=lambda: _NO_ORGANISATIONS)
    """By organisation, the role held in it: owner, manager, finance or member."""
    aal: int = 1
    """Authenticator assurance level (NIST SP 800-63B): 1 for a password, 2 with a second factor."""
    authenticated_at_ms: int = 0
    """When credentials were last given by the person; a refreshed token keeps it, a step-up moves it."""
    expires_at_ms: int = 0

    @property
    def is_anonymous(self) -> bool:
        return self.kind == "anonymous"


ANONYMOUS = Principal(kind="anonymous")
