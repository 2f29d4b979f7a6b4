"""`python -m guildhall try-rules [EXAM] --set NAME=VALUE`: a rule change tried on what is stored, on a terminal."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TextIO

from guildhall.proctoring.model import Incident
from guildhall.proctoring.rules.rule_sets import RulesInvalid, changed_rules, version_of
from guildhall.proctoring.service.trying import SESSIONS, RuleTrials, Tried
from guildhall.proctoring.settings import RuleSettings

DONE, MISUSED = 0, 2
MOST: Final = 500  # sessions, the newest, unless told otherwise


def read_changes(told: Sequence[str]) -> dict[str, str | list[str]]:
    """`NAME=VALUE`, and `NAME=A,B` where a setting is a list. Raises RulesInvalid."""
    found: dict[str, str | list[str]] = {}
    for one in told:
        name, sign, value = one.partition("=")
        if not sign:
            raise RulesInvalid((f"{one}: write it as NAME=VALUE.",))
        is_list = isinstance(getattr(RuleSettings(), name, None), tuple)
        found[name] = [word.strip() for word in value.split(",") if word.strip()] if is_list else value.strip()
    return found


async def try_on_stored(
    trials: RuleTrials, known: RuleSettings, exam_id: str | None, told: Sequence[str], most: int, out: TextIO
) -> int:
    """Say what came of it, a line a session as it is known, and the sum; the exit code of the command."""
    try:
        rules = changed_rules(known, read_changes(told))
    except RulesInvalid as error:
        out.writelines(f"{sentence}\n" for sentence in error.sentences)
        return MISUSED
    out.write(f"Rules {version_of(rules)} on the newest {most} sessions of {exam_id or 'every exam'}:\n")
    appeared: Counter[str] = Counter()
    vanished: Counter[str] = Counter()
    tried = left_out = kept = 0
    before_id: str | None = ""
    while before_id is not None and tried + left_out < most:
        most_now = min(SESSIONS, most - tried - left_out)
        page = await trials.page(rules, known, exam_id=exam_id, before_id=before_id, most=most_now)
        for one in page.items:
            out.write(f"{one.session_id}: {_told(one)}\n")
            out.flush()
            if one.trial is None:
                left_out += 1
                continue
            tried += 1
            appeared.update(incident.rule.value for incident in one.trial.appeared)
            vanished.update(incident.rule.value for incident in one.trial.vanished)
            kept += one.trial.stayed
        before_id = page.before_id
    out.write(f"Tried on {tried} sessions, left out {left_out}: {kept} flags stay, ")
    out.write(f"{_sum(appeared)} appear, {_sum(vanished)} vanish.\n")
    return DONE


def _told(tried: Tried) -> str:
    trial = tried.trial
    if trial is None:
        return f"left out. {tried.why_not}"
    lines = [f"{trial.stayed} stay"]
    lines += [f"  + {_flag(one)}" for one in trial.appeared] + [f"  - {_flag(one)}" for one in trial.vanished]
    return "\n".join([*lines, *(f"  ! {fault}" for fault in trial.faults)])


def _flag(incident: Incident) -> str:
    at = datetime.fromtimestamp(incident.opened_at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if incident.closed_at_ms is None:
        return f"{incident.rule.value} from {at}"
    return f"{incident.rule.value} from {at} for {(incident.closed_at_ms - incident.opened_at_ms) / 1000:.1f} s"


def _sum(counted: Counter[str]) -> str:
    by_rule = ", ".join(f"{rule} {count}" for rule, count in sorted(counted.items()))
    return f"{counted.total()} ({by_rule})" if counted else "0"
