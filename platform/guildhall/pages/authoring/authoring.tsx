import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Masthead } from "../shared/masthead";
import { AUTHORING, type Owner, useOwners } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { useAddress } from "../shared/page_frame";
import { type Read } from "../shared/reading";
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
  const at = useAddress();
  const owners = useOwners(desk, "", AUTHORING);
  useEffect(() => {
    document.querySelector<HTMLElement>("main h1")?.focus();
  }, [at]);
  const [part = "banks", id = "", more = ""] = at.replace(/^\//, "").split("/").map(decodeURIComponent);
  const current = part === "items" ? "banks" : part;
  return (
    <>
      <Masthead>
        {PARTS.map(([name, words]) => (
          <a key={name} href={`#/${name}`} aria-current={current === name || (current === "" && name === "banks") ? "page" : undefined}>
            {words}
          </a>
        ))}
        <a href="/results">Results</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main key={at}>{show(owners, part, id, more)}</main>
    </>
  );
}

function show(owners: Read<readonly Owner[]>, part: string, id: string, more: string) {
  switch (part) {
    case "items":
      return <ItemPage desk={desk} itemId={id} />;
    case "exams":
      return id === "" ? <ExamsPage desk={desk} owners={owners} /> : <ExamPage desk={desk} owners={owners.value} examId={id} />;
    case "deliveries":
      return id === "" ? <DeliveriesPage desk={desk} owners={owners.value} /> : <DeliveryPage desk={desk} owners={owners.value} deliveryId={id} />;
    case "banks":
      if (id !== "" && more !== "") return <ItemPage desk={desk} bankId={id} kind={more} />;
      return id === "" ? <BanksPage desk={desk} owners={owners} /> : <BankPage desk={desk} owners={owners.value} bankId={id} />;
    default:
      return <BanksPage desk={desk} owners={owners} />;
  }
}

const page = document.getElementById("page");
if (page !== null) render(<AuthoringPage />, page);
