"""Credentials: a pass as a signed document that anybody can check, until it is revoked or has expired."""

import calendar
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from guildhall.assessments.lifecycle import CREDENTIAL, Actor, CredentialEvent, CredentialState
from guildhall.assessments.model.results import Credential, Result, VerificationKey
from guildhall.assessments.service.context import Context
from guildhall.kit.signatures import Signer
from guildhall.kit.storage import Duplicate

TOKEN_TYPE: Final = "guildhall-credential+jwt"  # noqa: S105 - a media type
PURPOSE: Final = "credentials"
KEYS_SHOWN_MAX: Final = 1_000


class Standing(StrEnum):
    """What is told of a credential today."""

    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """What another domain may know of a credential that is valid now."""

    credential_id: str
    title: str
    level: str
    expires_at_ms: int | None


class Credentials:
    """Also the port by which onboarding and opportunities ask what an account holds: `held_by`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._signer = Signer(context.secret, PURPOSE)
        self._is_key_kept = False

    async def issue(self, result: Result, credential_id: str, at_ms: int) -> None:
        """Make it under the name that was decided with the release; a second time changes nothing."""
        plan = (await self._store.exam_versions.read(result.exam_version_id)).plan
        expires_at_ms = after_months(at_ms, plan.credential_months) if plan.credential_months else None
        await self._keep_key(at_ms)
        claims: dict[str, Any] = {
            "iss": self._context.public_url,
            "jti": credential_id,
            "iat": at_ms // 1000,
            "name": result.candidate_name,
            "title": plan.credential_title,
            "level": plan.credential_level,
        }
        if expires_at_ms is not None:
            claims["exp"] = expires_at_ms // 1000
        credential = Credential(
            id=credential_id,
            created_at_ms=at_ms,
            result_id=result.id,
            account_id=result.account_id,
            organisation_id=result.organisation_id,
            holder_name=result.candidate_name,
            title=plan.credential_title,
            level=plan.credential_level,
            issued_at_ms=at_ms,
            expires_at_ms=expires_at_ms,
            token=self._signer.sign(claims, TOKEN_TYPE),
        )
        try:
            await self._store.credentials.add(credential)
        except Duplicate:
            return

    async def revoke(self, credential_id: str, reason: str, at_ms: int) -> None:
        """Its end, for good; a second time changes nothing. Only what follows from a result calls it."""

        def decide(seen: Credential) -> Credential:
            if seen.state is CredentialState.REVOKED:
                return seen
            moved = CREDENTIAL.move(seen.state, CredentialEvent.REVOKE, Actor.SYSTEM, None)
            ended = {"state": moved.target, "revoked_at_ms": at_ms, "revoked_reason": reason[:500]}
            return seen.model_copy(update=ended)

        await self._store.credentials.change(credential_id, at_ms, decide)

    async def read(self, credential_id: str) -> Credential:
        """Raises NoSuch."""
        return await self._store.credentials.read(credential_id)

    def standing(self, credential: Credential) -> Standing:
        """Revoked counts before expired: the one says something about the holder."""
        if credential.state is CredentialState.REVOKED:
            return Standing.REVOKED
        ends = credential.expires_at_ms
        return Standing.EXPIRED if ends is not None and ends <= self._context.clock.now_ms() else Standing.VALID

    async def held_by(
        self, account_id: str, title: str | None = None, level: str | None = None
    ) -> list[HeldCredential]:
        """The account's credentials that are valid now, the newest first; of this title and level where given."""
        found = sorted(await self._store.credentials_of(account_id), key=lambda one: -one.issued_at_ms)
        return [
            HeldCredential(one.id, one.title, one.level, one.expires_at_ms)
            for one in found
            if self.standing(one) is Standing.VALID and title in {None, one.title} and level in {None, one.level}
        ]

    async def of(self, account_id: str) -> list[Credential]:
        """All that the account was ever given."""
        return await self._store.credentials_of(account_id)

    async def public_keys(self) -> dict[str, str]:
        """By key id, every key that ever signed here: also those of secrets that were rotated since."""
        await self._keep_key(self._context.clock.now_ms())
        kept = await self._store.verification_keys.find({}, limit=KEYS_SHOWN_MAX)
        return {key.id: key.public_key for key in kept}

    async def publish(self, signer: Signer, at_ms: int) -> None:
        """Before the first signature of a key leaves, its public half is on disk, and among `public_keys`."""
        key = VerificationKey(id=signer.key_id, created_at_ms=at_ms, public_key=signer.public_key)
        with contextlib.suppress(Duplicate):
            await self._store.verification_keys.add(key)

    async def _keep_key(self, at_ms: int) -> None:
        if not self._is_key_kept:
            await self.publish(self._signer, at_ms)
            self._is_key_kept = True


def after_months(at_ms: int, months: int) -> int:
    """The same day and time of the month that many months later in UTC, or that month's last day."""
    begun = datetime.fromtimestamp(at_ms // 1000, UTC)
    year, month = divmod(begun.month - 1 + months, 12)
    year, month = begun.year + year, month + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return int(begun.replace(year=year, month=month, day=day).timestamp()) * 1000
