// A model as ONNX, in memory: from raw requests to what onnxruntime makes of them.

import { toBinary } from "@bufbuild/protobuf";
import type { GraphForm } from "../../compiler/backends/contract/emit-options.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { resultsOf } from "../../compiler/backends/onnx/model.ts";
import { ModelProtoSchema } from "../../compiler/backends/onnx/onnx.generated.ts";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import type { Feed } from "../../compiler/serve/feeds.ts";
import { loadModule } from "../serve/load-module.ts";
import { testContext } from "../support/emitted.ts";
import { run, sessionOf } from "./session.ts";

/** The generated API, as a caller without its types sees it. */
export interface Inputs {
  createEncoder(data: unknown): { feeds(request: unknown): Record<string, Feed> };
}

/** By label: a number for each candidate, or of classes one for each. A number has no probability. */
export type Scores = ReadonlyMap<
  string,
  { readonly width: number; readonly logits: Float32Array; readonly probabilities: Float32Array | null }
>;

export interface Scorer {
  readonly bytes: Uint8Array;
  feeds(request: unknown): Record<string, Feed>;
  scores(request: unknown): Promise<Scores>;
  close(): Promise<void>;
}

export async function scorerOf(trained: TrainedModel, form: GraphForm): Promise<Scorer> {
  const { model, inputs, learned } = onnxParts(trained, form, testContext);
  const { createEncoder } = await loadModule<Inputs>(inputs.javascript);
  const encoder = createEncoder(learned);
  const bytes = toBinary(ModelProtoSchema, model);
  const session = await sessionOf(bytes);
  return {
    bytes,
    feeds: (request) => encoder.feeds(request),
    scores: async (request) => {
      const results = await run(session, encoder.feeds(request));
      return new Map(
        resultsOf(trained.model).map(({ label, own, probability, width }) => [
          label,
          {
            width,
            logits: results[own]!.data,
            probabilities: probability === null ? null : results[probability]!.data,
          },
        ]),
      );
    },
    close: () => session.release(),
  };
}
