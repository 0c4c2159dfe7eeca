// Wherever a command reads or writes a file, something else may lie: a folder, a pipe, a device, nothing.
// Each command then says so in a sentence, comes to an end, and leaves what was there as it was.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../../runtime/cli/exit-codes.ts";
import { sweep } from "../support/how-often.ts";
import { runHere } from "./run-here.ts";
import { type Ran, root, STACK_TRACE } from "./spawn.ts";

const MODEL = `model tiny
features item { item_id : id  embed 2 }
label click : binary
net { predict click = item_id |> dense(2, relu) |> dense(1) |> sigmoid }
train { batch 8  epochs 1 }
`;
/** Reads a list of ids and a file of vectors, and imports a block. */
const LISTED = MODEL.replace("model tiny", 'model tiny\nimport "blocks.din"')
  .replace("id  embed 2", 'id(file: "ids.txt")  embed(2, init: file("vectors.txt"))')
  .replace("dense(2, relu)", "tower");
const EVENTS = `spec: events.din
data:
  events: { path: log.csv, user: user_id, item: item_id, order: t }
  items: { path: items.csv, key: item_id }
  users: { path: users.csv, key: user_id }
`;
const ids = Array.from({ length: 6 }, (_, i) => `i${i}`);

/** Memory, where there is such a disk: what is written is flushed. */
const quick = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** What all commands need, as it should be. */
let sound = "";

beforeAll(async () => {
  sound = mkdtempSync(join(quick, "dinc-obstacles-"));
  const put = (name: string, text: string) => writeFileSync(join(sound, name), text);
  put("model.din", MODEL);
  put("ugly.din", MODEL.replace("{ batch 8", "{    batch 8"));
  put("listed.din", LISTED);
  put("blocks.din", "block tower(x: Vec[d]) -> Vec[2] { dense(x, 2) }\n");
  put(
    "events.din",
    MODEL.replace("features item", "features user { user_id : id  embed 2 }\nfeatures item").replace(
      "= item_id",
      "= concat(item_id, user_id)",
    ),
  );
  put("ids.txt", `${ids.join("\n")}\n`);
  put("vectors.txt", ids.map((id) => `${id} 0.5 0.25\n`).join(""));
  put("rows.csv", `item_id,click\n${ids.map((id, i) => `${id},${i % 2}\n`).join("")}`);
  put("rows.jsonl", ids.map((id, i) => `${JSON.stringify({ item_id: id, click: i % 2 })}\n`).join(""));
  put("items.csv", `item_id\n${ids.join("\n")}\n`);
  put("users.csv", "user_id\nu0\nu1\n");
  put("log.csv", `user_id,item_id,t\n${ids.map((id, i) => `u${i % 2},${id},${i}\n`).join("")}`);
  put("dinc.yaml", "spec: model.din\ndata: { train: rows.csv, valid: valid.csv, test: rows.csv }\n");
  put("listed.yaml", "spec: listed.din\ndata: { train: rows.csv }\n");
  put("events.yaml", EVENTS);
  cpSync(join(sound, "rows.csv"), join(sound, "valid.csv"));
  const trained = await runHere([
    "train",
    "-c",
    join(sound, "dinc.yaml"),
    "--out",
    join(sound, "run"),
    "--backend",
    "wasm",
  ]);
  expect(trained.code, trained.err).toBe(0);
});
afterAll(() => rmSync(sound, { recursive: true, force: true }));

/** Puts something at a path where a file should be; nothing lies there before. */
const obstacles: Readonly<Record<string, (path: string) => void>> = {
  nothing: () => {},
  "a folder": (path) => mkdirSync(path),
  "a pipe": (path) => {
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
  },
  "a device without an end": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  // More than a text may have; lines of JSON are read to the end before there is anything to say, which need
  // not be that long.
  "a large file of zeros": (path) => {
    writeFileSync(path, "");
    truncateSync(path, path.endsWith(".jsonl") ? 2 ** 27 : 2 ** 32);
  },
};

interface Reading {
  /** What is read; DIR stands for the folder. */
  readonly place: string;
  readonly command: string;
  /** Obstacles for which something else than a mistake is right. */
  readonly fine?: readonly string[];
}

const train = (config: string) => `train -c DIR/${config} --out DIR/new --backend cpu`;

const readings: readonly Reading[] = [
  ...["check", "check --types", "check --fix", "lint", "fmt", "fmt --check", "graph", "cost"].map(
    (command) => ({
      place: "model.din",
      command: `${command} DIR/model.din`,
    }),
  ),
  { place: "model.din", command: "compile DIR/model.din --out DIR/new" },
  { place: "model.din", command: "compile DIR/model.din --emit ast" },
  { place: "model.din", command: "train DIR/model.din -c DIR/dinc.yaml --out DIR/new --backend cpu" },
  { place: "model.din", command: train("dinc.yaml") },
  { place: "blocks.din", command: "check DIR/listed.din" },
  { place: "blocks.din", command: train("listed.yaml") },
  { place: "dinc.yaml", command: train("dinc.yaml") },
  ...["rows.csv", "valid.csv"].map((place) => ({ place, command: train("dinc.yaml") })),
  ...["log.csv", "items.csv", "users.csv"].map((place) => ({ place, command: train("events.yaml") })),
  ...["ids.txt", "vectors.txt"].map((place) => ({ place, command: train("listed.yaml") })),
  { place: "truth.json", command: train("dinc.yaml"), fine: Object.keys(obstacles) },
  {
    place: "new.checkpoint",
    command: train("dinc.yaml"),
    fine: ["nothing", "a link to itself"],
  },
  {
    place: "new.checkpoint",
    command: `${train("dinc.yaml")} --force`,
    fine: ["nothing", "a link to itself", "a large file of zeros"],
  },
  ...["rows.csv", "rows.jsonl"].flatMap((place) => [
    { place, command: `init DIR/new --data DIR/${place}` },
    { place, command: `predict DIR/run --data DIR/${place} --out DIR/new.csv --backend cpu` },
    { place, command: `eval DIR/run --data DIR/${place} --backend cpu` },
  ]),
  ...["run", "run/manifest.json", "run/weights.safetensors", "run/fitted.json", "run/model.din"].map(
    (place) => ({
      place,
      command: "predict DIR/run --data DIR/rows.csv --out DIR/new.csv --backend cpu",
    }),
  ),
  ...["run", "run/manifest.json"].flatMap((place) =>
    [
      "eval DIR/run --data DIR/rows.csv",
      "diff DIR/run DIR/run",
      "cost DIR/run",
      "compile DIR/run --out DIR/new",
    ].map((command) => ({ place, command })),
  ),
];

/** A copy of what is sound, for one case alone. */
function copied(): string {
  const folder = mkdtempSync(join(quick, "dinc-obstacle-"));
  cpSync(sound, folder, { recursive: true });
  return folder;
}

const argsOf = (command: string, folder: string) =>
  command.split(" ").map((part) => part.replace("DIR", folder));

function expectSentence({ code, out, err }: Ran, what: string): void {
  expect([exitCodes.findings, exitCodes.usage], `${what}: ${err}`).toContain(code);
  // Findings go to standard output.
  expect(out + err, what).toMatch(/error(\[DIN\d{4} [\w-]+\])?: .{10}/);
  expect(out + err, what).not.toMatch(STACK_TRACE);
}

describe.each(sweep(readings, 3))(
  "$command, at $place",
  { timeout: 300_000 },
  ({ place, command, fine = [] }) => {
    test("says what lies there instead", async () => {
      const folder = copied();
      const path = join(folder, place);
      for (const [name, put] of Object.entries(obstacles)) {
        rmSync(path, { recursive: true, force: true });
        put(path);
        const ran = await runHere(argsOf(command, folder));
        if (fine.includes(name)) expect(ran.code, `${name}: ${ran.err}`).toBe(0);
        else expectSentence(ran, name);
        expect(
          readdirSync(folder).filter((entry) => /partial|replaced/.test(entry)),
          name,
        ).toEqual([]);
        for (const made of ["new", "new.csv"]) rmSync(join(folder, made), { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true });
    });
  },
);

/** Where a command is to write what it cannot; each gives the path, and makes what is in the way. */
const places: Readonly<Record<string, (folder: string) => string>> = {
  "a folder that is missing": (folder) => join(folder, "missing", "deep", "x"),
  "below a file": (folder) => join(folder, "rows.csv", "x"),
  "a folder that takes nothing": () => "/proc/x",
  "below a device": () => "/dev/null/x",
  "a name that is too long": (folder) => join(folder, "x".repeat(300)),
  "a name with a zero": (folder) => join(folder, "x\0y"),
  "a link to itself": (folder) => {
    symlinkSync(join(folder, "loop"), join(folder, "loop"));
    return join(folder, "loop", "x");
  },
};

const writings: readonly { readonly command: string; readonly fine?: readonly string[] }[] = [
  { command: "graph DIR/model.din --out PLACE" },
  { command: "predict DIR/run --data DIR/rows.csv --backend cpu --out PLACE.csv" },
  { command: "train -c DIR/dinc.yaml --backend cpu --out PLACE", fine: ["a folder that is missing"] },
  { command: "compile DIR/run --out PLACE", fine: ["a folder that is missing"] },
  { command: "compile DIR/run --target onnx --out PLACE", fine: ["a folder that is missing"] },
  { command: "init PLACE --data DIR/rows.csv", fine: ["a folder that is missing"] },
];

describe.each(sweep(writings, 3))("$command", { timeout: 300_000 }, ({ command, fine = [] }) => {
  test("says where it cannot write", async () => {
    for (const [name, place] of Object.entries(places)) {
      const folder = copied();
      const before = readdirSync(folder);
      const path = place(folder);
      const args = argsOf(command, folder).map((part) => part.replace("PLACE", path));
      const ran = await runHere(args);
      if (fine.includes(name)) expect(ran.code, `${name}: ${ran.err}`).toBe(0);
      else {
        expectSentence(ran, name);
        expect(
          readdirSync(folder).filter((entry) => entry !== "loop"),
          name,
        ).toEqual(before);
      }
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a path that is not a regular file is not replaced by one", () => {
  test.each(["a folder", "a pipe", "a device without an end"])("%s", async (name) => {
    const folder = copied();
    for (const [place, command] of [
      ["x.svg", "graph DIR/model.din --out DIR/x.svg"],
      ["x.csv", "predict DIR/run --data DIR/rows.csv --backend cpu --out DIR/x.csv"],
      ["x", "train -c DIR/dinc.yaml --backend cpu --force --out DIR/x"],
      ["x", "compile DIR/run --out DIR/x"],
      ["model.din", "init DIR --data DIR/rows.csv --force"],
    ] as const) {
      const path = join(folder, place);
      rmSync(path, { recursive: true, force: true });
      obstacles[name]!(path);
      // An empty folder is free for one.
      if (name === "a folder") writeFileSync(join(path, "thesis.txt"), "mine");
      const before = statSync(path);
      expectSentence(await runHere(argsOf(command, folder)), `${command}, ${name}`);
      const { ino, mode } = statSync(path);
      expect({ ino, mode }).toEqual({ ino: before.ino, mode: before.mode });
      rmSync(path, { recursive: true });
    }
    rmSync(folder, { recursive: true });
  });
});

test("a pipe is read to its end, however slow its writer is", async () => {
  const folder = copied();
  const pipe = join(folder, "pipe.din");
  obstacles["a pipe"]!(pipe);
  const [first, second] = [MODEL.slice(0, 50), MODEL.slice(50)];
  const script = 'sleep 0.2; { printf %s "$1"; sleep 0.2; printf %s "$2"; } > "$0"';
  const written = once(spawn("bash", ["-c", script, pipe, first, second]), "exit");
  expect(await runHere(["check", pipe])).toMatchObject({ code: 0, err: "1 file checked: no findings\n" });
  await written;
  rmSync(folder, { recursive: true });
});

describe("around a process", () => {
  /** dinc in a shell that is prepared by `before`, with the rows as its standard input. */
  function prepared(before: string, args: readonly string[]): Ran {
    const dinc = [process.execPath, join(root, "bin/dinc.js"), ...args];
    const input = readFileSync(join(sound, "rows.csv"));
    const { status, stdout, stderr } = spawnSync("bash", ["-c", `${before}; exec "$@"`, "bash", ...dinc], {
      cwd: sound,
      encoding: "utf8",
      input,
    });
    return { code: status, out: stdout, err: stderr };
  }
  const scored = ["predict", "run", "--data", "-", "--out", "-", "--backend", "wasm"];

  test.each(["/nowhere", "rows.csv"])("TMPDIR that is %s", (temporary) => {
    const ran = prepared(`export TMPDIR=${temporary}`, scored);
    expectSentence(ran, temporary);
    expect(ran.err).toMatch(/DIN0509.*\n.*help: standard input is kept there .*: set TMPDIR to a folder/);
  });

  test.each([20, 32])("%i files that may be open", (files) => {
    const ran = prepared(`ulimit -n ${files}`, ["train", "--out", "new", "--backend", "wasm"]);
    // Before anything is loaded, or while it is.
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error.*too many (open files|files are open).*`ulimit -n 1024`/ms),
    });
    expect(ran.err).not.toMatch(STACK_TRACE);
  });

  test("a folder that has gone", () => {
    const ran = prepared("mkdir gone && cd gone && rmdir ../gone", [
      "graph",
      join(sound, "model.din"),
      "--out",
      "x.svg",
    ]);
    expectSentence(ran, "gone");
    expect(ran.err).toContain("help: the working directory no longer exists");
  });
});
