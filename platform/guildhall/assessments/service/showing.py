"""Items as their authors see them: whole, as a line of a list, and version by version."""

from collections.abc import Mapping
from typing import Any, Final

from guildhall.assessments.lifecycle import PUBLISHING, Actor, PublishingState
from guildhall.assessments.messages.authoring import Difference, ItemListed, ItemQuery, ItemShown, ItemVersionShown
from guildhall.assessments.messages.sitting import ActionShown
from guildhall.assessments.model.banks import Item, ItemVersion
from guildhall.assessments.rules.authoring import flaws_of_item
from guildhall.assessments.rules.differences import differences

_PROMPT_CHARACTERS: Final = 160


def show_item(item: Item) -> ItemShown:
    return ItemShown(
        item_id=item.id,
        bank_id=item.bank_id,
        name=item.name,
        content=item.draft,
        tags=item.tags,
        difficulty=item.difficulty,
        state=item.state,
        versions=item.versions,
        is_draft_published=item.is_draft_published,
        flaws=flaws_of_item(item.draft),
        actions=show_actions(item.state),
        rev=item.rev,
        updated_at_ms=item.updated_at_ms or item.created_at_ms,
    )


def show_actions(state: PublishingState) -> tuple[ActionShown, ...]:
    """What an author may do with an item or an exam in this state."""
    allowed = PUBLISHING.allowed_actions(state, Actor.AUTHOR, None)
    return tuple(ActionShown(action=one.event, allowed=one.allowed, reason=one.reason) for one in allowed)


def show_version(version: ItemVersion, before: ItemVersion | None) -> ItemVersionShown:
    told = () if before is None else differences(_told(before), _told(version))
    return ItemVersionShown(
        version_id=version.id,
        published_at_ms=version.created_at_ms,
        published_by=version.published_by,
        content=version.content,
        tags=version.tags,
        difficulty=version.difficulty,
        corrections=version.corrections,
        differences=tuple(Difference(path=one.path, before=one.before, after=one.after) for one in told),
    )


def _told(version: ItemVersion) -> Mapping[str, Any]:
    return version.model_dump(mode="json", include={"content", "tags", "difficulty"})


def matches(document: Mapping[str, Any], query: ItemQuery, words: list[str]) -> bool:
    """Whether an item as it is stored is what a search asks for; `words` are those of its text, folded."""
    question = document["draft"]["question"]
    if query.kind is not None and question["kind"] != query.kind.value:
        return False
    if not query.least_difficulty <= document["difficulty"] <= query.most_difficulty:
        return False
    if not set(query.tag) <= set(document["tags"]):
        return False
    if not words:
        return True
    parts = (
        *question.get("choices", ()),
        *question.get("parts", ()),
        *question.get("left", ()),
        *question.get("right", ()),
    )
    told = [document["name"], question["prompt"]["text"], *document["tags"], *(part["text"] for part in parts)]
    text = "\n".join(told).casefold()
    return all(word in text for word in words)


def list_item(item: Item) -> ItemListed:
    prompt = " ".join(item.draft.question.prompt.text.split())
    return ItemListed(
        item_id=item.id,
        name=item.name,
        kind=item.draft.question.kind,
        prompt=prompt if len(prompt) <= _PROMPT_CHARACTERS else f"{prompt[:_PROMPT_CHARACTERS]}…",
        tags=item.tags,
        difficulty=item.difficulty,
        state=item.state,
        versions=len(item.versions),
        is_draft_published=item.is_draft_published,
        updated_at_ms=item.updated_at_ms or item.created_at_ms,
    )
