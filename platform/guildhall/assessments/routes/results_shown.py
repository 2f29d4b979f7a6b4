"""What of a result crosses the wire, and to whom."""

from collections.abc import Iterable, Mapping, Sequence

from guildhall.assessments.lifecycle import RESULT, Actor, ResultState
from guildhall.assessments.messages.results import (
    AnalysisShown,
    GradeShown,
    GroupCounts,
    IntervalShown,
    ItemAnalysisShown,
    OwnItemShown,
    OwnResultListed,
    OwnResultShown,
    RegradePreviewed,
    RegradingShown,
    ResultListed,
    ResultShown,
    ScoreShown,
    StaffItemShown,
    StaffMarkShown,
)
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Feedback
from guildhall.assessments.model.keys import ChoiceKey
from guildhall.assessments.model.results import Grade, Result, SlotScore
from guildhall.assessments.rules.analysis import ExamAnalysis, Group, ItemAnalysis
from guildhall.assessments.rules.deciding import facts_of
from guildhall.assessments.rules.projecting import in_order
from guildhall.assessments.service.assessing import Dossier
from guildhall.assessments.service.corrections import Regrading
from guildhall.assessments.service.results import OwnResult

PROMPT_CHARACTERS = 240


def list_own(attempt: Attempt, result: Result) -> OwnResultListed:
    is_shown = result.state is ResultState.RELEASED
    return OwnResultListed(
        attempt_id=attempt.id,
        exam_title=attempt.exam_title,
        number=attempt.number,
        is_practice=attempt.is_practice,
        state=result.state,
        released_at_ms=result.released_at_ms if is_shown else None,
        is_pass=result.grade.is_pass if is_shown else None,
        percent_hundredths=result.grade.percent_hundredths if is_shown else None,
        credential_id=result.credential_id,
        reason="" if is_shown else result.reason,
    )


def show_own(own: OwnResult) -> OwnResultShown:
    """As much as the exam's feedback allows, and of a withheld result nothing but that it is."""
    result, dossier = own.result, own.dossier
    is_shown = result.state is ResultState.RELEASED
    feedback = dossier.plan.feedback
    items = _own_items(result, dossier) if is_shown and feedback is not Feedback.TOTAL else ()
    return OwnResultShown(
        summary=list_own(dossier.attempt, result),
        pass_percent=dossier.plan.pass_percent if is_shown else None,
        earned_centipoints=result.grade.earned_centipoints if is_shown else None,
        worth_centipoints=result.grade.worth_centipoints if is_shown else None,
        items=items,
    )


def _own_items(result: Result, dossier: Dossier) -> tuple[OwnItemShown, ...]:
    slots = {slot.id: slot for slot in dossier.attempt.form.slots}
    shows_keys = dossier.plan.feedback is Feedback.KEYS
    found = []
    for score in result.grade.scores:
        slot = slots[score.slot_id]
        version = dossier.versions[score.version_id]
        found.append(
            OwnItemShown(
                slot_id=slot.id,
                question=in_order(version.content.question, slot.order),
                response=dossier.responses.get(slot.id),
                earned_centipoints=score.earned_centipoints or 0,
                worth_centipoints=score.worth_centipoints,
                is_unreadable=score.is_unreadable,
                comments=tuple(one.comment for one in dossier.marks_for(slot.id) if one.is_final and one.comment),
                key=version.key if shows_keys else None,
                rationale=version.content.rationale if shows_keys else "",
            )
        )
    return tuple(found)


def list_result(result: Result, *, may_release: bool) -> ResultListed:
    """For staff; whoever may not release is offered nothing to do."""
    actions = RESULT.allowed_actions(result.state, Actor.AUTHOR, facts_of(result))
    allowed = (one.event for one in actions if one.allowed and one.event in {"release", "withhold"})
    return ResultListed(
        result_id=result.id,
        candidate_name=result.candidate_name,
        number=len(result.history) + 1,
        state=result.state,
        is_sat_again=result.is_sat_again,
        is_practice=result.is_practice,
        grade=show_grade(result.grade),
        regrades=len(result.history),
        release_at_ms=result.release_at_ms,
        released_at_ms=result.released_at_ms,
        reason=result.reason,
        credential_id=result.credential_id,
        actions=(*allowed, *(("revoke",) if result.credential_id else ())) if may_release else (),
    )


def show_result(result: Result, dossier: Dossier, names: dict[str, str], *, may_release: bool) -> ResultShown:
    return ResultShown(
        summary=list_result(result, may_release=may_release),
        decided_by=result.decided_by,
        names=names,
        items=tuple(
            StaffItemShown(
                bank_id=dossier.versions[score.version_id].bank_id,
                question=dossier.versions[score.version_id].content.question,
                key=dossier.versions[score.version_id].key,
                response=dossier.responses.get(score.slot_id),
                score=_show_score(score),
            )
            for score in result.grade.scores
        ),
        marks=tuple(
            StaffMarkShown(
                mark_id=one.alias,
                slot_id=one.slot_id,
                role=one.role,
                marker_id=one.marker_id,
                points=one.points,
                comment=one.comment,
                is_final=one.is_final,
            )
            for one in dossier.marks
        ),
        history=tuple(show_grade(one) for one in result.history),
        late_kept_until_ms=dossier.attempt.late_due_at_ms or None,
    )


def show_grade(grade: Grade) -> GradeShown:
    return GradeShown(
        at_ms=grade.at_ms,
        by=grade.by,
        reason=grade.reason,
        earned_centipoints=grade.earned_centipoints,
        worth_centipoints=grade.worth_centipoints,
        percent_hundredths=grade.percent_hundredths,
        is_pass=grade.is_pass,
    )


def show_regrading(found: Sequence[Regrading], next_after: str | None) -> RegradePreviewed:
    changed = [one for one in found if _points(one.result.grade) != _points(one.after)]
    return RegradePreviewed(
        affected=len(found),
        to_pass=sum(bool(one.after.is_pass) and one.result.grade.is_pass is False for one in changed),
        to_fail=sum(bool(one.result.grade.is_pass) and one.after.is_pass is False for one in changed),
        changed=[
            RegradingShown(
                result_id=one.result.id,
                candidate_name=one.result.candidate_name,
                state=one.result.state,
                earned_before=one.result.grade.earned_centipoints,
                earned_after=one.after.earned_centipoints,
                percent_before=one.result.grade.percent_hundredths,
                percent_after=one.after.percent_hundredths,
                passed_before=one.result.grade.is_pass,
                passed_after=one.after.is_pass,
            )
            for one in changed
        ],
        next_after=next_after,
    )


def show_analysis(
    exam: ExamAnalysis, items: Iterable[ItemAnalysis], versions: Mapping[str, ItemVersion]
) -> AnalysisShown:
    return AnalysisShown(
        n=exam.n,
        mean_percent=exam.mean_percent,
        sd_percent=exam.sd_percent,
        alpha=exam.alpha,
        is_kr20=exam.is_kr20,
        standard_error_percent=exam.standard_error_percent,
        pass_rate=exam.pass_rate,
        pass_interval=IntervalShown(low=exam.pass_interval.low, high=exam.pass_interval.high),
        distribution=exam.distribution,
        words=exam.words,
        items=tuple(show_item_analysis(one, versions[one.version_id]) for one in items),
    )


def show_item_analysis(item: ItemAnalysis, version: ItemVersion) -> ItemAnalysisShown:
    question, key = version.content.question, version.key
    right = frozenset(key.correct) if isinstance(key, ChoiceKey) else frozenset[str]()
    nobody: Mapping[Group, int] = {"upper": 0, "middle": 0, "lower": 0}
    texts = {choice.id: choice.text for choice in getattr(question, "choices", ())}
    return ItemAnalysisShown(
        version_id=item.version_id,
        prompt=question.prompt.text[:PROMPT_CHARACTERS],
        kind=question.kind.value,
        n=item.n,
        omitted=item.omitted,
        difficulty=item.difficulty,
        interval=IntervalShown(low=item.interval.low, high=item.interval.high),
        discrimination=item.discrimination,
        upper_lower=item.upper_lower,
        timed=item.timed,
        mean_seconds=item.mean_seconds,
        median_seconds=item.median_seconds,
        choices=tuple(
            GroupCounts(
                choice=text,
                is_right=name in right,
                upper=item.choices.get(name, nobody)["upper"],
                middle=item.choices.get(name, nobody)["middle"],
                lower=item.choices.get(name, nobody)["lower"],
            )
            for name, text in texts.items()
        ),
        words=item.words,
    )


def _show_score(score: SlotScore) -> ScoreShown:
    return ScoreShown(**score.model_dump())


def _points(grade: Grade) -> list[int | None]:
    return [score.earned_centipoints for score in grade.scores]
