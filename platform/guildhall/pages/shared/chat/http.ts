import type { Answer } from "../line";
import { NOT_REACHED, readProblem } from "../problems";

const PATIENCE_MS = 20_000;
/** For bytes, either way. */
const LONG_PATIENCE_MS = 120_000;
export type Method = "GET" | "POST" | "PUT";

/**
 * Asks the API with a bearer token of its own and without cookies: a widget has neither sign-in nor session.
 * Bytes may go and come as a Blob.
 */
export async function askBearing<T>(
  method: Method,
  path: string,
  token: string,
  body?: object | Blob,
): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== "") headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = body instanceof Blob ? body.type : "application/json";
  const init: RequestInit = {
    method,
    headers,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(body instanceof Blob ? LONG_PATIENCE_MS : PATIENCE_MS),
  };
  if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body);
  try {
    const response = await fetch(path, init);
    if (response.status === 204) return { reply: undefined as T };
    const isBytes = response.ok && !(response.headers.get("content-type") ?? "").includes("json");
    if (isBytes) return { reply: (await response.blob()) as T };
    const told: unknown = await response.json().catch(() => null);
    return response.ok ? { reply: told as T } : { problem: readProblem(response.status, told) };
  } catch {
    return { problem: NOT_REACHED };
  }
}
