// What is counted where nobody says how large requests are. By itself: the command line loads what counts when it is asked to.

import type { RequestSize } from "./cost.ts";

export const usualRequest: RequestSize = { candidates: 200, history: 50 };
