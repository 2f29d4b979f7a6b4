"""Exams that are sat, marked, passed, failed, tried again, and passes that are revoked."""

from typing import Final

from tests.guildhall.onboarding.guild import DAY_MS
from tests.soaks.guild.acts.drawn import Act, Drawn, one_of
from tests.soaks.guild.exams import EXAMS, MARKET_EXAM, SittingEvent
from tests.soaks.guild.town import AGENTS, Town

S = SittingEvent
PASSED: Final = (S.BEGIN, S.HAND_IN, S.PASS)
COURSES: Final = (
    PASSED,
    PASSED,
    (S.BEGIN,),
    (S.BEGIN, S.HAND_IN),
    (S.BEGIN, S.HAND_IN, S.WITHHOLD),
    (S.HAND_IN,),
    (S.HAND_IN, S.PASS),
    (S.PASS,),
    (S.FAIL,),
    (S.BEGIN, S.HAND_IN, S.FAIL_FOR_GOOD),
    (S.FAIL_FOR_GOOD,),
    (S.TRY_AGAIN,),
    (S.REVOKE,),
)
"""What happens with an exam in one go; where it is not that far, it is refused."""


async def sit_exam(town: Town, drawn: Drawn) -> None:
    """Uninvited, somebody invites themselves to the exam of the house; opportunities hear of the end, or do not."""
    account, exam = town.accounts[one_of(AGENTS, drawn.who)], one_of(EXAMS, min(drawn.which % 4, 1))
    if exam != MARKET_EXAM.delivery_id:
        await town.board.invite(account, exam)
    for event in one_of(COURSES, drawn.what):
        await town.board.move(account, exam, event, (1 + drawn.minor % 400) * DAY_MS)
    if drawn.minor % 2:
        await town.opportunities.assessing.look_at_agent(account)


async def ask_for_a_pass(town: Town, drawn: Drawn) -> None:
    """A client, of an applicant who lacks it, or has it by now."""
    found = await town.applications()
    if found:
        application = one_of(found, drawn.which)
        client = town.client(town.client_of(application.organisation_id))
        await town.opportunities.assessing.require(client, application.id)


ACTS: Final[tuple[Act, ...]] = (sit_exam, ask_for_a_pass)
