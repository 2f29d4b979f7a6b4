import { useMemo, useState } from "preact/hooks";
import type { Problem } from "../shared/messages";
import type { Content, Step } from "../shared/onboarding";
import { PlainText } from "../shared/plain_text";
import { saved, savedGiven, savedList, savedWords } from "./contents";
import { countries, ownTimeZone, timeZones } from "./countries";
import { Labelled, Line, Wrong } from "../shared/labelled";

interface FieldsProps {
  readonly step: Step;
  readonly problem: Problem | null;
}

export function ProfileFields({ step: { content }, problem }: FieldsProps) {
  const places = useMemo(countries, []);
  const zones = useMemo(timeZones, []);
  const zone = saved(content, "time_zone") || ownTimeZone();
  return (
    <>
      <Line name="name" label="Your name" hint="As it stands in your passport or identity card." autocomplete="name" maxLength={80} value={saved(content, "name")} problem={problem} />
      <Line name="headline" label="What you do, in one line" value={saved(content, "headline")} problem={problem} />
      <Labelled name="about" label="About you (may stay empty)" problem={problem}>
        {(tied) => <textarea {...tied} rows={4} maxLength={2000} defaultValue={saved(content, "about")} />}
      </Labelled>
      <Labelled name="country" label="Country you live in" problem={problem}>
        {(tied) => (
          <select {...tied} autocomplete="country">
            <option value="">Choose…</option>
            {places.map(({ code, name }) => (
              <option key={code} value={code} selected={code === saved(content, "country")}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled name="time_zone" label="Time zone" hint="Promises and deadlines are told in it." problem={problem}>
        {(tied) => (
          <select {...tied}>
            {[...new Set([zone, ...zones])].map((one) => (
              <option key={one} value={one} selected={one === zone}>
                {one.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Line name="languages" label="Languages you work in" hint="With commas between them." value={savedWords(content, "languages")} problem={problem} />
    </>
  );
}

const LEVELS = [
  ["beginner", "Beginner"],
  ["working", "Working knowledge"],
  ["advanced", "Advanced"],
  ["expert", "Expert"],
] as const;
const SKILLS_MAX = 30;

export function SkillsFields({ step, problem }: FieldsProps) {
  const kept = savedList(step.content, "skills");
  const [count, setCount] = useState(Math.max(kept.length, 1));
  return (
    <>
      {Array.from({ length: count }, (_, row) => (
        <SkillRow key={row} row={row} skill={kept[row] ?? {}} problem={problem} />
      ))}
      <Wrong name="skills" problem={problem} />
      <p>
        <button type="button" onClick={() => setCount(Math.min(count + 1, SKILLS_MAX))} data-testid="add-skill">
          Another skill
        </button>
      </p>
    </>
  );
}

function SkillRow({ row, skill, problem }: { row: number; skill: Content; problem: Problem | null }) {
  const years = typeof skill.years === "number" ? String(skill.years) : "";
  return (
    <fieldset class="skill">
      <legend>Skill {row + 1}</legend>
      <Line name={`skills.${row}.name`} label="What" maxLength={60} value={saved(skill, "name")} problem={problem} />
      <Labelled name={`skills.${row}.level`} label="How well" problem={problem}>
        {(tied) => (
          <select {...tied}>
            {LEVELS.map(([level, words]) => (
              <option key={level} value={level} selected={level === (saved(skill, "level") || "working")}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled name={`skills.${row}.years`} label="Years" problem={problem}>
        {(tied) => <input {...tied} type="number" min={0} max={60} defaultValue={years} inputMode="numeric" />}
      </Labelled>
      <Line name={`skills.${row}.evidence`} label="A link to work (may stay empty)" maxLength={300} value={saved(skill, "evidence")} problem={problem} />
    </fieldset>
  );
}

export function ConsentFields({ step, problem }: FieldsProps) {
  return (
    <>
      {step.consents.map((text) => {
        const given = savedGiven(step.content, text.key);
        const name = `given.${text.key}`;
        return (
          <fieldset class="consent" key={text.key} data-testid="consent">
            <legend>
              {text.title}
              {text.is_required ? "" : " (may be refused)"}
            </legend>
            <div class="text" tabIndex={0} role="group" aria-label={text.title}>
              <PlainText text={text.text} />
            </div>
            <label class="choice">
              <input type="radio" name={name} value="yes" defaultChecked={given === true} /> I have read it and agree
            </label>
            <label class="choice">
              <input type="radio" name={name} value="no" defaultChecked={given === false} /> I do not agree
            </label>
            {text.if_refused === "" ? null : <p class="hint">{text.if_refused}</p>}
            <Wrong name={name} problem={problem} />
          </fieldset>
        );
      })}
      {step.kind === "agreement" ? (
        <Line name="signature" label="Sign with your name" hint="Exactly as in your profile." maxLength={80} value={saved(step.content, "signature")} problem={problem} />
      ) : null}
    </>
  );
}

export function PayoutFields({ step: { content }, problem }: FieldsProps) {
  const kept = saved(content, "account_number");
  return (
    <>
      <Line name="holder" label="Account holder" autocomplete="name" maxLength={80} value={saved(content, "holder")} problem={problem} />
      <Line
        name="account_number"
        label="Account number (IBAN)"
        hint={kept === "" ? "As your bank writes it; blanks do not matter." : `Kept so far: ${kept}. Enter it anew to hand this in.`}
        maxLength={42}
        value=""
        problem={problem}
      />
    </>
  );
}
