// The request's own time, the one `time` of the context: no step lies after it, for no back end and in no
// form, and nothing stands in for it.

import { beforeAll, describe, expect, test } from "vitest";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import type { Inputs } from "../onnx/compiled.ts";
import { testContext } from "../support/emitted.ts";
import { compiled, type Ranker, trainedOf } from "./compiled.ts";
import { loadModule } from "./load-module.ts";

const spec = `model timed
features context {
  hour : int(0..23)  embed 2
  now  : time
}
features item { item_id : id  embed 2 }
history clicks(max: 2) {
  item_id <-> clicked
  at      : time
}
label click : binary
net {
  let age       = now - clicks.at
  predict click = concat(hour, item_id, sum(log(1 + age) * clicks)) |> dense(1) |> sigmoid
}
`;

const times = [1_764_000_000, 1_764_000_100, 1_764_100_000];
const clicks = times.map((at, i) => ({ item_id: i, at }));
const requestAt = (now: unknown) => ({
  context: { hour: 3, now },
  history: { clicks },
  candidates: [{ item_id: 1 }, { item_id: 2 }],
});

let takers: Record<string, (request: unknown) => unknown>;
let ranker: Ranker;
beforeAll(async () => {
  const { module, weights, ranker: wasm } = await compiled(spec);
  ranker = wasm;
  const plain = await module.createRanker({ weights, backend: "typescript" });
  const { inputs, learned } = onnxParts(trainedOf(spec), "optimised", testContext);
  const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
  takers = {
    WebAssembly: (request) => wasm.rank(request),
    TypeScript: (request) => plain.rank(request),
    "a session": (request) => wasm.user(request),
    "columns of a history": (request) => {
      const { history, ...rest } = request as ReturnType<typeof requestAt>;
      return wasm.rank({ ...rest, history: wasm.encodeHistory(history) });
    },
    "inputs of ONNX": (request) => encoder.feeds(request),
  };
});

describe.each(["WebAssembly", "TypeScript", "a session", "columns of a history", "inputs of ONNX"])(
  "%s",
  (name) => {
    test("refuses a step after the request, with its place and by how much", () => {
      const late = () => takers[name]!(requestAt("2025-11-25T19:46:37Z"));
      expect(late).toThrow("history.clicks[2].at is 3 s after context.now");
      expect(() => takers[name]!(requestAt(times[0]!))).toThrow(
        "history.clicks[1].at is 100 s after context.now",
      );
    });

    test("takes a step at the time of the request, and does not look at steps before those that count", () => {
      expect(() => takers[name]!(requestAt(times[2]!))).not.toThrow();
      const { history, ...rest } = requestAt(times[1]!);
      const later = history.clicks.map(({ at, item_id }, i) => ({
        item_id,
        at: i === 0 ? at + 200 : times[0]!,
      }));
      expect(() => takers[name]!({ ...rest, history: { clicks: later } })).not.toThrow();
    });

    test("has no time of its own for one that is missing", () => {
      for (const now of [undefined, null])
        expect(() => takers[name]!(requestAt(now))).toThrow("context.now is missing");
    });
  },
);

test("the same request has the same scores, and a later one others", () => {
  const scores = (now: number) => [...(ranker.logits(requestAt(now)) as Float32Array)];
  expect(scores(times[2]!)).toEqual(scores(times[2]!));
  expect(scores(times[2]! + 86_400)).not.toEqual(scores(times[2]!));
});
