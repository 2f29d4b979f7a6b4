"""Files in conversations: put up first, then named by a message. A message with a file is said only when it is stored.

What a file is, is read from its bytes; where and when a picture was taken goes before it is kept. Pictures are shown in
place, as pictures and nothing else; everything else is only ever saved, never opened in a page of ours.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from guildhall.chat.model import FILES_OF_A_MESSAGE_MAX, ChatClaims, ChatFile, Conversation, FileClaims, Filed
from guildhall.chat.model.files import FILES_OF_A_CONVERSATION_MAX
from guildhall.chat.rules.files import FileRefused, clean, clean_name, must_be_welcome
from guildhall.chat.service.context import Context
from guildhall.chat.service.conversations import Conversations
from guildhall.chat.store import NoSuch
from guildhall.kit.blobs import Blob
from guildhall.kit.errors import Invalid, TooLarge
from guildhall.kit.storage import Duplicate

LINK_SECONDS: Final = 600
FILE_AUDIENCE: Final = "chat-file"


class Files:
    def __init__(self, context: Context, conversations: Conversations) -> None:
        self._context = context
        self._store = context.store
        self._conversations = conversations
        conversations.filed = self.filed

    async def put_up(self, claims: ChatClaims, conversation_id: str, name: str, body: bytes) -> ChatFile:
        """The same bytes again are the same file; of a picture, what rode along with it is not kept.

        Raises NoSuch, FileRefused, TooLarge.
        """
        conversation = await self._conversations.find(claims, conversation_id)
        most = self._context.settings.max_file_bytes
        if len(body) > most:
            raise TooLarge(f"A file may have {most // 1_048_576} MB at most.")
        content_type = must_be_welcome(body)
        body = clean(body, content_type)
        digest = hashlib.sha256(body).hexdigest()
        file_id = f"{conversation.id}/{digest}"
        known = await self._store.files.get(file_id)
        if known is not None:
            return known
        if await self._store.files.count({"conversation_id": conversation.id}) >= FILES_OF_A_CONVERSATION_MAX:
            raise FileRefused(f"A conversation holds {FILES_OF_A_CONVERSATION_MAX} files at most.")
        # The bytes first: a message may name a file only once its document is there.
        await self._context.blobs.put(blob_key(conversation.id, digest), body, content_type)
        file = ChatFile(
            id=file_id,
            created_at_ms=self._context.clock.now_ms(),
            conversation_id=conversation.id,
            sha256=digest,
            name=clean_name(name, content_type),
            content_type=content_type,
            size_bytes=len(body),
            by=claims.subject,
        )
        try:
            await self._store.files.add(file)
        except Duplicate:
            return await self._store.files.read(file_id)
        return file

    async def filed(self, conversation: Conversation, digests: Sequence[str]) -> tuple[Filed, ...]:
        """What a message names, as it goes into the log. Raises Invalid for a file that is not there."""
        if len(digests) > FILES_OF_A_MESSAGE_MAX:
            raise Invalid("These are too many files.", fields={"files": f"may be at most {FILES_OF_A_MESSAGE_MAX}"})
        found = [await self._store.files.get(f"{conversation.id}/{digest}") for digest in dict.fromkeys(digests)]
        if None in found:
            raise Invalid("This file was not put up here.", fields={"files": "must be put up first"})
        return tuple(
            Filed(sha256=file.sha256, name=file.name, content_type=file.content_type, size_bytes=file.size_bytes)
            for file in found
            if file is not None
        )

    async def link(self, claims: ChatClaims, conversation_id: str, digest: str) -> str:
        """A token that opens this file for ten minutes, whoever holds it: an `<img>` sends no other. Raises NoSuch."""
        conversation = await self._conversations.find(claims, conversation_id)
        await self._store.files.read(f"{conversation.id}/{digest}")
        claims_of_file = FileClaims(file_id=f"{conversation.id}/{digest}")
        return self._context.tokens.sign(claims_of_file, FILE_AUDIENCE, LINK_SECONDS)

    async def open(self, token: str) -> tuple[ChatFile, Blob]:
        """Raises Unauthenticated, NoSuch."""
        named = self._context.tokens.verify(token, FILE_AUDIENCE, FileClaims)
        file = await self._store.files.read(named.file_id)
        blob = await self._context.blobs.get(blob_key(file.conversation_id, file.sha256))
        if blob is None:
            raise NoSuch(f"There is no file {file.name}.")
        return file, blob


def blob_key(conversation_id: str, digest: str) -> str:
    return f"chat/{conversation_id}/{digest}"
