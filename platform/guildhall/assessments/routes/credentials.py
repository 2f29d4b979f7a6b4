"""Credentials over HTTP: anybody checks one by its id, holders list theirs, staff revokes."""

from typing import Final

from guildhall.assessments.messages.credentials import CredentialShown, Jwk, KeySet, OwnCredentialsListed
from guildhall.assessments.messages.results import ReasonGiven
from guildhall.assessments.model.results import Credential
from guildhall.assessments.routes.scope import DECIDE, scope_of
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import PUBLIC, Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.signatures import as_jwk

TAGS: Final = ("credentials",)

MINE = Operation(
    name="list_own_credentials",
    method="GET",
    path="/credentials/mine",
    summary="The credentials you were given",
    permission="assessments.sit",
    answers={200: OwnCredentialsListed},
    tags=TAGS,
)
KEYS = Operation(
    name="list_credential_keys",
    method="GET",
    path="/credentials/keys",
    summary="The public keys that verify credentials, evidence packs and certificates of deletion, as a JWK set",
    permission=PUBLIC,
    answers={200: KeySet},
    tags=TAGS,
)
READ = Operation(
    name="check_credential",
    method="GET",
    path="/credentials/{credential_id}",
    summary="Whether a credential is valid, revoked or expired",
    permission=PUBLIC,
    answers={200: CredentialShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
REVOKE = Operation(
    name="revoke_credential",
    method="POST",
    path="/credentials/{credential_id}/revocation",
    summary="Revoke a credential, with a reason that its holder reads",
    permission=DECIDE,
    rate_class="write",
    body=ReasonGiven,
    answers={200: CredentialShown},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def credential_routes(service: AssessmentsService) -> tuple[Route, ...]:
    credentials = service.credentials

    def shown(credential: Credential) -> CredentialShown:
        return CredentialShown(
            credential_id=credential.id,
            standing=credentials.standing(credential).value,
            holder_name=credential.holder_name,
            title=credential.title,
            level=credential.level,
            issued_at_ms=credential.issued_at_ms,
            expires_at_ms=credential.expires_at_ms,
            revoked_at_ms=credential.revoked_at_ms,
            token=credential.token,
        )

    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        found = await credentials.of(call.principal.id)
        return Answer(OwnCredentialsListed(items=[shown(one) for one in found]))

    async def keys(_: Call[NoBody, NoQuery]) -> Answer:
        known = await credentials.public_keys()
        return Answer(KeySet(keys=[Jwk(**as_jwk(key_id, public_key)) for key_id, public_key in sorted(known.items())]))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(shown(await credentials.read(call.path["credential_id"])))

    async def revoke(call: Call[ReasonGiven, NoQuery]) -> Answer:
        scope = scope_of(call.principal, DECIDE)
        return Answer(
            shown(await service.results.revoke_credential(scope, call.path["credential_id"], call.body.reason))
        )

    return (Route(MINE, mine), Route(KEYS, keys), Route(READ, read), Route(REVOKE, revoke))
