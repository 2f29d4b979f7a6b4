"""What a conversation counts for in the numbers: folded from its log, an entry at a time. Pure."""

from typing import Final

from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import EntryKind, Said, Tally

REST_MS: Final = 30 * 60_000
"""Whoever writes again after so long had left, and has come back."""
RETURN_MS: Final = 24 * 3_600_000
"""... and so long after, it is another matter. The day is the definition of deflection that the numbers' page gives."""


def tallied(seen: Tally, at_ms: int, said: Said) -> Tally:
    """After one more entry. Called by the follower, in order, each entry once."""
    changed: dict[str, object] = {}
    if said.standing.state is ConversationState.QUEUED and not seen.person_wanted_at_ms:
        changed["person_wanted_at_ms"] = at_ms
    promised_by_ms = said.standing.promised_by_ms
    if promised_by_ms != seen.promised_by_ms:
        changed["promised_by_ms"] = promised_by_ms
        if said.event == "late":
            changed["promises_broken"] = seen.promises_broken + 1
        elif said.role is Actor.AGENT and said.kind is EntryKind.MESSAGE and seen.promised_by_ms:
            is_kept = at_ms <= seen.promised_by_ms
            changed["promises_kept"] = seen.promises_kept + is_kept
            changed["promises_broken"] = seen.promises_broken + (not is_kept)
    if said.kind is EntryKind.MESSAGE:
        changed |= _of_words(seen, at_ms, said)
    if said.event == "resolve":
        changed |= {"resolved_at_ms": at_ms, "resolutions": seen.resolutions + 1}
    elif said.event == "reopen":
        changed["resolved_at_ms"] = 0
    return seen.model_copy(update=changed) if changed else seen


def _of_words(seen: Tally, at_ms: int, said: Said) -> dict[str, object]:
    if said.role is Actor.PARTY:
        rested_ms = at_ms - seen.last_asked_at_ms if seen.last_asked_at_ms else 0
        changed: dict[str, object] = {"last_asked_at_ms": at_ms, "asked_at_ms": seen.asked_at_ms or at_ms}
        if REST_MS <= rested_ms < RETURN_MS:
            changed["has_returned"] = True
        return changed
    is_answer = said.reply is not None and said.reply.kind in {"answer", "clarify"}
    if said.role is Actor.BOT and is_answer:
        answers = seen.bot_answers + (said.reply is not None and said.reply.kind == "answer")
        return {"bot_answers": answers, "replied_at_ms": seen.replied_at_ms or at_ms}
    if said.role is Actor.AGENT:
        return {"person_at_ms": seen.person_at_ms or at_ms, "replied_at_ms": seen.replied_at_ms or at_ms}
    return {}
