import { useEffect, useRef } from "preact/hooks";
import type { Seat } from "../seat";
import { ClaimCourier } from "./claim_courier";
import { ClaimOutbox } from "./claim_outbox";
import { collect } from "./collector";

/** Collects what this exam asks for and the candidate agreed to, while `isActive`; what waits goes out whenever there is a line. */
export function useClaims(seat: Seat | null, isActive: boolean): void {
  const courier = useRef<ClaimCourier | null>(null);
  const sessionId = seat?.session?.session_id ?? null;
  const line = seat?.line ?? null;
  useEffect(() => {
    if (sessionId === null || line === null) return;
    const page = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => (byte % 36).toString(36)).join("");
    const opened = new ClaimCourier(line, new ClaimOutbox(sessionId, localStorage, page));
    courier.current = opened;
    return () => opened.close();
  }, [sessionId, line]);
  const kinds = seat?.admission?.claims ?? [];
  const key = kinds.join(" ");
  // After a reconnect the admission is told again: then the seat is taken, and claims are listened to.
  useEffect(() => {
    if (line?.state === "connected" && kinds.length > 0) courier.current?.wake(true);
  }, [seat?.admission, line?.state]);
  useEffect(() => {
    if (!isActive || kinds.length === 0) return;
    return collect(kinds, seat?.admission?.claim_least_ms ?? 1000, (claim) => courier.current?.add(claim));
  }, [isActive, key, sessionId]);
}
