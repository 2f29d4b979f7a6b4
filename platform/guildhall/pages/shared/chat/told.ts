// What the server tells of conversations; mirrors chat/messages/wire.py and chat/messages/requests.py.

export type ConversationState = "unattended" | "open" | "queued" | "assigned" | "snoozed" | "resolved" | "closed";

export interface Choice {
  readonly entry_id: string;
  readonly text: string;
}

export interface Reply {
  readonly kind: "answer" | "clarify" | "hand_on" | "notice";
  readonly choices: readonly Choice[];
  readonly cited: readonly { readonly entry_id: string; readonly version: number; readonly title: string }[];
  readonly is_generated: boolean;
  readonly is_truncated: boolean;
}

export interface Filed {
  readonly sha256: string;
  readonly name: string;
  readonly content_type: string;
  readonly size_bytes: number;
}

export interface Entry {
  readonly conversation_id: string;
  readonly number: number;
  readonly at_ms: number;
  readonly kind: "message" | "status" | "mark" | "rating";
  readonly by: string;
  readonly role: "party" | "bot" | "agent" | "system";
  readonly name: string;
  readonly text: string;
  /** The turn that came with it; "" for none. */
  readonly turn: string;
  readonly client_id: string;
  readonly delivered: number;
  readonly read: number;
  readonly state: ConversationState;
  readonly epoch: number;
  readonly owner: string;
  readonly reply?: Reply | null;
  /** From 1 to 5 where it is one. */
  readonly rating?: number;
  readonly files?: readonly Filed[];
  readonly promised_by_ms?: number;
}

export interface Standing {
  readonly state: ConversationState;
  readonly epoch: number;
  readonly owner: string;
  readonly waiting_since_ms: number;
  /** By when a person was promised; 0 where nobody was, or it is answered. */
  readonly promised_by_ms?: number;
  /** By reader: how far things were delivered, and read. */
  readonly readers: Readonly<Record<string, readonly [number, number]>>;
}

/** An automatic message that is being written: what there is of it by now. */
export interface WritingShown {
  readonly message: string;
  readonly attempt: number;
  readonly text: string;
}

/** What one message may hold, as the house has set it. */
export interface Limits {
  readonly text_characters: number;
  readonly file_bytes: number;
  readonly files: number;
}

export interface EntriesPage {
  readonly conversation_id: string;
  readonly entries: readonly Entry[];
  readonly head: number;
  readonly standing: Standing;
  readonly writing?: WritingShown | null;
  /** Within what time people answer there now; 0 where nobody is there, or nothing is said of it. */
  readonly usual_wait_ms?: number;
  readonly limits?: Limits;
  readonly you: string;
  readonly server_time_ms: number;
}

export interface Taken {
  readonly number: number;
  readonly at_ms: number;
}

export interface HeadTold {
  readonly conversation_id: string;
  readonly head: number;
}

export interface TypingTold {
  readonly conversation_id: string;
  readonly by: string;
  readonly name: string;
  readonly is_typing: boolean;
}

export interface Admitted {
  readonly visitor: string;
  readonly visitor_token: string;
  readonly chat_token: string;
  readonly expires_at_ms: number;
}

/** More of a message that is being written; `text` begins at `offset`, in characters (code points). */
export interface DeltaTold {
  readonly conversation_id: string;
  readonly message: string;
  readonly attempt: number;
  readonly offset: number;
  readonly text: string;
  readonly is_over: boolean;
}
