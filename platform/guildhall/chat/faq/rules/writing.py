"""What may be written and published. Pure."""

from guildhall.chat.faq.lifecycle import ENTRY, KEEPER, EntryEvent
from guildhall.chat.faq.model import (
    ANSWER_CHARACTERS,
    DEEDS_MAX,
    PHRASINGS_MAX,
    QUESTION_CHARACTERS,
    Content,
    Deed,
    FaqEntry,
    Wording,
)
from guildhall.chat.faq.rules.features import normalised
from guildhall.kit.errors import Conflict, Invalid


def tidied(content: Content) -> Content:
    """Without doubles and empty phrasings, trimmed. Raises Invalid, naming the field."""
    languages = [one.language for one in content.wordings]
    if len(set(languages)) < len(languages):
        raise Invalid("An entry has each language once.", fields={"wordings": "names a language twice"})
    wordings = tuple(_tidied(i, one) for i, one in enumerate(content.wordings))
    return content.model_copy(update={"wordings": wordings, "tags": tuple(dict.fromkeys(content.tags))})


def _tidied(place: int, wording: Wording) -> Wording:
    by_form = {normalised(text): text.strip() for text in reversed(wording.phrasings)}
    by_form.pop("", None)
    phrasings = tuple(reversed(by_form.values()))
    for field, text, most in (
        ("question", wording.question, QUESTION_CHARACTERS),
        ("answer", wording.answer, ANSWER_CHARACTERS),
        *(("phrasings", text, QUESTION_CHARACTERS) for text in phrasings),
    ):
        if len(text) > most or "\x00" in text:
            raise Invalid(
                "This entry cannot be kept.",
                fields={f"wordings.{place}.{field}": f"must be text of at most {most} characters"},
            )
    return wording.model_copy(
        update={"question": wording.question.strip(), "answer": wording.answer.strip(), "phrasings": phrasings}
    )


def problems(content: Content) -> dict[str, str]:
    """By field, what keeps it from being published."""
    found = {}
    if not content.wordings:
        found["wordings"] = "needs at least one language"
    for i, wording in enumerate(content.wordings):
        if not normalised(wording.question):
            found[f"wordings.{i}.question"] = "is missing"
        if not wording.answer:
            found[f"wordings.{i}.answer"] = "is missing"
    return found


def turned(seen: FaqEntry, event: EntryEvent, deed: Deed) -> FaqEntry:
    """Raises MoveRefused, and Invalid where it is not whole."""
    missing = problems(seen.draft) if event is EntryEvent.PUBLISH else {}
    if missing and event is EntryEvent.PUBLISH:
        raise Invalid("This entry is not ready to be published.", fields=missing)
    moved = ENTRY.move(seen.state, event, KEEPER, missing)
    new = seen.model_copy(update={"state": moved.target, "changed_by": deed.by})
    if event is EntryEvent.PUBLISH:
        new = new.model_copy(update={"published": seen.draft, "version": seen.version + 1})
    elif event is EntryEvent.WITHDRAW:
        new = new.model_copy(update={"published": None})
    if "train" in moved.effects:
        new = new.model_copy(update={"untrained_since_ms": seen.untrained_since_ms or deed.at_ms})
    return noted(new, deed)


def with_phrasings(content: Content, language: str, phrasings: tuple[str, ...]) -> Content:
    """With more of them in one language. Raises Invalid where the entry does not have it, or has no room."""
    wording = content.in_language(language)
    if wording is None:
        raise Invalid("This entry is not written in that language.", fields={"language": f"has no {language}"})
    grown = (*wording.phrasings, *phrasings)
    if len(grown) > PHRASINGS_MAX:
        raise Invalid("This entry has enough phrasings.", fields={"phrasings": f"may be at most {PHRASINGS_MAX}"})
    wordings = tuple(
        one.model_copy(update={"phrasings": grown}) if one.language == language else one for one in content.wordings
    )
    return tidied(content.model_copy(update={"wordings": wordings}))


def noted(entry: FaqEntry, deed: Deed) -> FaqEntry:
    """With a deed that the audit log must be told. Raises Conflict when it has not kept up for a long time."""
    if len(entry.unaudited) >= DEEDS_MAX:
        raise Conflict("The audit log has not kept up with this entry; try again in a moment.")
    return entry.model_copy(
        update={"unaudited": (*entry.unaudited, deed), "audit_due_at_ms": entry.audit_due_at_ms or deed.at_ms}
    )
