"""What a conversation counts for: the first answer, a person's first words, and whether somebody came back."""

from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import EntryKind, Reply, Said, Standing, Tally
from guildhall.chat.rules.tallying import REST_MS, RETURN_MS, tallied

S = ConversationState


def said(role: Actor, kind: EntryKind = EntryKind.MESSAGE, state: S = S.UNATTENDED, **more: object) -> Said:
    standing = Standing(state=state, state_since_ms=0)
    return Said.model_validate({"kind": kind, "by": "x", "role": role, "standing": standing, **more})


def folded(*entries: tuple[int, Said]) -> Tally:
    tally = Tally()
    for at_ms, one in entries:
        tally = tallied(tally, at_ms, one)
    return tally


def bot(kind: str) -> Said:
    return said(Actor.BOT, reply=Reply.model_validate({"kind": kind}))


def test_that_the_bot_hands_on_is_no_answer_and_a_question_back_is_one() -> None:
    asked = (1_000, said(Actor.PARTY))
    assert folded(asked, (2_000, bot("hand_on"))).replied_at_ms == 0
    back = folded(asked, (2_000, bot("clarify")))
    assert (back.replied_at_ms, back.bot_answers) == (2_000, 0)
    assert folded(asked, (2_000, bot("answer")), (3_000, bot("answer"))).bot_answers == 2


def test_the_first_words_of_a_person_count_from_when_one_was_first_wanted() -> None:
    tally = folded(
        (1_000, said(Actor.PARTY, state=S.QUEUED)),
        (2_000, said(Actor.PARTY, state=S.QUEUED)),
        (9_000, said(Actor.AGENT, state=S.ASSIGNED)),
        (9_500, said(Actor.AGENT, state=S.ASSIGNED)),
    )
    assert (tally.person_wanted_at_ms, tally.person_at_ms, tally.replied_at_ms) == (1_000, 9_000, 9_000)


def test_who_writes_again_within_a_day_after_a_rest_has_come_back() -> None:
    def back_after(ms: int) -> bool:
        return folded((1_000, said(Actor.PARTY)), (1_000 + ms, said(Actor.PARTY))).has_returned

    assert [back_after(ms) for ms in (REST_MS - 1, REST_MS, RETURN_MS - 1, RETURN_MS)] == [False, True, True, False]


def test_what_was_opened_again_is_not_resolved() -> None:
    resolved = (5_000, said(Actor.AGENT, EntryKind.STATUS, S.RESOLVED, event="resolve"))
    assert folded(resolved).resolved_at_ms == 5_000
    again = folded(resolved, (6_000, said(Actor.PARTY, state=S.QUEUED, event="reopen")))
    assert (again.resolved_at_ms, again.resolutions) == (0, 1)
