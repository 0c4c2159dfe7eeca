// How long the front end takes, stage by stage, in process, and commands from a cold start, beside what we
// aim at. Times of a shared machine tell little: processor time stands beside them, and another build
// (`--against FOLDER`) runs in turn with this one.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wide, zoo } from "./specs.mjs";
import { median, ratio, shown } from "./statistics.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const frontEnd = join(here, "front-end.mjs");
const compileCalls = join(here, "compile-calls.mjs");

/** In milliseconds. */
const goals = new Map([
  ["check, 1,000 lines", 30],
  ["check, 10,000 lines", 300],
  ["fmt, 1,000 lines", 60],
]);

const specs = [
  ["wide", 1_000, wide],
  ["zoo", 1_000, zoo],
  ["wide", 10_000, wide],
  ["zoo", 10_000, zoo],
];

export async function check(root, { against = null, small = false } = {}) {
  // Of each build, in turn; each reads a spec several times.
  const processes = small ? 1 : 3;
  const coldStarts = small ? 3 : 15;
  const builds = against === null ? [root] : [root, against];
  const load = loadavg()[0].toFixed(1);
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const rows = [];
  for (const [name, lines, make] of small ? specs.slice(0, 2) : specs) {
    const file = join(folder, `${name}-${lines}.din`);
    writeFileSync(file, make(lines));
    const found = builds.map(() => []);
    for (let i = 0; i < processes; i++)
      for (const [b, build] of builds.entries()) found[b].push(measured(build, file, lines));
    for (const stage of Object.keys(found[0][0])) {
      const size = `${lines.toLocaleString("en-US")} lines`;
      const series = found.map((each) => each.map((stages) => stages[stage]));
      const goal = goals.get(`${stage}, ${size}`);
      rows.push([
        `${name}, ${size}`,
        stage,
        shown(series[0].map(({ first }) => first)),
        shown(
          series[0].flatMap(({ warm }) => warm),
          1,
        ),
        shown(
          series[0].flatMap(({ cpu }) => cpu),
          1,
        ),
        goal === undefined ? "" : `< ${goal}`,
        ...compared(series, ({ cpu }) => median(cpu)),
      ]);
    }
  }

  const short = join(folder, "short.din");
  writeFileSync(short, zoo(70));
  const din = join(root, "examples", "zoo", "din.din");
  const commands = [
    ["`dinc check`, 70 lines", 200, ["check", short]],
    ["`dinc compile`, DIN of the zoo", 500, ["compile", din, "--out", join(folder, "ranker"), "--force"]],
  ];
  const cold = commands.map(([name, goal, argv]) => {
    const times = builds.map(() => []);
    for (let i = 0; i < coldStarts; i++)
      for (const [b, build] of builds.entries())
        times[b].push(timed(() => run([join(build, "bin", "dinc.js"), ...argv])));
    return [name, shown(times[0]), `< ${goal}`, ...compared(times, (time) => time)];
  });
  const calls = builds.map(() => []);
  for (let i = 0; i < coldStarts; i++)
    for (const [b, build] of builds.entries())
      calls[b].push(JSON.parse(run([compileCalls, build, din, join(folder, "called")])));
  const inProcess = [
    ['`import("dinc/node")`', "imported", ""],
    ["its first `compile` of DIN", "first", "< 150"],
    ["its later ones", "later", "< 150"],
  ].map(([name, part, goal]) => [
    name,
    shown(calls[0].map((each) => each[part])),
    goal,
    ...compared(calls, (each) => each[part]),
  ]);
  const bare = Array.from({ length: coldStarts }, () => timed(() => run(["-e", "0"])));
  rmSync(folder, { recursive: true, force: true });

  const columns = against === null ? [] : ["processor ÷ other build"];
  return [
    "## check",
    "",
    "Milliseconds. Warm: every call after the first, during which V8 compiles. Processor: the time of all threads of the process, including",
    `garbage collection and V8's compiler. Load average at the start: ${load} on ${cpus().length} cores.`,
    "",
    table(["spec", "stage", "first call", "warm", "warm, processor", "goal", ...columns], rows),
    "",
    table(
      ["from a cold start", "ms", "goal", ...(against === null ? [] : ["÷ other build"])],
      [...cold, ...inProcess, ["`node -e 0`", shown(bare), "", ...columns.map(() => "")]],
    ),
  ].join("\n");
}

/** By stage: the first call, and the warm ones that follow. */
function measured(build, file, lines) {
  return JSON.parse(run([frontEnd, build, file, lines > 1_000 ? "5" : "25"]));
}

function run(argv) {
  const result = spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (result.status !== 0) throw new Error(result.stderr || result.stdout);
  return result.stdout;
}

function timed(action) {
  const start = performance.now();
  action();
  return performance.now() - start;
}

/** How much of the other build's time this one takes. */
function compared(series, time) {
  return series.length === 1 ? [] : [ratio(series[0].map(time), series[1].map(time)).toFixed(2)];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
