// docs/tutorial.md from its first line to its last, as a newcomer follows it in an empty folder: files are written and commands run in the
// order of the page, and what it shows is what they print, numbers left out. `npm` is not asked: tests/package installs the package.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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
  const programs = join(folder, "programs");
  mkdirSync(programs);
  const program = (name: string, line: string) => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(programs, name), 0o755);
  };
  program("npm", "exit 0");
  program("npx", `[ "$1" = dinc ] && shift && exec "${process.execPath}" "${root}/bin/dinc.js" "$@"`);
});

afterAll(() => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, PATH: `${join(folder, "programs")}:${process.env["PATH"]}` });

/** Until the server of the page answers. */
async function serve(command: string): Promise<void> {
  server = spawn("sh", ["-c", `exec ${command.replace("8080", String(port))}`], {
    ...{ cwd: folder, env: environment(), stdio: "ignore" },
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

test("every command of the page does what the page shows", async () => {
  let printed = "";
  for (const { language, name, text } of blocks) {
    if (language === "js") writeFileSync(join(folder, name), text);
    else if (language === "sh") {
      const lines = text.trimEnd().split("\n");
      const last = lines.at(-1)!;
      if (last.includes("server.mjs")) {
        await serve(last);
        continue;
      }
      const script = text
        .replace("localhost:8080", `127.0.0.1:${port}`)
        .replace("generate.mjs", `generate.mjs ${FEWER}`);
      const ran = spawnSync("bash", ["-ec", `exec 2>&1\n${script}`], {
        ...{ cwd: folder, env: environment(), encoding: "utf8" },
      });
      // As of diff(1): 1 says that two runs differ. So does a check that finds a mistake.
      expect(ran.status, ran.stdout).toBe(/dinc (?:diff|check)/.test(last) ? 1 : 0);
      printed = ran.stdout;
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
  expect(page).not.toContain("@@");
});
