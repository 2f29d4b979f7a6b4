import { useEffect, useState } from "preact/hooks";
import type { Items, DemoMail } from "./accounts";
import type { Api } from "./api";

/** Where this server offers the mails it would send. Only a server for development does. */
export function mailboxPath(address: string): string {
  return `/v1/demo/mails?address=${encodeURIComponent(address)}`;
}

/** A way into the development mailbox, for whoever waits for a mail; nothing on a server that sends real ones. */
export function InboxHint({ api, address }: { api: Api; address: string }) {
  const [offered, setOffered] = useState(false);
  useEffect(() => {
    void api
      .askAnyone<Items<DemoMail>>("GET", mailboxPath(address))
      .then((answer) => setOffered("reply" in answer));
  }, [address]);
  return offered ? (
    <p class="told">
      This server sends no real mail.{" "}
      <a href={`/mailbox?address=${encodeURIComponent(address)}`} data-testid="open-mailbox">
        Open its mailbox
      </a>
    </p>
  ) : null;
}
