import { useState } from "preact/hooks";
import type { Api } from "./api";
import { ConfirmDialog } from "./confirm_dialog";
import { Failure } from "./form";
import { type Applied, may, OFFER_WORDS, type Offer, openOffer, sayMoney, sayTerms, type WorkTerms, whyNot } from "./hiring_told";
import type { Problem } from "./messages";
import { TermsForm } from "./terms_form";
import { sayDay } from "./wording";

interface OffersProps<T extends Applied> {
  readonly api: Api;
  /** Below which the offers of this application are answered. */
  readonly path: string;
  readonly side: "agent" | "client";
  readonly applied: T;
  readonly changed: (now: T) => void;
  /** Whoever shows several applications keeps it to one open form. */
  readonly isCountering: boolean;
  readonly setCountering: (isCountering: boolean) => void;
}

/** Every offer that was made, and what one may do about the one that is open. */
export function OffersPart<T extends Applied>({ api, path, side, applied, changed, isCountering, setCountering }: OffersProps<T>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asking, setAsking] = useState<"accept" | "decline" | "withdraw" | null>(null);
  const offer = openOffer(applied);
  if (applied.offers.length === 0) return null;

  const answer = async (what: string, more: object = {}): Promise<boolean> => {
    if (offer === undefined) return false;
    const got = await api.ask<T>("POST", `${path}/offers/${offer.offer_id}/answers`, { answer: what, ...more });
    setProblem("problem" in got ? got.problem : null);
    if ("problem" in got) return false;
    setCountering(false);
    changed(got.reply);
    return true;
  };
  const blocked = side === "agent" || offer?.by === "agent" ? whyNot(applied, "accept") : null;
  return (
    <section class="offers-part" aria-label="Offers">
      <h3>Offers</h3>
      <ul class="offers" data-testid="offers">
        {applied.offers.map((one) => (
          <OfferLine key={one.offer_id} offer={one} side={side} />
        ))}
      </ul>
      {offer === undefined ? null : (
        <p class="acts">
          {may(applied, "accept") ? (
            <button type="button" class="primary" onClick={() => setAsking("accept")} data-testid="accept">
              Accept…
            </button>
          ) : null}
          {may(applied, "counter") ? (
            <button type="button" aria-expanded={isCountering} onClick={() => setCountering(!isCountering)} data-testid="counter">
              Counter
            </button>
          ) : null}
          {may(applied, "decline") ? (
            <button type="button" onClick={() => setAsking("decline")} data-testid="decline">
              Decline…
            </button>
          ) : null}
          {may(applied, "withdraw_offer") ? (
            <button type="button" onClick={() => setAsking("withdraw")} data-testid="withdraw-offer">
              Take it back…
            </button>
          ) : null}
          {blocked !== null && offer.by !== side ? <span class="hint">Accept: {blocked}</span> : null}
        </p>
      )}
      <Failure problem={problem} />
      {isCountering && offer !== undefined ? (
        <TermsForm
          start={offer.terms}
          act="Send the counter-offer"
          problem={problem}
          send={(terms: WorkTerms, note: string) => answer("counter", { terms, note })}
        />
      ) : null}
      {asking === null || offer === undefined ? null : (
        <ConfirmDialog
          title={{ accept: "Accept this offer?", decline: "Decline this offer?", withdraw: "Take the offer back?" }[asking]}
          act={{ accept: "Accept", decline: "Decline", withdraw: "Take it back" }[asking]}
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void answer(asking);
          }}
        >
          {asking === "accept"
            ? `${sayTerms(offer.terms, offer.pay_minor)}. A contract is opened with exactly these terms.`
            : "The application stays on the shortlist, and another offer can be made."}
        </ConfirmDialog>
      )}
    </section>
  );
}

function OfferLine({ offer, side }: { offer: Offer; side: "agent" | "client" }) {
  const { terms } = offer;
  const by = offer.by === side ? "You" : offer.by === "client" ? "The client" : "The agent";
  return (
    <li data-testid="offer-line" data-state={offer.state}>
      <div class="top">
        <strong>
          {sayTerms(terms, offer.pay_minor)}{" "}
          <span class="badge" data-tone={offer.state === "accepted" ? "good" : ""}>
            {OFFER_WORDS[offer.state] ?? offer.state}
          </span>
        </strong>
      </div>
      <span class="since">
        {by}, {sayDay(offer.at_ms)}
        {offer.state === "sent" ? `; stands until ${sayDay(offer.expires_at_ms)}` : ""}
      </span>
      {offer.note === "" ? null : <p class="written">{offer.note}</p>}
      <details open={offer.state === "sent"}>
        <summary>Terms</summary>
        {terms.milestones.length === 0 ? null : (
          <ol>
            {terms.milestones.map((one) => (
              <li key={one.title}>
                {one.title}: {sayMoney(one.minor, terms.currency)}
              </li>
            ))}
          </ol>
        )}
        {terms.scope === "" ? null : <p class="written">{terms.scope}</p>}
        <p class="hint">
          {terms.review_days} days to look at what is handed in, {terms.revisions} revisions, {terms.notice_days} days of notice.
        </p>
      </details>
    </li>
  );
}
