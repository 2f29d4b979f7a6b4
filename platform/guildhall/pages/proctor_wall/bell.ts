/** A short, soft tone. Made on the click that switches the sound on, because browsers allow audio only then. */
export class Bell {
  readonly #audio = new AudioContext();

  ring(): void {
    const at = this.#audio.currentTime;
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.setValueAtTime(660, at);
    tone.frequency.setValueAtTime(880, at + 0.09);
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }

  close(): void {
    void this.#audio.close();
  }
}
