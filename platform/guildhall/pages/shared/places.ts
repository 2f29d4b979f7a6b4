// Where a signed-in person has something to do. Whether they may is the server's to say: this only saves a dead end.
import * as uses from "./organisations";

export interface Place {
  readonly href: string;
  readonly title: string;
  readonly what: string;
}

const EXAMS: Place = { href: "/exams", title: "Your exams", what: "What you are invited to, your receipts and results." };
const ONBOARDING: Place = { href: "/onboarding", title: "Your onboarding", what: "What is asked of you, who acts next, and until when." };
const REVIEWS: Place = { href: "/onboarding-reviews", title: "Onboarding reviews", what: "Who waits to be let in." };
const POSTINGS: Place = { href: "/opportunity-reviews", title: "Opportunity reviews", what: "What waits to be published." };
const AUTHORING: Place = {
  href: "/authoring",
  title: "Authoring",
  what: "Question banks, exams, and who is invited to them.",
};
const MARKING: Place = { href: "/marking", title: "Marking", what: "Answers that a person has to read." };
const RESULTS: Place = { href: "/results", title: "Results", what: "How everybody did, how each question did, and what is released." };
const OPPORTUNITIES: Place = { href: "/opportunities", title: "Opportunities", what: "Work that is open, your applications, and offers." };
const HIRING: Place = { href: "/hiring", title: "Hiring", what: "What you have posted, who applied, and your offers." };
const CONTRACTS: Place = { href: "/contracts", title: "Contracts", what: "Work you do or have done for you, and what comes next in it." };
const MONEY: Place = { href: "/money", title: "Money", what: "Your balance, explained, and being paid out." };
const DESK: Place = { href: "/desk", title: "Desk", what: "Visitors and candidates who ask something." };

/** By the person's platform roles and those within organisations. */
export function placesFor(roles: readonly string[], organisationRoles: readonly string[]): readonly Place[] {
  const open = ([place, use]: readonly [Place, uses.Use]): readonly Place[] => (uses.isOpenTo(use, roles, organisationRoles) ? [place] : []);
  const working = [[AUTHORING, uses.AUTHORING], [MARKING, uses.MARKING], [RESULTS, uses.RESULTS], [REVIEWS, uses.REVIEWS], [POSTINGS, uses.REVIEWS], [HIRING, uses.HIRING], [DESK, uses.DESK]] as const;
  return [ONBOARDING, OPPORTUNITIES, CONTRACTS, MONEY, EXAMS, ...working.flatMap(open)];
}
