import { render } from "preact";
import { Masthead } from "../shared/masthead";
import "./chat_demo.css";

/** A page as any site might have one, with the chat embedded by one line. */
function DemoPage() {
  return (
    <div class="shop">
      <Masthead>
        <a href="/desk">The desk</a>
      </Masthead>
      <main>
        <h1>A page with a chat</h1>
        <p class="lead">The button in the corner is the chat widget. Write to it, then open the desk and answer yourself.</p>
        <p>Any page of any site gets it by one line:</p>
        <pre tabIndex={0}>
          <code>{`<script async src="${location.origin}/widget.js" data-site="demo"></script>`}</code>
        </pre>
        <p>
          It speaks the language of the page, or the one in <code>data-lang</code> (English, German, Arabic);{" "}
          <code>data-theme</code> is light, dark or auto, <code>data-accent</code> a colour, and <code>data-ask-name</code>{" "}
          asks for a name first.
        </p>
      </main>
    </div>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<DemoPage />, page);
