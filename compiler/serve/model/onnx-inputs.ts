// The encoder of an ONNX folder for the test next to it, which imports this file: there, inputs.js takes its
// place.

import type { Feed } from "../feeds.ts";
import type { Candidate, UserRequest } from "./requests.ts";

export interface Request extends UserRequest {
  readonly candidates: readonly Candidate[];
}
export declare function createEncoder(data: Uint8Array): {
  feeds(request: Request): Readonly<Record<string, Feed>>;
};
