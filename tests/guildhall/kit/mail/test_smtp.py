import datetime as dt
import ssl
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from guildhall.kit.clock import ManualClock
from guildhall.kit.mail import Mail, MailDelayed, MailRefused, SmtpSettings
from guildhall.kit.mail.smtp import SmtpMailer
from tests.guildhall.kit.mail.smtp_server import HANG_UP, SILENCE, SmtpServer, running

MAIL = Mail(to="ada@example.org", subject="Grüße 🌍", text="Zeile eins\n.\nnach dem Punkt\n", kind="hello")


def mailer(server: SmtpServer, clock: ManualClock, **more: Any) -> SmtpMailer:
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender_address": "no-reply@example.com"}
    return SmtpMailer(SmtpSettings.model_validate({**settings, **more}), clock)


async def test_a_mail_arrives_as_it_was_written(server: SmtpServer, clock: ManualClock) -> None:
    await mailer(server, clock, sender_name="Guildhall, exams").send(MAIL, "key")
    assert server.envelopes == [("no-reply@example.com", "ada@example.org")]
    (mail,) = server.taken
    assert mail["From"] == '"Guildhall, exams" <no-reply@example.com>'
    assert (mail["To"], mail["Subject"]) == ("ada@example.org", "Grüße 🌍")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]).timestamp() == clock.now_ms() // 1000
    # SMTP doubles a leading dot on the wire; what the server keeps here still has it.
    assert mail.get_content().replace("\r\n", "\n") == "Zeile eins\n..\nnach dem Punkt\n"


async def test_one_key_has_one_message_id_and_shows_nothing_of_the_key(server: SmtpServer, clock: ManualClock) -> None:
    for key in ("reset:usr_ada", "reset:usr_ada", "reset:usr_bob"):
        await mailer(server, clock).send(MAIL, key)
    first, again, other = (str(mail["Message-ID"]) for mail in server.taken)
    assert first == again != other
    assert first.endswith("@example.com>")
    assert "ada" not in first


@pytest.mark.parametrize(
    ("command", "answer", "refusal"),
    [
        ("RCPT", "550 no such user", MailRefused),
        ("RCPT", "450 try later", MailDelayed),
        (".", "554 spam", MailRefused),
        (".", "451 try later", MailDelayed),
        ("DATA", "421 busy", MailDelayed),
        ("MAIL", "550 not you", MailDelayed),
        ("EHLO", HANG_UP, MailDelayed),
        ("RCPT", HANG_UP, MailDelayed),
        (".", HANG_UP, MailDelayed),
    ],
)
async def test_what_the_server_says_decides_whether_to_try_again(
    server: SmtpServer, clock: ManualClock, command: str, answer: str, refusal: type[Exception]
) -> None:
    server.answers[command] = answer
    with pytest.raises(refusal) as raised:
        await mailer(server, clock).send(MAIL, "key")
    assert type(raised.value) is refusal
    if answer != HANG_UP:
        assert answer in str(raised.value)


@pytest.mark.parametrize("answer", [HANG_UP, "500 what", SILENCE])
async def test_a_mail_that_was_taken_has_left_however_the_server_says_goodbye(
    server: SmtpServer, clock: ManualClock, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.kit.mail.smtp._QUIT_SECONDS", 0.05)
    server.answers["QUIT"] = answer
    await mailer(server, clock).send(MAIL, "key")
    assert len(server.taken) == 1


@pytest.mark.parametrize("command", ["EHLO", "RCPT", "DATA", "."])
async def test_a_server_that_falls_silent_is_not_waited_for(
    server: SmtpServer, clock: ManualClock, command: str
) -> None:
    server.answers[command] = SILENCE
    with pytest.raises(MailDelayed):
        await mailer(server, clock, timeout_seconds=0.2).send(MAIL, "key")


async def test_nobody_listening_is_a_delay(server: SmtpServer, clock: ManualClock) -> None:
    with pytest.raises(MailDelayed, match="did not take the mail"):
        await mailer(server, clock, port=1).send(MAIL, "key")


async def test_a_server_without_starttls_gets_neither_mail_nor_password(server: SmtpServer, clock: ManualClock) -> None:
    server.offers = ("AUTH PLAIN LOGIN",)
    secure = mailer(server, clock, security="starttls", username="us", password="hush")
    with pytest.raises(MailDelayed, match="STARTTLS"):
        await secure.send(MAIL, "key")
    assert server.taken == []
    assert not [line for line in server.heard if line.startswith("AUTH")]


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


async def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_mail_nor_password(
    self_signed: Path, clock: ManualClock
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed)
    async with running(SmtpServer(offers=("STARTTLS", "AUTH PLAIN"), tls=tls)) as server:
        secure = mailer(server, clock, host="localhost", security="starttls", username="us", password="hush")
        with pytest.raises(MailDelayed, match="certificate"):
            await secure.send(MAIL, "key")
    assert server.taken == []
    assert not [line for line in server.heard if line.startswith("AUTH")]


async def test_a_server_that_is_vouched_for_gets_the_password_and_the_mail(
    self_signed: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(self_signed))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed)
    async with running(SmtpServer(offers=("STARTTLS", "AUTH PLAIN"), tls=tls)) as server:
        await mailer(server, clock, host="localhost", security="starttls", username="us", password="hush").send(
            MAIL, "key"
        )
    assert len(server.taken) == 1
    heard = [line.split()[0] for line in server.heard]
    assert heard.index("STARTTLS") < heard.index("AUTH") < heard.index("MAIL")


@pytest.mark.parametrize(
    ("address", "written"),
    [("ada@straße.example", "ada@xn--strae-oqa.example"), ("Ada@bücher.example", "Ada@xn--bcher-kva.example")],
)
async def test_a_domain_of_any_script_is_written_so_that_every_server_knows_it(
    server: SmtpServer, clock: ManualClock, address: str, written: str
) -> None:
    await mailer(server, clock).send(MAIL.model_copy(update={"to": address}), "key")
    assert server.envelopes == [("no-reply@example.com", written)]
    assert server.taken[0]["To"] == written


@pytest.mark.parametrize("address", ["a..b@example.org", ".a@example.org", "ä@example.org", "a@-.example"])
async def test_an_address_that_cannot_be_written_is_refused_for_good(
    server: SmtpServer, clock: ManualClock, address: str
) -> None:
    with pytest.raises(MailRefused, match="cannot be written"):
        await mailer(server, clock).send(MAIL.model_copy(update={"to": address}), "key")
