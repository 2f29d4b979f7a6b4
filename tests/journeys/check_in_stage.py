"""The check-in as journeys pass it: a delivery's policy, both photographs, and a proctor who looks at them."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.kit.clock import SystemClock
from guildhall.kit.storage import StorageSettings, open_storage
from guildhall.proctoring.model.admission import DeliveryPolicy, ProctoringPolicy
from guildhall.proctoring.store.admissions import AdmissionStore

PATIENCE_MS = 90_000


async def set_policy(sqlite_path: Path, policy: ProctoringPolicy) -> None:
    storage = open_storage(StorageSettings(sqlite_path=sqlite_path))
    await storage.start()
    try:
        store = AdmissionStore(storage)
        await store.ensure()
        await store.policies.add(
            DeliveryPolicy(id=DEMO_DELIVERY_ID, created_at_ms=SystemClock().now_ms(), policy=policy)
        )
    finally:
        await storage.close()


async def photograph(page: Page) -> None:
    """Both pictures: each is on the page at once, and nobody goes on without them."""
    go_on = page.get_by_test_id("photos-go-on")
    await expect(go_on).to_have_attribute("aria-disabled", "true")
    for kind in ("face", "id_document"):
        await expect(page.get_by_test_id("photographs")).to_have_attribute("data-busy", "false", timeout=PATIENCE_MS)
        await page.get_by_test_id(f"take-{kind}").press("Enter")
        await expect(page.get_by_test_id(f"photo-{kind}")).to_have_attribute("data-taken", "true", timeout=PATIENCE_MS)
        await expect(page.get_by_test_id(f"still-{kind}")).to_have_attribute("data-drawn", "true", timeout=PATIENCE_MS)
    await expect(go_on).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)


async def look_at_photographs(arrival: Locator) -> None:
    for kind in ("face", "id_document"):
        await arrival.get_by_test_id(f"show-{kind}").click()
        await expect(arrival.get_by_test_id(f"print-{kind}")).to_have_attribute(
            "data-drawn", "true", timeout=PATIENCE_MS
        )
