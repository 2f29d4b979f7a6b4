// What crosses HTTP about webhooks: the mirror of guildhall/notifications/webhooks/messages.py, and how it is said.

export interface Endpoint {
  readonly endpoint_id: string;
  readonly organisation_id: string;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly state: "active" | "paused" | "disabled";
  readonly why: string;
  readonly made_at_ms: number;
  readonly failing_since_ms: number;
  readonly former_secret_until_ms: number;
  readonly allowed_actions: readonly { readonly event: "pause" | "resume"; readonly allowed: boolean; readonly reason: string | null }[];
}

export interface EventType {
  readonly name: string;
  readonly words: string;
}

export interface Endpoints {
  readonly items: readonly Endpoint[];
  readonly types: readonly EventType[];
  readonly endpoints_max: number;
}

export interface Revealed {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

export interface Attempt {
  readonly at_ms: number;
  readonly status: number;
  readonly duration_ms: number;
  readonly reason: string;
}

export interface Delivery {
  readonly event_id: string;
  readonly type: string;
  readonly made_at_ms: number;
  readonly state: "waiting" | "delivered" | "failed";
  readonly next_at_ms: number;
  readonly attempts: readonly Attempt[];
}

export const STATE_WORDS = { active: "On", paused: "Paused", disabled: "Turned off" } as const;
export const STATE_TONES = { active: "good", paused: undefined, disabled: "alarm" } as const;
export const DELIVERY_WORDS = { waiting: "Waiting", delivered: "Delivered", failed: "Failed" } as const;
export const DELIVERY_TONES = { waiting: undefined, delivered: "good", failed: "alarm" } as const;

/** "answered 500 after 21 ms", or why nothing was. */
export function sayAttempt(one: Attempt): string {
  const what = one.status === 0 ? one.reason : `answered ${one.status}${one.reason === "" ? "" : ` (${one.reason})`}`;
  return one.duration_ms === 0 ? what : `${what}, after ${one.duration_ms} ms`;
}

export function sayTypes(endpoint: Endpoint): string {
  if (endpoint.types.length === 0) return "every event";
  return endpoint.types.length === 1 ? (endpoint.types[0] ?? "") : `${endpoint.types.length} kinds of event`;
}
