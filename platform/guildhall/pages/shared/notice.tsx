import type { ComponentChildren } from "preact";
import { focusOnce } from "./focus";
import { Icon, type IconName } from "./icons";
import type { Problem } from "./messages";

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
  readonly testid?: string;
  /** It came in the place of a form that had the focus, which must not fall back to the top of the page. */
  readonly focused?: boolean;
}

/** One calm page-filling sentence: what is the matter, and what to do about it. */
export function Notice(props: NoticeProps) {
  return (
    <section class="notice" data-testid={props.testid ?? "notice"}>
      <span class="notice-mark">
        <Icon name={props.icon} />
      </span>
      <h1 tabIndex={-1} ref={props.focused ? focusOnce : null}>
        {props.title}
      </h1>
      {props.children}
    </section>
  );
}

/** For a page opened without an invitation, or with one that the server no longer takes. */
export function NotAdmitted({ refusal }: { refusal: Problem | null }) {
  const [title, detail] =
    refusal === null
      ? ["This page needs an invitation", "The address you opened carries no invitation, or this tab has lost it."]
      : ["Your invitation was not accepted", refusal.detail];
  return (
    <main class="alone">
      <Notice icon="refused" title={title} testid="not-admitted">
        <p>{detail}</p>
        <p>
          Open the link you were sent once more. If it still does not work, ask whoever invited you for a new one. Trying
          things out? <a href="/">Start again from the demo page.</a>
        </p>
      </Notice>
    </main>
  );
}
