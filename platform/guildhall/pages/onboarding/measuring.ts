// What a browser can tell of its camera, its microphone and its line. It proves nothing, and helps the agent.
import type { Api } from "../shared/api";
import type { Content } from "../shared/onboarding";

const SETTLE_MS = 1_500;
const PROBE_BYTES = 28_000;
const PROBES = 3;

async function look(): Promise<Content> {
  const nothing = { camera: false, width_px: 0, height_px: 0, frames_per_second: 0 };
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: true });
  } catch {
    return nothing;
  }
  const [track] = stream.getVideoTracks();
  const { width = 0, height = 0, frameRate = 0 } = track?.getSettings() ?? {};
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const camera = track?.readyState === "live" && !track.muted;
  for (const one of stream.getTracks()) one.stop();
  return { camera, width_px: width, height_px: height, frames_per_second: Math.round(frameRate) };
}

async function listen(): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const live = stream.getAudioTracks().some((track) => track.readyState === "live" && !track.muted);
    for (const one of stream.getTracks()) one.stop();
    return live;
  } catch {
    return false;
  }
}

/** The fastest of a few uploads; each is a draft of the step, which the figures then take the place of. */
async function measureLine(api: Api, path: string): Promise<number> {
  const padding = Array.from({ length: PROBE_BYTES / 28 }, () => Math.random().toString(36).padEnd(28, "0").slice(0, 28)).join("");
  let fastest = 0;
  for (let probe = 0; probe < PROBES; probe += 1) {
    const began = performance.now();
    const answer = await api.ask("PUT", path, { content: { probe, padding } });
    const seconds = (performance.now() - began) / 1000;
    if ("reply" in answer) fastest = Math.max(fastest, (PROBE_BYTES * 8) / 1000 / seconds);
  }
  return Math.round(fastest);
}

export async function measure(api: Api, path: string): Promise<Content> {
  const seen = await look();
  const microphone = await listen();
  const upload_kbit_s = await measureLine(api, path);
  return { ...seen, microphone, upload_kbit_s, screen_width_px: Math.round(screen.width) };
}
