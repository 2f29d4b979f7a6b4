"""The report of one watched attempt, for those who answer for an exam and for its candidate."""

from guildhall.proctoring.messages.reviewing import RightsShown, Shape


class ReportShown(Shape):
    """Heads are the newest hashes of the session's two chains: whoever keeps them can find any later edit."""

    candidate_name: str
    delivery_id: str
    attempt_state: str
    exceptions: tuple[str, ...]
    standing: str
    made_at_ms: int
    signal_chunks: int
    signal_head: str
    log_entries: int
    log_head: str
    rights: RightsShown
