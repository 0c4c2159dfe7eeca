// The Python package beside the command line: training and scoring on DataFrames of pandas and polars, as the
// command does on the same rows in files, with the memory of Python and of Node; what starting costs; and the
// wheel, installed from a folder without network into an empty environment, where DIN is trained. Needed are
// the environment of `.ci/install-for-tests python` (or another Python with pandas and polars: DINC_PYTHON)
// and, for the wheel's part, PyPI. ROWS is the number of rows with histories. Without BEAUTY, its part is left out.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn, finished } from "../dinc.mjs";
import { generateRows } from "../ingest/generate-rows.mjs";
import { SPEC } from "../ingest/sources.mjs";
import { median, ratio, shown } from "../statistics.mjs";

const LIBRARIES = ["pandas", "polars"];

export async function python(root, { small = false } = {}) {
  const program = process.env.DINC_PYTHON ?? join(cache(), "python", "bin", "python");
  if (!existsSync(program))
    return "## python\n\nNot run: `.ci/install-for-tests python` makes its environment.";
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const works = [await manyRows(folder, small), ...beauty(root, folder, small)];
    const tables = [];
    for (const work of works) tables.push(await table(root, program, work, small));
    return [
      "## python",
      "",
      "`dinc train` and `dinc predict` on files, and the Python API on DataFrames that are in memory before anything is timed. The first call of",
      "Python starts Node. Processor seconds are those of all processes; memory is the most that each process had, in MB, for Python in brackets what it",
      "had before the first call, with the rows.",
      "",
      ...tables.flatMap((lines) => [...lines, ""]),
      ...starting(root, program),
      ...(small ? [] : installed(root, program, folder)),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder that dinc keeps things in. */
function cache() {
  return process.env.DINC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dinc");
}

async function manyRows(folder, small) {
  const rows = small ? 2000 : Number(process.env.ROWS ?? 1_000_000);
  const out = join(folder, "rows");
  await generateRows({ rows, steps: 20, items: small ? 200 : 200_000, out });
  const spec = join(folder, "model.din");
  writeFileSync(spec, SPEC);
  const [train, test] = ["train.parquet", "test.parquet"].map((name) => join(out, name));
  const settings = { spec, data: { train, test }, train: { epochs: 1 } };
  return work(
    folder,
    `${rows.toLocaleString("en-US")} rows with two histories of 20 steps, Parquet`,
    settings,
    ["--data", train],
  );
}

/** One epoch of the DIN paper's protocol; the test rows are scored. */
function beauty(root, folder, small) {
  const log = join(beautyIn(root), "interactions.csv");
  if (!existsSync(log)) return [];
  // The first lines have whole users.
  const lines = readFileSync(log, "utf8").split("\n");
  const path = join(folder, "log.csv");
  writeFileSync(path, (small ? lines.slice(0, 2000) : lines).join("\n"));
  return [work(folder, "DIN on Amazon Beauty, one epoch, CSV", beautySettings(root, path))];
}

function beautySettings(root, log) {
  return {
    spec: join(root, "examples", "amazon-beauty", "din.din"),
    data: {
      events: { path: log, user: "user_id", item: "item_id", order: "step" },
      items: { path: join(beautyIn(root), "items.csv"), key: "item_id" },
      examples: {
        positives: "each_event",
        negatives: { per_positive: 1, sample: "uniform", exclude: "seen", seed: 2026 },
        split: "leave_last_out",
      },
    },
    train: { epochs: 1 },
  };
}

/** `scored` are arguments that name the rows to score; without them these are the test rows. */
function work(folder, title, settings, scored = null) {
  const config = join(folder, `${title.replaceAll(/\W+/g, "-")}.yaml`);
  writeFileSync(config, JSON.stringify(settings));
  return { title, config, scored: scored ?? ["-c", config, "--split", "test"] };
}

async function table(root, program, { title, config, scored }, small) {
  // Another Node would give other bits, and other times.
  const node = inPython(root, program, ["-c", "from dinc import _package; print(_package.node())"]).trim();
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 3);
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const run = join(folder, "run");
  const command = async (args) => {
    const began = performance.now();
    const cost = await finished([join(root, "bin", "dinc.js"), ...args], node);
    return { seconds: (performance.now() - began) / 1000, ...cost };
  };
  const arms = new Map([
    [
      "command line",
      async () => {
        const train = await command(["train", "-c", config, "--out", run, "--force"]);
        const predict = await command(["predict", run, ...scored, "--out", join(folder, "scores.parquet")]);
        return {
          train,
          predict,
          weights: weightsOf(run),
          memory: `Node ${megabytes(Math.max(train.peak, predict.peak))}`,
        };
      },
    ],
    ...LIBRARIES.map((library) => [
      library,
      async () => {
        const out = join(folder, library);
        rmSync(out, { recursive: true, force: true });
        const said = inPython(root, program, [
          join(import.meta.dirname, "measure.py"),
          library,
          config,
          "test",
          out,
        ]);
        const { train, predict, held, python, node } = JSON.parse(said);
        const memory = `Python ${megabytes(python)} (${megabytes(held)}), Node ${megabytes(node)}`;
        return { train, predict, weights: weightsOf(out), memory };
      },
    ]),
  ]);
  try {
    // Machine code of the model is compiled before anything is timed.
    if (!small) await command(["train", "-c", config, "--out", run, "--force"]);
    const results = new Map([...arms.keys()].map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [name, measure] of arms) results.get(name).push(await measure());
    const [reference] = results.values();
    const cells = (runs, part) => [
      shown(
        runs.map((each) => each[part].seconds),
        2,
      ),
      ratio(
        runs.map((each) => each[part].seconds),
        reference.map((each) => each[part].seconds),
      ).toFixed(2),
      shown(
        runs.map((each) => each[part].cpu),
        2,
      ),
      ratio(
        runs.map((each) => each[part].cpu),
        reference.map((each) => each[part].cpu),
      ).toFixed(2),
    ];
    for (const [name, runs] of results)
      for (const { weights } of runs)
        if (!weights.equals(reference[0].weights)) throw new Error(`${title}: ${name} has other weights`);
    return [
      `${title}:`,
      "",
      "| | train, s | ÷ first row | processor s | ÷ first row | predict, s | ÷ first row | processor s | ÷ first row | memory |",
      "|---|---|---|---|---|---|---|---|---|---|",
      ...[...results].map(
        ([name, runs]) =>
          `| ${[name, ...cells(runs, "train"), ...cells(runs, "predict"), runs.at(-1).memory].join(" | ")} |`,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function weightsOf(run) {
  return readFileSync(join(run, "weights.safetensors"));
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6).toLocaleString("en-US");
}

/** What a program of Python prints, with dinc from the sources. */
function inPython(root, program, args) {
  const env = { ...process.env, PYTHONPATH: join(root, "python", "src") };
  return execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** What `import dinc`, the first call and later calls take. */
function starting(root, program) {
  const text = JSON.stringify(SPEC);
  const timed = (statement) =>
    `began = time.perf_counter(); ${statement}; print(1000 * (time.perf_counter() - began))`;
  const source = [
    "import time",
    timed("import dinc"),
    timed(`dinc.check(${text})`),
    `for _ in range(50): ${timed(`dinc.check(${text})`)}`,
  ].join("\n");
  const rounds = Array.from({ length: 5 }, () =>
    inPython(root, program, ["-c", source]).trim().split("\n").map(Number),
  );
  const at = (i) =>
    shown(
      rounds.map((times) => times[i]),
      0,
    );
  return [
    "| | ms |",
    "|---|---|",
    `| \`import dinc\` | ${at(0)} |`,
    `| the first call, \`dinc.check\`, which starts Node | ${at(1)} |`,
    `| \`dinc.check\` in a session that runs | ${shown(
      rounds.map((times) => median(times.slice(2))),
      1,
    )} |`,
    "",
  ];
}

/** The wheel in an empty environment, which pip makes from a folder of wheels, without network. */
function installed(root, program, folder) {
  const wheels = join(folder, "wheels");
  mkdirSync(wheels);
  const quiet = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  const built = execFileSync(program, [join(root, "python", "build.py"), "--out", wheels], quiet);
  const wheel = /^.*\.whl/.exec(built)[0];
  const pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
  const fetched = spawnSync(
    program,
    [...pip, "download", "--only-binary=:all:", "--dest", wheels, wheel],
    quiet,
  );
  if (fetched.status !== 0) return ["The wheel isn't installed: PyPI is out of reach."];
  const environment = join(folder, "empty");
  const alone = (command) =>
    spawnSync("unshare", ["-rn", "true"]).status === 0 ? ["unshare", "-rn", ...command] : command;
  const settings = join(folder, "beauty.json");
  writeFileSync(settings, JSON.stringify(beautySettings(root, join(beautyIn(root), "interactions.csv"))));
  const training = [
    "import dinc, json",
    `given = json.load(open(${JSON.stringify(settings)}))`,
    'dinc.Model.from_file(given["spec"]).train(settings=given, out="run")',
  ].join("\n");
  const step = ([command, ...args]) => {
    const began = performance.now();
    execFileSync(command, args, { ...quiet, cwd: folder, env: { ...process.env, PYTHONPATH: "" } });
    return (performance.now() - began) / 1000;
  };
  execFileSync(program, ["-m", "venv", environment], quiet);
  const own = join(environment, "bin", "python");
  const install = step(alone([own, ...pip, "install", "--no-index", "--find-links", wheels, "dinc"]));
  const train = existsSync(beautyIn(root)) ? step(alone([own, "-c", training])) : null;
  const { size } = statSync(wheel);
  return [
    `The wheel has ${(size / 1e6).toFixed(1)} MB. pip installs it and what it needs from a folder into an empty environment, without network, in ${install.toFixed(1)} s.`,
    ...(train === null
      ? []
      : [
          `One epoch of DIN on Amazon Beauty from the log then takes ${train.toFixed(1)} s, Python's start included.`,
        ]),
  ];
}
