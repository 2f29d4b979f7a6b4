import { useEffect, useRef } from "preact/hooks";
import type { Wall } from "./wall";

const LOOK_MS = 20_000; // a look that lasts is told again, so that the ranking knows that somebody is here

/**
 * While one candidate is before the proctor: reads their history, tells that the look lasts, and renews the lease of
 * whoever attends. Going away leaves the candidate; a page that dies leaves them when the lease is over.
 */
export function useAttending(wall: Wall, sessionId: string, isMine: boolean): void {
  const { floor } = wall;
  const told = floor.cases.get(sessionId);
  const held = useRef(isMine);
  held.current = isMine;
  const isConnected = wall.line.state === "connected";
  useEffect(() => {
    if (isConnected) void floor.read(sessionId);
  }, [sessionId, told?.rev, isConnected]);
  const look = (): void => {
    if (document.visibilityState === "visible") wall.focus(sessionId);
  };
  const unread = told?.unread ?? 0;
  useEffect(() => {
    if (unread > 0) look();
  }, [sessionId, unread]);
  useEffect(() => {
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [sessionId]);
  useEffect(() => {
    if (!isMine) return;
    const timer = setInterval(() => void floor.attend(sessionId, "attend"), floor.leaseMs / 3);
    return () => clearInterval(timer);
  }, [sessionId, isMine, floor.leaseMs]);
  useEffect(
    () => () => {
      if (held.current) void floor.attend(sessionId, "leave");
    },
    [sessionId],
  );
}
