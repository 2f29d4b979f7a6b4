// How the desk puts things into words. Pure.
import type { Standing } from "../shared/chat/told";
import type { Agent, DeskConversation } from "./told";

/** How long ago, in the largest unit that says something. */
export function sayAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** What is left of the time that the visitor was promised. */
export function sayPromise(leftMs: number): string {
  return leftMs < 0 ? `promised ${sayAge(-leftMs)} ago` : `promised within ${sayAge(leftMs)}`;
}

export function sayParty(conversation: DeskConversation): string {
  if (conversation.party_name !== "") return conversation.party_name;
  return conversation.kind === "visitor" ? `Visitor ${conversation.id.slice(-4)}` : conversation.subject_id;
}

const KINDS: Readonly<Record<DeskConversation["kind"], string>> = {
  visitor: "",
  exam: "Exam",
  application: "Application",
  contract: "Contract",
};

/** What people who are known talk about; "" for visitors. */
export function sayAbout({ kind, context }: DeskConversation): string {
  return kind === "visitor" ? "" : `${KINDS[kind]}: ${context.title ?? ""}`;
}

/** Who may speak now, so that two never do: there is one speaker, and everybody reads who it is. */
export function saySpeaker(standing: Pick<Standing, "state" | "owner">, you: string, agents: readonly Agent[]): string {
  switch (standing.state) {
    case "unattended":
      return "The bot answers. Take it to answer yourself.";
    case "open":
      return "The two sides talk among themselves.";
    case "queued":
      return "Nobody answers yet. Take it to answer.";
    case "assigned":
      if (standing.owner === you) return "You hold it: only you can answer.";
      return `${nameOf(standing.owner, agents)} holds it: only they can answer.`;
    case "snoozed":
      return "Put off; it comes back to its queue by itself, or when the other side writes.";
    case "resolved":
      return "Resolved. When the other side writes it is open again.";
    case "closed":
      return "Closed for good; it can be read.";
  }
}

export function nameOf(agentId: string, agents: readonly Agent[]): string {
  return agents.find((each) => each.id === agentId)?.name || "Another agent";
}
