"""Three machines as data: an account's life, a session's life, and the short life of a sign-in that needs two steps.

Being throttled is no state: it slows down guesses at credentials and leaves the account alone. Signing up makes an
account in the initial state; an invitation's first use makes one and applies `accept_invitation` at once.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move, Timer

DAY_SECONDS: Final = 86_400
SIGN_UP_EXPIRES_SECONDS: Final = 7 * DAY_SECONDS
ERASURE_GRACE_SECONDS: Final = 30 * DAY_SECONDS
REACTIVATION_SECONDS: Final = 365 * DAY_SECONDS


class Actor(StrEnum):
    SELF = "self"
    ADMIN = "admin"
    RULE = "rule"
    TIMER = "timer"


class AccountState(StrEnum):
    PENDING_VERIFICATION = "pending_verification"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"
    ERASURE_PENDING = "erasure_pending"
    ERASED = "erased"


class AccountEvent(StrEnum):
    VERIFY_EMAIL = "verify_email"
    EXPIRE_SIGN_UP = "expire_sign_up"
    ACCEPT_INVITATION = "accept_invitation"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    REQUEST_ERASURE = "request_erasure"
    CANCEL_ERASURE = "cancel_erasure"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the account's guards look at. Later domains say by `is_bound` that a contract or dispute is open."""

    email_matches: bool = False
    is_own: bool = False
    did_suspend: bool = False
    is_bound: bool = False
    is_held: bool = False
    was: AccountState = AccountState.ACTIVE
    state_age_seconds: float = 0.0


_EMAIL_MATCHES = Guard(
    "same e-mail", lambda facts: facts.email_matches, "the invitation was sent to another e-mail address"
)
_NOT_OWN = Guard("not one's own", lambda facts: not facts.is_own, "nobody may do this to their own account")
_NOT_SUSPENDER = Guard(
    "another admin", lambda facts: not facts.did_suspend, "an admin other than the one who suspended it must decide"
)
_UNBOUND = Guard("nothing open", lambda facts: not facts.is_bound, "a contract, payout or dispute is still open")
_IN_TIME = Guard(
    "within a year",
    lambda facts: facts.state_age_seconds < REACTIVATION_SECONDS,
    "it was deactivated more than a year ago",
)
_WAS_ACTIVE = Guard("was active", lambda facts: facts.was is AccountState.ACTIVE, "it was not active before")
_WAS_DEACTIVATED = Guard(
    "was deactivated", lambda facts: facts.was is AccountState.DEACTIVATED, "it was not deactivated before"
)
_UNHELD = Guard("no legal hold", lambda facts: not facts.is_held, "the law obliges us to keep it for now")

_SELF = frozenset({Actor.SELF})
_TIMER = frozenset({Actor.TIMER})
_S = AccountState
_E = AccountEvent

ACCOUNT: Machine[AccountState] = Machine(
    name="account",
    states=AccountState,
    initial=_S.PENDING_VERIFICATION,
    final=frozenset({_S.ERASED}),
    moves=(
        Move(_E.VERIFY_EMAIL, frozenset({_S.PENDING_VERIFICATION}), _S.ACTIVE, _SELF, effects=("spend_token",)),
        Move(_E.EXPIRE_SIGN_UP, frozenset({_S.PENDING_VERIFICATION}), _S.ERASED, _TIMER, effects=("free_email",)),
        Move(
            _E.ACCEPT_INVITATION,
            frozenset({_S.PENDING_VERIFICATION}),
            _S.ACTIVE,
            _SELF,
            guard=_EMAIL_MATCHES,
            effects=("join_organisation",),
        ),
        Move(
            _E.SUSPEND,
            frozenset({_S.ACTIVE}),
            _S.SUSPENDED,
            frozenset({Actor.ADMIN, Actor.RULE}),
            guard=_NOT_OWN,
            effects=("end_sessions", "close_sockets", "mail"),
        ),
        Move(
            _E.REINSTATE,
            frozenset({_S.SUSPENDED}),
            _S.ACTIVE,
            frozenset({Actor.ADMIN}),
            guard=_NOT_SUSPENDER,
            effects=("mail",),
        ),
        Move(
            _E.DEACTIVATE,
            frozenset({_S.ACTIVE}),
            _S.DEACTIVATED,
            _SELF,
            guard=_UNBOUND,
            effects=("end_sessions", "close_sockets", "mail"),
        ),
        Move(_E.REACTIVATE, frozenset({_S.DEACTIVATED}), _S.ACTIVE, _SELF, guard=_IN_TIME, effects=("spend_token",)),
        Move(
            _E.REQUEST_ERASURE,
            frozenset({_S.ACTIVE, _S.DEACTIVATED}),
            _S.ERASURE_PENDING,
            _SELF,
            guard=_UNBOUND,
            effects=("mail",),
            timer=Timer(_E.ERASE, ERASURE_GRACE_SECONDS),
        ),
        Move(_E.CANCEL_ERASURE, frozenset({_S.ERASURE_PENDING}), _S.ACTIVE, _SELF, guard=_WAS_ACTIVE),
        Move(_E.CANCEL_ERASURE, frozenset({_S.ERASURE_PENDING}), _S.DEACTIVATED, _SELF, guard=_WAS_DEACTIVATED),
        Move(
            _E.ERASE,
            frozenset({_S.ERASURE_PENDING}),
            _S.ERASED,
            _TIMER,
            guard=_UNHELD,
            effects=("end_sessions", "close_sockets", "pseudonymise", "free_email"),
        ),
    ),
)


class SessionState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class SessionEvent(StrEnum):
    REFRESH = "refresh"
    REVOKE = "revoke"
    EXPIRE = "expire"


class RefreshCase(StrEnum):
    """What a presented refresh token is to its family; decided by `rules/refreshing.py`."""

    CURRENT = "current"
    GRACE = "grace"
    REUSED = "reused"
    UNKNOWN = "unknown"


_IS_CURRENT = Guard("current token", lambda case: case is RefreshCase.CURRENT, "the token is not the current one")
_IS_GRACE = Guard("its answer was lost", lambda case: case is RefreshCase.GRACE, "its time of grace is over")
_IS_REUSED = Guard("older token", lambda case: case is RefreshCase.REUSED, "the token is not of this sign-in")

SESSION: Machine[SessionState] = Machine(
    name="session",
    states=SessionState,
    initial=SessionState.ACTIVE,
    final=frozenset({SessionState.REVOKED, SessionState.EXPIRED}),
    moves=(
        Move(
            SessionEvent.REFRESH,
            frozenset({SessionState.ACTIVE}),
            SessionState.ACTIVE,
            _SELF,
            guard=_IS_CURRENT,
            effects=("rotate",),
        ),
        Move(
            SessionEvent.REFRESH,
            frozenset({SessionState.ACTIVE}),
            SessionState.ACTIVE,
            _SELF,
            guard=_IS_GRACE,
            effects=("repeat_successor",),
        ),
        Move(
            SessionEvent.REFRESH,
            frozenset({SessionState.ACTIVE}),
            SessionState.REVOKED,
            _SELF,
            guard=_IS_REUSED,
            effects=("close_sockets", "security_mail"),
        ),
        Move(
            SessionEvent.REVOKE,
            frozenset({SessionState.ACTIVE}),
            SessionState.REVOKED,
            frozenset({Actor.SELF, Actor.ADMIN, Actor.RULE}),
            effects=("close_sockets",),
        ),
        Move(
            SessionEvent.EXPIRE,
            frozenset({SessionState.ACTIVE}),
            SessionState.EXPIRED,
            _TIMER,
            effects=("close_sockets",),
        ),
    ),
)


class SignInState(StrEnum):
    """The password was right; the account also asks for a second factor."""

    SECOND_FACTOR_REQUIRED = "second_factor_required"
    DONE = "done"
    FAILED = "failed"


class SignInEvent(StrEnum):
    PROVE = "prove"
    MISS = "miss"


_HAS_TRIES = Guard("tries left", lambda tries_left: tries_left > 0, "there were too many wrong codes")
_HAS_NO_TRIES = Guard("no tries left", lambda tries_left: tries_left <= 0, "there are tries left")

SIGN_IN: Machine[SignInState] = Machine(
    name="sign-in",
    states=SignInState,
    initial=SignInState.SECOND_FACTOR_REQUIRED,
    final=frozenset({SignInState.DONE, SignInState.FAILED}),
    moves=(
        Move(SignInEvent.PROVE, frozenset({SignInState.SECOND_FACTOR_REQUIRED}), SignInState.DONE, _SELF),
        Move(
            SignInEvent.MISS,
            frozenset({SignInState.SECOND_FACTOR_REQUIRED}),
            SignInState.SECOND_FACTOR_REQUIRED,
            _SELF,
            guard=_HAS_TRIES,
        ),
        Move(
            SignInEvent.MISS,
            frozenset({SignInState.SECOND_FACTOR_REQUIRED}),
            SignInState.FAILED,
            _SELF,
            guard=_HAS_NO_TRIES,
        ),
    ),
)
