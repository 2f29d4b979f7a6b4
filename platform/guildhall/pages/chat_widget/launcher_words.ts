// What the button says. Apart from the panel's words, because the loader has 4 KB for everything.

export interface LauncherWords {
  readonly code: "en" | "de" | "ar";
  readonly dir: "ltr" | "rtl";
  readonly open: string;
  readonly close: string;
  readonly title: string;
  unread(count: number): string;
}

const WORDS: Readonly<Record<LauncherWords["code"], LauncherWords>> = {
  en: {
    code: "en",
    dir: "ltr",
    open: "Open chat",
    close: "Close chat",
    title: "Chat",
    unread: (count) => `${count} new`,
  },
  de: {
    code: "de",
    dir: "ltr",
    open: "Chat öffnen",
    close: "Chat schließen",
    title: "Chat",
    unread: (count) => `${count} neu`,
  },
  ar: {
    code: "ar",
    dir: "rtl",
    open: "افتح المحادثة",
    close: "أغلق المحادثة",
    title: "محادثة",
    unread: (count) => `${count} جديدة`,
  },
};

/** In the language asked for, as far as it is one of ours; else in English. */
export function launcherWords(language: string): LauncherWords {
  const code = language.slice(0, 2).toLowerCase();
  return code === "de" || code === "ar" ? WORDS[code] : WORDS.en;
}
