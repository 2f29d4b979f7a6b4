"""What keeps a step from being handed in, beyond its shape, told by field. Pure."""

from collections.abc import Mapping

from guildhall.onboarding.model.contents import AgreementContent, ConsentsContent, Content, DeviceContent, PayoutContent
from guildhall.onboarding.model.flows import FlowStep, StepKind
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.account_numbers import read_account_number

MIN_UPLOAD_KBIT_S = 150
"""What an exam before the camera sends at its calmest, with room: see the README's figures a candidate."""
MIN_WIDTH_PX, MIN_HEIGHT_PX, MIN_FRAMES_PER_SECOND = 320, 240, 5


def faults_of(onboarding: Onboarding, step: FlowStep, content: Content, now_ms: int) -> dict[str, str]:
    """By field what keeps the step from being handed in, beyond its shape."""
    match content:
        case ConsentsContent() | AgreementContent():
            faults = _unagreed(step, content.given)
            name = _name_of(onboarding)
            if isinstance(content, AgreementContent) and name and not _is_same_name(content.signature, name):
                faults["signature"] = f"must be your name as in your profile, {name}"
            return faults
        case DeviceContent():
            return _device_faults(content)
        case PayoutContent():
            if read_account_number(content.account_number) is None:
                return {"account_number": "is no IBAN: compare it with your bank's letter, a character is wrong"}
            return {}
    return _document_faults(onboarding, step, now_ms) if step.kind is StepKind.DOCUMENTS else {}


def _document_faults(onboarding: Onboarding, step: FlowStep, now_ms: int) -> dict[str, str]:
    faults: dict[str, str] = {}
    for kind in step.documents:
        own = [one for one in onboarding.documents if (one.step, one.kind) == (step.key, kind.key)]
        if kind.is_required and not own:
            faults[kind.key] = f"is missing: put up your {kind.title.lower()}"
        elif own and all(0 < one.valid_until_ms <= now_ms for one in own):
            faults[kind.key] = "has expired: put up one that is valid"
    return faults


def _unagreed(step: FlowStep, given: Mapping[str, bool]) -> dict[str, str]:
    known = {text.key for text in step.consents}
    faults = {f"given.{key}": "is no text of this step" for key in given if key not in known}
    for text in step.consents:
        if text.key not in given:
            faults[f"given.{text.key}"] = f"needs an answer: read “{text.title}” and choose"
        elif text.is_required and not given[text.key]:
            faults[f"given.{text.key}"] = f"is needed: nobody is let in without “{text.title}”"
    return faults


def _device_faults(measured: DeviceContent) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not measured.camera:
        faults["camera"] = "gives no picture: allow it beside the address, or plug one in, then check again"
    elif measured.width_px < MIN_WIDTH_PX or measured.height_px < MIN_HEIGHT_PX:
        faults["camera"] = f"gives {measured.width_px} x {measured.height_px} pixels; 320 x 240 are needed"
    elif measured.frames_per_second < MIN_FRAMES_PER_SECOND:
        faults["camera"] = "is too slow: turn on a light, and close other programs that use it"
    if not measured.microphone:
        faults["microphone"] = "gives no sound: allow it beside the address, then check again"
    if measured.upload_kbit_s < MIN_UPLOAD_KBIT_S:
        faults["upload_kbit_s"] = f"is too slow: {measured.upload_kbit_s:.0f} of {MIN_UPLOAD_KBIT_S} kbit/s upwards"
    return faults


def _is_same_name(signature: str, name: str) -> bool:
    return signature.casefold().split() == name.casefold().split()


def _name_of(onboarding: Onboarding) -> str:
    named = (step.content.get("name") for step in onboarding.steps.values())
    return next((name for name in named if isinstance(name, str)), "")
