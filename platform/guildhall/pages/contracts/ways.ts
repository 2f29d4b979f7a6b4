// The words of every action, and what is asked before it is done.
import type { Way } from "./acts";

export const CONTRACT_WAYS: Readonly<Record<string, Way>> = {
  begin: {
    words: "Let work begin",
    isPrimary: true,
    asks: "sure",
    explains: "The most that this week can come to is set aside from what you have paid in, and so it is for each week as it begins. What is not worked of a week goes back to you once it is settled.",
  },
  resume: { words: "Resume", isPrimary: true },
  pause: { words: "Pause", asks: "reason", explains: "Say why; the other side reads it. What was handed in keeps its clock." },
  end: { words: "End the contract", asks: "reason", explains: "What is open can be settled until the end of the agreed notice. After that, what was never handed in goes back to the client, and what waits for changes is disputed." },
  void: { words: "Do not begin", asks: "reason", explains: "Nothing is held for it yet. The other side reads why." },
  propose_termination: { words: "Propose to end it", asks: "reason", explains: "A second person has to agree. Whatever was worked on is then looked at in a dispute." },
  drop_termination: { words: "Drop the proposal" },
  terminate: { words: "End it for the house", asks: "sure", explains: "Both sides are told the reason. Nothing goes back or out by itself." },
};

export const MILESTONE_WAYS: Readonly<Record<string, Way>> = {
  accept: { words: "Accept", isPrimary: true },
  fund: { words: "Fund", isPrimary: true, asks: "sure", explains: "Its whole pay is set aside from what you have paid in. It goes to the agent when you approve, and back to you if it is given back or cancelled before it begins." },
  start: { words: "Begin", isPrimary: true },
  approve: { words: "Approve", asks: "sure", isPrimary: true, explains: "All of its pay is the agent's then. It cannot be taken back." },
  request_changes: { words: "Ask for changes", asks: "reason", explains: "Say what is missing, point by point. It uses one of the agreed revisions." },
  grant_revision: { words: "Grant one more revision" },
  dispute: { words: "Dispute", asks: "division", explains: "Its pay and its clock stand still. Say how the pay should be divided: the other side is asked first, and this house decides only where you cannot agree." },
  give_back: { words: "Give it back", asks: "reason", explains: "You do not do it, and all of its pay goes back to the client." },
  cancel: { words: "Cancel", asks: "sure", explains: "What is held for it goes back to the client." },
};

export const DISPUTE_WAYS: Readonly<Record<string, Way>> = {
  accept: { words: "Accept the proposal", asks: "sure", isPrimary: true, explains: "Once both accept, the pay is divided so." },
  accept_decision: { words: "Accept the decision", isPrimary: true },
  confirm: { words: "Confirm the decision", asks: "sure", isPrimary: true, explains: "You are the second person: both sides are told." },
  decide: { words: "Decide", asks: "division", isPrimary: true, explains: "Give your reasons: both sides read them, and can appeal once." },
  say: { words: "Say something", asks: "reason", explains: "Both sides and this house read it." },
  propose: { words: "Propose a division", asks: "division" },
  concede: { words: "Agree to what is asked", asks: "sure", explains: "The pay is divided as they ask, and the dispute is over." },
  escalate: { words: "Let this house decide", asks: "sure", explains: "Somebody who has nothing to do with either side decides, with reasons. It costs nothing." },
  overrule: { words: "See it otherwise", asks: "reason", explains: "Somebody else decides anew." },
  appeal: { words: "Appeal", asks: "reason", explains: "Say what was overlooked. Somebody who took no part in the decision looks anew. Once." },
  withdraw: { words: "Withdraw the dispute", asks: "sure", explains: "The milestone goes on where it stood, with the time that was left on its clock." },
};

export const WEEK_WAYS: Readonly<Record<string, Way>> = {
  approve: { words: "Approve the week", isPrimary: true },
  submit: { words: "Hand the week in", isPrimary: true },
  query: { words: "Ask about it", asks: "reason", explains: "Say what you do not understand; the agent reads it and can change the entries." },
  dispute: { words: "Dispute hours", asks: "own" },
};

/** Where it goes otherwise than with a milestone. */
export const HOURS_DISPUTE_WAYS: Readonly<Record<string, Way>> = {
  ...DISPUTE_WAYS,
  withdraw: { words: "Withdraw the dispute", asks: "sure", explains: "The hours are approved, and all of their pay is the agent's." },
};
