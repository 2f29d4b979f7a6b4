import { useEffect, useRef, useState } from "preact/hooks";

const KEPT_AS = "guildhall.single_keys";

/**
 * Keys of the whole page, by name ("n", "Control+Enter"). Those of one letter can be turned off (WCAG 2.1.4) and never
 * work while something is typed; those with Control always do.
 */
export function useShortcuts(keys: Readonly<Record<string, () => void>>): readonly [boolean, (on: boolean) => void] {
  const [isOn, setOn] = useState(() => localStorage.getItem(KEPT_AS) !== "off");
  const current = useRef({ keys, isOn });
  current.current = { keys, isOn };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const withControl = event.ctrlKey || event.metaKey;
      const name = withControl ? `Control+${event.key}` : event.key;
      const act = current.current.keys[name];
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input:not([type=checkbox]), textarea, select");
      if (act === undefined || event.altKey || (!withControl && (isTyping || !current.current.isOn))) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return [
    isOn,
    (on) => {
      localStorage.setItem(KEPT_AS, on ? "on" : "off");
      setOn(on);
    },
  ];
}
