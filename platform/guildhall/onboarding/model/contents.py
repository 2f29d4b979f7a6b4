"""What each kind of step holds once it is handed in. A draft may be anything that is not too large."""

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from guildhall.kit.wording import field_path, in_plain_words
from guildhall.onboarding.model.flows import FlowStep, StepKind

_NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f\x85\u2028\u2029]+$"


def _line(longest: int, shortest: int = 1) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest, pattern=_NO_CONTROLS)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone, such as Europe/Berlin") from None
    return name


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc:
        raise ValueError("write a web address such as https://example.org/work")
    return address


class Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProfileContent(Content):
    name: Annotated[str, _line(80, 2)]
    """As it stands in the identity document."""
    headline: Annotated[str, _line(120, 3)]
    about: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^[^\x00]*$")] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    time_zone: Annotated[str, _line(64), AfterValidator(_known_zone)]
    languages: Annotated[list[Annotated[str, _line(40, 2)]], Field(min_length=1, max_length=10)]


class Skill(Content):
    name: Annotated[str, _line(60, 2)]
    level: Literal["beginner", "working", "advanced", "expert"]
    years: Annotated[int, Field(ge=0, le=60)]
    evidence: Annotated[str, _line(300), AfterValidator(_web_address)] | None = None


def _different(skills: list[Skill]) -> list[Skill]:
    names = [skill.name.casefold() for skill in skills]
    if twice := next((skill.name for skill in skills if names.count(skill.name.casefold()) > 1), None):
        raise ValueError(f"{twice} is named twice")
    return skills


class SkillsContent(Content):
    skills: Annotated[list[Skill], Field(min_length=1, max_length=30), AfterValidator(_different)]


class DocumentsContent(Content):
    """The files are put up apart."""


class DeviceContent(Content):
    """What the browser measured: a help for the agent, and proof of nothing."""

    camera: bool
    width_px: Annotated[int, Field(ge=0, le=10_000)]
    height_px: Annotated[int, Field(ge=0, le=10_000)]
    microphone: bool
    frames_per_second: Annotated[float, Field(ge=0, le=240)]
    upload_kbit_s: Annotated[float, Field(ge=0, le=10_000_000)]
    screen_width_px: Annotated[int, Field(ge=0, le=20_000)] = 0


class ConsentsContent(Content):
    given: Annotated[dict[str, bool], Field(max_length=8)]


class AgreementContent(Content):
    given: Annotated[dict[str, bool], Field(max_length=8)]
    signature: Annotated[str, _line(80, 2)]


class PayoutContent(Content):
    """`account_number` is an IBAN; it is sealed, and its last four characters are all that is ever shown."""

    holder: Annotated[str, _line(80, 2)]
    account_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=42)]


CONTENTS: Final[dict[StepKind, type[Content]]] = {
    StepKind.PROFILE: ProfileContent,
    StepKind.SKILLS: SkillsContent,
    StepKind.DOCUMENTS: DocumentsContent,
    StepKind.DEVICE: DeviceContent,
    StepKind.CONSENTS: ConsentsContent,
    StepKind.AGREEMENT: AgreementContent,
    StepKind.PAYOUT: PayoutContent,
}


def read_content(step: FlowStep, raw: dict[str, Any]) -> tuple[Content | None, dict[str, str]]:
    """The content, or by field path what is wrong with it in plain words."""
    model = CONTENTS.get(step.kind)
    if model is None:
        return None, {"content": "this step is passed by an exam, and nothing is handed in here"}
    try:
        return model.model_validate(raw, strict=False), {}
    except ValidationError as error:
        return None, {field_path(one) or "content": in_plain_words(one) for one in error.errors()}
