// The API of the encoder in an ONNX folder: it reads requests by the table of inputs, as a ranker does.

import type { About } from "./about.ts";
import { type Feed, readSomeCandidates } from "./feeds.ts";
import { CandidateValues, MODEL, RequestValues } from "./model/program.ts";
import type { Request } from "./model/requests.ts";
import { feedsOf, inputsOf } from "./model/tables.ts";
import { type Inputs, readCandidates, readParts } from "./parts.ts";
import { WeightsFile } from "./weights.ts";

/**
 * Checks and reads the bytes of inputs.bin, which are kept.
 * @throws RankerWeightsError where they are not this model's, or damaged.
 */
export function createEncoder(data: Uint8Array | ArrayBuffer): Encoder {
  return new Encoder(new WeightsFile(data, MODEL.program));
}

/** Makes the inputs of model.onnx. Made by `createEncoder`. */
export class Encoder {
  /** Which model, program and run this is, and which dinc made it. */
  readonly about: About;
  private readonly inputs: Inputs;

  constructor(file: WeightsFile) {
    const { name: model, program, version } = MODEL;
    this.about = { model, program, run: file.header.run, version };
    this.inputs = inputsOf(file);
  }

  /**
   * The inputs by name, for one request and all its candidates.
   * @throws RankerInputError, naming the field, for what cannot be scored.
   */
  feeds(request: Request): Record<string, Feed> {
    const candidates = readSomeCandidates(request);
    // The caller keeps what it gets, so each request has buffers of its own.
    const [q, c] = [new RequestValues(), new CandidateValues()];
    readParts(this.inputs, q, request);
    readCandidates(this.inputs, q, c, candidates, 0, candidates.length);
    return feedsOf(q, c, candidates.length);
  }
}
