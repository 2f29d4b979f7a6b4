"""config.yaml and the environment, composed of each package's own settings. Only entry points and `app` see it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from guildhall.accounts.settings import AccountsSettings
from guildhall.assessments.settings import AssessmentsSettings
from guildhall.chat.answering.settings import AnsweringSettings
from guildhall.chat.faq.settings import FaqSettings
from guildhall.chat.settings import ChatSettings
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.blobs import BlobSettings
from guildhall.kit.bus import BusSettings
from guildhall.kit.http import PipelineSettings
from guildhall.kit.logs import LogSettings
from guildhall.kit.mail import MailSettings
from guildhall.kit.settings import load_settings
from guildhall.kit.sockets import SocketSettings
from guildhall.kit.storage import StorageSettings
from guildhall.kit.tokens import SECRET_BYTES_MIN
from guildhall.notifications.webhooks.settings import WebhookSettings
from guildhall.onboarding.settings import OnboardingSettings
from guildhall.opportunities.settings import OpportunitySettings
from guildhall.pages.settings import PagesSettings
from guildhall.payments.settings import PaymentsSettings
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.client import EngineSettings


class HttpSettings(PipelineSettings):
    """Where the web role listens, and how it treats requests."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65_535)
    drain_seconds: float = Field(5.0, ge=0, le=300)


class SecuritySettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    token_secret: str | None = Field(None, repr=False)
    token_secret_path: Path = Path("var/token-secret")
    signing_secrets: tuple[str, ...] = Field(default=(), repr=False)
    """Newest first; empty: tokens are signed with the house's secret itself."""

    sealing_secrets: tuple[str, ...] = Field(default=(), repr=False)
    """Newest first; what the house's secret or an older one has sealed is still opened."""

    @field_validator("signing_secrets", "sealing_secrets")
    @classmethod
    def is_long_enough(cls, secrets: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(secret.encode()) < SECRET_BYTES_MIN for secret in secrets):
            raise ValueError(f"each needs at least {SECRET_BYTES_MIN} bytes")
        return secrets


class Config(BaseModel):
    """The whole configuration; each branch belongs to the package that reads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    http: HttpSettings = HttpSettings()
    security: SecuritySettings = SecuritySettings()
    storage: StorageSettings = StorageSettings()
    blobs: BlobSettings = BlobSettings()
    bus: BusSettings = BusSettings()
    sockets: SocketSettings = SocketSettings()
    mail: MailSettings = MailSettings()
    accounts: AccountsSettings = AccountsSettings()
    assessments: AssessmentsSettings = AssessmentsSettings()
    chat: ChatSettings = ChatSettings()
    faq: FaqSettings = FaqSettings()
    answering: AnsweringSettings = AnsweringSettings()
    onboarding: OnboardingSettings = OnboardingSettings()
    payments: PaymentsSettings = PaymentsSettings()
    opportunities: OpportunitySettings = OpportunitySettings()
    gigs: GigsSettings = GigsSettings()
    webhooks: WebhookSettings = WebhookSettings()
    engine: EngineSettings = EngineSettings()
    proctoring: ProctoringSettings = ProctoringSettings()
    pages: PagesSettings = PagesSettings()
    logs: LogSettings = LogSettings()

    @model_validator(mode="after")
    def scaled_mode_is_whole(self) -> Self:
        """A bus between processes with a secret or a database for each of them would fail one request in N."""
        if self.bus.redis_url and self.storage.mongo_url and not self.security.token_secret:
            raise ValueError(
                "security.token_secret must be set (TOKEN_SECRET) when several processes share MongoDB and Redis"
            )
        return self


def load_config(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read config.yaml from the working directory, or the file that GUILDHALL_CONFIG names.

    Raises `SettingsError` with a sentence for each thing that is wrong.
    """
    environment = dict(os.environ if environ is None else environ)
    named = environment.pop("GUILDHALL_CONFIG", None)
    chosen = path or (Path(named) if named else Path("config.yaml"))
    return load_settings(Config, chosen if named or path or chosen.exists() else None, environment)
