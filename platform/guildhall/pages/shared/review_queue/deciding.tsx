import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Api } from "../api";
import type { Problem } from "../messages";
import { type Read, useRead, Waiting } from "../reading";
import { ReasonDialog } from "../reason_dialog";
import { sayDay } from "../wording";

/** What a decision is called here; with `explains` it asks for a reason, with `codes` for the sort of it, too. */
export interface Act {
  readonly words: string;
  readonly explains?: string;
  readonly codes?: Readonly<Record<string, string>>;
  readonly primary?: boolean;
  /** While it may not be, it stands here all the same, and says why. */
  readonly isExplained?: boolean;
}

export interface Why {
  readonly reason?: string;
  readonly reason_code?: string;
}

/** What a reviewer holds, for how long, and what they may do with it. */
export interface Held {
  readonly is_mine: boolean;
  readonly lease_until_ms: number | null;
  readonly allowed_actions: readonly { readonly action: string; readonly allowed: boolean; readonly reason: string | null }[];
}

export interface Case<T> {
  readonly read: Read<T>;
  /** Why the last decision was not taken, or why it cannot be read. */
  readonly problem: Problem | null;
  /** Asks why where the act wants that, then tells the server. */
  press(act: Act, tell: (why: Why) => Promise<Problem | null>): void;
  /** Posts it, and shows what came of it. */
  post(path: string, body: object): Promise<Problem | null>;
  /** Stands at the end of the page: the question why, while it is asked. */
  readonly asking: ComponentChildren;
}

const REASON_CHARACTERS = 1_000;

/** One case: read, decided about, and asked why. */
export function useCase<T>(api: Api, path: string, charactersMax = REASON_CHARACTERS): Case<T> {
  const read = useRead<T>(api, path);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState<{ readonly act: Act; readonly tell: (why: Why) => Promise<Problem | null> } | null>(null);
  const post = async (to: string, body: object): Promise<Problem | null> => {
    const answer = await api.ask<T>("POST", to, body);
    if ("reply" in answer) read.put(answer.reply);
    const refused = "problem" in answer ? answer.problem : null;
    setProblem(refused);
    return refused;
  };
  const press = (act: Act, tell: (why: Why) => Promise<Problem | null>): void => {
    if (act.explains === undefined) void tell({});
    else setAsked({ act, tell });
  };
  const words = asked?.act.words.replace("…", "") ?? "";
  const asking =
    asked === null ? null : (
      <ReasonDialog
        title={words}
        explains={asked.act.explains ?? ""}
        act={words}
        codes={asked.act.codes}
        charactersMax={charactersMax}
        done={(reason, code) => {
          setAsked(null);
          if (reason !== null) void asked.tell(code === null ? { reason } : { reason, reason_code: code });
        }}
      />
    );
  return { read, problem: problem ?? read.problem, press, post, asking };
}

interface DecisionsProps {
  readonly held: Held;
  readonly acts: Readonly<Record<string, Act>>;
  readonly onPress: (action: string, act: Act) => void;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** A button for each thing that one may do, in the order of `acts`. What one may not do says why. */
export function Decisions({ held, acts, onPress, class: name = "acts", children }: DecisionsProps) {
  const known = Object.keys(acts).flatMap((name) => held.allowed_actions.filter((one) => one.action === name && !(name === "claim" && held.is_mine)));
  return (
    <p class={name} data-testid="case-acts">
      {known.map((one) => {
        const act = acts[one.action] as Act;
        if (!one.allowed && !act.isExplained) return null;
        return (
          <button key={one.action} type="button" class={act.primary ? "primary" : ""} disabled={!one.allowed} title={one.reason ?? undefined} onClick={() => onPress(one.action, act)} data-testid={one.action}>
            {act.words}
          </button>
        );
      })}
      {known
        .filter((one) => !one.allowed && (acts[one.action]?.isExplained || one.action === "claim"))
        .map((one) => (
          <span key={one.action} class="hint">
            {acts[one.action]?.words}: {one.reason}.
          </span>
        ))}
      {children}
    </p>
  );
}

/** Until when it is nobody else's. */
export function Lease({ held, children }: { held: Held; children?: ComponentChildren }) {
  if (!held.is_mine || held.lease_until_ms === null) return null;
  return (
    <span class="hint">
      Yours until {sayDay(held.lease_until_ms)}
      {children}.
    </span>
  );
}

export function BackToQueue({ words }: { words: string }) {
  return (
    <p>
      <a href="#">{words}</a>
    </p>
  );
}

/** The way back, and the case as soon as it is there. */
export function Opened<T>({ opened, back, waiting, children }: { opened: Case<T>; back: string; waiting: string; children: (shown: T) => ComponentChildren }) {
  return (
    <>
      <BackToQueue words={back} />
      {opened.read.value === null ? <Waiting read={opened.read} words={waiting} /> : children(opened.read.value)}
      {opened.asking}
    </>
  );
}
