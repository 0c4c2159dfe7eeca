// The encoder of an ONNX folder, as the test beside it imports it: there, inputs.js takes the place of this file.

import type { Feed } from "../feeds.ts";
import type { Candidate, UserRequest } from "./requests.ts";

export interface Request extends UserRequest {
  readonly candidates: readonly Candidate[];
}
export declare function createEncoder(data: Uint8Array): {
  feeds(request: Request): Readonly<Record<string, Feed>>;
};
