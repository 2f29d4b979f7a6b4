"""How an e-mail address and a network address are compared; neither is told in full where it need not be."""

import ipaddress

from email_validator import EmailNotValidError, validate_email

from guildhall.kit.errors import Invalid

_V4_PREFIX_BITS = 24
_V6_PREFIX_BITS = 56  # what one household is given (RFC 6177)


def read_email(text: str) -> tuple[str, str]:
    """The address as it is written to, and as it is compared. Raises Invalid."""
    try:
        email = validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid("That is not an e-mail address.", fields={"email": f"{error}"}) from error
    return email, email_key(email)


def email_key(email: str) -> str:
    """An address as it is compared: without case on both sides of the @.

    Servers that tell `Ada@` from `ada@` are not met any more, people who type either are. Dots and `+tags` stay: who
    owns those variants is the mail server's business. Not `casefold`, which makes `strasse.de` of `straße.de`: since
    IDNA 2008 (RFC 5894 section 7.2) these are two domains, and may be two people's.
    """
    return email.lower()


def address_prefix(address: str) -> str:
    """The network an address belongs to: what throttling counts by and the list of sessions shows."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped is not None:  # noqa: PLR2004 - the version
        parsed = parsed.ipv4_mapped
    bits = _V4_PREFIX_BITS if parsed.version == 4 else _V6_PREFIX_BITS  # noqa: PLR2004 - the version
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def masked_email(email: str) -> str:
    """`a•••@example.org`: enough to recognise one's own address."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"
