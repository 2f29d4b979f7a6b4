// What the links in mails do, by the path they lead to: see accounts/service/letters.py. Pure.

export interface Purpose {
  readonly title: string;
  readonly what: string;
  readonly button: string;
  /** Where the token goes when the button is pressed. */
  readonly api: string;
  readonly onward: readonly [address: string, words: string];
}

const SIGN_IN = ["/sign-in", "Sign in"] as const;

export const PURPOSES: Readonly<Record<string, Purpose>> = {
  "/verify-email": {
    title: "Confirm your e-mail address",
    what: "Somebody, probably you, signed up with this address. Confirm it, and the account can be used.",
    button: "Confirm this address",
    api: "/v1/auth/verify-email",
    onward: SIGN_IN,
  },
  "/change-email": {
    title: "Use this address from now on",
    what: "You asked to use another address for your account. Confirm that this mailbox is yours.",
    button: "Use this address",
    api: "/v1/auth/email-change/confirm",
    onward: ["/account", "Your account"],
  },
  "/undo-email": {
    title: "Take your address back",
    what: "Your account goes back to the address this mail was sent to. Everybody is signed out of it, and you choose a new password.",
    button: "Take it back",
    api: "/v1/auth/email-change/undo",
    onward: SIGN_IN,
  },
  "/confirm-device": {
    title: "Is this you signing in?",
    what: "There were many failed attempts, so a new device needs your word. Confirm only if you are signing in right now, on this device.",
    button: "Yes, it is me",
    api: "/v1/auth/devices/confirm",
    onward: SIGN_IN,
  },
  "/reactivate": {
    title: "Use your account again",
    what: "Your account is deactivated. It comes back as you left it.",
    button: "Use it again",
    api: "/v1/auth/reactivate",
    onward: SIGN_IN,
  },
};
