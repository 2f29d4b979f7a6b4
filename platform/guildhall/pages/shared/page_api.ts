import { Api } from "./api";
import { signInAddress } from "./next_path";
import { askForProof } from "./step_up";
import { TabVault } from "./vault";

/** The API as a page in a browser uses it: whoever is signed out goes to the sign-in page, and comes back here. */
export function openApi(): Api {
  return new Api(new TabVault(), {
    signedOut: () => location.assign(signInAddress(location.pathname + location.search + location.hash)),
    changedHands: () => location.reload(),
    prove: askForProof,
  });
}
