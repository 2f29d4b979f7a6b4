"""An exam, and watching over it."""

from docs.drawing.mermaid import mermaid
from guildhall.assessments import lifecycle as assessment_lifecycle
from guildhall.proctoring import lifecycle, model
from guildhall.proctoring.lifecycle import acting as acting_lifecycle
from guildhall.proctoring.lifecycle import reviewing as reviewing_lifecycle
from guildhall.proctoring.rules.judging import threshold_ms
from guildhall.proctoring.settings import RuleSettings


def proctoring_and_assessment() -> str:
    thresholds = "".join(
        f"| `{rule.value}` | {model.CHANNEL_OF[rule].value} | {threshold_ms(rule, RuleSettings()) / 1000:g} s |\n"
        for rule in model.Rule
    )
    machines = (
        ("Items and exams", assessment_lifecycle.PUBLISHING),
        ("Attempt", assessment_lifecycle.ATTEMPT),
        ("Result", assessment_lifecycle.RESULT),
        ("Credential", assessment_lifecycle.CREDENTIAL),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Proctoring and assessment\n\n"
        "An exam is written, delivered, sat, marked and released; nothing of what was published ever changes.\n"
        + drawn
        + "\n# Watching over it\n\nThe session and the connection move independently: "
        "no network event ends a session.\n\n## Session\n\n"
        + mermaid(lifecycle.SESSION.as_mermaid())
        + "\n## Connection\n\n"
        + mermaid(lifecycle.CONNECTION.as_mermaid())
        + "\n## Check-in\n\n"
        + mermaid(lifecycle.CHECK_IN.as_mermaid())
        + "\n## A proctor's action\n\nUntil the candidate's page says that it has one, it is sent again and again.\n\n"
        + mermaid(acting_lifecycle.ACTION.as_mermaid())
        + "\n## Who attends to a candidate\n\n"
        + mermaid(acting_lifecycle.SUPERVISION.as_mermaid())
        + "\n## The review of a session's flags\n\nTwo people before any penalty, a third for the appeal.\n\n"
        + mermaid(reviewing_lifecycle.REVIEW.as_mermaid())
        + "\n## When a sign becomes an incident\n\n| rule | channel | after (default) |\n|---|---|---|\n"
        + thresholds
    )
