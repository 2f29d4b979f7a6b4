import { useEffect } from "preact/hooks";
import type { PaymentShown, PayoutShown } from "../shared/money/told";

const LOOK_MS = 3_000;
const OPEN: ReadonlySet<string> = new Set(["created", "processing", "requires_action", "requested", "pending", "in_transit"]);

/** Looks again while a provider has not said what became of something. */
export function useWhileOpen(flows: readonly (PaymentShown | PayoutShown)[], again: () => void): void {
  const isOpen = flows.some((one) => OPEN.has(one.state));
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(() => document.hidden || again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isOpen]);
}
