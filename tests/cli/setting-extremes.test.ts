// Every setting of dinc.yaml at its extremes: a training goes through its first epoch, or says what is wrong.
// The settings are those of the table, so that a new one is held to this as well.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  DataForm,
  SettingDescription,
  SettingGroup,
} from "../../compiler/frontend/config/setting-kinds.ts";
import { settings } from "../../compiler/frontend/config/settings.ts";
import { exitCodes } from "../../runtime/cli/exit-codes.ts";
import { sweep } from "../support/how-often.ts";
import { runHere } from "./run-here.ts";

let folder = "";
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-extremes-"));
  const log = Array.from({ length: 60 }, (_, i) => `u${i % 6},i${(i * 7) % 13},${i}`);
  const rows = Array.from({ length: 40 }, (_, i) => `u${i % 6},i${(i * 7) % 13},i${i % 3}|i4,${i % 2}`);
  writeFileSync(at("log.csv"), `user_id,item_id,t\n${log.join("\n")}\n`);
  writeFileSync(at("rows.csv"), `user_id,item_id,clicked,click\n${rows.join("\n")}\n`);
  writeFileSync(at("items.csv"), `item_id\n${Array.from({ length: 13 }, (_, i) => `i${i}`).join("\n")}\n`);
  writeFileSync(at("users.csv"), `user_id\n${Array.from({ length: 6 }, (_, i) => `u${i}`).join("\n")}\n`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\n");
  writeFileSync(
    at("model.din"),
    `model tiny
param units = 2
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 3) { item_id <-> clicked }
label click : binary
net { predict click = concat(user_id, item_id, sum(clicks)) |> dense(units, relu) |> dense(1) |> sigmoid }
train { batch 8  epochs 1 }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a form of data needs. */
const sound: Readonly<Record<DataForm, readonly string[]>> = {
  rows: ["data.train=rows.csv"],
  events: [
    "data.events={path: log.csv, user: user_id, item: item_id, order: t}",
    "data.items={path: items.csv, key: item_id}",
    "data.users={path: users.csv, key: user_id}",
  ],
};

interface Case {
  readonly name: string;
  readonly form: DataForm;
  readonly value: string;
}

const NUMBERS = [
  ...["-9007199254740991", "-1", "0", "5e-324", "0.9999999999999999", "1", "2147483647", "4294967296"],
  ...["9007199254740991", "1e300", ".inf", ".nan"],
];
const SIZES = [
  "0GB",
  "1B",
  "-1GB",
  "1e400GB",
  "128MB",
  "1000TB",
  "100000000000000000000GB",
  `${"9".repeat(400)}GB`,
];
const TEXTS = [
  ...[" ", "\0", "\n", '"', "'", "\\", "/", "..", ",", "\u{1f600}", "__proto__", "/dev/null.csv"],
  "x".repeat(5000),
];

function casesOf(group: SettingGroup, path: readonly string[] = [], form: DataForm | null = null): Case[] {
  return Object.entries(group.settings).flatMap(([key, described]) => {
    const own = described.form ?? form;
    const here = [...path, key];
    if (described.what === "group") return casesOf(described, here, own);
    const forms: DataForm[] = own === null ? ["rows", "events"] : [own];
    return valuesOf(described).flatMap((value) =>
      forms.map((each) => ({ name: here.join("."), form: each, value })),
    );
  });
}

function valuesOf(described: SettingDescription): readonly string[] {
  if (described.what !== "setting") return [];
  const texts = TEXTS.map((text) => JSON.stringify(text));
  const all = [...NUMBERS, ...SIZES, ...texts];
  const takesText = described.kind.read("a") !== null;
  // Of what is refused one of each sort is enough.
  return takesText ? texts : [...all.slice(0, -texts.length), texts[0]!];
}

/** As Ctrl-C does: some trainings would never end. */
function interruptFirstEpoch(message: string): void {
  if (message.startsWith("epoch 1")) process.emit("SIGINT", "SIGINT");
}

function isExpected(code: number): boolean {
  return code === exitCodes.clean || code === exitCodes.findings || code === exitCodes.interrupted;
}

const cases = casesOf(settings);
const names = [...new Set(cases.map(({ name }) => name))];

describe.each(sweep(names))("%s", (name) => {
  test("at its extremes", async () => {
    for (const { form, value } of cases.filter((each) => each.name === name)) {
      const out = at("run");
      const sets = [`data.dir=${folder}`, ...sound[form], `${name}=${value}`].flatMap((set) => [
        "--set",
        set,
      ]);
      // Paths are as they would stand in a dinc.yaml there.
      const args = ["train", "-c", at("dinc.yaml"), "--out", out, "--backend", "wasm", "--force", ...sets];
      const { code, err } = await runHere(args, { heard: interruptFirstEpoch });
      expect({ set: `${form} ${name}=${value}`, code, err }).toMatchObject({
        code: expect.toSatisfy(isExpected),
      });
      for (const path of [out, `${out}.checkpoint`]) rmSync(path, { recursive: true, force: true });
    }
  });
});

test("numbers, sizes and texts are tried", () => {
  expect(names).toEqual(
    expect.arrayContaining(["data.memory", "data.examples.negatives.per_positive", "train.batch", "spec"]),
  );
});
