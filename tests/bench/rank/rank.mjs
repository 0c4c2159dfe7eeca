// How long it takes to score one request of 200 candidates and 50 steps of history, or 2,000 to search in, on
// one thread, by the C and by the TypeScript that dinc compiles, beside onnxruntime on the same weights, on the graph that
// dinc compiles and on the one that a training export gives.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { median, ratio, shown } from "../statistics.mjs";
import { rankAgainst } from "./against.mjs";
import { compileProgram } from "./native.mjs";

const here = dirname(fileURLToPath(import.meta.url));
/** Whose V8 has multiply-adds, as that of the smallest Node has not. */
const OTHER_NODE = "24.21.0";
const CANDIDATES = 200;
const STEPS = 50;
/** Of a search in a long history. */
const LONG = 2000;

const allArms = [
  { name: "dinc in C", kind: "c", form: "c" },
  { name: "dinc in C, given raw values", kind: "c-raw", form: "c" },
  { name: "dinc", kind: "dinc", form: "ts" },
  { name: "dinc, given raw values", kind: "dinc-raw", form: "ts" },
  { name: "dinc, without multiply-adds", kind: "dinc-simd", form: "ts" },
  { name: "dinc in C, --mode fast", kind: "c", form: "cFast" },
  { name: "dinc, --mode fast", kind: "dinc", form: "fast" },
  { name: "onnxruntime-node, as exported", kind: "ort", form: "exported" },
  { name: "onnxruntime-node, dinc's graph", kind: "ort", form: "optimised" },
  { name: "onnxruntime-web, as exported", kind: "ort-web", form: "exported" },
  { name: "onnxruntime-web, dinc's graph", kind: "ort-web", form: "optimised" },
  { name: "dinc, plain TypeScript", kind: "dinc-typescript", form: "ts" },
];

/**
 * With this Node and another, as relaxed SIMD depends on the version; or with `node` alone. With another build,
 * only modules of both are compared.
 */
export async function rank(root, { node, small = false, against = null, models: names } = {}) {
  if (against !== null) return rankAgainst(root, against, { small, names });
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 3);
  const models = (small ? ["DIN"] : ["DIN", "DIEN", "BST", "DeepFM", "DCN", "MMoE", "SIM"]).map((name) => [
    name,
    join(here, `${name.toLowerCase()}.din`),
  ]);
  const scratch = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    // Large, and for this alone: they are no dependencies.
    const other = `node-${process.platform}-${process.arch}`;
    const fetched = ["onnxruntime-web@1.30.0", ...(node === undefined ? [`${other}@${OTHER_NODE}`] : [])];
    execFileSync("npm", ["install", "--prefix", scratch, "--no-save", "--ignore-scripts", ...fetched], {
      stdio: "ignore",
    });
    const nodes =
      node === undefined ? [process.execPath, join(scratch, "node_modules", other, "bin", "node")] : [node];
    const folders = new Map();
    for (const [name, spec] of models) folders.set(name, await compiled(root, scratch, name, spec));
    /** By model and arm: the median milliseconds of a request, in the first Node. */
    const medians = new Map();
    const tables = nodes.map((program) => {
      const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
      return [
        "",
        `Node ${version}:`,
        "",
        "| | | median | p99 | first row ÷ this | first call | code, gzip |",
        "|---|---|---|---|---|---|---|",
        ...models.flatMap(([name]) => {
          const { lines, times } = measure(root, scratch, program, name, folders.get(name), rounds);
          if (!medians.has(name)) medians.set(name, times);
          return lines;
        }),
      ];
    });
    return [
      "## rank",
      "",
      `Milliseconds per request of ${CANDIDATES} candidates and ${STEPS} steps (if the model has a history; SIM searches in ${LONG}), on one thread,`,
      "with random weights.",
      `There are ${rounds} rounds, each in a process of its own. Inputs are encoded ids unless a row says otherwise. First call: the module and`,
      "its weights are loaded, but the engine has compiled nothing yet. The program in C doesn't depend on Node. V8 supports multiply-adds from Node 22 on.",
      ...tables.flat(),
      ...costTable(medians),
    ].join("\n");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** By form: what `dinc compile` is asked for. */
const forms = {
  ts: ["--target", "ts"],
  fast: ["--target", "ts", "--mode", "fast"],
  c: ["--target", "c"],
  cFast: ["--target", "c", "--mode", "fast"],
  exported: ["--target", "onnx", "--graph", "exported"],
  optimised: ["--target", "onnx", "--graph", "optimised"],
};

/** What `dinc compile` makes of a spec, by form. */
async function compiled(root, scratch, name, spec) {
  const folders = new Map(
    Object.entries(forms).map(([form, options]) => {
      const out = join(scratch, `${name}-${form}`);
      execFileSync(
        process.execPath,
        [join(root, "bin", "dinc.js"), "compile", spec, ...options, "--out", out],
        { stdio: ["ignore", "ignore", "ignore"] },
      );
      return [form, out];
    }),
  );
  for (const form of ["c", "cFast"])
    await compileProgram(folders.get(form), folders.get("ts"), CANDIDATES, stepsOf(name));
  return folders;
}

const stepsOf = (name) => (name === "SIM" ? LONG : STEPS);

function measure(root, scratch, node, name, folders, rounds) {
  const inC = `${name.toLowerCase()}.c`;
  const code = (form) => readFileSync(join(folders.get(form), form.startsWith("c") ? inC : "model.js"));
  // A mode that changes nothing in a model is not measured, and C once: it does not depend on Node.
  const isAlike = { fast: code("fast").equals(code("ts")), cFast: code("cFast").equals(code("c")) };
  const arms = allArms.filter(
    ({ form }) => !isAlike[form] && (node === process.execPath || !form.startsWith("c")),
  );
  const found = arms.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [a, { kind, form }] of arms.entries())
      found[a].push(
        kind === "c" || kind === "c-raw"
          ? run("./bench", [kind === "c" ? "encoded" : "raw"], folders.get(form))
          : run(
              node,
              [
                join(here, "arm.mjs"),
                ...[kind, folders.get(form), String(CANDIDATES), String(stepsOf(name)), scratch],
              ],
              root,
            ),
      );
  const size = gzipSync(code("ts"), { level: 9 }).length;
  const medians = found.map((series) => series.map(({ median }) => median));
  const times = new Map(arms.map(({ name: arm }, a) => [arm, median(medians[a])]));
  const lines = arms.map(({ name: arm }, a) => {
    const cells = [
      a === 0 ? name : "",
      arm,
      shown(medians[a], 2),
      shown(
        found[a].map(({ p99 }) => p99),
        2,
      ),
      share(ratio(medians[0], medians[a])),
      shown(
        found[a].map(({ first }) => first),
        1,
      ),
      arm === "dinc" ? `${(size / 1000).toFixed(1)} kB` : "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return { lines, times };
}

/** An assumption, the price of a processor for an hour at the large clouds: between a reserved and a momentary one. */
const DOLLARS_AN_HOUR = 0.04;

/** What a million requests cost if the processor does nothing else, and is never idle. */
function costTable(medians) {
  const arms = ["dinc in C", "dinc", "onnxruntime-node, as exported", "onnxruntime-node, dinc's graph"];
  const dollars = (milliseconds) => ((milliseconds * 1e6) / 3_600_000) * DOLLARS_AN_HOUR;
  return [
    "",
    `A million of these requests, in dollars, if an hour of one processor costs $${DOLLARS_AN_HOUR} (an assumption) and it is always busy:`,
    "",
    `| | ${arms.join(" | ")} |`,
    `|---|${arms.map(() => "---|").join("")}`,
    ...[...medians].map(
      ([name, times]) =>
        `| ${[name, ...arms.map((arm) => dollars(times.get(arm)).toFixed(4))].join(" | ")} |`,
    ),
  ];
}

/** What an arm prints. */
function run(program, args, cwd) {
  return JSON.parse(
    execFileSync(program, args, { encoding: "utf8", cwd, stdio: ["ignore", "pipe", "ignore"] }),
  );
}

/** Two digits after the point, or one that is not 0. */
function share(ratio) {
  return ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2);
}
