"""A rule change tried on the past sessions of a delivery, over HTTP, a page of sessions at a time."""

from guildhall.kit.errors import Invalid
from guildhall.kit.http import Answer, Call, NoQuery, Operation, Route
from guildhall.proctoring.messages.trying import FlagTried, RulesTried, SessionTried, TrialShown
from guildhall.proctoring.model import Incident
from guildhall.proctoring.routes.reporting import REPORT
from guildhall.proctoring.routes.reviewing import reviewing_scope
from guildhall.proctoring.rules.rule_sets import RulesInvalid, changed_rules, version_of
from guildhall.proctoring.service.trying import DeliveryTrials, Tried

TRY = Operation(
    name="try_rules",
    method="POST",
    path="/proctoring/rule-trials",
    summary="Which flags of past sessions another rule would make appear and vanish; changes nothing",
    permission=REPORT,
    aal=2,
    body=RulesTried,
    answers={200: TrialShown},
    problems=frozenset({"not-found", "invalid"}),
    deadline_seconds=60.0,
    tags=("review",),
)


def trial_routes(trials: DeliveryTrials) -> tuple[Route, ...]:
    async def try_rules(call: Call[RulesTried, NoQuery]) -> Answer:
        asked = call.body
        try:
            rules = changed_rules(trials.known, asked.rules)
        except RulesInvalid as error:
            raise Invalid(str(error)) from error
        scope = reviewing_scope(call.principal, REPORT)
        page = await trials.page(scope, asked.delivery_id, rules, asked.before_id)
        items = tuple(_session(one) for one in page.items)
        return Answer(TrialShown(rule_version=version_of(rules), items=items, before_id=page.before_id))

    return (Route(TRY, try_rules),)


def _session(tried: Tried) -> SessionTried:
    trial = tried.trial
    if trial is None:
        return SessionTried(
            session_id=tried.session_id, appeared=(), vanished=(), kept=0, faults=(), why_not=tried.why_not
        )
    return SessionTried(
        session_id=tried.session_id,
        appeared=tuple(_flag(one) for one in trial.appeared),
        vanished=tuple(_flag(one) for one in trial.vanished),
        kept=trial.stayed,
        faults=trial.faults,
        why_not="",
    )


def _flag(incident: Incident) -> FlagTried:
    return FlagTried(
        rule=incident.rule,
        channel=incident.channel,
        opened_at_ms=incident.opened_at_ms,
        closed_at_ms=incident.closed_at_ms,
        reason=incident.reason,
    )
