"""Mail by SMTP: the only module that imports aiosmtplib."""

import asyncio
import hashlib
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate

import aiosmtplib
from email_validator import validate_email

from guildhall.kit.clock import Clock
from guildhall.kit.mail.port import Mail, MailDelayed, MailRefused
from guildhall.kit.mail.settings import SmtpSettings

PERMANENT = 500  # RFC 5321 section 4.2.1: 5yz is a permanent negative completion reply
_QUIT_SECONDS = 2.0


class SmtpMailer:
    """Sends each mail over a connection of its own; the outbox bounds how many there are at once."""

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def send(self, mail: Mail, key: str) -> None:
        settings = self._settings
        try:
            recipient = _as_written_on_the_wire(mail.to)
            message = self._compose(mail, recipient, key)
        except (ValueError, MessageError) as error:
            raise MailRefused(f"This mail cannot be written: {error}") from error
        server = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            username=settings.username,
            password=settings.password,
            timeout=settings.timeout_seconds,
        )
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                await server.connect()
                await server.send_message(message, sender=settings.sender_address, recipients=[recipient])
            # Taken: whatever happens from here on, the mail has left.
            with suppress(aiosmtplib.SMTPException, OSError):
                await server.quit(timeout=_QUIT_SECONDS)
        except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is an OSError
            sentence = f"{settings.host} did not take the mail: {_reason(error)}"
            raise (MailRefused(sentence) if _is_permanent(error) else MailDelayed(sentence)) from error
        finally:
            server.close()

    def _compose(self, mail: Mail, recipient: str, key: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        domain = self._settings.sender_address.rpartition("@")[2]
        message["From"] = Address(self._settings.sender_name, addr_spec=self._settings.sender_address)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = mail.subject
        message["Date"] = formatdate(self._clock.now_ms() / 1000, usegmt=True)
        # Hashed: a key may hold what is nobody's business, or characters that a Message-ID may not.
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay away
        message.set_content(mail.text)
        return message


def _as_written_on_the_wire(address: str) -> str:
    """With an ASCII domain (IDNA 2008), so that no server needs SMTPUTF8. Raises ValueError."""
    parts = validate_email(address, check_deliverability=False, test_environment=True)
    return f"{parts.local_part}@{parts.ascii_domain}"


def _is_permanent(error: Exception) -> bool:
    """Whether this mail is what the server minds; a refused login or sender is ours to mend, so it is tried again."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= PERMANENT for refused in error.recipients)
    return isinstance(error, aiosmtplib.SMTPDataError) and error.code >= PERMANENT


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(f"{refused.code} {refused.message}" for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{error or type(error).__name__}"
