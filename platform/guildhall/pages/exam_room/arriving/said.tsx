import type { Said } from "../../shared/admission";

const DEVICES = { computer: "A computer", tablet: "A tablet", phone: "A phone" } as const;

/** What they sit with, as far as a browser tells: fingers on a small screen are a phone's. */
export function guessDevice(): Said["device"] {
  if (!matchMedia("(pointer: coarse)").matches) return "computer";
  return Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
}

/** Two things that nobody has to say, and that nobody who watches or decides is shown. */
export function Saying({ said, set }: { said: Said; set: (said: Said) => void }) {
  return (
    <section>
      <h2>Are we fair?</h2>
      <div class="said" data-testid="said">
        <p>
          Whether some people are flagged more often than others can only be seen by counting. You need not say either; nobody who
          watches you or decides about you sees it.
        </p>
        <label>
          I sit it with{" "}
          <select value={said.device ?? ""} onChange={(event) => set({ ...said, device: (event.currentTarget.value || null) as Said["device"] })} data-testid="said-device">
            <option value="">I do not say</option>
            {Object.entries(DEVICES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          I wear glasses{" "}
          <select
            value={said.glasses === null ? "" : said.glasses ? "yes" : "no"}
            onChange={(event) => set({ ...said, glasses: event.currentTarget.value === "" ? null : event.currentTarget.value === "yes" })}
            data-testid="said-glasses"
          >
            <option value="">I do not say</option>
            <option value="yes">Yes</option>
            <option value="no">No</option>
          </select>
        </label>
      </div>
    </section>
  );
}
