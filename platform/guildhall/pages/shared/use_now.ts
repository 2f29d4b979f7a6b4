import { useEffect, useState } from "preact/hooks";

/** Re-renders every `everyMs`, and tells the local time: for ages and durations that grow while nothing happens. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
