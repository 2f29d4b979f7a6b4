"""A flow: what this house asks of whoever wants in, as data. Its versions never change once they are published."""

from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from guildhall.kit.documents import Stored, VersionedDocument

STEPS_MAX: Final = 20
_KEY: Final = r"^[a-z][a-z0-9_]{0,39}$"


class StepKind(StrEnum):
    """What is asked for; decides how the page shows it and what its content may be."""

    PROFILE = "profile"
    SKILLS = "skills"
    DOCUMENTS = "documents"
    DEVICE = "device"
    CONSENTS = "consents"
    ASSESSMENT = "assessment"
    PAYOUT = "payout"
    AGREEMENT = "agreement"


class Verifier(StrEnum):
    """Who says that a step is done."""

    FORM = "form"  # what is well formed is done
    PERSON = "person"
    CREDENTIAL = "credential"  # of an exam; nothing is handed in here


class Due(StrEnum):
    NOW = "now"
    BEFORE_FIRST_PAY = "before_first_pay"


class Capability(StrEnum):
    """What somebody may do in the house; computed from the steps, never stored as truth."""

    TAKE_ASSESSMENTS = "take_assessments"
    APPLY = "apply"
    ACCEPT_OFFERS = "accept_offers"
    BE_PAID = "be_paid"


class DocumentKind(Stored):
    """One document that a step takes."""

    key: str = Field(pattern=_KEY)
    title: str = Field(min_length=1, max_length=80)
    explains: str = Field("", max_length=400)
    is_required: bool = True
    expires: bool = False
    """It carries a date after which it is worth nothing, and the agent is asked for it."""


class ConsentText(Stored):
    """A text to agree with. One that may be refused says what happens then."""

    key: str = Field(pattern=_KEY)
    title: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=20_000)
    version: int = Field(1, ge=1)
    is_required: bool = True
    if_refused: str = Field("", max_length=400)


class CredentialAsked(Stored):
    """A pass of an exam; with a delivery, whoever gets here is invited to it."""

    title: str = Field(min_length=1, max_length=120)
    level: str | None = Field(None, max_length=80)
    delivery_id: str = Field("", max_length=80)


class FlowStep(Stored):
    key: str = Field(pattern=_KEY)
    kind: StepKind
    title: str = Field(min_length=1, max_length=80)
    explains: str = Field("", max_length=600)
    requires: tuple[str, ...] = Field((), max_length=STEPS_MAX)
    is_required: bool = True
    due: Due = Due.NOW
    verifier: Verifier = Verifier.FORM
    valid_days: int = Field(0, ge=0, le=3650)
    """How long a pass counts; 0: until something else ends it."""
    documents: tuple[DocumentKind, ...] = Field((), max_length=8)
    consents: tuple[ConsentText, ...] = Field((), max_length=8)
    credential: CredentialAsked | None = None


class CapabilityRule(Stored):
    """These steps must be passed or waived, and where `needs_completed`, the whole way must have been gone."""

    steps: tuple[str, ...] = Field((), max_length=STEPS_MAX)
    needs_completed: bool = False


class FlowPlan(Stored):
    """What an admin writes. Raises ValidationError for one that cannot be walked."""

    title: str = Field(min_length=1, max_length=80)
    steps: tuple[FlowStep, ...] = Field(min_length=1, max_length=STEPS_MAX)
    capabilities: dict[Capability, CapabilityRule] = Field(default_factory=dict)
    needs_review: bool = True
    applies_from_ms: int = Field(0, ge=0, le=4_102_444_800_000)
    """From when it counts for whoever began under an earlier version; told to them from the day it is published."""

    @model_validator(mode="after")
    def can_be_walked(self) -> Self:
        known: set[str] = set()
        keys = {step.key for step in self.steps}
        for step in self.steps:
            if step.key in known:
                raise ValueError(f"two steps are called {step.key}")
            if strange := [key for key in step.requires if key not in keys]:
                raise ValueError(f"{step.key} requires {strange[0]}, which is no step")
            # Earlier steps alone: so there is no circle, and the order of the list can be walked.
            if later := [key for key in step.requires if key not in known]:
                raise ValueError(f"{step.key} requires {later[0]}, which comes after it")
            known.add(step.key)
            _check_kind(step)
        for capability, rule in self.capabilities.items():
            if strange := [key for key in rule.steps if key not in keys]:
                raise ValueError(f"{capability.value} needs {strange[0]}, which is no step")
        return self

    def step(self, key: str) -> FlowStep | None:
        return next((step for step in self.steps if step.key == key), None)


class Flow(VersionedDocument):
    """A published version: `agent@3`."""

    key: str
    version: int
    plan: FlowPlan
    published_by: str


def flow_id(key: str, version: int) -> str:
    return f"{key}@{version}"


def _check_kind(step: FlowStep) -> None:
    if (step.kind is StepKind.ASSESSMENT) != (step.verifier is Verifier.CREDENTIAL):
        raise ValueError(f"{step.key}: an assessment is verified by its credential, and nothing else is")
    if (step.kind is StepKind.ASSESSMENT) != (step.credential is not None):
        raise ValueError(f"{step.key}: an assessment names the credential it asks for, and nothing else does")
    if (step.kind is StepKind.DOCUMENTS) != bool(step.documents):
        raise ValueError(f"{step.key}: a step of documents lists them, and nothing else does")
    if (step.kind in {StepKind.CONSENTS, StepKind.AGREEMENT}) != bool(step.consents):
        raise ValueError(f"{step.key}: consents and agreements carry their texts, and nothing else does")
    for names in ([one.key for one in step.documents], [one.key for one in step.consents]):
        if len(set(names)) < len(names):
            raise ValueError(f"{step.key}: two of its parts have the same key")
