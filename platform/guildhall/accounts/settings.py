"""Every number of accounts, with its unit in its name. config.yaml explains each to the owner."""

from pydantic import BaseModel, ConfigDict, Field


class HashSettings(BaseModel):
    """argon2id: the OWASP password storage sheet's first choice (19 MiB, 2 passes, 1 lane), about 28 ms a hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_kib: int = Field(19_456, ge=8)
    passes: int = Field(2, ge=1)
    threads: int = Field(2, ge=1, le=64)
    max_waiting: int = Field(256, ge=1)


class DelayLimit(BaseModel):
    """After `free_failures` in a row each further one doubles the wait; all is forgotten after `forget_seconds`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    free_failures: int = Field(5, ge=1)
    first_wait_seconds: float = Field(2.0, gt=0)
    longest_wait_seconds: float = Field(900.0, gt=0)
    forget_seconds: float = Field(3600.0, gt=0)


class BarLimit(BaseModel):
    """So many failures within one window, and an unknown device needs a proof from the mailbox as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    failures: int = Field(ge=1)
    window_seconds: int = Field(ge=1)


class ThrottleSettings(BaseModel):
    """Three axes for strangers (address, account, everybody) and one for a device that has signed in before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: DelayLimit = DelayLimit()
    pair: DelayLimit = DelayLimit()
    address: DelayLimit = DelayLimit(free_failures=30)
    account: BarLimit = BarLimit(failures=20, window_seconds=3600)
    everybody: BarLimit = BarLimit(failures=600, window_seconds=60)


class AccountsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    brand: str = "Guildhall"
    public_url: str = "http://localhost:8080"
    password_min_characters: int = Field(12, ge=8)
    password_max_characters: int = Field(128, ge=64, le=1024)
    access_token_seconds: int = Field(600, ge=30, le=3600)
    idle_seconds: int = Field(14 * 86_400, ge=60)
    lifetime_seconds: int = Field(60 * 86_400, ge=60)
    staff_idle_seconds: int = Field(1800, ge=60)
    staff_lifetime_seconds: int = Field(12 * 3600, ge=60)
    refresh_grace_seconds: float = Field(10.0, ge=0, le=60)
    live_check_seconds: float = Field(60.0, ge=0, le=60)
    one_time_token_seconds: int = Field(1800, ge=60)
    email_undo_seconds: int = Field(72 * 3600, ge=3600)
    sign_in_flow_seconds: int = Field(900, ge=60)
    code_tries: int = Field(5, ge=1, le=20)
    device_seconds: int = Field(180 * 86_400, ge=86_400)
    invitation_seconds: int = Field(7 * 86_400, ge=3600)
    job_seconds: float = Field(5.0, gt=0)
    hashing: HashSettings = HashSettings()
    throttle: ThrottleSettings = ThrottleSettings()
