import { useEffect, useState } from "preact/hooks";
import type { PhotoListed, PhotosTold } from "../shared/admission";
import { JpegView } from "../shared/jpeg_view";
import type { Wall } from "./wall";

const TITLES = { face: "Face", id_document: "Identity document", room: "Room" } as const;
const SCAN_PICTURES = 4;

interface Shown {
  readonly photo: PhotoListed;
  readonly jpeg: Blob;
}

/** The photographs of one candidate: listed, and each shown only when somebody asks for it, since every look is logged. */
export function Photographs(props: { wall: Wall; sessionId: string; name: string; photos: readonly PhotoListed[] }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const show = async (photo: PhotoListed): Promise<void> => {
    const answer = await props.wall.line.ask<{ jpeg: ArrayBuffer }>("photo", { session_id: props.sessionId, photo_id: photo.photo_id });
    setFailure("problem" in answer ? answer.problem.detail : null);
    if ("reply" in answer) {
      const jpeg = new Blob([answer.reply.jpeg], { type: "image/jpeg" });
      setShown((before) => [...before.filter((one) => one.photo.photo_id !== photo.photo_id), { photo, jpeg }]);
    }
  };
  const hide = (photo: PhotoListed): void => setShown((before) => before.filter((one) => one.photo.photo_id !== photo.photo_id));
  if (props.photos.length === 0) return null;
  return (
    <div class="photographs">
      <p class="line">
        {props.photos.map((photo) => {
          const isShown = shown.some((one) => one.photo.photo_id === photo.photo_id);
          return (
            <button
              key={photo.photo_id}
              type="button"
              aria-pressed={isShown}
              onClick={() => (isShown ? hide(photo) : void show(photo))}
              data-testid={`show-${photo.kind}`}
            >
              {titleOf(photo)}
              <span class="unseen"> of {props.name}</span>
            </button>
          );
        })}
        <span class="hint">Each look is logged.</span>
      </p>
      <div class="prints">
        {shown
          .filter(({ photo }) => props.photos.some((one) => one.photo_id === photo.photo_id))
          .map(({ photo, jpeg }) => (
            <figure key={photo.photo_id}>
              <JpegView jpeg={jpeg} alt={`${titleOf(photo)} of ${props.name}`} testid={`print-${photo.kind}`} />
              <figcaption>
                {titleOf(photo)}
                {photo.advice === "" ? "" : `. ${photo.kind === "room" ? "" : "They were told: "}${photo.advice}`}
              </figcaption>
            </figure>
          ))}
      </div>
      {failure === null ? null : <p role="alert">{failure}</p>}
    </div>
  );
}

/** In the enlarged view, once somebody asks: the photographs of who is in already, and of the room that was asked for. */
export function PhotographsOf({ wall, sessionId, name }: { wall: Wall; sessionId: string; name: string }) {
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState<PhotosTold | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    const look = (): void =>
      void wall.line.ask<PhotosTold>("photos", { session_id: sessionId }).then((answer) => "reply" in answer && setTold(answer.reply));
    look();
    wall.line.socket.on("arrivals", look);
    return () => void wall.line.socket.off("arrivals", look);
  }, [isOpen, sessionId]);
  return (
    <section class="photographs-of" aria-label={`Photographs of ${name}`}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} data-testid="photographs">
        Photographs
      </button>
      {!isOpen || told === null ? null : (
        <>
          <p class="hint" role="status" data-testid="scan-state">
            {told.photos.length === 0 ? "None are kept. " : ""}
            {told.scan_open ? "Pictures of the room are asked for." : told.scan_declined ? `${name} declined to show the room.` : ""}
          </p>
          <Photographs wall={wall} sessionId={sessionId} name={name} photos={told.photos} />
        </>
      )}
    </section>
  );
}

/** Before somebody is let in: pictures of their room, where the exam has them and they agreed. */
export function AskForRoom({ wall, sessionId, name, isOpen }: { wall: Wall; sessionId: string; name: string; isOpen: boolean }) {
  const [failure, setFailure] = useState<string | null>(null);
  const ask = async (): Promise<void> => {
    const answer = await wall.line.ask("ask_scan", { session_id: sessionId, pictures: SCAN_PICTURES });
    setFailure("problem" in answer ? answer.problem.detail : null);
  };
  return (
    <>
      <button type="button" aria-disabled={isOpen} onClick={() => !isOpen && void ask()} data-testid="ask-room">
        {isOpen ? "Asked for the room" : "Ask for pictures of the room"}
        <span class="unseen"> of {name}</span>
      </button>
      {failure === null ? null : <p role="alert">{failure}</p>}
    </>
  );
}

function titleOf(photo: PhotoListed): string {
  return photo.kind === "room" ? `${TITLES.room} ${photo.scan}.${photo.place + 1}` : TITLES[photo.kind];
}
