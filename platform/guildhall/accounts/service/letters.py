"""Every mail accounts sends, in plain words. Pure: makes effects, sends nothing."""

from guildhall.accounts.model import Account, Effect, EffectKind, Organisation, TokenPurpose
from guildhall.accounts.settings import AccountsSettings

_PAGES = {
    TokenPurpose.VERIFY_EMAIL: "verify-email",
    TokenPurpose.RESET_PASSWORD: "reset-password",
    TokenPurpose.CHANGE_EMAIL: "change-email",
    TokenPurpose.UNDO_EMAIL: "undo-email",
    TokenPurpose.KNOW_DEVICE: "confirm-device",
    TokenPurpose.REACTIVATE: "reactivate",
}
_NOT_YOU = "If this was not you, you need not do anything."


class Letters:
    """Links carry their token in the fragment, which no server log and no referrer ever sees."""

    def __init__(self, settings: AccountsSettings) -> None:
        self._brand = settings.brand
        self._url = settings.public_url.rstrip("/")
        self._minutes = settings.one_time_token_seconds // 60
        self._undo_hours = settings.email_undo_seconds // 3600

    def verify_email(self, account: Account, token: str, now_ms: int) -> Effect:
        text = (
            f"Welcome to {self._brand}, {account.name}.\n\nConfirm this address by opening, within {self._minutes} "
            f"minutes:\n{self._link(TokenPurpose.VERIFY_EMAIL, token)}\n\n{_NOT_YOU}"
        )
        return self._mail(account.email, "verify_email", "Confirm your e-mail address", text, now_ms)

    def already_member(self, email: str, now_ms: int) -> Effect:
        text = (
            "Somebody, probably you, signed up with this address, which already has an account.\n\n"
            f"Sign in: {self._url}/sign-in\nForgot the password: {self._url}/reset-password\n\n{_NOT_YOU}"
        )
        return self._mail(email, "already_member", f"You already have a {self._brand} account", text, now_ms)

    def address_kept(self, email: str, now_ms: int) -> Effect:
        text = (
            f"This address belonged to an account until lately, and is kept for it for {self._undo_hours} hours. "
            "If that account is yours and you did not change its address, use the link in our mail about the change.\n"
        )
        return self._mail(email, "address_kept", "This address cannot be used yet", text, now_ms)

    def reset_password(self, account: Account, token: str, now_ms: int) -> Effect:
        text = (
            f"Choose a new password by opening, within {self._minutes} minutes:\n"
            f"{self._link(TokenPurpose.RESET_PASSWORD, token)}\n\n{_NOT_YOU} Your password stays as it is."
        )
        return self._mail(account.email, "reset_password", "Choose a new password", text, now_ms)

    def change_email(self, email: str, token: str, now_ms: int) -> Effect:
        text = (
            f"Use this address for your {self._brand} account by opening, within {self._minutes} minutes:\n"
            f"{self._link(TokenPurpose.CHANGE_EMAIL, token)}\n\n{_NOT_YOU}"
        )
        return self._mail(email, "change_email", "Confirm your new e-mail address", text, now_ms)

    def email_changed(self, former_email: str, token: str, now_ms: int) -> Effect:
        text = (
            f"The address of your {self._brand} account was changed; this one is no longer used.\n\nIf this was not "
            f"you, take it back within {self._undo_hours} hours. All are signed out and you choose a new password:\n"
            f"{self._link(TokenPurpose.UNDO_EMAIL, token)}"
        )
        return self._mail(former_email, "email_changed", "Your e-mail address was changed", text, now_ms)

    def know_device(self, account: Account, token: str, now_ms: int) -> Effect:
        text = (
            "There were many failed attempts to sign in to your account, so a new device needs your consent.\n\nIf you "
            f"are signing in right now, open this on the same device within {self._minutes} minutes, then sign in:\n"
            f"{self._link(TokenPurpose.KNOW_DEVICE, token)}\n\nIf you are not, somebody knows your password: change it."
        )
        return self._mail(account.email, "know_device", "Is this you signing in?", text, now_ms)

    def reactivate(self, account: Account, token: str, now_ms: int) -> Effect:
        text = (
            f"Your account is deactivated. To use it again open, within {self._minutes} minutes:\n"
            f"{self._link(TokenPurpose.REACTIVATE, token)}\n\n{_NOT_YOU}"
        )
        return self._mail(account.email, "reactivate", "Use your account again", text, now_ms)

    def invitation(self, email: str, organisation: Organisation, token: str, now_ms: int) -> Effect:
        text = (
            f"You are invited to join {organisation.name} on {self._brand}:\n{self._url}/join#token={token}\n\n"
            "If you do not know them, you need not do anything."
        )
        return self._mail(email, "invitation", f"Join {organisation.name} on {self._brand}", text, now_ms)

    def security_notice(self, account: Account, what: str, now_ms: int) -> Effect:
        text = (
            f"{what}\n\nIf this was not you, choose a new password now, and look at where you are signed in:\n"
            f"{self._url}/reset-password\n{self._url}/sessions"
        )
        return self._mail(account.email, "security_notice", "A change to your account", text, now_ms)

    def notice(self, account: Account, subject: str, text: str, now_ms: int) -> Effect:
        return self._mail(account.email, "notice", subject, text, now_ms)

    def _link(self, purpose: TokenPurpose, token: str) -> str:
        return f"{self._url}/{_PAGES[purpose]}#token={token}"

    def _mail(self, to: str, kind: str, subject: str, text: str, now_ms: int) -> Effect:
        line = " ".join(subject.split())[:200]  # a name may hold what a header must not
        details = {"to": to, "kind": kind, "subject": line, "text": f"{text}\n"}
        return Effect(kind=EffectKind.MAIL, at_ms=now_ms, details=details)
