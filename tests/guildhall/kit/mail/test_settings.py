import pytest
from pydantic import ValidationError

from guildhall.kit.mail import SmtpSettings


def test_a_password_never_crosses_the_network_in_the_clear() -> None:
    clear = {"sender_address": "a@example.org", "username": "u", "password": "p", "security": "none"}
    with pytest.raises(ValidationError, match="in the clear"):
        SmtpSettings.model_validate({**clear, "host": "mail.example.org"})
    assert SmtpSettings.model_validate({**clear, "host": "localhost"}).username == "u"


@pytest.mark.parametrize("half", [{"username": "u"}, {"password": "p"}])
def test_half_a_credential_is_refused(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        SmtpSettings.model_validate({"host": "mail.example.org", "sender_address": "a@example.org", **half})


def test_a_password_is_not_shown() -> None:
    settings = SmtpSettings(host="mail.example.org", sender_address="a@example.org", username="u", password="hush")
    assert "hush" not in repr(settings)
