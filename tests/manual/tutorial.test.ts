// docs/tutorial.md from its first line to its last, as a newcomer follows it in an empty folder: files are
// written and commands run in the order of the page, and what it shows is what they print, numbers left out.
// `npm` is not asked: tests/package installs the package.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { freePort } from "../support/free-port.ts";

const page = readFileSync(join(root, "docs/tutorial.md"), "utf8");
const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info, text]) => ({
  language: info!.split(" ")[0]!,
  name: info!.split(" ")[1] ?? "",
  text: text!,
}));

/** The page takes a minute of training; a test needs its form only. */
const FEWER = "--users 100";

let folder: string;
let port: number;
let server: ChildProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tutorial-"));
  port = await freePort();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/dinc"));
});

afterAll(() => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const dinc = `"${process.execPath}" "${join(root, "bin/dinc.js")}"`;

/** Until the server of the page answers. */
async function serve(command: string): Promise<void> {
  server = spawn("sh", ["-c", `exec ${command.replace("8080", String(port)).replace("npx dinc", dinc)}`], {
    ...{ cwd: folder, stdio: "ignore" },
  });
  for (let answered = false; !answered; )
    answered = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => new Promise<false>((resolve) => setTimeout(resolve, 50, false)),
    );
}

/** Names of runs are hashes of their weights. */
const withoutNumbers = (text: string) =>
  text
    .replaceAll(/\b[\da-f]{16}\b/g, "0")
    .replaceAll(/[+−]?\d[\d.,]*(?:e-?\d+)?/g, "0")
    .replaceAll(/[ ─]+/g, " ");

/** What a command prints. Those of dinc are performed here, without a process each. */
async function perform(command: string): Promise<string> {
  if (command.startsWith("npm ")) return "";
  const [, args] = /^npx dinc (.*)$/.exec(command) ?? [];
  if (args !== undefined) {
    const { code, out, err } = await runHere(args.split(" "), { cwd: folder });
    // As of diff(1): 1 says that two runs differ. So does a check that finds a mistake.
    expect(code, err).toBe(/^(?:diff|check) /.test(args) ? 1 : 0);
    return out + err;
  }
  const script = command
    .replace("localhost:8080", `127.0.0.1:${port}`)
    .replace("generate.mjs", `generate.mjs ${FEWER}`);
  const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout;
}

test("every command of the page does what the page shows", async () => {
  let printed = "";
  for (const { language, name, text } of blocks) {
    if (language === "js") writeFileSync(join(folder, name), text);
    else if (language === "sh") {
      const lines = text.trimEnd().split("\n");
      const last = lines.at(-1)!;
      if (last.includes("dinc serve")) {
        await serve(last);
        continue;
      }
      printed = "";
      for (const command of text.trimEnd().split(/\n(?=(?:head|node|npm|npx|sed) )/))
        printed += await perform(command);
    } else if (language === "text") {
      // `…` stands for lines left out.
      for (const part of text.split("…\n"))
        expect(withoutNumbers(printed)).toContain(withoutNumbers(part).trimEnd());
    } else if (language === "din")
      expect(readFileSync(join(folder, "mine/model.din"), "utf8")).toContain(text);
  }
});

test("it leads from rows to a server", () => {
  expect(blocks.filter(({ language }) => language === "sh").length).toBeGreaterThan(9);
  expect(blocks.filter(({ language }) => language === "text").length).toBeGreaterThan(7);
});
