"""What an owner may set about money. config.yaml explains each."""

from pydantic import BaseModel, ConfigDict, Field


class HouseSettings(BaseModel):
    """The platform as it stands on its invoices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("Guildhall", min_length=1, max_length=120)
    address: str = Field("", max_length=400)
    country: str = Field("", pattern=r"^([A-Z]{2})?$")
    tax_id: str = Field("", max_length=40)
    tax_basis_points: int = Field(0, ge=0, le=5_000, description="Of sales tax within its fees.")


class BankSettings(BaseModel):
    """The house's own account, which payouts leave and deposits reach by bank transfer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: str = Field("", max_length=70)
    iban: str = Field("", max_length=42)
    bic: str = Field("", max_length=11)


class PaymentsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fee_basis_points: int = Field(1_000, ge=0, le=5_000, description="Of what is released; pinned to each hold.")
    hold_warning_days: tuple[int, ...] = Field((14, 3, 1), max_length=6)
    claim_days: int = Field(14, ge=1, le=365, description="To settle what is owed after a chargeback.")
    claim_reminder_days: int = Field(3, ge=0, le=60, description="Before that day its payer is reminded.")
    payout_minimum_minor: int = Field(1_000, ge=1)
    payout_cool_down_hours: float = Field(72.0, ge=0, le=720, description="After the bank account was changed.")
    debit_notice_hours: float = Field(
        72.0, ge=0, le=720, description="Between the notice to an agent and an entry by hand that takes from them."
    )
    job_seconds: float = Field(1.0, ge=0.05, le=60)
    recover_after_seconds: float = Field(5.0, ge=0, le=600, description="What a process that died left is taken over.")
    reconcile_hours: float = Field(24.0, ge=0.01, le=168)
    house: HouseSettings = HouseSettings()
    bank: BankSettings = BankSettings()
