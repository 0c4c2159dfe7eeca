// Makes the files around model.ts with which the folder can be run, tested and published: package.json, test,
// README.

import { invariant } from "../../common/internal-error.ts";
import { literal, quoted } from "../../common/quoting.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import { ownTimeOf } from "../../frontend/model/own-time.ts";
import type { Calibration } from "../../middle/calibration/curve.ts";
import { FAST_TOLERANCE } from "../../serve/golden.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import { GENERATED_BY } from "../contract/emitted.ts";
import type { ProgramParts } from "./emit-program.ts";
import { type TwoLanguages, withConstants } from "./finish-module.ts";
import { folderCheck } from "./library.generated.ts";

/** How the module was made, recorded in package.json so that its weights can be replaced. */
export interface BuildRecord {
  readonly program: string;
  readonly options: EmitOptions;
  readonly parts: ProgramParts;
}

export function packageJson(model: Model, version: string, run: string | null, made: BuildRecord): string {
  const { tables, withoutTable, mode, sessions, projectedTables } = made.options;
  const content = {
    name: `${packageName(model.name)}-ranker`,
    version: packageVersion(run),
    private: true,
    description: `Ranks candidates by the model ${model.name}.`,
    [GENERATED_BY]: `dinc ${version}`,
    type: "module",
    exports: {
      ".": { types: "./model.ts", default: "./model.js" },
      "./pool": { types: "./model.pool.ts", default: "./model.pool.js" },
      "./patch": { types: "./model.patch.ts", default: "./model.patch.js" },
      "./model.wasm": "./model.wasm",
      "./model.relaxed.wasm": "./model.relaxed.wasm",
      "./model.weights.bin": "./model.weights.bin",
      "./model.golden.json": "./model.golden.json",
    },
    scripts: { test: "node --test model.test.js" },
    dinc: { ...made, options: { tables, withoutTable, mode, sessions, projectedTables } },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Versions of runs have no known order, so the version names the run, as a prerelease, which no version range
 * accepts by mistake.
 */
export function packageVersion(run: string | null): string {
  return run === null ? "0.0.0-untrained" : `0.0.0-run-${run}`;
}

export function packageName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|(?<!-)-+$/g, "") || "model"
  );
}

/** `model.test.ts`: compiler/serve/folder-check.ts with the tables of this model. */
export function testFiles(model: Model, stored: readonly TableFile[]): TwoLanguages {
  const links = model.predictions.map(({ label, width }) => {
    const { outcome } = labelKindOf(model.labels.get(label)!);
    const link = outcome === "number" ? "number" : outcome === "class" ? "softmax" : "sigmoid";
    return `[${quoted(label)}, [${width}, ${quoted(link)}]]`;
  });
  const outputs = model.outputs.map(
    ({ name, width, per }) =>
      `[${quoted(name)}, [${width}, "number"${per === "request" ? ', "request"' : ""}]]`,
  );
  const rows = stored.map(({ name, file }) => `[${quoted(name)}, ${quoted(file)}]`);
  return withConstants(folderCheck, [
    { kind: "type", name: "Link", type: LINK_TYPE },
    {
      kind: "constant",
      name: "LINKS",
      type: "ReadonlyMap<string, Link>",
      value: `new Map([${[...links, ...outputs].join(", ")}])`,
    },
    { kind: "constant", name: "ROWS", type: ROWS_TYPE, value: `[${rows.join(", ")}]` },
  ]);
}

const LINK_TYPE = 'readonly [width: number, link: "sigmoid" | "softmax" | "number", per?: "request"]';
const ROWS_TYPE = "readonly (readonly [table: string, file: string])[]";

/** A table whose rows are outside the weights file, and the file with them. */
export interface TableFile {
  readonly name: string;
  readonly file: string;
}

function tablesText(stored: readonly TableFile[]): string {
  return stored.length === 0 ? "" : ", tables";
}

/** The files that are read before a ranker is made. */
export interface WeightsFiles {
  /** The size of model.weights.bin. */
  readonly bytes: number;
  readonly stored: readonly TableFile[];
}

/** The limit of Node's `readFileSync`. */
const MOST_READ_AT_ONCE = 2 ** 31 - 1;

/**
 * The lines of an example before it makes a ranker. They read the weights, and the rows that a store would
 * provide.
 */
function readingText({ bytes, stored }: WeightsFiles): string {
  const readsAll = bytes > MOST_READ_AT_ONCE || stored.length > 0;
  const names = readsAll ? "closeSync, openSync, readSync, statSync" : "readFileSync";
  const weights = readsAll
    ? 'read("model.weights.bin")'
    : 'readFileSync(new URL("./model.weights.bin", import.meta.url))';
  const rows = stored.map(({ name, file }) => `[${quoted(name)}]: store(${quoted(file)})`);
  return [
    `import { ${names} } from "node:fs";`,
    'import { createRanker } from "./model.js";',
    "",
    ...(readsAll ? [functionOfCheck("read")] : []),
    ...(stored.length > 0 ? [functionOfCheck("store"), `const tables = { ${rows.join(", ")} };`] : []),
    `const weights = ${weights};`,
  ].join("\n");
}

/** The text of a function of the folder's test. */
function functionOfCheck(name: string): string {
  const found = new RegExp(`^function ${name}\\([\\s\\S]*?^}$`, "m").exec(folderCheck.javascript.join(""));
  invariant(found, `the folder's test has no function ${name}`);
  return found[0];
}

/** The facts that a README needs besides the model. */
export interface ReadmeSubjects extends WeightsFiles {
  /** The first golden request. */
  readonly example: unknown;
  readonly explains: boolean;
  /** The number format of tables. */
  readonly type: "f32" | "f16" | "i8";
  /** Whether some products are computed in 16-bit integers. */
  readonly isFast: boolean;
  /** Whether model.ts has the library in it. */
  readonly isSingleFile: boolean;
  readonly calibration: Calibration | null;
}

/** `README.md`, with the first golden request as its example. */
export function readmeText(
  model: Model,
  version: string,
  { example, stored, bytes, explains, type, isFast, isSingleFile, calibration }: ReadmeSubjects,
): string {
  const request = literal(example);
  const several = model.predictions.length + model.outputs.length > 1;
  const outcomes = model.predictions.map(({ label }) => labelKindOf(model.labels.get(label)!).outcome);
  const isOne = outcomes.every((outcome) => outcome === outcomes[0]);
  const what = !isOne ? "predictions" : PREDICTED[outcomes[0]!];
  const ranked = model.predictions.find(({ label }) => model.labels.get(label)!.type.kind !== "enum")?.label;
  const scores = several ? `scores[${quoted(model.predictions[0]!.label)}]` : "scores";
  return `# ${markdown(model.name)}

Ranks candidates by the model \`${markdown(model.name)}\`. Generated by dinc ${version}; no dependencies, Node 20 or newer,
TypeScript 5.0 or newer, and any other place that runs ES2022.

\`\`\`js
// example.mjs: node example.mjs
${readingText({ bytes, stored })}
const ranker = await createRanker({ weights${tablesText(stored)}, verify: true });

const request = ${request};
const scores = ranker.rank(request); // ${what}${several ? ` by ${model.outputs.length > 0 ? "name" : "label"}` : ""}, in the order of the candidates
console.log(${scores});
${
  ranked === undefined
    ? ""
    : `
// The best two, best first, by their indices among the candidates:
console.log(ranker.topK(request, 2${several ? `, ${quoted(ranked)}` : ""}));
`
}
// The work that all candidates of a user share is done once:
const session = ranker.user(request);
console.log(session.rank(request.candidates));
\`\`\`

- Raw values go in: ids as strings, whole numbers or bigints, numbers untransformed. An id that training did not know
  counts as unknown. What cannot be scored throws \`RankerInputError\`, whose \`field\` says where it is.
${hasSets(model) ? "- Sets are arrays, `[]` if empty; texts are strings. Their first different values count, up to the spec's `max`.\n" : ""}- Histories are in the order of time, the latest step last; \`[]\` for none.
${ownTimeNote(model, "`Date.now()`")}- \`session.rank(candidates, out)\` writes to \`out\` and makes no array. \`logits\` is \`rank\` before the sigmoid.
- \`ranker.encodeCandidates(list)\` makes typed arrays of a catalogue, once. \`{ columns, rows }\` is then taken wherever
  candidates are: the first \`rows\`, or those at the places in \`rows\`, an Int32Array; all where it is left out.${
    hasHistories(model)
      ? `
  So is a history: the columns of \`encodeHistory\`, or those of candidates with the indices of the past items.`
      : ""
  }
${explains ? "- `ranker.explain(request)` gives, for each candidate, the weight of each step of a history.\n" : ""}- \`ranker.backend\` says what computes: WebAssembly that model.ts carries, with multiply-adds where the machine has them
  (\`relaxed-simd\`) or without (\`simd\`), else plain TypeScript. \`createRanker({ weights, backend: "simd" })\` gives the same
  bits everywhere.
${calibrationNote(calibration)}${isFast ? fastNote : ""}- Where code may not be compiled from bytes, as on edge workers, give the module:
  \`import wasm from "./model.wasm"\`, then \`createRanker({ weights, wasm })\`. One of another model throws
  \`RankerWasmError\`. Without it, and under a Content-Security-Policy without \`wasm-unsafe-eval\`, TypeScript computes.
- Several threads that share the weights: \`const pool = await createPool({ weights })\` from \`./model.pool.js\`, then
  \`await pool.rank(request)\` with the same scores and the same errors, and \`await pool.close()\`, which scores what waits.
  \`await pool.replace(weights)\` takes the weights of another run of the same spec and loses no request, and
  \`await pool.patch(bytes)\` a patch of \`dinc weights diff\`. Without a pool, \`patchedWeights(weights, bytes)\` of
  \`./model.patch.js\` gives the new weights.
- \`createRanker({ weights, stats: true })\` counts for a dashboard, and so does \`createPool\`. \`ranker.stats()\` and
  \`await pool.stats()\` give requests and candidates, by feature the values, the missing ones, the ids that training did not know
  and the numbers out of the training rows' range, the lengths of histories, and scores in twenty bins.
  \`stats({ reset: true })\` begins again from 0, and so does \`pool.replace\`. \`dinc test-data --stats FILE --run RUN\` compares what
  is written as JSON with the training rows. Of candidates and histories as columns only ids are counted.
- \`ranker.about\` and \`pool.about\` say which model, program and run this is, and which version of dinc made it. The weights of every run of the same spec are taken,
  so that new ones need no new module; the program's name, in the first lines of model.ts, says which spec it is.
- The weights are refused where they are cut short, changed or another model's, before memory is taken for what they say.
  Their tables are views of the file's bytes. For a file of several GB that is mapped into memory, \`checkTables: false\`
  leaves the tables' checksums out.
${storedNotes(stored)}- \`node --test\` checks the folder: \`model.golden.json\` holds requests with the logits of the f64 reference.

| file | holds |
|---|---|
${isSingleFile ? "| model.ts | the program, typed, with its documentation |" : "| model.ts | the program, typed, with its documentation; it imports `./model.library.js` |\n| model.library.ts, model.library.js | the kernels and encoders that model.ts imports |"}
| model.js | the same program transpiled, in one file without imports |
| model.pool.ts, model.pool.js | a pool of threads, for Node |
| model.wasm, model.relaxed.wasm | the WebAssembly that model.ts carries, as files; the second with multiply-adds |
| model.weights.bin | weights, ${tableWords[type]}, vocabularies and what transforms learned, with checksums |
${stored.map(({ name, file }) => `| ${file} | rows of the table ${markdown(name)}, f32, to be put into a store |\n`).join("")}| model.golden.json | requests with their logits and the tolerance |
| model.test.ts, model.test.js | the folder's own test |
`;
}

const PREDICTED = {
  binary: "probabilities",
  share: "probabilities",
  number: "numbers",
  class: "probabilities of each class",
} as const;

const fastNote = `- Compiled with \`--mode fast\`: WebAssembly computes products for each candidate and step of its history in
  16-bit integers. Logits are within ${FAST_TOLERANCE.absolute} + ${FAST_TOLERANCE.relative} |logit| of those of training on the golden requests. Plain TypeScript computes in f32.
`;

/** A line of a README about the request's own time, which `clock` reads; empty if there is none. */
export function ownTimeNote(model: Model, clock: string): string {
  const own = ownTimeOf(model);
  if (own === null) return "";
  const hasTimes = [...model.histories.values()].some(({ fields }) =>
    fields.some(({ feature }) => feature.kind.kind === "time"),
  );
  const refused = hasTimes ? " A step after it throws `RankerInputError`." : "";
  return `- \`context.${own.name}\` is the time of the request: ${clock}. To score an old request again, pass its old time.
  There is no default, so a request has the same scores whenever it is scored.${refused}
`;
}

/** A line of a README. */
export function calibrationNote(calibration: Calibration | null): string {
  if (calibration === null) return "";
  const { method, by } = calibration;
  const segments = by === null ? "" : `, by ${markdown(by)}`;
  return `- Probabilities and logits are calibrated by \`dinc calibrate\`: ${method}${segments}.\n`;
}

function hasSets({ features }: Model): boolean {
  return [...features.values()].some(({ set }) => set !== null);
}

const tableWords = {
  f32: "tables",
  f16: "tables as 16-bit floats",
  i8: "tables as bytes with a scale for each row",
} as const;

function storedNotes(stored: readonly TableFile[]): string {
  if (stored.length === 0) return "";
  const names = stored.map(({ name }) => `\`${markdown(name)}\``).join(", ");
  return `- The rows of ${names} are in a store: \`tables\` looks them up, many at once and synchronously. Errors that a
  source throws are passed on; rows that it leaves out, or that aren't numbers, are errors.
`;
}

function hasHistories({ histories }: Model): boolean {
  return histories.size > 0;
}

/** A name for a line of Markdown. */
export function markdown(text: string): string {
  return text.replace(/[`\r\n]/g, " ");
}
