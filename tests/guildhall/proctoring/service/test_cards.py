import pytest

from guildhall.proctoring.lifecycle import CheckInState, Connection, SessionState, Standing
from guildhall.proctoring.messages import Card
from guildhall.proctoring.model import Baseline, Quality, Signal
from guildhall.proctoring.service.cards import announce_card, card_of, card_topic
from tests.guildhall.proctoring.conftest import Hall


@pytest.mark.parametrize(
    ("state", "connection", "shown"),
    [
        (SessionState.WAITING, Connection.OFFLINE, Standing.WAITING),
        (SessionState.OPEN, Connection.ONLINE, Standing.LIVE),
        (SessionState.OPEN, Connection.OFFLINE, Standing.AWAY),
        (SessionState.FINISHED, Connection.ONLINE, Standing.FINISHED),
        (SessionState.FINISHED, Connection.OFFLINE, Standing.FINISHED),
    ],
)
async def test_a_card_says_in_one_word_how_a_candidate_stands(
    hall: Hall, state: SessionState, connection: Connection, shown: Standing
) -> None:
    session = (await hall.invite()).model_copy(update={"state": state, "connection": connection})
    card = card_of(session, faces=2)
    assert (card.session_id, card.candidate_name, card.state) == (session.id, "Ada", shown)
    assert (card.faces, card.since_ms) == (2, session.since_ms)


async def test_a_card_says_how_well_looking_away_can_be_judged_and_from_what_not(hall: Hall) -> None:
    session = await hall.invite()
    unknown = card_of(session)
    assert (unknown.check_in, unknown.quality, unknown.signals_off) == (CheckInState.WAITING, None, ())
    good, poor = Quality(figure=0.9, on=True), Quality(figure=0.2, on=False)
    quality = {Signal.YAW: good, Signal.PITCH: poor, Signal.GAZE_X: good, Signal.EYES: poor}
    baseline = Baseline(yaw_deg=0, pitch_deg=0, gaze_x=0, quality=quality)
    known = card_of(session.model_copy(update={"baseline": baseline}))
    assert (known.quality, known.signals_off) == (0.2, (Signal.PITCH,))


async def test_a_card_is_told_to_the_walls_of_its_own_exam_alone(hall: Hall) -> None:
    session = await hall.invite()
    here: list[bytes] = []
    elsewhere: list[bytes] = []
    await hall.bus.subscribe(card_topic("exam-1"), here.append)
    await hall.bus.subscribe(card_topic("exam-2"), elsewhere.append)
    await announce_card(hall.bus, session)
    assert [Card.model_validate_json(body) for body in here] == [card_of(session)]
    assert elsewhere == []
