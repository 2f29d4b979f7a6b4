"""Carrying out what a change decided: mails, audit entries, ended sessions, closed sockets, copied memberships.

Each effect stands in the document whose change decided it and is taken out when it is done, so it survives a kill
between any two lines; each may be done twice without harm. The verb that made the change does it at once, the job does
what was left behind.
"""

import json
from typing import Any, Final

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import Effect, EffectKind, EndReason, Organisation, VersionedDocument
from guildhall.accounts.rules.memberships import rename_member, role_in
from guildhall.accounts.rules.sessions import end_session
from guildhall.accounts.store import AccountsStore, D, OutboxDocuments
from guildhall.kit.audit import Audit
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.mail import Mail, MailOutbox
from guildhall.kit.storage.versioned import TooBusy

REVOKED_TOPIC: Final = "accounts.revoked"
"""`{"session_ids": [...]}`: these sign-ins are over; their sockets close and caches forget them."""
CHANGED_TOPIC: Final = "accounts.changed"
"""`{"account_id": ...}`: what is cached of this account's sessions is old."""


class Effects:
    """Used by every verb after its compare-and-set, and by the job."""

    def __init__(self, store: AccountsStore, outbox: MailOutbox, audit: Audit, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def carry_out(self, documents: OutboxDocuments[D], document: D) -> None:
        """Everything pending in this document, in the order it was decided."""
        for key, effect in document.pending.items():
            await self._do(document, f"{document.id}_{key}", effect)
            await documents.settle(document.id, key, effect.at_ms)

    async def send(self, key: str, letter: Effect) -> None:
        """A mail to somebody who has no document to keep it in; the same key sends once."""
        told = letter.details
        mail = Mail(to=told["to"], subject=told["subject"], text=told["text"], kind=told["kind"])
        await self._outbox.enqueue(key, mail)

    async def _do(self, document: VersionedDocument, key: str, effect: Effect) -> None:
        match effect.kind:
            case EffectKind.MAIL:
                await self.send(key, effect)
            case EffectKind.AUDIT:
                await self._record(document.id, key, effect)
            case EffectKind.END_SESSIONS:
                await self._end_sessions(document.id, EndReason(effect.details["reason"]))
            case EffectKind.CLOSE_SOCKETS:
                await self._announce(REVOKED_TOPIC, {"session_ids": [document.id]})
            case EffectKind.RE_READ:
                await self._announce(CHANGED_TOPIC, {"account_id": effect.details["account_id"]})
            case EffectKind.RENAME_MEMBER:
                await self._rename_member(document.id)
            case EffectKind.SYNC_MEMBER:
                await self._sync_member(document.id, effect.details["account_id"])

    async def _record(self, document_id: str, key: str, effect: Effect) -> None:
        told = dict(effect.details)
        actor, action = told.pop("actor"), told.pop("action")
        kind = document_id.partition("_")[0]
        object_type = {"usr": "account", "ses": "session", "org": "organisation"}.get(kind, kind)
        await self._audit.record(actor, action, object_type, document_id, "allowed", told, key=key, at_ms=effect.at_ms)

    async def _end_sessions(self, account_id: str, reason: EndReason) -> None:
        account = await self._store.accounts.get(account_id)
        if account is None:
            return
        now_ms = self._clock.now_ms()
        over = [
            session
            for session in await self._store.open_sessions_of(account_id)
            if session.epoch < account.session_epoch and session.id != account.spared_session_id
        ]
        # All at once, before they are ended one by one; each then has its own announcement to follow.
        await self._announce(REVOKED_TOPIC, {"session_ids": [session.id for session in over]})
        for session in over:
            ended = await self._store.sessions.change(
                session.id, now_ms, lambda seen: end_session(seen, reason, now_ms)
            )
            await self.carry_out(self._store.sessions, ended)
        if account.state is AccountState.ERASED:  # where and on what somebody signed in is about them, too
            await self._store.sessions.delete({"account_id": account_id})

    async def _rename_member(self, account_id: str) -> None:
        """Whatever the account is called by now: of two renamings at once the later one stays."""
        account = await self._store.accounts.get(account_id)
        for organisation_id in account.organisations if account is not None else ():

            def decide(seen: Organisation) -> Organisation:
                return seen if account is None else rename_member(seen, account.id, account.name)

            await self._store.organisations.change(organisation_id, self._clock.now_ms(), decide)

    async def _sync_member(self, organisation_id: str, account_id: str) -> None:
        """Copy the role in the organisation, which is the truth, to the account.

        The account is read before the organisation and written only if nobody wrote it since: so of two copies at once
        the later truth stays.
        """
        accounts, now_ms = self._store.accounts, self._clock.now_ms()
        for _ in range(20):
            account = await accounts.get(account_id)
            organisation = await self._store.organisations.get(organisation_id)
            if account is None or organisation is None:
                return
            role = role_in(organisation, account_id)
            kept = {id_: held for id_, held in account.organisations.items() if id_ != organisation_id}
            copied = kept if role is None else {**kept, organisation_id: role}
            changed = account.model_copy(update={"organisations": copied})
            if await accounts.replace(account, changed, now_ms) is not None:
                await self._announce(CHANGED_TOPIC, {"account_id": account_id})
                return
        raise TooBusy(account_id)

    async def _announce(self, topic: str, body: dict[str, Any]) -> None:
        await self._bus.publish(topic, json.dumps(body).encode())
