// The parts of the page that the guide uses.

import type { Observed } from "./observed.ts";

export interface Bench {
  readonly text: () => string;
  /** Replaces the spec in the editor. */
  readonly put: (text: string) => void;
  /** Gives the reader's own text back. */
  readonly putOwn: () => void;
  readonly showTab: (name: string) => void;
  readonly observed: Observed;
}
