// Sixteen-pixel line icons, drawn for these pages. Always beside words, so they are hidden from screen readers.
const PATHS = {
  connected: "M2.5 8.5l3.5 3.5 7.5-8",
  connecting: "M8 2.5a5.5 5.5 0 1 1-5.2 3.7M2.5 2.5v4h4",
  offline: "M2 2l12 12M4.2 6.5A6.5 6.5 0 0 0 2.5 8M6.3 9.8a3 3 0 0 1 4 .6M8 3.5c2.2 0 4.2 1 5.6 2.6M8 13h.01",
  elsewhere: "M2 4h8v6H2zM6 12.5h8V7",
  refused: "M8 1.8l6.2 11.4H1.8zM8 6.2v3.4M8 11.4v.1",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6",
  unseen: "M2 2l12 12M4.2 4.8C2.4 6 1.5 8 1.5 8S4 12.5 8 12.5c1.2 0 2.2-.3 3.1-.8M7 3.6c.3 0 .7-.1 1-.1 4 0 6.5 4.5 6.5 4.5s-.5 1-1.5 2.1",
  alert: "M8 2v7M8 12.5v.5",
  light: "M8 1.5v1.5M3.4 3.4l1 1M1.5 8H3M12.6 3.4l-1 1M13 8h1.5M6 13.5h4M6.2 11.5a3.6 3.6 0 1 1 3.6 0z",
  sound_on: "M2 6v4h2.5L8 13V3L4.5 6zM10.5 5.5a3.5 3.5 0 0 1 0 5M12.5 3.5a6.4 6.4 0 0 1 0 9",
  sound_off: "M2 6v4h2.5L8 13V3L4.5 6zM10.5 6l4 4M14.5 6l-4 4",
  frame: "M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5",
  close: "M3 3l10 10M13 3L3 13",
  camera: "M1.5 4.5h9v7h-9zM10.5 7l4-2v6l-4-2",
  arrow: "M2.5 8h10.5M9 3.5L13.5 8 9 12.5",
  up: "M8 13V3M3.5 7.5L8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5L8 13l4.5-4.5",
  flag: "M3.5 14V2.5h9l-2 3.25 2 3.25h-9",
  time: "M8 1.8a6.2 6.2 0 1 1 0 12.4 6.2 6.2 0 0 1 0-12.4M8 4.5V8l2.5 1.5",
  pause: "M5.5 3v10M10.5 3v10",
  back: "M13.5 8H3M7 3.5L2.5 8 7 12.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
