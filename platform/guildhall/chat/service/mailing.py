"""What leaves by mail: answers that nobody was there to read, and transcripts. Only ever to an address that was given.

Whoever gives an address is not known by it: it is written to, and nothing else follows from it.
"""

import hashlib
from typing import Final

from guildhall.accounts.rules.addresses import read_email
from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import ChatClaims, Conversation, EntryKind, Said, Standing
from guildhall.chat.model.conversations import ADDRESSES_MAX
from guildhall.chat.rules.house_words import HouseWords, words_for
from guildhall.chat.rules.letters import answer_letter, transcript_letter
from guildhall.chat.rules.transcript import transcript
from guildhall.chat.service.context import Context
from guildhall.chat.service.conversations import Conversations
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Logbook, said_of
from guildhall.kit.errors import Conflict, TooMany
from guildhall.kit.mail import Mail
from guildhall.kit.streams import Entry

TRANSCRIPT_ENTRIES_MAX: Final = 2_000
MAILS_A_DAY: Final = 10
"""To one address, from all conversations: nobody is flooded by a stranger who knows where they can be written to."""
_DAY_MS: Final = 86_400_000


class Mailing:
    def __init__(
        self, context: Context, logbook: Logbook, following: Following, conversations: Conversations
    ) -> None:  # fmt: skip
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._following = following
        self._conversations = conversations

    async def leave_address(self, claims: ChatClaims, conversation_id: str, client_id: str, email: str) -> Entry:
        """Answers that the party does not read here go there from now on. Raises NoSuch, Invalid, Conflict."""
        conversation = await self._conversations.of_party(claims, conversation_id)
        address = await self._may_write_to(conversation, email)
        await self._store.conversations.change(
            conversation.id,
            self._context.clock.now_ms(),
            lambda seen: seen if seen.contact == address else seen.model_copy(update={"contact": address}),
        )

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            return Said(kind=EntryKind.STATUS, by=claims.subject, role=Actor.PARTY, event="contact", standing=seen)

        appended = await self._logbook.append(conversation, f"contact/{claims.subject}/{client_id}", link)
        await self._following.follow(conversation.id)
        return appended.entry

    async def text_of(self, conversation: Conversation, words: HouseWords) -> str:
        """The transcript, as it stands now; of more than TRANSCRIPT_ENTRIES_MAX it says what was left off."""
        entries = await self._logbook.read(conversation.id, 0, TRANSCRIPT_ENTRIES_MAX)
        is_cut = len(entries) == TRANSCRIPT_ENTRIES_MAX
        head = await self._logbook.head(conversation.id) if is_cut else len(entries)
        told = ((entry.number, entry.at_ms, said_of(entry)) for entry in entries)
        return transcript(words.title.format(id=conversation.id), told, head, words)

    async def mail_transcript(self, claims: ChatClaims, conversation_id: str, email: str) -> None:
        """To an address that the party names; once for each newest entry. Raises NoSuch, Invalid, Conflict, TooMany."""
        conversation = await self._following.follow((await self._conversations.of_party(claims, conversation_id)).id)
        if not conversation.tally.replied_at_ms:
            raise Conflict("Nobody has answered here yet, so there is nothing to send.")
        address = await self._may_write_to(conversation, email)
        words = words_of(conversation)
        whole = await self.text_of(conversation, words)
        subject, text = transcript_letter(self._site_name(conversation), whole, words)
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        key = f"chat-transcript/{conversation.id}/{conversation.head}/{digest}"
        await self._send(key, Mail(to=address, subject=subject, text=text, kind="chat_transcript"))

    async def mail_unread(self, conversation: Conversation) -> None:
        """For the job: what people answered and the party has not read, if they left an address."""
        entries = await self._logbook.read(conversation.id, conversation.mailed_up_to, TRANSCRIPT_ENTRIES_MAX)
        said = [(entry.number, said_of(entry)) for entry in entries]
        readers = said[-1][1].standing.readers if said else {}
        read = max((readers[party.id].read for party in conversation.parties if party.id in readers), default=0)
        unread = [(number, one) for number, one in said if one.role is Actor.AGENT and number > read]
        unread = [(number, one) for number, one in unread if one.kind is EntryKind.MESSAGE]
        if unread and conversation.contact:
            subject, text = answer_letter(
                self._site_name(conversation), [one for _, one in unread], words_of(conversation)
            )
            key = f"chat-answer/{conversation.id}/{unread[-1][0]}"
            mail = Mail(to=conversation.contact, subject=subject, text=text, kind="chat_answer")
            await self._context.mails.enqueue(key, mail)
        mailed_up_to = unread[-1][0] if unread else conversation.mailed_up_to

        def decide(seen: Conversation) -> Conversation:
            is_same = seen.mail_due_at_ms == conversation.mail_due_at_ms
            changed = {"mailed_up_to": mailed_up_to, "mail_due_at_ms": 0 if is_same else seen.mail_due_at_ms}
            return seen.model_copy(update=changed)

        await self._store.conversations.change(conversation.id, self._context.clock.now_ms(), decide)

    async def _may_write_to(self, conversation: Conversation, email: str) -> str:
        address, _ = read_email(email)

        def decide(seen: Conversation) -> Conversation:
            if address in seen.addresses:
                return seen
            if len(seen.addresses) >= ADDRESSES_MAX:
                raise Conflict(f"A conversation writes to {ADDRESSES_MAX} addresses at most; begin a new one.")
            return seen.model_copy(update={"addresses": (*seen.addresses, address)})

        await self._store.conversations.change(conversation.id, self._context.clock.now_ms(), decide)
        return address

    async def _send(self, key: str, mail: Mail) -> None:
        """Raises TooMany."""
        now_ms = self._context.clock.now_ms()
        day = now_ms // _DAY_MS
        await self._store.forget_mail_counts(now_ms - 2 * _DAY_MS)
        digest = hashlib.sha256(mail.to.lower().encode()).hexdigest()
        if not await self._store.count_mail(f"{day}/{digest}", now_ms, MAILS_A_DAY):
            raise TooMany("This address has had enough mail from here today.", retry_after_ms=_DAY_MS // 24)
        await self._context.mails.enqueue(key, mail)

    def _site_name(self, conversation: Conversation) -> str:
        site = self._context.settings.sites.get(conversation.site)
        return site.name if site is not None else "Guildhall"


def words_of(conversation: Conversation) -> HouseWords:
    """In the language of the page that the visitor writes from."""
    return words_for(conversation.context.get("locale"))
