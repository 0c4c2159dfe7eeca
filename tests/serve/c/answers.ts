// Answers of a library in C to requests, hostile ones too, beside those of the TypeScript module.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import type { RawRequest } from "../../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import type { CModule } from "../../support/c-module.ts";
import { type Compiled, compiledFrom, type Scores } from "../compiled.ts";
import { requestBytes } from "./encoded.ts";

export type Driver = ReturnType<CModule["driver"]>;

/** Expects the same bits of scores, or the same message, for requests of every length and for hostile ones. */
export async function expectAnswers(trained: TrainedModel, run: Driver, module: CModule, name: string) {
  const requests = hostileOf(requestsOf(trained, name));
  const { code, out, err } = run("answer", fileOf(module, requests));
  expect([name, code, err]).toEqual([name, 0, ""]);
  const compiled = await compiledFrom(trained, { projectedTables: 0 });
  const ranker = await compiled.module.createRanker({ weights: compiled.weights, backend: "simd" });
  const wanted = requests.map((request) => answerOf(ranker, request));
  expect(out.trimEnd().split("\n")).toEqual(wanted);
  expect(new Set(wanted.map(([first]) => first)).size).toBe(2);
}

function answerOf(ranker: Pick<Compiled["ranker"], "rank">, request: unknown): string {
  try {
    const scores: Scores = ranker.rank(request as RawRequest);
    const all = scores instanceof Float32Array ? [scores] : Object.values(scores);
    const bits = all.flatMap((each) => [...new Uint32Array(each.buffer, each.byteOffset, each.length)]);
    return ["V", ...bits.map((each) => each.toString(16).padStart(8, "0"))].join(" ");
  } catch (error) {
    if ((error as Error).name !== "RankerInputError") throw error;
    // C takes columns by functions of their own.
    return `E${(error as Error).message.replace(", or have columns", "")}`;
  }
}

export function requestsOf({ model, fitted, padding }: TrainedModel, name: string): RawRequest[] {
  const sampler = new RequestSampler(model, fitted, Random.of(8, name), padding);
  return [() => 0, () => 1, (max: number) => max + 3].map((steps) =>
    sampler.make({ candidates: 21, steps, unseen: 0.1 }),
  );
}

const HOSTILE_VALUES: readonly unknown[] = [
  ...[
    null,
    undefined,
    "",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e39,
    2 ** 53,
    0.5,
    "nobody",
    {},
    [],
    true,
  ],
  ...["\u0000", "😀".repeat(50), [1, 2], "1e400", -0, 1e300],
];

/** Each feature and each part of a request with each hostile value in turn. */
function hostileOf(requests: readonly RawRequest[]): unknown[] {
  const last = requests.at(-1)!;
  const changed = HOSTILE_VALUES.flatMap((value, i) => {
    const records = (own: readonly object[]) =>
      own.map((record, at) => {
        const names = Object.keys(record);
        return at === own.length - 1 && names.length > 0
          ? { ...record, [names[i % names.length]!]: value }
          : record;
      });
    const histories = Object.entries(last.history);
    return [
      { ...last, candidates: records(last.candidates) },
      ...histories.map(([name, steps]) => ({
        ...last,
        history: { ...last.history, [name]: records(steps) },
      })),
      { ...last, user: records([last.user])[0] },
      { ...last, context: records([last.context])[0] },
    ];
  });
  const without = [undefined, null, 3].flatMap((value) =>
    ["user", "history", "candidates"].map((part) => ({ ...last, [part]: value })),
  );
  return [...requests, ...changed, ...without];
}

export function fileOf(module: CModule, requests: readonly unknown[]): string {
  const inputs = module.inputs();
  const path = join(module.folder, "requests");
  writeFileSync(path, Buffer.concat(requests.map((request) => requestBytes(inputs, request))));
  return path;
}
