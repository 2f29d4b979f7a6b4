// What the server tells the desk: the mirror of chat/messages/desk.py. Times are UTC milliseconds.
import type { ConversationState } from "../shared/chat/told";

export type PresenceState = "online" | "away" | "offline";

export interface DeskConversation {
  readonly id: string;
  readonly kind: "visitor" | "exam" | "application" | "contract";
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
  /** From 1 to 5; 0 where none was given. */
  readonly rating: number;
  readonly rating_text: string;
  readonly has_bot: boolean;
  /** By when a person was promised who has not answered yet; 0 where none was. */
  readonly promised_by_ms: number;
  readonly contact: string;
}

export interface CannedReply {
  readonly id: string;
  readonly shortcut: string;
  readonly text: string;
  readonly is_shared: boolean;
}

/** The mirror of chat/answering/messages.py. */
export interface WhyCard {
  /** Of what was said; 0 where nothing was. */
  readonly number: number;
  readonly asked_number: number;
  readonly question: string;
  readonly kind: "answer" | "clarify" | "hand_on" | "notice" | "";
  readonly outcome: string;
  readonly why: {
    readonly rule: string;
    readonly matcher: string;
    readonly candidates: readonly { readonly entry_id: string; readonly title: string; readonly probability: number }[];
    readonly took_ms: number;
    readonly tokens: number;
    readonly redacted: readonly string[];
    readonly ai: string;
  };
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
