// What the guide needs of the page around it.

import type { Observed } from "./observed.ts";

export interface Bench {
  readonly text: () => string;
  /** Puts another spec into the editor. */
  readonly put: (text: string) => void;
  readonly showTab: (name: string) => void;
  readonly observed: Observed;
}
