import { render } from "preact";
import { Masthead } from "../shared/masthead";
import { Notice } from "../shared/notice";
import "./not_found.css";

/** At every address without a page: whoever mistyped one, or kept an old link, is told so and finds the way back. */
function NotFound() {
  return (
    <>
      <Masthead>
        <a href="/sign-in">Sign in</a>
      </Masthead>
      <main>
        <Notice icon="refused" title="There is no page here" testid="not-found">
          <p>The address may be mistyped, or the page has moved. Nothing of yours is lost.</p>
          <p>
            If a link in a mail brought you here, open it once more or copy all of it: it may have been broken over two
            lines.
          </p>
          <p>
            <a href="/">To the start page</a>
          </p>
        </Notice>
      </main>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<NotFound />, page);
