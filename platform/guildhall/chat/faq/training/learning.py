"""One training from beginning to end."""

from guildhall.chat.faq.rules.bands import COLD, ENTRIES_MIN, Judged, thresholds
from guildhall.chat.faq.rules.matching import Embedder, Matcher
from guildhall.chat.faq.training.fitting import count, fit, judge, leave_entries_out, leave_phrasings_out, meters
from guildhall.chat.faq.training.lesson import Learned, Lesson

OUTCOMES_ENOUGH = 200
"""From so many questions of real conversations on, the thresholds rest on them alone."""


def learn(lesson: Lesson, embedder: Embedder | None = None) -> tuple[Matcher, Learned]:
    """Raises ValueError where there is nothing to learn from."""
    counted = count(lesson.taught)
    matcher = fit(counted, embedder)
    if len(counted.entry_ids) < ENTRIES_MIN:
        return matcher, Learned(bands=COLD, meters=meters(counted, leave_phrasings_out(counted, embedder)))
    trials = leave_phrasings_out(counted, embedder)
    judged = judge(matcher, lesson.outcomes)
    if len(judged) < OUTCOMES_ENOUGH:
        judged += [Judged(one.confidence, one.found == one.owner) for one in trials]
        judged += [Judged(one.confidence, False, is_outside=True) for one in leave_entries_out(counted, embedder)]
    bands = thresholds(judged, lesson.precision, lesson.kept_in_scope, lesson.outside_share)
    return matcher, Learned(bands=bands, meters=meters(counted, trials))
