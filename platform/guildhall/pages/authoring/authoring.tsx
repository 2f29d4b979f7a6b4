import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Masthead } from "../shared/masthead";
import { openApi } from "../shared/page_api";
import "./authoring.css";
import { BankPage } from "./bank_page";
import { BanksPage } from "./banks_page";
import { DeliveriesPage } from "./deliveries_page";
import { DeliveryPage } from "./delivery_page";
import { Desk } from "./desk";
import { ExamPage } from "./exam_page";
import { ExamsPage } from "./exams_page";
import { ItemPage } from "./item_page";

const desk = new Desk(openApi());
const PARTS = [
  ["banks", "Question banks"],
  ["exams", "Exams"],
  ["deliveries", "Deliveries"],
] as const;

/** Where one is stands behind the #, so that Back, reload and a copied address lead to the same place. */
function AuthoringPage() {
  const [at, setAt] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setAt(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    document.querySelector<HTMLElement>("main h1")?.focus();
  }, [at]);
  const [part = "banks", id = "", more = ""] = at.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const current = part === "items" ? "banks" : part;
  return (
    <>
      <Masthead>
        {PARTS.map(([name, words]) => (
          <a key={name} href={`#/${name}`} aria-current={current === name || (current === "" && name === "banks") ? "page" : undefined}>
            {words}
          </a>
        ))}
        <a href="/account">Your account</a>
      </Masthead>
      <main key={at}>{show(part, id, more)}</main>
    </>
  );
}

function show(part: string, id: string, more: string) {
  switch (part) {
    case "items":
      return <ItemPage desk={desk} itemId={id} />;
    case "exams":
      return id === "" ? <ExamsPage desk={desk} /> : <ExamPage desk={desk} examId={id} />;
    case "deliveries":
      return id === "" ? <DeliveriesPage desk={desk} /> : <DeliveryPage desk={desk} deliveryId={id} />;
    case "banks":
      if (id !== "" && more !== "") return <ItemPage desk={desk} bankId={id} kind={more} />;
      return id === "" ? <BanksPage desk={desk} /> : <BankPage desk={desk} bankId={id} />;
    default:
      return <BanksPage desk={desk} />;
  }
}

const page = document.getElementById("page");
if (page !== null) render(<AuthoringPage />, page);
