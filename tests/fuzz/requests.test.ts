// Requests that nobody should make, to modules of several models: random ones, of which parts are exchanged
// for anything that JavaScript has, and numbers for extreme ones; in sessions that take turns. Every form
// that a module computes in gives the same score or the same typed error, and what is no mistake gets the
// score that training's reference gives.

import { describe, expect, test } from "vitest";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { isClose, TOLERANCE } from "../../compiler/serve/golden.ts";
import { isScore } from "../../compiler/serve/scores.ts";
import {
  byLabel,
  type Compiled,
  compiled,
  type Ranker,
  type Session,
  worstDifference,
} from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { seed, timeout, times } from "../support/how-often.ts";

/** Rounds for each model in the suite. */
const ROUNDS = 150;
/** So many rounds get one request that training's reference scores, too. */
const BETWEEN_REFERENCES = 25;

const EXTREMES = [
  ...[
    0, -0, 5e-324, -1e-310, 1e-45, 1e-38, 1, -1, 1e4, 1e15, 1e30, -1e30, 1e38, -1e38, 3.4028234663852886e38,
  ],
  ...[3.4028235677973366e38, 1e39, -1e39, 1e308, -1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[Number.NaN, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 31, 0.5],
];
const HOSTILE: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => "",
  () => "x".repeat(5000),
  () => "\ud800",
  () => "__proto__",
  () => 9007199254740993n,
  () => -1n,
  () => Symbol("id"),
  () => () => 1,
  () => [],
  () => [[], {}],
  () => [null, undefined, 1, "a"],
  () => new Array(7),
  () => ({}),
  () => Object.create(null),
  () => ({ columns: {} }),
  () => ({ columns: { item_id: new Int32Array([1, -1, 2 ** 30]) }, rows: 2 }),
  () => ({ columns: [], rows: -1 }),
  () => new Float32Array([1, Number.NaN]),
  () => new Int32Array(3),
  () => new Date(0),
  () => new Map([["a", 1]]),
  () => Number,
  () => JSON.parse('{"__proto__": {"item_id": 1}, "constructor": 1}'),
];

/** Where a value stands in a request. */
interface Place {
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return found;
  for (const key of Object.keys(value)) {
    const owner = value as Record<string, unknown>;
    found.push({ owner, key });
    placesOf(owner[key], found);
  }
  return found;
}

type Kind = "sound" | "extreme" | "hostile";

/** A request of a kind, and the whole again: what is changed is changed in a copy. */
function changed(request: RawRequest, kind: Kind, random: Random): object {
  const copy = structuredClone(request) as unknown as Record<string, unknown>;
  if (kind === "sound") return copy;
  const places = placesOf(copy);
  // One change: of several mistakes it depends on how many candidates are read at a time which is told.
  const { owner, key } = places[random.integer(places.length)]!;
  if (kind === "hostile") owner[key] = HOSTILE[random.integer(HOSTILE.length)]!();
  else if (typeof owner[key] === "number") owner[key] = EXTREMES[random.integer(EXTREMES.length)];
  return copy;
}

/** Scores by label, or what was thrown. */
interface Outcome {
  readonly scores: ReadonlyMap<string, Float32Array>;
  readonly error: { readonly name: string; readonly said: string } | null;
}

function outcomeOf(subject: Compiled, score: () => ReturnType<Ranker["logits"]>): Outcome {
  try {
    return { scores: byLabel(subject, score()), error: null };
  } catch (thrown) {
    const { name, message, stack } = thrown as Error;
    const said = name === "RankerInputError" ? message : `${message}\n${stack}`;
    return { scores: new Map(), error: { name, said } };
  }
}

/** Whether two forms did the same. Where numbers are extreme, rounding decides how much is left of a sum of huge ones. */
function differ(a: Outcome, b: Outcome, kind: Kind): string | null {
  // A logit that is no score is not the same number in every form.
  const [first, second] = [a, b].map(({ error }) => error?.said.replace(/logit is \S+,/, ""));
  if (first !== second) return `${first} / ${second}`;
  for (const [label, x] of a.scores) {
    const y = b.scores.get(label)!;
    for (let i = 0; i < x.length; i++) {
      if (!isScore(x[i]!) || !isScore(y[i]!)) return `${label}[${i}] is no score: ${x[i]} / ${y[i]}`;
      if (kind !== "extreme" && !isClose(y[i]!, x[i]!, TOLERANCE)) return `${label}[${i}]: ${x[i]} / ${y[i]}`;
    }
  }
  return null;
}

function same(a: Outcome, b: Outcome): boolean {
  return (
    a.error?.said === b.error?.said &&
    [...a.scores].every(([label, x]) => x.every((each, i) => Object.is(each, b.scores.get(label)![i])))
  );
}

describe.each(Object.entries(specs))("%s", (name, spec) => {
  test("has one outcome for a request, whoever computes it", { timeout }, async () => {
    const subject = await compiled(spec);
    const { model, fitted } = subject.trained;
    const random = Random.of(seed, `requests of ${name}`);
    const maker = new RequestSampler(model, fitted, random);
    const forms = await Promise.all(
      (["auto", "simd", "typescript"] as const).map((backend) =>
        subject.module.createRanker({ weights: subject.weights, backend }),
      ),
    );
    const sessions: { readonly session: Session; readonly request: RawRequest; readonly ranker: Ranker }[] =
      [];
    const wrong: string[] = [];
    const counts = { requests: 0, scored: 0, refused: 0 };
    for (let round = 0; round < ROUNDS * times(); round++) {
      const most = random.integer(20) === 0 ? 70 : 4;
      const sound = maker.make({
        candidates: random.integer(most + 1),
        steps: (max) => [0, 1, random.integer(Math.min(max, 8) + 1), max, max + 3][random.integer(5)]!,
        unseen: 0.2,
      });
      const kind = (["sound", "extreme", "hostile"] as const)[random.integer(3)]!;
      const request = changed(sound, kind, random);
      const outcomes = forms.map((ranker) => outcomeOf(subject, () => ranker.logits(request)));
      counts.requests += forms.length;
      for (const [i, outcome] of outcomes.entries()) {
        counts[outcome.error === null ? "scored" : "refused"]++;
        const isTyped = outcome.error === null || outcome.error.name === "RankerInputError";
        const problem = isTyped ? differ(outcomes[0]!, outcome, kind) : outcome.error.said;
        if (problem !== null) wrong.push(`${kind}, ${forms[i]!.backend}: ${problem}\n${shown(request)}`);
      }
      if (kind === "sound" && sound.candidates.length > 0 && round % BETWEEN_REFERENCES === 0) {
        const worst = worstDifference(subject, sound);
        if (worst > 1) wrong.push(`${worst} times as far from training as allowed\n${shown(request)}`);
      }
      // Sessions of other users take turns on the same memory: each goes on as if it were alone.
      if (kind === "sound") {
        const ranker = forms[random.integer(forms.length)]!;
        const entry = { session: ranker.user(sound), request: sound, ranker };
        if (sessions.length < 5) sessions.push(entry);
        else sessions[random.integer(5)] = entry;
        const { session, request: of, ranker: by } = sessions[random.integer(sessions.length)]!;
        counts.requests++;
        const again = outcomeOf(subject, () => session.logits(of.candidates));
        const alone = outcomeOf(subject, () => by.logits(of));
        if (!same(again, alone)) wrong.push(`a session that had to wait scores otherwise\n${shown(of)}`);
      }
      expect(wrong.slice(0, 3)).toEqual([]);
    }
    if (times() > 1) console.log(name, counts);
    expect(Math.min(counts.scored, counts.refused)).toBeGreaterThan(ROUNDS / 5);
  });
});

function shown(request: unknown): string {
  return JSON.stringify(request, (_, value: unknown) =>
    typeof value === "bigint" ||
    typeof value === "symbol" ||
    (typeof value === "number" && !Number.isFinite(value))
      ? String(value)
      : value,
  ).slice(0, 2000);
}
