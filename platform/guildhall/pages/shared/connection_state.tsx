import { Icon, type IconName } from "./icons";
import type { LineState } from "./line";

const SHOWN: Readonly<Record<LineState, readonly [IconName, string]>> = {
  connecting: ["connecting", "Connecting"],
  connected: ["connected", "Connected"],
  reconnecting: ["connecting", "Reconnecting"],
  offline: ["offline", "You are offline"],
  taken_over: ["elsewhere", "Open elsewhere"],
  refused: ["refused", "Not admitted"],
};

/** The state of the connection in an icon and in words; changes are spoken politely. */
export function ConnectionState({ state }: { state: LineState }) {
  const [icon, words] = SHOWN[state];
  return (
    <span class="connection" role="status" aria-live="polite" data-testid="connection" data-state={state}>
      <Icon name={icon} />
      {words}
    </span>
  );
}
