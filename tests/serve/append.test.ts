// Sessions that take events: after each event, scores have the bits of a new session with the longer history, on models of
// every kind of network; saved sessions continue as if they had stayed, and others are refused.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { targets } from "../../compiler/backends/choices.ts";
import { compiledBy } from "../../compiler/backends/contract/compile.ts";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { testContext } from "../support/emitted.ts";
import { runs } from "../support/how-often.ts";
import { compileWasm } from "../support/webassembly.ts";
import { byLabel, type Compiled, compiledFrom, type Ranker, trainedOf } from "./compiled.ts";

/** Attention with keys, recurrences, causal attention with and without positions, pairs, a search, two histories, sets. */
const zoo = ["din", "dien", "gru4rec", "sasrec", "hstu", "bst", "dmr", "sim_hard", "youtube_dnn", "nrms"];

/** Causal attention whose queries know no positions, over a history of 12 steps. */
const CAUSAL = `
model causal
features item { item_id : id  embed 8 }
history clicks(max: 12) { item_id <-> hist_item_id }
label click : binary
net {
  let seen = fold(1..2, clicks, (x, _) => x + causal_multi_head(layer_norm(x), heads: 2))
  predict click = dot(last(seen), item_id) + dense(sum(seen), 1) + dense(concat(mean(before_last(seen)), item_id), 1) |> sigmoid
}
`;

/** Sets and times of steps and of the user, numbers, and two histories that meet. */
const ALL_KINDS = `
model kinds
features user { user_id : id  embed 4  tags : set(id, max: 5)  embed 4 }
features context { now : time }
features item { item_id : id  embed 4  price : number |> log1p }
history clicks(max: 6) { item_id <-> clicked  words : set(id, max: 4)  embed 4  at : time }
history orders(max: 4) { item_id <-> ordered  price <-> paid }
label click : binary
net {
  let age   = log(1 + max(now - clicks.at, 0) / 3600)
  let steps = concat(clicks.item_id, clicks.words, age) |> dense(8, relu)
  let bought = concat(orders.item_id, orders.price, mean(steps)) |> dense(8, tanh)
  let states = gru(steps, width: 8)
  let user  = concat(user_id, tags, sum(steps), last(states), max(bought), sum(softmax(dot(linear(states, 4), item_id)) * steps))
  predict click = concat(user, item_id, price) |> dense(8, relu) |> dense(1) |> sigmoid
}
`;

function specOf(name: string): string {
  return name === "causal"
    ? CAUSAL
    : readFileSync(`examples/zoo/${name}.din`, "utf8").replace("max: 20", "max: 9");
}

const models = new Map<string, Promise<Compiled>>();
const modelOf = (name: string): Promise<Compiled> => {
  const known = models.get(name) ?? compiledFrom(trainedOf(specOf(name)), { sessions: "append" });
  models.set(name, known);
  return known;
};

function sampled({ trained: { model, fitted } }: Compiled, of: number, steps: number): RawRequest {
  const sampler = new RequestSampler(model, fitted, Random.of(of, "append"));
  return sampler.make({ candidates: 3, steps: () => steps, unseen: 0.1 });
}

/** The request as if each history had been as long as `steps`. */
function upTo(request: RawRequest, steps: number): RawRequest {
  const history = Object.entries(request.history).map(([name, all]) => [name, all.slice(0, steps)]);
  return { ...request, history: Object.fromEntries(history) as RawRequest["history"] };
}

function bits(compiled: Compiled, session: ReturnType<Ranker["user"]>, request: RawRequest): unknown {
  const logits = byLabel(compiled, session.logits(request.candidates));
  return [...logits].map(([label, values]) => [
    label,
    [...new Int32Array(values.buffer, values.byteOffset, values.length)],
  ]);
}

describe.each([...zoo, "causal"])("%s", (name) => {
  test("scores after each event are those of a new session, to the last bit", async () => {
    const compiled = await modelOf(name);
    const { weights, module } = compiled;
    const rankers = [
      compiled.ranker,
      await module.createRanker({ weights, backend: "simd" }),
      await module.createRanker({ weights, backend: "typescript" }),
    ];
    // The golden requests have the logits of the ops' references.
    for (const ranker of rankers) expect(ranker.verify()).toBeLessThan(1e-4);
    const histories = [...compiled.trained.model.histories.values()];
    const longest = Math.max(...histories.map(({ max }) => max));
    const events = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 * longest });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: longest }),
        events,
        (of, first, lengths) => {
          const total = first + lengths.reduce((sum, length) => sum + length, 0);
          const request = sampled(compiled, of, total);
          const other = sampled(compiled, of + 1, longest);
          for (const ranker of rankers) {
            let [steps, session] = [first, ranker.user(upTo(request, first))];
            for (const [i, length] of lengths.entries()) {
              const event = Object.entries(request.history).map(([history, all]) => [
                history,
                all.slice(steps, steps + length),
              ]);
              steps += length;
              session.append(Object.fromEntries(event));
              const whole = bits(compiled, ranker.user(upTo(request, steps)), request);
              // Another user's session between two events has WebAssembly's memory.
              ranker.user(other);
              expect(bits(compiled, session, request)).toEqual(whole);
              if (i % 3 === 1) session = ranker.loadSession(session.save());
            }
          }
        },
      ),
      { numRuns: runs(6) },
    );
  });
});

test.each(["dien", "causal"])("a saved session of %s goes on where other code computes", async (name) => {
  const compiled = await modelOf(name);
  const { module, weights, files } = compiled;
  const given = (file: string) => compileWasm(files.get(file) as Uint8Array);
  const rankers = await Promise.all(
    [
      ...[{ backend: "simd" as const }, { backend: "typescript" as const }, {}],
      ...[{ wasm: await given("model.wasm") }, { wasm: await given("model.relaxed.wasm") }],
    ].map((options) => module.createRanker({ weights, ...options })),
  );
  const request = sampled(compiled, 7, 9);
  for (const saving of rankers)
    for (const loading of rankers) {
      const session = loading.loadSession(saving.user(upTo(request, 7)).save());
      const steps = Object.entries(request.history).map(([history, all]) => [history, all.slice(7, 9)]);
      session.append(Object.fromEntries(steps));
      expect(bits(compiled, session, request)).toEqual(bits(compiled, loading.user(request), request));
    }
});

test("a saved session may be the first one of a module with 16-bit products", async () => {
  const spec = readFileSync("tests/bench/rank/din.din", "utf8");
  const compiled = await compiledFrom(trainedOf(spec), { sessions: "append", mode: "fast" });
  expect(compiled.fast).not.toBeNull();
  const { ranker, module, weights } = compiled;
  expect(ranker.verify()).toBeLessThan(0.05);
  const request = sampled(compiled, 3, 6);
  const loaded = (await module.createRanker({ weights })).loadSession(ranker.user(request).save());
  expect(bits(compiled, loaded, request)).toEqual(bits(compiled, ranker.user(request), request));
});

test("sets of steps, times and several histories are kept too", async () => {
  const compiled = await compiledFrom(trainedOf(ALL_KINDS), { sessions: "append" });
  const request = sampled(compiled, 5, 14);
  const session = compiled.ranker.user(upTo(request, 0));
  for (let steps = 0; steps < 14; steps++) {
    const event = Object.entries(request.history).map(([name, all]) => [name, all.slice(steps, steps + 1)]);
    session.append(Object.fromEntries(event));
    const whole = compiled.ranker.user(upTo(request, steps + 1));
    const loaded = compiled.ranker.loadSession(session.save());
    for (const each of [session, loaded])
      expect(bits(compiled, each, request)).toEqual(bits(compiled, whole, request));
  }
});

test("an event of one history leaves the others, and a new user or time computes all values", async () => {
  const compiled = await compiledFrom(trainedOf(ALL_KINDS), { sessions: "append" });
  const [request, other] = [sampled(compiled, 1, 5), sampled(compiled, 2, 5)];
  const session = compiled.ranker.user(upTo(request, 4));
  const last = request.history["clicks"]!.slice(4, 5);
  session.append({ clicks: last });
  const history = { ...upTo(request, 4).history, clicks: request.history["clicks"]!.slice(0, 5) };
  expect(bits(compiled, session, request)).toEqual(
    bits(compiled, compiled.ranker.user({ ...request, history }), request),
  );
  const { user, context } = other;
  session.append({}, { user, context });
  const changed = compiled.ranker.user({ user, context, history });
  expect(bits(compiled, session, request)).toEqual(bits(compiled, changed, request));
});

test("counts of a session have each step once, and a request for each user or time that is given", async () => {
  const { module, weights, trained } = await compiledFrom(trainedOf(ALL_KINDS), { sessions: "append" });
  const ranker = await module.createRanker({ weights, stats: true });
  const whole = await module.createRanker({ weights, stats: true });
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(8, "append"));
  const request = sampler.make({ candidates: 3, steps: () => 4, unseen: 0.3 });
  const counts = (of: typeof ranker) => {
    const { histories, features, requests } = of.stats() as RankerStats;
    return { requests, features, fields: Object.values(histories).map(({ fields }) => fields) };
  };
  const lengths = (of: typeof ranker) => Object.values(of.stats()!.histories).map((each) => each.lengths.sum);
  const session = ranker.user(upTo(request, 1));
  const event = (from: number, to: number) =>
    Object.fromEntries(Object.entries(request.history).map(([name, all]) => [name, all.slice(from, to)]));
  session.append(event(1, 2));
  session.append(event(2, 4));
  session.rank(request.candidates);
  whole.rank(request);
  expect(counts(ranker)).toEqual(counts(whole));
  expect(lengths(ranker)).toEqual([1, 1]);
  // An event that is refused counts nothing, and one that was saved and loaded was counted before.
  expect(() => session.append({ clicks: [{}] })).toThrow();
  ranker.loadSession(session.save());
  expect(counts(ranker)).toEqual(counts(whole));
  const { user, context } = request;
  session.append({}, { user, context });
  expect(ranker.stats()).toMatchObject({ requests: 2, features: { user_id: { values: 2 } } });
  expect(lengths(ranker)).toEqual([5, 5]);
});

test("events that cannot be read name the field and change nothing", async () => {
  const compiled = await compiledFrom(trainedOf(ALL_KINDS), { sessions: "append" });
  const request = sampled(compiled, 3, 4);
  const session = compiled.ranker.user(request);
  const before = bits(compiled, session, request);
  const step = request.history["clicks"]!.at(-1)!;
  const now = request.context["now"] as number;
  const { at: _, ...withoutTime } = step;
  for (const [event, given, message] of [
    [null, undefined, "event must be an object"],
    [{ click: [step] }, undefined, "event.click isn't a history that the model reads"],
    [{ clicks: step }, undefined, "history.clicks must be an array, or have columns"],
    [{ clicks: [null] }, undefined, "history.clicks[0] must be an object"],
    [{ clicks: [withoutTime] }, undefined, "history.clicks[0].at is missing"],
    [
      { clicks: [{ ...step, item_id: 1.5 }] },
      undefined,
      "history.clicks[0].item_id must be a whole number, not 1.5",
    ],
    [{ clicks: [{ ...step, at: now + 7 }] }, undefined, "history.clicks[0].at is 7 s after context.now"],
    [
      { clicks: [{ ...step, at: Number(step["at"]) - 3 }] },
      undefined,
      "history.clicks[0].at is 3 s before the step that precedes it",
    ],
    [
      { clicks: [step, { ...step, at: Number(step["at"]) - 2 }] },
      undefined,
      "history.clicks[1].at is 2 s before the step that precedes it",
    ],
    [{ clicks: [step] }, { user: request.user }, "context is missing"],
  ] as const)
    expect(() => session.append(event, given)).toThrow(message);
  expect(bits(compiled, session, request)).toEqual(before);
  session.append({});
  expect(bits(compiled, session, request)).toEqual(before);
});

describe("a saved session", () => {
  afterEach(() => void vi.useRealTimers());
  const refusal = (load: () => unknown): unknown => {
    try {
      load();
    } catch (error) {
      const { name, problem, message } = error as { name: string; problem: string; message: string };
      return [name, problem, message];
    }
    return null;
  };

  test("is refused by another model, by other weights, and when it is old", async () => {
    const din = await modelOf("din");
    const state = din.ranker.user(sampled(din, 1, 5)).save();
    const tomorrow = await compiledFrom(trainedOf(specOf("din"), 2), { sessions: "append" });
    expect(tomorrow.ranker.about.program).toBe(din.ranker.about.program);
    expect(refusal(() => tomorrow.ranker.loadSession(state))).toEqual([
      ...["RankerStateError", "other weights", "the state was computed with other weights of this model"],
    ]);
    const dien = await modelOf("dien");
    expect(refusal(() => dien.ranker.loadSession(state))).toEqual([
      ...["RankerStateError", "other model", "the state belongs to another model: its program differs"],
    ]);
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ["Date"] });
    expect(refusal(() => din.ranker.loadSession(state, { maxAge: 60 }))).toEqual([
      ...["RankerStateError", "expired", "the state is 61 s old, more than 60 s"],
    ]);
    expect(refusal(() => din.ranker.loadSession(state, { maxAge: 100 }))).toBeNull();
  });

  test("is refused if any byte changed, or some are missing", async () => {
    const { ranker } = await modelOf("gru4rec");
    const state = ranker.user(sampled(await modelOf("gru4rec"), 1, 3)).save();
    const torn = ["RankerStateError", "torn", expect.any(String)];
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = state.slice();
        changed[at] = changed[at]! ^ by;
        expect(refusal(() => ranker.loadSession(changed))).toEqual(torn);
        expect(refusal(() => ranker.loadSession(state.slice(0, at)))).toEqual(torn);
      }),
      { numRuns: runs(100) },
    );
    for (const none of [undefined, "text", {}]) expect(refusal(() => ranker.loadSession(none))).toEqual(torn);
    // A store may give the bytes at any address.
    const shifted = new Uint8Array(state.length + 1);
    shifted.set(state, 1);
    expect(refusal(() => ranker.loadSession(shifted.subarray(1)))).toBeNull();
  });
});

test("the document's code keeps sessions in Redis", async () => {
  const { ranker } = await modelOf("gru4rec");
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/live-sessions.md", "utf8"))!;
  const request = sampled(await modelOf("gru4rec"), 4, 6);
  const stored = new Map<string, Buffer>();
  const redis = {
    getBuffer: async (key: string) => stored.get(key) ?? null,
    set: async (key: string, bytes: Buffer, ..._expiry: unknown[]) => void stored.set(key, bytes),
  };
  let asked = 0;
  const requestOf = async () => {
    asked++;
    return upTo(request, 4);
  };
  const given = new Function("ranker", "redis", "requestOf", `${code}; return addEvent;`);
  const addEvent = given(ranker, redis, requestOf) as (
    id: string,
    event: unknown,
  ) => Promise<ReturnType<Ranker["user"]>>;
  const step = (i: number) => ({ liked: request.history["liked"]!.slice(i, i + 1) });
  await addEvent("u1", step(4));
  const session = await addEvent("u1", step(5));
  expect(asked).toBe(1);
  const whole = ranker.user(request);
  expect(bits(await modelOf("gru4rec"), session, request)).toEqual(
    bits(await modelOf("gru4rec"), whole, request),
  );
  // A state that is no longer valid is computed from the history.
  stored.set("session:u1", Buffer.from("torn"));
  await addEvent("u1", step(4));
  expect(asked).toBe(2);
});

test.each([
  ["deepfm", "the model has no history to which events are added"],
  // Positions count from the latest step, so an event moves them all.
  ["sasrec", "would save nothing here: an event of liked changes all steps of"],
  ["dmin", "would save nothing here: an event of liked changes all steps of"],
  // Its encoder is of the candidates; the request has the pairs of places alone.
  ["hstu", "would save nothing here: an event of liked changes all steps of back (attention)"],
])("%s takes no events", async (name, why) => {
  const target = targets.find(({ name }) => name === "ts")!;
  const emitted = compiledBy(target, trainedOf(specOf(name)), { sessions: "append" }, testContext);
  await expect(emitted).rejects.toThrow(why);
});
