export type CameraTrouble = "denied" | "missing" | "busy" | "insecure" | "stopped" | "unknown";

export interface TroubleWords {
  readonly title: string;
  readonly what: string;
  readonly steps: readonly string[];
}

export const TROUBLE_WORDS: Readonly<Record<CameraTrouble, TroubleWords>> = {
  denied: {
    title: "The camera is not allowed",
    what: "This browser was told not to let this page use the camera.",
    steps: [
      "Click the camera or the lock sign beside the address and choose Allow.",
      "On a Mac or on Windows, also look in the system's privacy settings, under Camera.",
      "Then press the button below.",
    ],
  },
  missing: {
    title: "No camera was found",
    what: "This device has no camera that the browser can see.",
    steps: ["Plug in a camera, or switch on the one in your screen.", "Then press the button below."],
  },
  busy: {
    title: "The camera is in use",
    what: "Another program, or another tab, is holding the camera.",
    steps: ["Close video calls and other tabs that show your picture.", "Then press the button below."],
  },
  insecure: {
    title: "This address cannot use the camera",
    what: "Browsers allow the camera only on secure pages: an address that begins with https, or localhost.",
    steps: ["Ask whoever invited you for the https address of this exam."],
  },
  stopped: {
    title: "The camera has stopped",
    what: "No picture comes from it any more. It may have been unplugged, or another program has taken it.",
    steps: ["Plug it back in, or close the other program.", "Then press the button below. Your exam goes on meanwhile."],
  },
  unknown: {
    title: "The camera did not start",
    what: "The browser gave no reason that we know.",
    steps: ["Unplug the camera and plug it in again, or restart the browser.", "Then press the button below."],
  },
};

// The names that getUserMedia rejects with: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
const TROUBLE_OF_NAME: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  SecurityError: "insecure",
};

export type Opened = { readonly stream: MediaStream } | { readonly trouble: CameraTrouble };

/** Asks for the camera, never for the microphone. */
export async function openCamera(widthPx: number, heightPx: number): Promise<Opened> {
  if (!isSecureContext || navigator.mediaDevices === undefined) return { trouble: "insecure" };
  try {
    const video = { width: { ideal: widthPx }, height: { ideal: heightPx }, frameRate: { ideal: 15 }, facingMode: "user" };
    return { stream: await navigator.mediaDevices.getUserMedia({ video, audio: false }) };
  } catch (error) {
    return { trouble: TROUBLE_OF_NAME[error instanceof DOMException ? error.name : ""] ?? "unknown" };
  }
}

/** Calls back once when the picture stops coming; a camera that is only muted gets `graceMs` to return by itself. */
export function watchCamera(stream: MediaStream, stopped: () => void, graceMs = 3000): () => void {
  const track = stream.getVideoTracks()[0];
  if (track === undefined) return () => undefined;
  let timer: number | undefined;
  const muted = (): void => {
    timer = window.setTimeout(stopped, graceMs);
  };
  const unmuted = (): void => clearTimeout(timer);
  track.addEventListener("ended", stopped);
  track.addEventListener("mute", muted);
  track.addEventListener("unmute", unmuted);
  return () => {
    clearTimeout(timer);
    track.removeEventListener("ended", stopped);
    track.removeEventListener("mute", muted);
    track.removeEventListener("unmute", unmuted);
  };
}

/** What the browser calls the camera; the server looks for names that programs have. */
export function cameraLabel(stream: MediaStream): string {
  return (stream.getVideoTracks()[0]?.label ?? "").slice(0, 200);
}

export function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
