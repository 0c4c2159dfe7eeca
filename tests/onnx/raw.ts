// A model with `--inputs raw`, in memory: from requests to tensors of raw values, to the scores of onnxruntime.

import { toBinary } from "@bufbuild/protobuf";
import { Tensor } from "onnxruntime-node";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { resultsOf } from "../../compiler/backends/onnx/model.ts";
import { ModelProtoSchema } from "../../compiler/backends/onnx/onnx.generated.ts";
import { type OnnxParts, onnxParts } from "../../compiler/backends/onnx/package.ts";
import { type RawFeed, rawFeeds } from "../../compiler/backends/onnx/raw-feeds.ts";
import { loadModule } from "../serve/load-module.ts";
import { testContext } from "../support/emitted.ts";
import type { Inputs, Scores } from "./compiled.ts";
import { sessionOf } from "./session.ts";

export interface RawScorer {
  readonly bytes: Uint8Array;
  readonly parts: OnnxParts;
  feeds(request: unknown): Record<string, RawFeed>;
  scores(feeds: Readonly<Record<string, RawFeed>>): Promise<Scores>;
  close(): Promise<void>;
}

export async function rawScorerOf(trained: TrainedModel): Promise<RawScorer> {
  const parts = onnxParts(trained, "optimised", testContext, "raw");
  const { createEncoder } = await loadModule<Inputs>(parts.inputs.javascript);
  const encoder = createEncoder(parts.learned);
  const bytes = toBinary(ModelProtoSchema, parts.model);
  const session = await sessionOf(bytes);
  return {
    bytes,
    parts,
    feeds: (request) => rawFeeds(parts.feeding!, parts.facts, request, encoder),
    scores: async (feeds) => {
      const given = Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)] as const);
      const results = await session.run(Object.fromEntries(given));
      return new Map(
        resultsOf(trained.model).map(({ label, own, probability, width }) => [
          label,
          {
            width,
            logits: results[own]!.data as Float32Array,
            probabilities: probability === null ? null : (results[probability]!.data as Float32Array),
          },
        ]),
      );
    },
    close: () => session.release(),
  };
}

export function tensorOf({ type, dims, data }: RawFeed): Tensor {
  const numbers = () => data.map((value) => (value === null ? Number.NaN : Number(value)));
  switch (type) {
    case "string":
      return new Tensor("string", data.map(String), dims);
    case "int64":
      return new Tensor("int64", BigInt64Array.from(numbers(), BigInt), dims);
    case "double":
      return new Tensor("float64", Float64Array.from(numbers()), dims);
    case "float":
      return new Tensor("float32", Float32Array.from(numbers()), dims);
    case "int32":
      return new Tensor("int32", Int32Array.from(numbers()), dims);
  }
}
