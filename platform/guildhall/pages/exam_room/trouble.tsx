import { Icon } from "../shared/icons";
import { TROUBLE_WORDS, type CameraTrouble } from "./camera";

/** The camera does not work: what is the matter and what to do, in the place where the preview would be. */
export function Trouble(props: { trouble: CameraTrouble; retry: () => void }) {
  const words = TROUBLE_WORDS[props.trouble];
  return (
    <section class="trouble" role="alert" data-testid="camera-trouble" data-trouble={props.trouble}>
      <h2>
        <Icon name="camera" />
        {words.title}
      </h2>
      <p>{words.what}</p>
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {props.trouble === "insecure" ? null : (
        <button type="button" class="primary" onClick={props.retry}>
          Try the camera again
        </button>
      )}
    </section>
  );
}
