"""What is sent to us. Passwords and codes come in here; nothing of it is ever sent back."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from guildhall.accounts.messages.shape import Shape
from guildhall.accounts.model import OrganisationRole, PlatformRole

_NO_CONTROLS = r"^[^\x00-\x1f\x7f\x85\u2028\u2029]+$"
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=_NO_CONTROLS)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=_NO_CONTROLS)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")]
Token = Annotated[str, Field(min_length=1, max_length=512)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=40)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Transport = Literal["cookie", "body"]


class SignUp(Shape):
    email: Email
    password: Password
    name: Name


class EmailGiven(Shape):
    email: Email


class TokenGiven(Shape):
    token: Token


class SignIn(Shape):
    """`transport` says where the refresh token goes: into a cookie that no script reads, or into the answer."""

    email: Email
    password: Password
    transport: Transport = "cookie"
    device_token: Token | None = None


class ProveCode(Shape):
    flow: Token
    code: Code
    transport: Transport = "cookie"
    device_token: Token | None = None


class Refresh(Shape):
    """Without a token the cookie is taken, and the successor goes where the token came from."""

    refresh_token: Token | None = None


class ChoosePassword(Shape):
    token: Token
    password: Password


class ChangePassword(Shape):
    current_password: Password
    new_password: Password


class StepUp(Shape):
    """A code where the account has a second factor, else the password."""

    password: Password | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def has_one(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise ValueError("give either a password or a code")
        return self


class CodeGiven(Shape):
    code: Code


class NameGiven(Shape):
    name: Name


class Suspend(Shape):
    reason: Reason


class Reinstate(Shape):
    note: Reason


class RolesGiven(Shape):
    roles: Annotated[frozenset[PlatformRole], Field(max_length=4)]


class OrganisationWanted(Shape):
    name: Name
    slug: Slug


class RoleGiven(Shape):
    role: OrganisationRole


class InvitationWanted(Shape):
    email: Email
    role: OrganisationRole = OrganisationRole.MEMBER


class InvitationAccepted(Shape):
    """Signed in, the token alone; otherwise with the name and password of the account to make."""

    token: Token
    name: Name | None = None
    password: Password | None = None
