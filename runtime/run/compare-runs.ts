// Finds the differences of two runs: settings, data, environment and results. It compares the runs' own records and reads no
// file.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import type { Curve } from "../../compiler/middle/calibration/curve.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import { digest as digestOf } from "../files/fingerprint.ts";
import type { MetricRecord } from "../train/metrics/metric-columns.ts";
import { type Manifest, type Run, runFiles } from "./run-folder.ts";

/** Possible causes, in the order in which they are listed. */
export const ASPECTS = [
  ...(["spec", "settings", "seed", "from", "data"] as const),
  ...(["versions", "backend", "machine"] as const),
] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface RunComparison {
  /** The differences in what `dinc calibrate` fitted after the training. */
  readonly calibration: readonly Difference[];
  /** The differences by aspect. */
  readonly differences: Readonly<Record<Aspect, readonly Difference[]>>;
  /** Aspects that a run of an earlier version did not record. */
  readonly unknown: readonly Aspect[];
  /** Whether one continued from the other, or both from the same run; null otherwise. */
  readonly kinship: Kinship | null;
  /** Whether both compute the same in a training step. */
  readonly network: "same" | "differs";
  readonly weights: WeightsComparison;
  /** Vocabularies and fitted transforms. */
  readonly learned: "same" | "differs";
  readonly metrics: readonly MetricComparison[];
  /** Aspects that differ and may cause different weights; the wording of the spec alone is not one. */
  readonly causes: readonly Aspect[];
  /**
   * Whether both are the same model with the same scores and differ only in when and where they were trained.
   */
  readonly same: boolean;
}

export interface Kinship {
  /** The common run: a link of both chains, or one of the two. */
  readonly run: string;
  /** The number of trainings from it to each. */
  readonly after: { readonly a: number; readonly b: number };
}

/** A value that the runs record; null if one does not record it. */
export interface Difference {
  readonly what: string;
  readonly a: string | null;
  readonly b: string | null;
}

export interface WeightsComparison {
  /** Whether all weights are equal bit by bit. */
  readonly same: boolean;
  /** The number of arrays in either run. */
  readonly arrays: number;
  /** The arrays that differ, the largest difference first. */
  readonly differing: readonly ArrayComparison[];
}

export interface ArrayComparison {
  readonly name: string;
  /** Null if only one run has it, or if the shapes differ, which are then `a` and `b`. */
  readonly largest: number | null;
  readonly a: string | null;
  readonly b: string | null;
}

export interface MetricComparison {
  readonly prediction: string;
  readonly metric: string;
  readonly a: MetricSide | null;
  readonly b: MetricSide | null;
  /** b − a; null if one has no value. */
  readonly difference: number | null;
}

export type MetricSide = Pick<MetricRecord, "value" | "interval">;

export function comparisonOf(a: Run, b: Run): RunComparison {
  const [x, y] = [a.manifest, b.manifest];
  const of = (aspect: Aspect) => between(facts[aspect](x), facts[aspect](y));
  const differences = {
    ...{ spec: of("spec"), settings: of("settings"), seed: of("seed"), from: of("from"), data: of("data") },
    ...{ versions: of("versions"), backend: of("backend"), machine: of("machine") },
  };
  const network = (x.stepHash ?? x.graphHash) === (y.stepHash ?? y.graphHash) ? "same" : "differs";
  const learned = sameFiles(x, y, (name) => name === runFiles.fitted || name.startsWith(VOCABULARIES))
    ? "same"
    : "differs";
  const weights = weightsOf(a, b);
  const metrics = metricsOf(x, y);
  const calibration = between(calibrationFacts(a), calibrationFacts(b));
  const same =
    calibration.length === 0 &&
    weights.same &&
    learned === "same" &&
    network === "same" &&
    metrics.every((each) => each.difference === 0 || isNone(each));
  const unknown: Aspect[] = x.environment === undefined || y.environment === undefined ? ["machine"] : [];
  const causes = weights.same
    ? []
    : ASPECTS.filter(
        (aspect) =>
          differences[aspect].length > 0 &&
          (aspect !== "spec" ||
            network === "differs" ||
            learned === "differs" ||
            isMoreThanWording(differences.spec)),
      );
  const kinship = kinshipOf(x, y);
  return { calibration, differences, unknown, kinship, network, weights, learned, metrics, causes, same };
}

/** The last run in the chains of both, including themselves. */
function kinshipOf(a: Manifest, b: Manifest): Kinship | null {
  if (a.from === undefined && b.from === undefined) return null;
  const [x, y] = [hashesOf(a), hashesOf(b)];
  const common = x.findLast(({ weights }) => y.some((other) => other.weights === weights));
  if (common === undefined) return null;
  const place = (all: typeof x) => all.findLastIndex(({ weights }) => weights === common.weights);
  const run = x[place(x)]!.run ?? y[place(y)]!.run;
  if (run === null) return null;
  return { run, after: { a: x.length - 1 - place(x), b: y.length - 1 - place(y) } };
}

/** The runs of a chain, and the run at its end, which does not know its own name. */
function hashesOf({ from, files }: Manifest): { readonly run: string | null; readonly weights: string }[] {
  const own = { run: null, weights: files[runFiles.weights]?.hash ?? "" };
  return [...(from?.chain ?? []), own];
}

/** Comments and layout make no difference; names, params and the parent do. */
function isMoreThanWording(differences: readonly Difference[]): boolean {
  return differences.some(({ what }) => what !== "text" && what !== "model" && what !== "variant_of");
}

const VOCABULARIES = runFiles.vocabulary("").replace(/(?<![^/])[^/]*$/, "");

const isNone = ({ a, b }: MetricComparison): boolean =>
  a !== null && b !== null && a.value === null && b.value === null;

type Facts = ReadonlyMap<string, string>;

/** The recorded values of a run, by aspect. */
const facts: Readonly<Record<Aspect, (manifest: Manifest) => Facts>> = {
  spec: ({ model, parent, params, stepHash, graphHash, files }) => {
    const text = files[runFiles.spec]?.hash.slice(0, 12);
    const network = (stepHash ?? graphHash).slice(0, 12);
    return flat({ model, variant_of: parent, params, text, network });
  },
  settings: ({ settings: { seed: _, ...settings } }) => flat(settings),
  seed: ({ settings: { seed } }) => flat({ seed }),
  from: ({ from }) => {
    if (from === undefined) return new Map();
    const { chain, steps, optimizer, transforms, renamed } = from;
    const { run, weights } = chain.at(-1)!;
    const named = { run: `${run} (weights ${weights.slice(0, 12)})`, trainings_before: chain.length };
    return flat({ ...named, optimizer, steps_before: steps, transforms, renamed });
  },
  data: ({ data }) => dataFacts(data),
  versions: ({ compiler, environment }) => flat({ dinc: compiler, node: environment?.node }),
  backend: ({ backend, environment }) =>
    flat({ backend: environment?.backend ?? backend, ...environment?.variables }),
  machine: ({ environment }) => {
    if (environment === undefined) return new Map();
    const { platform, cpu, cores } = environment;
    return flat({ platform, cpu, cores });
  },
};

function calibrationFacts({ calibration }: Run): Facts {
  if (calibration === null) return new Map();
  const { method, by, predictions } = calibration;
  const curves = [...predictions].map(([label, { all, byId }]) => [label, curvesText(all, byId)]);
  return flat({ method, by, ...Object.fromEntries(curves) });
}

/** A line is shown by its numbers; many curves are shown by a digest that identifies them. */
function curvesText(all: Curve, byId: ReadonlyMap<number, Curve>): string {
  const digest = digestOf(Buffer.from(JSON.stringify([all, ...byId]))).slice(0, 12);
  const own = byId.size === 0 ? "" : `, ${byId.size} segments`;
  if (all.kind === "knots") return `${all.x.length} points${own} (SHA-256 ${digest})`;
  const line = `${all.slope.toPrecision(6)} · logit ${all.shift < 0 ? "−" : "+"} ${Math.abs(all.shift).toPrecision(6)}`;
  return byId.size === 0 ? line : `${line}${own} (SHA-256 ${digest})`;
}

function dataFacts(data: DataFingerprint): Facts {
  const { files, leftOut = [], onBadRow = "fail" satisfies BadRowPolicy, ...others } = data;
  const listed = files.map(({ path, bytes, hash }, i): [string, string] => [
    `file ${i + 1}`,
    `${path} (${formatCount(bytes)} bytes, SHA-256 ${hash.slice(0, 12)})`,
  ]);
  const left = leftOut.map(({ path, bad }): [string, string] => [`rows left out of ${path}`, String(bad)]);
  return new Map([...listed, ...flat({ ...others, on_bad_row: onBadRow }), ...left]);
}

/** Files with the same content are equal, whatever their paths. */
function sameContent(what: string, a: string, b: string): boolean {
  return what.startsWith("file ") && a.slice(a.lastIndexOf(" (")) === b.slice(b.lastIndexOf(" ("));
}

function between(a: Facts, b: Facts): Difference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.flatMap((what) => {
    const [x, y] = [a.get(what) ?? null, b.get(what) ?? null];
    if (x === y || (x !== null && y !== null && sameContent(what, x, y))) return [];
    return [{ what, a: x, b: y }];
  });
}

/** Values by their paths, in the names of dinc.yaml and specs: `optimizer.learning_rate`. */
export function flat(value: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, part] of Object.entries(value)) {
    const at = path + name.replace(/(?<=[a-z])[A-Z](?=[a-z])/g, (letter) => `_${letter.toLowerCase()}`);
    if (part === undefined || part === null) continue;
    if (typeof part === "object") for (const [inner, text] of flat(part, `${at}.`)) found.set(inner, text);
    else found.set(at, String(part));
  }
  return found;
}

function sameFiles(
  { files: a }: Manifest,
  { files: b }: Manifest,
  which: (name: string) => boolean,
): boolean {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(which);
  return names.every((name) => a[name]?.hash === b[name]?.hash);
}

interface Values {
  readonly shape: string;
  readonly values: Float32Array;
}

function weightsOf(a: Run, b: Run): WeightsComparison {
  const [x, y] = [arraysOf(a), arraysOf(b)];
  const names = [...new Set([...x.keys(), ...y.keys()])];
  const differing = names.flatMap((name): ArrayComparison[] => {
    const [one, other] = [x.get(name), y.get(name)];
    if (one === undefined || other === undefined || one.shape !== other.shape)
      return [{ name, largest: null, a: one?.shape ?? null, b: other?.shape ?? null }];
    const { isEqual, largest } = compared(one.values, other.values);
    return isEqual ? [] : [{ name, largest, a: one.shape, b: other.shape }];
  });
  const size = ({ largest }: ArrayComparison) => largest ?? Number.POSITIVE_INFINITY;
  differing.sort((one, other) => size(other) - size(one) || (one.name < other.name ? -1 : 1));
  return { same: differing.length === 0, arrays: names.length, differing };
}

function arraysOf({ tables, parameters }: Run): Map<string, Values> {
  return new Map([
    ...tables.map(({ name, rows, width, values }): [string, Values] => [
      `table ${name}`,
      { shape: `${rows} × ${width}`, values },
    ]),
    ...[...parameters].map(([name, { dims, values }]): [string, Values] => [
      name,
      { shape: dims.join(" × "), values },
    ]),
  ]);
}

function compared(a: Float32Array, b: Float32Array): { readonly isEqual: boolean; readonly largest: number } {
  const bits = (values: Float32Array) => new Int32Array(values.buffer, values.byteOffset, values.length);
  const [x, y] = [bits(a), bits(b)];
  let isEqual = true;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (x[i] === y[i]) continue;
    isEqual = false;
    largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  }
  return { isEqual, largest };
}

function metricsOf({ details: a = {} }: Manifest, { details: b = {} }: Manifest): MetricComparison[] {
  const predictions = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return predictions.flatMap((prediction) => {
    const [x, y] = [a[prediction] ?? {}, b[prediction] ?? {}];
    return [...new Set([...Object.keys(x), ...Object.keys(y)])].map((metric) => {
      const [one, other] = [sideOf(x[metric]), sideOf(y[metric])];
      const [before, after] = [one?.value ?? null, other?.value ?? null];
      const difference = before === null || after === null ? null : after - before;
      return { prediction, metric, a: one, b: other, difference };
    });
  });
}

function sideOf(record: MetricRecord | undefined): MetricSide | null {
  if (record === undefined) return null;
  const { value, interval } = record;
  return { value, ...(interval === undefined ? {} : { interval }) };
}
