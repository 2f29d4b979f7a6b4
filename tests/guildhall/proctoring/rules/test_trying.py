"""A rule set tried on a stored session: what appears, vanishes and stays."""

from guildhall.proctoring.model import CheckInProgress, Incident, Rule
from guildhall.proctoring.model.incident_kinds import CHANNEL_OF
from guildhall.proctoring.model.signals import Record, Resumed, Silence, Standpoint, Stopped
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.rules.trying import compare, try_rules
from guildhall.proctoring.settings import RuleSettings

RULES = RuleSettings()


def flag(rule: Rule, ordinal: int, opened_at_ms: int, closed_at_ms: int | None) -> Incident:
    return Incident(
        incident_id=f"ses_1:{rule.value}:{ordinal}",
        session_id="ses_1",
        candidate_name="Ada",
        rule=rule,
        channel=CHANNEL_OF[rule],
        opened_at_ms=opened_at_ms,
        closed_at_ms=closed_at_ms,
        reason="",
    )


def silent_for(seconds: int) -> list[tuple[str, Record]]:
    """A session whose pictures stop at 1 s, for so long, and which then ends."""
    stand = Standpoint(epoch=1, ordinals={}, began_ms={}, baseline=None, check_in=CheckInProgress())
    records: list[Record] = [Resumed(0, stand)]
    records += [Silence(1000 + at_s * 1000, 1000) for at_s in range(1, seconds + 1)]
    return [(version_of(RULES), record) for record in (*records, Stopped(1500 + seconds * 1000))]


def test_a_stricter_rule_makes_a_flag_appear_and_a_laxer_one_makes_it_vanish() -> None:
    strict = RULES.model_copy(update={"no_frames_after_seconds": 2.0})
    sets = {version_of(RULES): RULES}
    short = try_rules("ses_1", "Ada", silent_for(4), sets, strict)
    assert [one.rule for one in short.appeared] == [Rule.NO_FRAMES]
    assert (short.vanished, short.kept) == ((), ())
    lax = RULES.model_copy(update={"no_frames_after_seconds": 60.0})
    long = try_rules("ses_1", "Ada", silent_for(20), sets, lax)
    assert [one.rule for one in long.vanished] == [Rule.NO_FRAMES]
    assert (long.appeared, long.kept) == ((), ())


def test_the_same_rules_change_nothing() -> None:
    trial = try_rules("ses_1", "Ada", silent_for(20), {version_of(RULES): RULES}, RULES)
    assert (trial.appeared, trial.vanished, trial.faults) == ((), (), ())
    assert [one.now for one in trial.kept] == [one.then for one in trial.kept]
    assert len(trial.kept) == 1


def test_a_flag_that_only_moved_or_split_is_the_same_flag() -> None:
    then = [flag(Rule.ABSENT, 1, 1000, 9000)]
    now = [flag(Rule.ABSENT, 1, 2000, 3000), flag(Rule.ABSENT, 2, 5000, None)]
    trial = compare(then, now)
    assert (trial.appeared, trial.vanished) == ((), ())
    assert [one.now for one in trial.kept] == now


def test_another_rule_at_the_same_time_is_another_flag_and_so_is_the_same_rule_later() -> None:
    then = [flag(Rule.ABSENT, 1, 1000, 2000)]
    now = [flag(Rule.ABSENT, 1, 5000, 6000), flag(Rule.NO_FRAMES, 1, 1000, 2000)]
    trial = compare(then, now)
    assert trial.vanished == tuple(then)
    assert [one.rule for one in trial.appeared] == [Rule.NO_FRAMES, Rule.ABSENT]
