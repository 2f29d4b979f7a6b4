"""Who a visitor is: an anonymous token that the browser keeps, or an identity that the site has signed."""

from dataclasses import dataclass
from typing import Final

from guildhall.chat.model import ChatClaims, ConversationKind, VisitorClaims
from guildhall.chat.rules.identity import identified_visitor, read_identity
from guildhall.chat.service.context import Context
from guildhall.chat.settings import SiteSettings
from guildhall.chat.store import NoSuch
from guildhall.kit.ids import new_id

VISITOR_AUDIENCE: Final = "chat-visitor"
CHAT_AUDIENCE: Final = "chat"
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Admitted:
    """`visitor_token` is kept by the browser, "" for an identified visitor; `chat_token` opens the socket."""

    visitor: str
    visitor_token: str
    chat_token: str
    expires_at_ms: int


class Visitors:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tokens = context.tokens
        self._settings = context.settings

    def site(self, key: str) -> SiteSettings:
        """Raises NoSuch."""
        site = self._settings.sites.get(key)
        if site is None:
            raise NoSuch(f"There is no site {key!r}.")
        return site

    async def admit(self, site_key: str, visitor_token: str, identity: str) -> Admitted:
        """A visitor, new or known. With a signed identity it is the person, on whatever device.

        What was said anonymously in this browser becomes theirs: then the anonymous token opens it no more. Raises
        NoSuch, IdentityRefused, and Unauthenticated for a visitor token that is no good; the page then begins anew.
        """
        site = self.site(site_key)
        visitor = self._visitor_of(visitor_token, site_key) if visitor_token else ""
        if not identity:
            visitor = visitor or new_id("vis", self._context.clock)
            kept = self._tokens.sign(
                VisitorClaims(visitor=visitor, site=site_key),
                VISITOR_AUDIENCE,
                self._settings.visitor_days * _DAY_SECONDS,
            )
            return self._admitted(visitor, kept, ChatClaims(subject=visitor, site=site_key))
        now_ms = self._context.clock.now_ms()
        person = read_identity(identity, site_key, site.identity_secret, now_ms, self._settings.identity_max_seconds)
        identified = identified_visitor(site_key, person.subject)
        if visitor:
            await self._claim(visitor, identified, person.name)
        claims = ChatClaims(subject=identified, name=person.name, site=site_key)
        return self._admitted(identified, "", claims, (person.expires_at_ms - now_ms) // 1000)

    def member_token(self, subject: str, name: str, session_id: str) -> Admitted:
        """For somebody signed in: a candidate, either side of a gig, or whoever asks support."""
        return self._admitted(subject, "", ChatClaims(subject=subject, name=name, session_id=session_id, role="member"))

    def agent_token(self, claims: ChatClaims) -> Admitted:
        return self._admitted(claims.subject, "", claims)

    def read(self, chat_token: str) -> ChatClaims:
        """Raises Unauthenticated."""
        return self._tokens.verify(chat_token, CHAT_AUDIENCE, ChatClaims)

    def _admitted(self, visitor: str, kept: str, claims: ChatClaims, most_seconds: int = 0) -> Admitted:
        seconds = min(self._settings.token_seconds, most_seconds or self._settings.token_seconds)
        token = self._tokens.sign(claims, CHAT_AUDIENCE, max(1, seconds))
        return Admitted(visitor, kept, token, self.read(token).expires_at_ms)

    def _visitor_of(self, visitor_token: str, site_key: str) -> str:
        claims = self._tokens.verify(visitor_token, VISITOR_AUDIENCE, VisitorClaims)
        if claims.site != site_key:
            raise NoSuch("This visitor token is for another site.")
        return claims.visitor

    async def _claim(self, anonymous: str, identified: str, name: str) -> None:
        """Conversations of the anonymous visitor become the person's, one compare-and-set each."""
        conversations = self._context.store.conversations
        for conversation in await self._context.store.opened_by(anonymous):
            if conversation.kind is not ConversationKind.VISITOR:
                continue
            await conversations.change(
                conversation.id,
                self._context.clock.now_ms(),
                lambda seen: (
                    seen
                    if seen.opener == identified
                    else seen.model_copy(
                        update={
                            "opener": identified,
                            # Two devices may have begun with the same key.
                            "init_key": f"{anonymous}/{seen.init_key}",
                            "parties": tuple(
                                party.model_copy(update={"id": identified, "name": name})
                                if party.id == anonymous
                                else party
                                for party in seen.parties
                            ),
                        }
                    )
                ),
            )
