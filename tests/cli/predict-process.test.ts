// dinc predict as a process: memory that does not grow with the file, and a file of scores that is complete or absent
// whatever ends it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { csv, HEAD, Predicting, pasts } from "./predicting.ts";
import { runHere } from "./run-here.ts";
import { root, STACK_TRACE, run as spawned } from "./spawn.ts";

// Native start-ups, many rows, and a machine that may have other things to do.

const dinc = join(root, "bin/dinc.js");
const predicting = new Predicting();
const { folder, backend } = predicting;
const at = (name: string) => predicting.at(name);
const predict = (...args: readonly string[]) => predicting.arguments(...args);
beforeAll(() => predicting.train("run", pasts.few));

describe("memory", () => {
  /** The largest resident memory of a prediction, in megabytes. */
  function peak(run: string, data: string): number {
    const report = at("peak");
    writeFileSync(
      at("report-peak.mjs"),
      `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));\n`,
    );
    const args = ["predict", run, "--backend", backend, "--data", data, "--out", "scores.csv"];
    const { code, err } = spawned(args, {
      cwd: folder,
      env: { NODE_OPTIONS: `--import=${at("report-peak.mjs")}` },
    });
    expect(code, err).toBe(0);
    return Number(readFileSync(report, "utf8")) / 1024;
  }

  test("does not grow with the file", { timeout: 300_000 }, async () => {
    await predicting.train("wide", pasts.many);
    const part = csv(20_000, 30).slice(HEAD.length + 1);
    predicting.write("some.csv", `${HEAD}\n${part}`);
    predicting.write("many.csv", `${HEAD}\n${part.repeat(8)}`);
    const [some, many] = [peak("wide", "some.csv"), peak("wide", "many.csv")];
    // Megabytes. What waits for the garbage collector is some 250; held as a whole, 140,000 rows more take 550 more.
    expect(many - some).toBeLessThan(400);
  });
});

describe("a prediction that is cut off", () => {
  beforeAll(() => {
    predicting.write("rows.csv", csv(5000));
    const part = csv(20_000).slice(HEAD.length + 1);
    writeFileSync(at("long.csv"), `${HEAD}\n${part.repeat(30)}`);
  });

  /** Starts one and waits until it has written something beside its place. */
  async function started(out: string): Promise<{ child: ChildProcess; said: () => string }> {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", out)], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const partial = at(`${out}.partial-${child.pid}`);
    while (child.exitCode === null && !(existsSync(partial) && readFileSync(partial).length > 100_000))
      await new Promise((resolve) => setTimeout(resolve, 5));
    return { child, said: () => said };
  }
  const left = (out: string) => readdirSync(folder).filter((name) => name.startsWith(out));

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s says so and leaves nothing", async (signal, expected) => {
    const { child, said } = await started("cut.csv");
    child.kill(signal);
    const [code] = await once(child, "close");
    expect({ code, said: said() }).toEqual({
      code: expected,
      said: expect.stringMatching(/stopped: nothing was written to cut\.csv\n$/),
    });
    expect(left("cut.csv")).toEqual([]);
  });

  test("by SIGINT says so where rows go to standard output", async () => {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", "-")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.once("data", () => child.kill("SIGINT"));
    const [code] = await once(child, "close");
    expect({ code, said }).toEqual({ code: 130, said: "stopped: not all rows were written\n" });
  });

  test("by SIGKILL leaves no file of the requested name, and the next prediction removes the partial one", async () => {
    const { child } = await started("killed.csv");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(left("killed.csv")).toEqual([`killed.csv.partial-${child.pid}`]);
    const { code } = await runHere(predict("--data", "rows.csv", "--out", "killed.csv"), { cwd: folder });
    expect({ code, left: left("killed.csv") }).toEqual({ code: 0, left: ["killed.csv"] });
  });

  test("by a reader that closes the pipe is no error", async () => {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", "-")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(said).not.toMatch(STACK_TRACE);
    expect(said).not.toMatch(/error/);
  });
});
