"""Files over HTTP: put up as bytes, opened by an address that holds for ten minutes."""

from typing import Annotated

from pydantic import Field

from guildhall.chat.messages.requests import Shape
from guildhall.chat.messages.wire import FileShown
from guildhall.chat.routes.parties import CONVERSE, NOT_THERE, TAGS, claims_of
from guildhall.chat.rules.files import SHOWN, WELCOME
from guildhall.chat.service import ChatService
from guildhall.kit.http import PUBLIC, Answer, Call, Content, NoBody, NoQuery, Operation, Route

FILE_BYTES_MAX = 50 * 1024 * 1024
"""Above any `chat.max_file_bytes`."""
ANY = "application/octet-stream"
_FILES = "/chat/conversations/{conversation_id}/files"


class FileNamed(Shape):
    name: Annotated[str, Field(max_length=300)] = "file"


class FileToken(Shape):
    token: Annotated[str, Field(min_length=1, max_length=2_000)]


class FileLink(Shape):
    path: str
    """Good for ten minutes, whoever opens it."""


PUT = Operation(
    name="put_up_chat_file",
    method="POST",
    path=_FILES,
    summary="A file for a message to name; what it is, is read from its bytes",
    permission=CONVERSE,
    rate_class="upload",
    takes=(ANY,),
    max_body_bytes=FILE_BYTES_MAX,
    deadline_seconds=60,
    query=FileNamed,
    answers={201: FileShown},
    problems=NOT_THERE | {"file-refused"},
    tags=TAGS,
)
LINK = Operation(
    name="link_chat_file",
    method="POST",
    path=f"{_FILES}/{{digest}}/links",
    summary="An address that opens the file for ten minutes",
    permission=CONVERSE,
    rate_class="chat",
    answers={201: FileLink},
    problems=NOT_THERE,
    tags=TAGS,
)
OPEN = Operation(
    name="open_chat_file",
    method="GET",
    path="/chat/files",
    summary="A file, by an address that was made for it; pictures are shown, everything else is saved",
    permission=PUBLIC,
    rate_class="chat",
    query=FileToken,
    gives=WELCOME,
    answers={200: None},
    problems=NOT_THERE | {"unauthenticated", "token-expired"},
    deadline_seconds=30,
    tags=TAGS,
)


def file_routes(service: ChatService) -> tuple[Route, ...]:
    files = service.files

    async def put_up(call: Call[NoBody, FileNamed]) -> Answer:
        claims = await claims_of(service, call)
        file = await files.put_up(claims, call.path["conversation_id"], call.query.name, call.content)
        shown = FileShown(
            sha256=file.sha256, name=file.name, content_type=file.content_type, size_bytes=file.size_bytes
        )
        return Answer(shown, status=201)

    async def link(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        token = await files.link(claims, call.path["conversation_id"], call.path["digest"])
        return Answer(FileLink(path=f"/v1/chat/files?token={token}"), status=201)

    async def open_one(call: Call[NoBody, FileToken]) -> Answer:
        file, blob = await files.open(call.query.token)
        saved_as = "" if file.content_type in SHOWN else file.name
        headers = {"Cache-Control": "private, max-age=600"}
        return Answer(content=Content(blob.body, file.content_type, saved_as), headers=headers)

    return Route(PUT, put_up), Route(LINK, link), Route(OPEN, open_one)
