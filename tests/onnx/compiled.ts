// Compiles a spec with random weights to an ONNX folder, in memory, and scores requests with what came out.

import type { InferenceSession } from "onnxruntime-node";
import { resultNames } from "../../compiler/backends/onnx/model.ts";
import type { OnnxForm } from "../../compiler/backends/onnx/package-files.ts";
import type { TrainedModel } from "../../runtime/compile/compile-model.ts";
import { compileOnnx } from "../../runtime/compile/compile-onnx.ts";
import type { GeneratedFiles } from "../../runtime/compile/output-folder.ts";
import type { Feed } from "../../runtime/serve/feeds.ts";
import { loadModule } from "../serve/load-module.ts";
import { run, sessionOf } from "./session.ts";

/** The generated API, as a caller without its types sees it. */
export interface Inputs {
  createEncoder(data: unknown): { feeds(request: unknown): Record<string, Feed> };
}

export interface Scorer {
  readonly files: GeneratedFiles;
  readonly inputs: Inputs;
  feeds(request: unknown): Record<string, Feed>;
  /** Logits and probabilities by label. */
  scores(request: unknown): Promise<Map<string, { logits: Float32Array; probabilities: Float32Array }>>;
  close(): Promise<void>;
}

export const forms: readonly OnnxForm[] = ["optimised", "exported"];

export async function scorerOf(trained: TrainedModel, form: OnnxForm): Promise<Scorer> {
  const files = await compileOnnx(trained, form, "test", 1);
  const inputs = await loadModule<Inputs>(files.get("inputs.js") as string);
  const encoder = inputs.createEncoder(files.get("inputs.bin"));
  const session: InferenceSession = await sessionOf(files.get("model.onnx") as Uint8Array);
  return {
    files,
    inputs,
    feeds: (request) => encoder.feeds(request),
    scores: async (request) => {
      const results = await run(session, encoder.feeds(request));
      return new Map(
        trained.model.predictions.map(({ label }) => [
          label,
          {
            logits: results[resultNames.logit(label)]!.data,
            probabilities: results[resultNames.probability(label)]!.data,
          },
        ]),
      );
    },
    close: () => session.release(),
  };
}
