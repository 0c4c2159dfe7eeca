// Every command that dinc prints can be pasted into a shell, whatever a file is called: the name arrives as one argument, and
// nothing in it runs. Of every message of the catalogue, of every target, and of commands that print others.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { targets } from "../../compiler/backends/choices.ts";
import { OptionText, worded } from "../../compiler/common/option-text.ts";
import { inShell, shellWord } from "../../compiler/common/shell.ts";
import { catalog } from "../../compiler/diagnostics/catalog/index.ts";
import { shellWords } from "../../runtime/cli/shell-words.ts";
import { runs, sweep } from "../support/how-often.ts";
import { argumentsIn, hostileCommands, hostileNames } from "../support/shell.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-printed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("any text arrives as it is", () => {
  const texts = fc.array(
    fc
      .oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom(...hostileNames))
      .map((text) => text.replace(/[\0\p{Cs}]/gu, "?")),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(texts, (given) => {
      expect(argumentsIn(`dinc ${given.map(shellWord).join(" ")}`)).toEqual(given);
      const paths = argumentsIn(`dinc ${given.map(inShell).join(" ")}`);
      expect(paths).toEqual(given.map((text) => (text.startsWith("-") ? `./${text}` : text)));
    }),
    { numRuns: runs(12) },
  );
});

/** Gives how many commands there were. */
function check(message: string, name: string): number {
  const commands = hostileCommands(message);
  for (const command of commands)
    expect(
      argumentsIn(command).some((argument) => argument.includes(name)),
      `${JSON.stringify(name)} isn't one argument of ${command}`,
    ).toBe(true);
  return commands.length;
}

type Make = (...facts: readonly unknown[]) => unknown;
interface Entry {
  readonly code: string;
  readonly message: Make;
  readonly help?: Make;
  readonly helps?: Readonly<Record<string, Make>>;
}

/** What a text of the catalogue says where facts that it takes are a name, of whichever types it takes them. */
function textsOf(make: Make, name: string): string[] {
  const kinds: readonly unknown[] = [name, [name], 3, true, null];
  const said = new Set<string>();
  const tried = (facts: readonly unknown[]) => {
    try {
      const text = make(...facts);
      if (text instanceof OptionText) said.add(worded(text, shellWords));
      else if (typeof text === "string") said.add(text);
    } catch {
      // The facts are of other types.
    }
  };
  const asked = new Set<string>();
  for (const kind of kinds)
    tried([
      new Proxy(
        {},
        {
          get: (_, key) => {
            asked.add(String(key));
            return kind;
          },
        },
      ),
    ]);
  for (const facts of combinations([...asked].slice(0, 4), kinds)) tried([Object.fromEntries(facts)]);
  const places = Array.from({ length: Math.min(make.length, 3) }, (_, i) => i);
  for (const facts of combinations(places, kinds)) tried(facts.map(([, fact]) => fact));
  return [...said];
}

function combinations<K>(keys: readonly K[], values: readonly unknown[]): [K, unknown][][] {
  return keys.reduce<[K, unknown][][]>(
    (all, key) => all.flatMap((each) => values.map((value): [K, unknown][] => [...each, [key, value]])),
    [[]],
  );
}

test("commands in all messages of the catalogue", () => {
  const entries = catalog as unknown as readonly Entry[];
  let commands = 0;
  let texts = 0;
  const checked = new Set<string>();
  for (const { message, help, helps = {} } of entries)
    for (const make of [message, help, ...Object.values(helps)]) {
      if (make === undefined) continue;
      for (const text of textsOf(make, hostileNames[0])) {
        texts++;
        if (hostileCommands(text).length === 0 || checked.has(text)) continue;
        checked.add(text);
        for (const name of hostileNames)
          commands += textsOf(make, name).reduce((sum, each) => sum + check(each, name), 0);
        break;
      }
    }
  expect(texts).toBeGreaterThan(catalog.length);
  expect(commands).toBeGreaterThan(6 * hostileNames.length);
});

test("commands that check a compiled folder", () => {
  for (const { check: checkWith } of targets)
    for (const name of hostileNames) expect(check(checkWith(name), name)).toBeGreaterThan(0);
});

describe("commands that print others", () => {
  const spec = `model small
features item { item_id : id  embed 2 }
label click : binary
net { predict click = dense(item_id, 1) |> sigmoid }
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-2)  batch 4  epochs 1 }
`;
  const rows = `item_id,click\n${Array.from({ length: 24 }, (_, i) => `${i % 5},${i % 2}\n`).join("")}`;
  // A name that looks like an option is none: it needs `./` where it is given, too.
  const names = hostileNames.filter((name) => /[\n$`"']/.test(name));

  test.each(sweep(names))("%j", async (name) => {
    const at = join(folder, name);
    mkdirSync(at, { recursive: true });
    const file = (path: string, content: string | Uint8Array) => writeFileSync(join(at, path), content);
    file("rows.csv", rows);
    file("model.din", spec);
    file("dinc.yaml", "spec: model.din\ndata: { train: rows.csv, valid: rows.csv }\n");
    file("wide.csv", Buffer.from(`\ufeff${rows}`, "utf16le"));
    file("rows.feather", "FEA1");
    file("log.csv", "user_id,item_id,clicked,at\n");
    const path = (each: string) => join(name, each);
    const config = ["-c", path("dinc.yaml")];
    const said: string[] = [];
    const dinc = async (...args: readonly string[]) => {
      const { out, err } = await runHere(args, { cwd: folder });
      said.push(out, err);
    };
    await dinc("init", path("draft"), "--data", path("rows.csv"));
    await dinc("train", ...config, "--out", path("runs/a"), "--tensorboard", path("curves"));
    await dinc("train", ...config, "--out", path("runs/b"), "--seed", "2");
    await dinc(
      "train",
      ...config,
      "--out",
      path("folds"),
      "--folds",
      "2",
      "--set",
      "data.validate={ rows: random, share: 0.5 }",
      "--set",
      "data.valid=",
    );
    for (const { name: target } of targets)
      await dinc("compile", path("runs/a"), "--target", target, "--out", path(`c-${target}`));
    await dinc("compile", path("model.din"), "--target", "torchrec", "--out", path("c-torchrec"));
    await dinc("calibrate", path("runs/a"), "--data", path("rows.csv"));
    await dinc("runs", path("runs"));
    await dinc("diff", path("runs/a"), path("runs/b"));
    await dinc("prepare", ...config, "--out", path("rows"));
    await dinc("prepare", ...config, "--out", path("plan"), "--plan", "spark");
    await dinc("tune", ...config, "--try", "train.batch=int(4..8)", "--trials", "2", "--out", path("study"));
    await dinc("train", path("model.din"), "--rows", path("no rows"), "--out", path("x"));
    for (const unread of ["rows.feather", "wide.csv"]) {
      const train = `data.train=${JSON.stringify(path(unread))}`;
      await dinc("train", ...config, "--set", train, "--out", path("x"));
    }
    await dinc("playground", "--data", path("rows.csv"));
    const commands = said.reduce((sum, each) => sum + check(each, name), 0);
    expect(commands, said.join("\n")).toBeGreaterThanOrEqual(14);
    for (const target of readdirSync(at).filter((each) => each.startsWith("c-")))
      for (const each of ["README.md", "package.json"]) {
        const files = readdirSync(join(at, target));
        if (files.includes(each)) check(readFileSync(join(at, target, each), "utf8"), name);
      }
  });
});

test("no source builds a command of a user's words but by shellCommand and inShell", () => {
  const program = "(?:npx |dinc |node |npm |python3 |iconv |gunzip |ruff |tensorboard |torchrun )";
  const raw = new RegExp(
    `(?<!shellCommand)\`(?:[^\`\\\\$]|\\\\.)*?(?:\\\\\`|next: |: |\\()${program}[^\`\\n]*?\\$\\{(?!inShell|shellWord|shellCommand)`,
  );
  // The name of a command, and commands whose parts are quoted one by one.
  const ofNoUser = ["entry.name", "i) => inShell(", '? "" : ` -c ${inShell('];
  const found: string[] = [];
  for (const top of ["compiler", "runtime", "playground"])
    for (const each of readdirSync(join(root, top), { recursive: true, encoding: "utf8" })) {
      if (!each.endsWith(".ts") || each.includes("generated")) continue;
      for (const line of readFileSync(join(root, top, each), "utf8").split("\n"))
        if (raw.test(line) && !ofNoUser.some((part) => line.includes(part)))
          found.push(`${each}: ${line.trim()}`);
    }
  expect(found).toEqual([]);
});
