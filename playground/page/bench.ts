// The parts of the page that the guide uses.

import type { Observed } from "./observed.ts";
import type { TextLocation } from "./own-texts.ts";

export interface Bench {
  readonly text: () => string;
  readonly place: () => TextLocation;
  /** Replaces the spec in the editor. The browser keeps the reader's changes for `place`, by default that of the text before. */
  readonly put: (text: string, place?: TextLocation) => void;
  /** Replaces it by a text of the page; the reader's own text of the place is forgotten. */
  readonly startOver: (text: string) => void;
  /** Shows the reader's own text of the page. */
  readonly putOwn: () => void;
  readonly showTab: (name: string) => void;
  readonly observed: Observed;
}
