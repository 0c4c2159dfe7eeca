// Requests over HTTP: the server of `dinc serve`, in C and in WebAssembly, with and without other weights meanwhile, beside
// onnxruntime in Python behind uvicorn. DIN, 200 candidates, 50 steps of history. The peer takes ids that are encoded already and
// counts nothing; it is measured if PEERS, or ~/.cache/peers/uvicorn, has uvicorn, starlette and onnxruntime.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { requestsOf } from "../rank/requests.mjs";
import { shown } from "../statistics.mjs";
import { atRate, fullLoad, percentile } from "./load.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const CANDIDATES = 200;
const STEPS = 50;
/** The share of the slowest server's full load that all get at a fixed rate. */
const SHARE = 0.5;
const SHARES = [0.5, 0.99, 0.999];
const python = join(process.env.PEERS ?? join(homedir(), ".cache/peers/uvicorn"), "bin/python");

export async function serve(root, { small = false } = {}) {
  const [rounds, seconds] = small ? [1, 1] : [3, 20];
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const opened = [];
  try {
    const spec = join(root, "tests", "bench", "rank", "din.din");
    const compile = (out, ...args) =>
      execFileSync(
        process.execPath,
        [join(root, "bin/dinc.js"), "compile", spec, ...args, "--out", join(folder, out)],
        {
          stdio: "ignore",
        },
      );
    for (const [i, day] of ["monday", "tuesday"].entries())
      for (const engine of ["c", "wasm"]) {
        const out = `${day}-${engine}`;
        compile(out, "--target", "server", "--seed", String(i + 1));
        symlinkSync(join(root, "node_modules"), join(folder, out, "node_modules"));
        if (engine === "wasm") continue;
        compile(`${out}/c`, "--target", "c", "--bindings", "node", "--seed", String(i + 1));
        const { build } = await import(join(folder, out, "c/node/index.js"));
        build();
      }
    const { requests } = JSON.parse(readFileSync(join(folder, "monday-c/model.golden.json"), "utf8"));
    const golden = requests.map(({ request }) => request);
    const bodies = requestsOf(golden, CANDIDATES, STEPS).map((each) => JSON.stringify(each));
    const arms = [];
    for (const [engine, name] of [
      ["c", "dinc serve, in C"],
      ["wasm", "dinc serve, in WebAssembly"],
    ]) {
      const link = join(folder, engine);
      point(link, join(folder, `monday-${engine}`));
      const server = await started(process.execPath, [
        join(folder, `monday-${engine}`, "server.mjs"),
        link,
        "--port",
        "0",
      ]);
      opened.push(server);
      arms.push({ name, url: `${server.url}/rank`, bodies });
      let day = 0;
      const swap = () => {
        point(link, join(folder, `${["tuesday", "monday"][day++ % 2]}-${engine}`));
        server.child.kill("SIGHUP");
      };
      arms.push({
        name: `${name}, other weights every two seconds`,
        url: `${server.url}/rank`,
        bodies,
        swap,
      });
    }
    if (existsSync(python)) {
      compile("onnx", "--target", "onnx", "--seed", "1");
      const server = await started(python, [
        join(here, "uvicorn_server.py"),
        join(folder, "onnx"),
        String(CANDIDATES),
        String(STEPS),
      ]);
      opened.push(server);
      const body = await (await fetch(`${server.url}/example`)).text();
      arms.push({ name: "onnxruntime behind uvicorn, given ids", url: `${server.url}/rank`, bodies: [body] });
    }
    const rates = arms.map(() => []);
    const times = arms.map(() => SHARES.map(() => []));
    // The first seconds are for the engines to compile.
    for (const { url, bodies: own } of arms) await fullLoad(url, own, small ? 0.2 : 3);
    for (let round = 0; round < rounds; round++)
      for (const [a, { url, bodies: own, swap }] of arms.entries())
        rates[a].push(await swapping(swap, () => fullLoad(url, own, seconds)));
    const perSecond = Math.max(1, Math.floor(SHARE * Math.min(...rates.flat())));
    for (let round = 0; round < rounds; round++)
      for (const [a, { url, bodies: own, swap }] of arms.entries()) {
        const all = await swapping(swap, () => atRate(url, own, perSecond, seconds));
        for (const [s, share] of SHARES.entries()) times[a][s].push(percentile(all, share));
      }
    return [
      "## serve",
      "",
      `A request of DIN over HTTP with ${CANDIDATES} candidates and ${STEPS} steps: requests per second at full load on 32 connections, and`,
      `milliseconds at ${perSecond} requests a second, from the time at which each was due. ${rounds} alternating rounds of ${seconds} s; the sender`,
      "runs on the same machine. dinc gets raw values as JSON and encodes them; onnxruntime gets ids and encodes nothing.",
      "",
      "| | requests/s | p50, ms | p99, ms | p99.9, ms |",
      "|---|---|---|---|---|",
      ...arms.map(
        ({ name }, a) =>
          `| ${name} | ${shown(rates[a], 0)} | ${times[a].map((each) => shown(each, 1)).join(" | ")} |`,
      ),
    ].join("\n");
  } finally {
    for (const { child } of opened) child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function point(link, folder) {
  symlinkSync(folder, `${link}.next`);
  renameSync(`${link}.next`, link);
}

async function swapping(swap, work) {
  if (swap === undefined) return work();
  const timer = setInterval(swap, 2000);
  swap();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Resolves when the process has told its address. */
function started(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [url] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
      if (url !== undefined) resolve({ child, url });
    });
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
}
