import type { Answer } from "../line";
import { NOT_REACHED, readProblem } from "../problems";

const PATIENCE_MS = 20_000;

/** Asks the API with a bearer token of its own and without cookies: a widget has neither sign-in nor session. */
export async function askBearing<T>(
  method: "GET" | "POST",
  path: string,
  token: string,
  body?: object,
): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== "") headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = {
    method,
    headers,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  try {
    const response = await fetch(path, init);
    if (response.status === 204) return { reply: undefined as T };
    const told: unknown = await response.json().catch(() => null);
    return response.ok ? { reply: told as T } : { problem: readProblem(response.status, told) };
  } catch {
    return { problem: NOT_REACHED };
  }
}
