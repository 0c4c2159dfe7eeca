// `dinc completion`: bash, zsh and fish run the scripts for real, at a terminal where they can.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../runtime/cli/table/commands.ts";
import { flagOf } from "../../runtime/cli/table/describe.ts";
import { hasDebianPackages, installedProgram, libraryPath, unpackedPackage } from "../support/debian.ts";
import { runHere } from "./run-here.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = (shell: string) => join(folder, `.dinc.${shell}`);

beforeAll(async () => {
  writeFileSync(join(folder, "model.din"), "");
  writeFileSync(join(folder, "my rows.csv"), "");
  mkdirSync(join(folder, "runs"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await runHere(["completion", shell]);
    expect(code).toBe(0);
    writeFileSync(script(shell), out);
  }
});

/** A line before Tab, and what is offered then. */
const lines: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["dinc tr", ["train"]],
  ["dinc export ", ["embeddings", "items"]],
  ["dinc export it", ["items"]],
  ["dinc native ", ["install"]],
  ["dinc completion ", ["bash", "fish", "zsh"]],
  ["dinc train --back", ["--backend"]],
  ["dinc train --backend ", ["auto", "native", "node", "wasm"]],
  ["dinc predict my-run --split v", ["valid"]],
  ["dinc graph --format ", ["json", "mermaid", "svg"]],
  ["dinc check --format s", ["sarif"]],
  ["dinc train --seed ", []],
  ["dinc train --on-bad-row=s", ["skip"]],
  ["dinc export items --norm", []],
  ["dinc export embeddings --norm", ["--normalize"]],
];

/** The words that bash puts into COMPREPLY, without the option that it took apart. */
function inBash(line: string): string[] {
  const words = line
    .split(" ")
    .flatMap((word) => word.split(/(=)/))
    .filter((word, i, all) => word !== "" || i === all.length - 1);
  const program = `source ${script("bash")}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dinc; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-c", program, "bash", ...words], {
    encoding: "utf8",
    cwd: folder,
  });
  return out
    .split("\n")
    .filter((each) => each !== "")
    .sort();
}

describe("bash", () => {
  test.each(lines)("%s", (line, offered) => {
    expect(inBash(line)).toEqual(offered);
  });

  test("offers every option of every command, and paths where a value is one", () => {
    for (const { path, options } of allCommands()) {
      const shown = options.filter(({ isHidden }) => isHidden !== true).map(flagOf);
      expect(inBash(`dinc ${path.join(" ")} --`)).toEqual([...shown, "--help"].sort());
    }
    expect(inBash("dinc train mo")).toEqual(["model.din"]);
    expect(inBash("dinc train --rows ")).toEqual(["runs"]);
  });
});

test("bash calls the function for dinc", () => {
  const known = execFileSync("bash", ["--norc", "-c", `source ${script("bash")}; complete -p dinc`], {
    encoding: "utf8",
  });
  expect(known).toBe("complete -F _dinc dinc\n");
});

/** Lines at a terminal before Tab, and their words after it. */
const completed: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["dinc tr", ["dinc", "train"]],
  ["dinc export it", ["dinc", "export", "items"]],
  ["dinc train --back", ["dinc", "train", "--backend"]],
  ["dinc graph --format=m", ["dinc", "graph", "--format=mermaid"]],
  ["dinc predict my-run --split v", ["dinc", "predict", "my-run", "--split", "valid"]],
  ["dinc train mo", ["dinc", "train", "model.din"]],
  ["dinc init --data my", ["dinc", "init", "--data", "my rows.csv"]],
  ["dinc train --rows ", ["dinc", "train", "--rows", "runs"]],
];

/** A stand-in for dinc in the shell: prints its arguments. */
const DINC = "dinc() { printf '<%s>' \"$@\" end; }";

/** Types each line and Tab at a terminal of a shell; gives the words of the line after that. */
async function typed(command: string, env: Readonly<Record<string, string>>): Promise<string[][]> {
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, ...env, TERM: "dumb", ZDOTDIR: folder },
  });
  let seen = "";
  child.stdout.on("data", (data) => {
    seen += data;
  });
  const until = async (what: string, isThere: () => boolean) => {
    const last = Date.now() + 30_000;
    while (!isThere()) {
      if (Date.now() > last) throw new Error(`no ${what} in: ${seen}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  try {
    child.stdin.write("printf 're''ady\\n'\n");
    await until("ready", () => seen.includes("ready\r\n"));
    const words = async (line: string, silence: number): Promise<string[]> => {
      let before = seen.length;
      child.stdin.write(line);
      await until(line, () => seen.includes(line, before));
      // zsh drops keys that are pressed while it completes.
      before = seen.length;
      child.stdin.write("\t");
      await until("completion", () => seen.length > before);
      await quiet(() => seen.length, silence);
      child.stdin.write("\n");
      await until(`end of ${line}`, () => seen.includes("<end>", before));
      const printed = [...seen.slice(before).matchAll(/<([^<>]*)>/g)].map(([, word]) =>
        word!.replace(/\/$/, ""),
      );
      // zsh takes the slash of a folder off again.
      return ["dinc", ...printed.slice(0, -1)];
    };
    const all: string[][] = [];
    for (const [line, wanted] of completed) {
      let got: string[] = [];
      // A shell on a busy machine may pause while it completes.
      for (const silence of [150, 1_000, 5_000]) {
        got = await words(line, silence);
        if (isDeepStrictEqual(got, wanted)) break;
      }
      all.push(got);
    }
    return all;
  } finally {
    child.kill("SIGKILL");
  }
}

/** Waits until nothing was written for so many milliseconds. */
async function quiet(length: () => number, silence: number): Promise<void> {
  for (let before = -1; before !== length(); ) {
    before = length();
    await new Promise((resolve) => setTimeout(resolve, silence));
  }
}

/** Milliseconds, where the shell is fetched first. */
const DOWNLOADED = 180_000;
const wanted = completed.map(([, words]) => words);

describe.skipIf(!hasDebianPackages())("at a terminal", () => {
  test("bash completes lines", async () => {
    writeFileSync(join(folder, ".bashrc"), `source ${script("bash")}\n${DINC}\n`);
    expect(await typed(`bash --noprofile --rcfile ${join(folder, ".bashrc")} -i`, {})).toEqual(wanted);
  });

  test(
    "zsh completes lines",
    async () => {
      const installed = installedProgram("zsh");
      const unpacked = installed === undefined ? await unpackedPackage("zsh", "bin/zsh") : null;
      const usr = unpacked === null ? "" : join(unpacked, "usr");
      const ready = ["autoload -U compinit", "compinit -u -D", `source ${script("zsh")}`, DINC, ""];
      writeFileSync(join(folder, ".zshrc"), ready.join("\n"));
      const places = [`module_path=(${usr}/lib/*/zsh/*)`, `fpath=(${usr}/share/zsh/functions/**/*(/))`, ""];
      writeFileSync(join(folder, ".zshenv"), unpacked === null ? "" : places.join("\n"));
      const env = unpacked === null ? {} : { LD_LIBRARY_PATH: await libraryPath(unpacked) };
      expect(await typed(`${installed ?? join(unpacked!, "bin/zsh")} -i`, env)).toEqual(wanted);
    },
    DOWNLOADED,
  );

  test(
    "fish offers words and paths",
    async () => {
      const installed = installedProgram("fish");
      const unpacked = installed === undefined ? await unpackedPackage("fish", "usr/bin/fish") : null;
      const program = installed ?? join(unpacked!, "usr/bin/fish");
      const offers = (line: string) => `echo "== ${line}"; complete -C "${line}"`;
      const asked = [...lines.map(([line]) => line), "dinc train mo", "dinc train --rows "];
      const text = [
        ...(unpacked === null ? [] : [`set fish_function_path ${unpacked}/usr/share/fish/functions`]),
        `source ${script("fish")}`,
        ...asked.map(offers),
      ].join("\n");
      const out = execFileSync(program, ["--no-config", "-c", text], {
        encoding: "utf8",
        cwd: folder,
        env: {
          ...process.env,
          HOME: folder,
          ...(unpacked === null ? {} : { LD_LIBRARY_PATH: await libraryPath(unpacked) }),
        },
      });
      const [, ...answers] = out.split(/^== .*\n/m);
      const found = answers.map((answer) =>
        [...answer.matchAll(/^[^\t\n]+/gm)].map(([word]) => word.replace(/^--[\w-]+=/, "")).sort(),
      );
      expect(found).toEqual([...lines.map(([, offered]) => offered), ["model.din"], ["runs/"]]);
    },
    DOWNLOADED,
  );
});

test("no completion starts dinc", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { out } = await runHere(["completion", shell]);
    const code = out.split("\n").filter((line) => !line.startsWith("#"));
    expect(code.join("\n")).not.toMatch(/\$\(dinc|`dinc|<\(dinc/);
  }
});

test("a shell that is none of these is a usage error", async () => {
  const { code, err } = await runHere(["completion", "tcsh"]);
  expect(code).toBe(2);
  expect(err).toContain("Allowed choices are bash, zsh, fish.");
});
