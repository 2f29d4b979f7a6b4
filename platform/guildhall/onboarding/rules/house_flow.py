"""The flow that a new house begins with, as data. An admin publishes another version, and this one stays as it was."""

from typing import Any, Final

from guildhall.onboarding.model.flows import CredentialAsked, FlowPlan

HOUSE_FLOW: Final = "agent"
_TERMS: Final = (
    "You work as an independent professional. The house introduces you to clients, keeps what was agreed on record, "
    "and holds a client's money for a piece of work until that work is accepted or decided about.\n\n"
    "You say truly who you are and what you can do. You do the work you take on yourself, unless the client agrees "
    "otherwise.\n\n"
    "Either side may end this at any time; work that has begun is finished or settled first."
)
_PRIVACY: Final = (
    "We keep what you enter here to decide whether you are let in, and to show clients the part you choose to show. "
    "Identity documents are seen by reviewers alone, and every look at one is recorded.\n\n"
    "You see all of it on the page of your onboarding, and it is erased together with your account."
)
_RECORDING: Final = (
    "Exams here may be watched: while you sit one, your camera is looked at by a program, and by a person where that "
    "program is unsure. What was flagged is decided about by people, never by the program.\n\n"
    "You are asked again before each exam, and nothing is looked at before that."
)
_CODE: Final = (
    "I treat clients' secrets as secrets, and return or delete what they gave me when they ask for it.\n\n"
    "I say early when I will be late, and what I need.\n\n"
    "I neither offer nor take money past the house for work that the house brought me."
)


def house_flow(credential: CredentialAsked | None) -> FlowPlan:
    """With an exam where the house has named one."""
    steps: list[dict[str, Any]] = [
        {
            "key": "profile",
            "kind": "profile",
            "title": "Profile",
            "explains": "Who you are and where you work. Your name as it stands in your identity document.",
        },
        {
            "key": "consents",
            "kind": "consents",
            "title": "Terms and privacy",
            "explains": "Three texts, each to be read and answered. One may be refused.",
            "requires": ["profile"],
            "consents": [
                {"key": "terms", "title": "Terms of work", "text": _TERMS},
                {"key": "privacy", "title": "How your data is used", "text": _PRIVACY},
                {
                    "key": "recording",
                    "title": "Watched exams",
                    "text": _RECORDING,
                    "is_required": False,
                    "if_refused": "You are then examined by a person instead. That takes longer, and counts the same.",
                },
            ],
        },
        {
            "key": "skills",
            "kind": "skills",
            "title": "Skills",
            "explains": "What you can do, how well and for how long. Links to work help the reviewer.",
            "requires": ["profile"],
        },
        {
            "key": "identity",
            "kind": "documents",
            "title": "Identity documents",
            "explains": "PDF, JPEG or PNG, 10 MB at most each. Only reviewers see them, and every look is recorded.",
            "requires": ["profile", "consents"],
            "verifier": "person",
            "documents": [
                {
                    "key": "identity_document",
                    "title": "Passport or identity card",
                    "explains": "The page with your picture; all four corners in the picture, nothing covered.",
                    "expires": True,
                },
                {
                    "key": "certificate",
                    "title": "Certificates",
                    "explains": "Of a trade or a training, if you have any.",
                    "is_required": False,
                },
            ],
        },
        {
            "key": "device",
            "kind": "device",
            "title": "Camera, sound and connection",
            "explains": "Half a minute. Nothing is recorded or sent: your browser measures, and tells us the figures.",
            "requires": ["consents"],
            "valid_days": 180,
        },
        {
            "key": "agreement",
            "kind": "agreement",
            "title": "Agreement",
            "explains": "What you promise to those you work for; signed with your name.",
            "requires": ["consents"],
            "consents": [{"key": "code", "title": "Code of conduct", "text": _CODE}],
        },
        {
            "key": "payout",
            "kind": "payout",
            "title": "Where you are paid",
            "explains": "Your bank account (IBAN). It is stored sealed, and only its last four characters are shown.",
            "requires": ["profile"],
            "due": "before_first_pay",
        },
    ]
    checked = ["profile", "consents", "skills", "identity", "agreement"]
    if credential is not None:
        exam = {
            "key": "assessment",
            "kind": "assessment",
            "title": f"Exam: {credential.title}"[:80],
            "explains": "You are invited as soon as the steps before it are done, and find it under your exams.",
            "requires": ["skills", "device"],
            "verifier": "credential",
            "credential": credential.model_dump(mode="json"),
        }
        steps.insert(5, exam)
        checked.append("assessment")
    return FlowPlan.model_validate(
        {
            "title": "Agent onboarding",
            "steps": steps,
            "capabilities": {
                "take_assessments": {"steps": ["profile", "consents"]},
                "apply": {"steps": ["profile", "consents", "skills"]},
                "accept_offers": {"steps": checked, "needs_completed": True},
                "be_paid": {"steps": [*checked, "payout"], "needs_completed": True},
            },
        }
    )
