import pytest
from pydantic import ValidationError

from guildhall.kit.mail import Mail

GOOD = {"to": "ada@example.org", "subject": "Hello", "text": "Hello", "kind": "hello"}


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@example.org",
        "ada@",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\n",
        "ada@example.org,eve@example.org",
        "ada@example.org> RCPT TO:<eve@example.org",
        "Ada <ada@example.org>",
        "ada @example.org",
        "ada@example.org\u2028",
        "ada@example.org\x00",
        "a" * 250 + "@example.org",
    ],
)
def test_only_one_bare_address_is_an_address(address: str) -> None:
    with pytest.raises(ValidationError):
        Mail.model_validate({**GOOD, "to": address})


@pytest.mark.parametrize("subject", ["", "Hi\r\nBcc: eve@example.org", "Hi\n", "Hi\x00", "Hi\u2028there", "x" * 201])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValidationError):
        Mail.model_validate({**GOOD, "subject": subject})


def test_a_mail_shows_no_text_where_it_is_logged() -> None:
    assert "sign in with 123" not in repr(Mail.model_validate({**GOOD, "text": "sign in with 123"}))
