"""The numbers of a day: deflection is counted late, and only of those who did not come back."""

from guildhall.chat.model import Conversation, ConversationKind, Party, Tally
from guildhall.chat.model.numbers import TIMES_MAX, DayNumbers
from guildhall.chat.rules.counting import DAY_MS, count_day, spread, summed
from guildhall.chat.rules.standing import begin

NOON = 20_000 * DAY_MS + DAY_MS // 2
HOUR_MS = 3_600_000


def conversation(
    number: int = 1, at_ms: int = NOON, opener: str = "vis_1", rating: int = 0, **tally: int
) -> Conversation:
    begun = begin(ConversationKind.VISITOR, "support", at_ms, has_bot=True)
    return Conversation.model_validate(
        {
            "_id": f"cnv_{number}",
            "created_at_ms": at_ms,
            "kind": "visitor",
            "site": "shop",
            "opener": opener,
            "init_key": str(number),
            "parties": (Party(id=opener),),
            "begun": begun,
            "state": begun.state,
            "rating": rating,
            "tally": Tally.model_validate({"asked_at_ms": at_ms, "last_asked_at_ms": at_ms, **tally}),
        }
    )


def counted(*conversations: Conversation, after_ms: int = DAY_MS) -> DayNumbers:
    return count_day("shop", 20_000, conversations, NOON + after_ms)


def answered(number: int = 1, **more: int) -> Conversation:
    return conversation(number, NOON, "vis_1", 0, replied_at_ms=NOON + 1_000, bot_answers=1, **more)


def test_deflected_is_only_whom_the_bot_answered_and_who_stayed_away_for_a_day() -> None:
    assert (counted(answered()).deflected, counted(answered()).rested) == (1, 1)
    early = counted(answered(), after_ms=DAY_MS - 1)
    assert (early.deflected, early.rested, early.asked) == (0, 0, 1)
    assert counted(answered(person_wanted_at_ms=NOON + 2_000)).deflected == 0
    assert counted(answered(has_returned=1)).deflected == 0
    another = conversation(2, at_ms=NOON + DAY_MS)
    back = counted(answered(), another, after_ms=3 * DAY_MS)
    assert (back.bot_alone, back.deflected, back.opened) == (1, 0, 1)
    late = conversation(2, at_ms=NOON + DAY_MS + 1)
    assert counted(answered(), late, after_ms=3 * DAY_MS).deflected == 1
    stranger = conversation(2, at_ms=NOON + HOUR_MS, opener="vis_2")
    assert counted(answered(), stranger, after_ms=3 * DAY_MS).deflected == 1


def test_unanswered_is_who_asked_an_hour_ago_and_whom_nobody_answered() -> None:
    assert counted(conversation(), after_ms=HOUR_MS).unanswered == 1
    assert counted(conversation(), after_ms=HOUR_MS - 1).unanswered == 0
    assert counted(answered(), after_ms=HOUR_MS).unanswered == 0
    assert counted(conversation(asked_at_ms=0, last_asked_at_ms=0)).unanswered == 0


def test_days_add_up_and_their_times_are_one_distribution() -> None:
    first = counted(*(answered(number, resolved_at_ms=NOON + 60_000, resolutions=2) for number in range(3)))
    second = counted(conversation(9, rating=5, person_wanted_at_ms=NOON, person_at_ms=NOON + 4_000, promises_kept=1))
    whole = summed([first, second])
    assert (whole.asked, whole.resolved, whole.reopened, whole.promises_kept) == (4, 3, 3, 1)
    assert (whole.ratings, whole.person_ms, whole.reply_ms) == ((0, 0, 0, 0, 1), (4_000,), (1_000,) * 3)
    assert summed([]) == DayNumbers(site="", day=0)


def test_a_busy_day_keeps_the_shape_of_its_times() -> None:
    busy = counted(*(conversation(n, replied_at_ms=NOON + n * 1_000, bot_answers=1) for n in range(1, 2_001)))
    assert len(busy.reply_ms) == TIMES_MAX
    found = spread(busy.reply_ms)
    assert abs(found.median_ms - 1_000_000) < 10_000
    assert abs(found.p90_ms - 1_800_000) < 10_000
    assert spread(()).median_ms == 0
