import { useState } from "preact/hooks";
import type { AdmissionTold, PhotoAsked } from "../../shared/admission";
import { focusOnce } from "../../shared/focus";
import { Icon } from "../../shared/icons";
import { JpegView } from "../../shared/jpeg_view";
import type { Seat } from "../seat";
import { takeStill } from "./still";

const TITLES = { face: "You", id_document: "Your identity document", room: "Your room" } as const;
const HOW = {
  face: "Look straight into the camera, with light from the front and nothing over your face that you need not wear.",
  id_document:
    "Hold it near the camera, without glare, until your name and your photograph can be read. You may cover numbers with a finger: nobody needs them.",
  room: "",
} as const;
const NO_PICTURE = "Your camera gives no picture yet. See that it works, then try again.";

/** The photographs that a proctor compares: each is seen at once, with what would make it better, and taken again at will. */
export function Photographs({ seat, admission, goOn }: { seat: Seat; admission: AdmissionTold; goOn: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [stills, setStills] = useState<Readonly<Record<string, Blob>>>({});
  const isOpen = seat.camera.kind === "open";
  const mayGoOn = admission.stage !== "photos";
  const take = async ({ kind }: PhotoAsked): Promise<void> => {
    setBusy(true);
    setFailure(null);
    const still = await takeStill(document.querySelector<HTMLVideoElement>(".mirror video"), seat.session?.max_frame_bytes ?? 0);
    if (still === null) setFailure(NO_PICTURE);
    else {
      const answer = await seat.line.ask<AdmissionTold>("photo", { kind, scan: 0, place: 0, jpeg: await still.arrayBuffer() });
      if ("reply" in answer) {
        setStills({ ...stills, [kind]: still });
        seat.adopt(answer.reply);
      } else setFailure(answer.problem.detail);
    }
    setBusy(false);
  };
  const photoConsent = admission.consents.find((one) => one.signal === "photos");
  const { decision } = admission;
  return (
    <section class="questions arriving" aria-labelledby="photos-title" data-testid="photographs" data-busy={busy}>
      <h1 id="photos-title" tabIndex={-1} ref={focusOnce}>
        Who are you?
      </h1>
      {decision?.outcome === "refused" ? (
        <p class="failure" role="alert" data-testid="refusal">
          {decision.words} {decision.note}
        </p>
      ) : null}
      <p>
        {admission.needs_admission ? "A proctor compares these pictures before they let you in. " : "A person compares these pictures. "}
        No computer does. They are encrypted, and every look at them is logged.
      </p>
      <ul class="photographs">
        {admission.photos.map((photo) => (
          <li key={photo.kind} data-testid={`photo-${photo.kind}`} data-taken={photo.taken} data-advice={photo.advice !== ""}>
            <h2>
              {TITLES[photo.kind]}
              {photo.taken ? <span class="unseen">: taken</span> : null}
            </h2>
            <p>{HOW[photo.kind]}</p>
            {stills[photo.kind] === undefined ? (
              photo.taken ? <p class="hint">This photograph is taken already.</p> : null
            ) : (
              <JpegView jpeg={stills[photo.kind] as Blob} alt={`The photograph that was taken: ${TITLES[photo.kind]}`} testid={`still-${photo.kind}`} />
            )}
            <p role="status" class={photo.taken && photo.advice !== "" ? "coaching" : ""}>
              {photo.taken ? (
                photo.advice === "" ? (
                  "It is kept. Can you make everything out? Then it will do."
                ) : (
                  <>
                    <Icon name="unseen" /> {photo.advice} It is kept; a person looks at it all the same.
                  </>
                )
              ) : null}
            </p>
            <button
              type="button"
              class={photo.taken ? "" : "primary"}
              aria-disabled={busy || !isOpen}
              onClick={() => !busy && isOpen && void take(photo)}
              data-testid={`take-${photo.kind}`}
            >
              <Icon name="camera" />
              {photo.taken ? "Take it again" : "Take the picture"}
              <span class="unseen">: {TITLES[photo.kind]}</span>
            </button>
          </li>
        ))}
      </ul>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        {photoConsent === undefined || photoConsent.required || mayGoOn ? null : (
          <button type="button" onClick={() => void seat.answerConsent(photoConsent, false).then(setFailure)} data-testid="photos-decline">
            Rather no photographs
          </button>
        )}
        <button
          type="button"
          class="primary"
          aria-disabled={!mayGoOn || busy}
          aria-describedby="photos-hint"
          onClick={() => mayGoOn && !busy && goOn()}
          data-testid="photos-go-on"
        >
          Go on
        </button>
      </p>
      <p class="hint" id="photos-hint">
        {!isOpen
          ? "These pictures need your camera; what to do about it stands beside this. Nothing runs yet, and no time is lost."
          : "Your live picture is mirrored; the photographs are not."}
      </p>
    </section>
  );
}
