"""Whose banks, exams and deliveries somebody may see: by organisation, "" being the platform's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PLATFORM: Final = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Made by `routes.scope.scope_of` for one principal and permission; the service is given it and asks `covers`."""

    account_id: str
    organisations: frozenset[str] = frozenset()
    """In which the permission is held."""
    is_everywhere: bool = False
    """Platform staff: also in organisations that are not theirs."""

    is_assigned: bool = False
    """Proctors: also what they are assigned to, which `service.assigning` knows."""

    def covers(self, organisation_id: str) -> bool:
        return self.is_everywhere or organisation_id in self.organisations

    def listed(self) -> Sequence[str]:
        """Whose things a list shows: their own, and the platform's for its staff."""
        return sorted(self.organisations | ({PLATFORM} if self.is_everywhere else frozenset()))
