// What crosses the two proctoring sockets: the mirror of proctoring/messages/. Times are UTC milliseconds.

/** RFC 9457, as HTTP and the sockets' acknowledgements carry it. `status` 0 means that no answer came. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly fields?: Readonly<Record<string, string>> | null;
  readonly retry_after_ms?: number | null;
}

export type Standing = "waiting" | "live" | "away" | "finished";

export type CheckInState = "waiting" | "running" | "measured" | "accepted" | "skipped";
export type Signal = "yaw" | "pitch" | "gaze_x" | "gaze_y" | "eyes" | "mouth";

/** How well one thing can be read of this person; `on` is whether it is used. */
export interface SignalTold {
  readonly signals: readonly Signal[];
  readonly on: boolean;
  readonly quality: number;
  readonly title: string;
  readonly text: string;
}

/** Where the check-in stands. The page shows this and decides nothing. */
export interface CheckInTold {
  readonly state: CheckInState;
  readonly step: string | null;
  readonly place: number;
  readonly steps: number;
  readonly target: readonly [number, number] | null;
  readonly instruction: string;
  readonly hint: string | null;
  readonly progress: number;
  readonly runs_left: number;
  readonly signals: readonly SignalTold[];
}

/** Server -> candidate, right after connecting. */
export interface Session {
  readonly session_id: string;
  readonly exam_title: string;
  readonly candidate_name: string;
  readonly state: Standing;
  readonly frame_interval_ms: number;
  readonly max_frame_bytes: number;
  readonly frame_width_px: number;
  readonly frame_height_px: number;
  readonly jpeg_quality: number;
  readonly server_time_ms: number;
  readonly recorded: readonly string[];
  readonly check_in: CheckInTold;
}

export interface Coaching {
  readonly code: string;
  readonly text: string;
}

/** The acknowledgement of one frame. */
export interface Verdict {
  readonly number: number;
  readonly verdict: "judged" | "skipped" | "unexamined";
  readonly reason: string | null;
  readonly next_interval_ms: number;
  readonly next_width_px: number;
  readonly next_height_px: number;
  readonly next_quality: number;
  readonly faces: number | null;
  readonly coaching: Coaching | null;
  readonly check_in: CheckInTold | null;
}

export interface Finished {
  readonly state: Standing;
}

export interface Card {
  readonly session_id: string;
  readonly candidate_name: string;
  readonly state: Standing;
  readonly faces: number | null;
  readonly since_ms: number;
  readonly check_in: CheckInState;
  readonly quality: number | null;
  readonly signals_off: readonly Signal[];
}

export type Rule = "absent" | "several_faces" | "looking_away" | "camera_dark" | "camera_covered" | "camera_unclear" | "no_frames" | "feed_frozen" | "feed_looped" | "virtual_camera" | "screen_filmed" | "face_changed" | "tab_hidden" | "focus_lost" | "full_screen_left" | "copied" | "pasted" | "printed" | "second_screen" | "developer_tools" | "network_lost" | "clock_jumped";
export type Channel = "behaviour" | "visibility" | "please_check" | "claim";
/** What else than the browser says the same as its claim. */
export type Corroboration = "looking_away" | "absent" | "no_frames" | "connection_lost" | "clock_offset";

export interface Incident {
  readonly incident_id: string;
  readonly session_id: string;
  readonly candidate_name: string;
  readonly rule: Rule;
  readonly channel: Channel;
  readonly opened_at_ms: number;
  readonly closed_at_ms: number | null;
  readonly reason: string;
  readonly rule_version: string;
  readonly corroborated_by: readonly Corroboration[];
}

export interface Entry {
  readonly number: number;
  readonly at_ms: number;
  readonly kind: "incident_opened" | "incident_closed" | "incident_corroborated";
  readonly incident: Incident;
}

/** The answer to `watch`. */
export interface WallSnapshot {
  readonly exam_id: string;
  readonly exam_title: string;
  readonly candidates: readonly Card[];
  readonly entries: readonly Entry[];
  readonly head: number;
  readonly open: readonly Incident[];
  readonly server_time_ms: number;
  /** While the engine has room for everybody. */
  readonly frame_interval_ms: number;
}

export interface Synced {
  readonly entries: readonly Entry[];
  readonly head: number;
}

/** left, top, width, height as fractions of the picture. */
export type Box = readonly [number, number, number, number];

export interface Tile {
  readonly session_id: string;
  readonly number: number;
  readonly captured_at_ms: number;
  readonly received_at_ms: number;
  readonly faces: number | null;
  /** At which this candidate is judged just now. */
  readonly frames_per_second: number | null;
  readonly frames_asked: number | null;
  readonly boxes: readonly Box[];
  readonly jpeg: ArrayBuffer;
}
