// The identity of a running module, for logs and metrics: the program is part of the module's text, the run is part of the
// weights.

export interface About {
  /** The model's name in its spec. */
  readonly model: string;
  /**
   * The fingerprint of the program, which its weights must carry: the same for every run of the same spec.
   */
  readonly program: string;
  /**
   * The run of the loaded weights: the start of `sha256sum RUN/weights.safetensors`. null for random weights.
   */
  readonly run: string | null;
  /** The version of dinc that made the module. */
  readonly version: string;
}
