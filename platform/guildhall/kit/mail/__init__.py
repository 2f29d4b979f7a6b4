"""Mail: an outbox that survives crashes, and two ways out of it, SMTP and a mailbox for development.

Domains call `MailOutbox.enqueue`; the composition root opens a mailer and runs `MailOutbox.deliver_for_ever` as a job.
"""

from guildhall.kit.clock import Clock
from guildhall.kit.mail.mailbox import MAILBOX, DevelopmentMailbox, KeptMail
from guildhall.kit.mail.outbox import OUTBOX, MailOutbox, OutboxMail
from guildhall.kit.mail.port import Mail, MailDelayed, Mailer, MailRefused
from guildhall.kit.mail.settings import MailSettings, OutboxSettings, SmtpSettings
from guildhall.kit.storage import Storage

__all__ = [
    "MAILBOX",
    "OUTBOX",
    "DevelopmentMailbox",
    "KeptMail",
    "Mail",
    "MailDelayed",
    "MailOutbox",
    "MailRefused",
    "MailSettings",
    "Mailer",
    "OutboxMail",
    "OutboxSettings",
    "SmtpSettings",
    "open_mailer",
]


def open_mailer(settings: MailSettings, storage: Storage, clock: Clock) -> Mailer:
    """SMTP when the settings name a server, else the development mailbox."""
    if settings.smtp is not None:
        from guildhall.kit.mail.smtp import SmtpMailer

        return SmtpMailer(settings.smtp, clock)
    return DevelopmentMailbox(storage.collection(MAILBOX), clock, settings.mailbox_keep)
