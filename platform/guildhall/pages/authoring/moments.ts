// Times as `datetime-local` fields write them: this browser's clock, without a zone. Pure.

export function atLocal(at_ms: number): string {
  const at = new Date(at_ms - new Date(at_ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16);
}

/** 0 for what is no time: the server says then what is wrong with it. */
export function readLocal(text: string): number {
  const at_ms = new Date(text).getTime();
  return Number.isFinite(at_ms) ? at_ms : 0;
}
