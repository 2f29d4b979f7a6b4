import pytest

from guildhall.accounts.model import Effect, OrganisationRole
from guildhall.accounts.service.letters import Letters
from guildhall.accounts.settings import AccountsSettings
from guildhall.kit.mail import Mail
from tests.guildhall.accounts.documents import an_account, an_organisation

LETTERS = Letters(AccountsSettings(public_url="https://hall.example/"))
ACCOUNT = an_account()
ALL = [
    LETTERS.verify_email(ACCOUNT, "S3CRET", 0),
    LETTERS.already_member("a@example.org", 0),
    LETTERS.address_kept("a@example.org", 0),
    LETTERS.reset_password(ACCOUNT, "S3CRET", 0),
    LETTERS.change_email("a@example.org", "S3CRET", 0),
    LETTERS.email_changed("a@example.org", "S3CRET", 0),
    LETTERS.know_device(ACCOUNT, "S3CRET", 0),
    LETTERS.reactivate(ACCOUNT, "S3CRET", 0),
    LETTERS.invitation("a@example.org", an_organisation(ada=OrganisationRole.OWNER), "S3CRET", 0),
    LETTERS.security_notice(ACCOUNT, "Something.", 0),
    LETTERS.notice(ACCOUNT, "Subject", "Text.", 0),
]


@pytest.mark.parametrize("letter", ALL, ids=[str(letter.details["kind"]) for letter in ALL])
def test_every_letter_is_a_mail_and_its_token_stands_in_a_fragment(letter: Effect) -> None:
    told = letter.details
    mail = Mail(to=told["to"], subject=told["subject"], text=told["text"], kind=told["kind"])
    links = [line for line in mail.text.splitlines() if "S3CRET" in line]
    assert all(line.startswith("https://hall.example/") and line.endswith("#token=S3CRET") for line in links)
    assert len(links) <= 1


def test_a_name_with_line_breaks_makes_no_second_header() -> None:
    organisation = an_organisation().model_copy(update={"name": "Engines\r\nBcc: everybody@example.org"})
    subject = LETTERS.invitation("a@example.org", organisation, "S3CRET", 0).details["subject"]
    assert "\n" not in subject
    assert "\r" not in subject
