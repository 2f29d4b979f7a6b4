"""What an exam asks of those who sit it, as its owner sets it: the policy, and the words of all it could ask."""

from guildhall.proctoring.messages.reviewing import Shape
from guildhall.proctoring.model.admission import CheckName, ClaimKind, ConsentSignal, ProctoringPolicy


class SignalOffered(Shape):
    """A signal that a policy may ask about, in the very words that a candidate reads."""

    signal: ConsentSignal
    title: str
    what: str
    without: str


class CheckOffered(Shape):
    name: CheckName
    title: str


class ClaimOffered(Shape):
    """`can_count`: whether anything but the browser could ever say the same; nothing counts without."""

    kind: ClaimKind
    words: str
    can_count: bool


class PolicyShown(Shape):
    delivery_id: str
    rev: int
    """For If-Match, so that whoever saves last writes over nothing unseen; 0: nobody has given it a policy yet."""
    is_own: bool
    """False: nobody has given this delivery one, so it is asked what is usual."""
    is_proctored: bool
    needs_admission: bool
    """A proctor lets each candidate in. A property of the exam; a policy does not change it."""
    policy: ProctoringPolicy
    usual: ProctoringPolicy
    """What is asked where nobody has given a delivery a policy."""
    signals: tuple[SignalOffered, ...]
    checks: tuple[CheckOffered, ...]
    claims: tuple[ClaimOffered, ...]
