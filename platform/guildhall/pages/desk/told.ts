// What the server tells the desk: the mirror of chat/messages/desk.py. Times are UTC milliseconds.
import type { ConversationState } from "../shared/chat/told";

export type PresenceState = "online" | "away" | "offline";

export interface DeskConversation {
  readonly id: string;
  readonly kind: "visitor" | "exam" | "gig";
  readonly site: string;
  readonly subject_id: string;
  readonly state: ConversationState;
  readonly owner: string;
  readonly queue: string;
  readonly party_name: string;
  readonly context: Readonly<Record<string, string>>;
  readonly waiting_since_ms: number;
  readonly wake_at_ms: number;
  readonly head: number;
  readonly last_at_ms: number;
  readonly last_text: string;
  readonly last_by: string;
  readonly tags: readonly string[];
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly presence: PresenceState;
  readonly lease_until_ms: number;
  readonly limit: number;
  readonly queues: readonly string[];
  readonly holds: number;
}

export interface Note {
  readonly number: number;
  readonly at_ms: number;
  readonly by: string;
  readonly name: string;
  readonly text: string;
}

export interface ViewingTold {
  readonly conversation_id: string;
  readonly by: string;
  readonly name: string;
}
