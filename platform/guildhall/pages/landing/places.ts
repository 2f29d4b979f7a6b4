/** Where each of the demo's people finds their work: an address, what it is called, and what to try there. */
export interface Place {
  readonly href: string;
  readonly name: string;
  readonly about: string;
}

export const TITLES: Readonly<Record<string, string>> = { candidate: "Agents and candidates", proctor: "Proctors", admin: "Those who run the house" };

export const PLACES: Readonly<Record<string, readonly Place[]>> = {
  candidate: [
    { href: "/onboarding", name: "The way in", about: "profile, documents, exam, pay: what comes next, and who acts" },
    { href: "/opportunities", name: "Work", about: "what is open, applying, and an offer that waits" },
    { href: "/hiring", name: "Hiring", about: "what a client posted, who applied, offers and counter-offers" },
    { href: "/contracts", name: "Contracts", about: "the work itself: handing in, changes, hours, disputes, sealed reviews; from both sides" },
    { href: "/exams", name: "Exams", about: "what there is to sit, receipts, results, a practice run without a camera" },
    { href: "/money", name: "Money", about: "pay in with the sandbox’s cards, be paid out, every balance explained line by line" },
  ],
  proctor: [{ href: "/account", name: "Account", about: "the deliveries they watch, each with its wall" }],
  admin: [
    { href: "/authoring", name: "Authoring", about: "questions, exams, who sits them and when" },
    { href: "/marking", name: "Marking", about: "what a key cannot grade, anonymous, question by question" },
    { href: "/results", name: "Results", about: "how an exam worked, what a result is made of, releasing it" },
    { href: "/reviews", name: "Reviews", about: "what was flagged, upheld or dismissed by people; two for any penalty" },
    { href: "/fairness", name: "Fairness", about: "who is flagged and who cannot be seen, compared" },
    { href: "/onboarding-reviews", name: "Agents’ reviews", about: "documents and steps; turning away takes two" },
    { href: "/opportunity-reviews", name: "Postings’ reviews", about: "what clients want to publish, where the house looks before" },
    { href: "/contracts", name: "Disputes", about: "contracts in which one side called the house in" },
    { href: "/desk", name: "Chat desk", about: "who waits at the door, what they asked before" },
    { href: "/faq", name: "FAQ", about: "what the bot knows, and what it was asked in vain" },
    { href: "/desk/numbers", name: "Numbers", about: "promises kept, ratings, who needed no person" },
    { href: "/finance", name: "Finance", about: "whether the ledger proves, payouts that wait, why any balance is what it is" },
    { href: "/organisations", name: "Organisations", about: "a house of their own, and its people" },
  ],
};
