// Requests over HTTP while other weights come: by patches, and by another run.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { diffWeights } from "dinc/node";
import { requestsOf } from "../rank/requests.mjs";
import { shown } from "../statistics.mjs";
import { atRate, fullLoad, percentile } from "./load.mjs";

const CANDIDATES = 200;
const STEPS = 50;
const EVERY = 5000;
/** The share of the full load that all get at a fixed rate. */
const SHARE = 0.3;
const TOKEN = "bench";

/** Lines of the page about a server of the last two days of `served`. */
export async function patchedServer(root, folder, { name, days }, small) {
  const [rounds, seconds] = small ? [1, 2] : [3, 20];
  const [before, after] = days.slice(-2);
  const at = (file) => join(folder, file);
  writeFileSync(at("token"), TOKEN);
  const patches = [];
  for (const [from, to] of [
    [before, after],
    [after, before],
  ])
    patches.push((await diffWeights(from, to)).bytes);
  execFileSync(process.execPath, [join(root, "bin/dinc.js"), "compile", before, "--out", at("served")], {
    stdio: "ignore",
  });
  const { requests } = JSON.parse(readFileSync(at("served/model.golden.json"), "utf8"));
  const golden = requests.map(({ request }) => request);
  const bodies = requestsOf(golden, CANDIDATES, STEPS).map((each) => JSON.stringify(each));
  const opened = [];
  const start = async (engine) => {
    const link = at(`${engine}-run`);
    symlinkSync(before, link);
    const server = await started(root, link, engine, at("token"));
    opened.push(server.child);
    let day = 0;
    const patch = async () => {
      const headers = { "content-type": "application/octet-stream", authorization: `Bearer ${TOKEN}` };
      const body = patches[day++ % 2];
      const answer = await fetch(`${server.url}/weights/patch`, { method: "POST", headers, body });
      if (answer.status !== 200) throw new Error(`a patch got ${answer.status}: ${await answer.text()}`);
    };
    let run = 0;
    const point = async () => {
      symlinkSync([after, before][run++ % 2], `${link}.next`);
      renameSync(`${link}.next`, link);
    };
    return { url: `${server.url}/rank`, patch, point };
  };
  try {
    const [wasm, c] = [await start("wasm"), await start("c")];
    const arms = [
      { name: "in WebAssembly", ...wasm, swap: null },
      { name: "in WebAssembly, a patch every five seconds", ...wasm, swap: wasm.patch },
      { name: "in C", ...c, swap: null },
      { name: "in C, another run every five seconds", ...c, swap: c.point },
    ];
    const rates = [];
    for (const { url } of arms) rates.push(await fullLoad(url, bodies, small ? 0.5 : 5));
    const perSecond = Math.max(1, Math.floor(SHARE * Math.min(...rates)));
    const shares = [0.5, 0.99, 0.999];
    const times = arms.map(() => shares.map(() => []));
    for (let round = 0; round < rounds; round++)
      for (const [a, { url, swap }] of arms.entries()) {
        const all = await swapping(swap, () => atRate(url, bodies, perSecond, seconds));
        for (const [s, share] of shares.entries()) times[a][s].push(percentile(all, share));
      }
    return [
      `Requests to \`dinc serve\` (${name}, ${CANDIDATES} candidates, ${STEPS} steps) while other weights come, milliseconds at ${perSecond} requests a`,
      `second, from the time at which each was due; ${rounds} alternating rounds of ${seconds} s, the sender on the same machine:`,
      "",
      "| | p50, ms | p99, ms | p99.9, ms |",
      "|---|---|---|---|",
      ...arms.map(({ name: arm }, a) => `| ${arm} | ${times[a].map((each) => shown(each, 1)).join(" | ")} |`),
    ];
  } finally {
    for (const child of opened) child.kill();
  }
}

/** Swaps until the work has ended; the last swap ends before the next arm begins. */
async function swapping(swap, work) {
  if (swap === null) return work();
  let last = swap();
  const timer = setInterval(() => {
    last = last.then(swap);
  }, EVERY);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await last;
  }
}

/** Resolves when the server has told its address. */
function started(root, run, engine, token) {
  const args = ["serve", run, "--port", "0", "--engine", engine, "--patch-token", token];
  const child = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [url] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
      if (url !== undefined) resolve({ child, url });
    });
    child.on("exit", (code) => reject(new Error(`dinc serve ended with ${code}`)));
  });
}
