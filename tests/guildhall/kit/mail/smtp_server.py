"""A real, small SMTP server on a port of its own, which answers as a test tells it to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

HANG_UP = "hang up"
SILENCE = "silence"


@dataclass
class SmtpServer:
    """`answers` by command (`RCPT`, `DATA`, `.` for the end of the mail) stand in for yes."""

    answers: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ("8BITMIME",)
    tls: ssl.SSLContext | None = None
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            writer.write(b"220 ready\r\n")
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            command = line.split()[0].upper()
            if command == "MAIL":
                sender = line.partition("<")[2].partition(">")[0]
            if command == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
            if not self._answer(writer, command):
                return
            if command == "STARTTLS" and self.tls is not None:
                await writer.start_tls(self.tls)
            if command == "DATA" and self.answers.get("DATA", "354").startswith("354"):
                body = await reader.readuntil(b"\r\n.\r\n")
                if self.answers.get(".", "250").startswith("250"):
                    self.taken.append(message_from_bytes(body[:-3], policy=SMTP_POLICY))
                    self.envelopes.append((sender, recipient))
                if not self._answer(writer, "."):
                    return
            if command == "QUIT":
                return

    def _answer(self, writer: asyncio.StreamWriter, command: str) -> bool:
        answer = self.answers.get(command, self._yes(command))
        if answer == SILENCE:
            return True
        if answer != HANG_UP:
            writer.write(f"{answer}\r\n".encode())
        return answer != HANG_UP

    def _yes(self, command: str) -> str:
        if command == "EHLO":
            return "\r\n".join(["250-here", *(f"250-{offer}" for offer in self.offers), "250 HELP"])
        return {"DATA": "354 go on", "STARTTLS": "220 go on", "AUTH": "235 welcome", "QUIT": "221 bye"}.get(
            command, "250 ok"
        )


@asynccontextmanager
async def running(server: SmtpServer) -> AsyncIterator[SmtpServer]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
