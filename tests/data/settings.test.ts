// The table of settings: the reader, the JSON Schema and the documentation say the same of each.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { settingsSchema } from "../../compiler/frontend/config/json-schema.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";
import { settingsReference } from "../../compiler/frontend/config/reference.ts";
import type {
  DataForm,
  SettingDescription,
  SettingGroup,
} from "../../compiler/frontend/config/setting-kinds.ts";
import { settings } from "../../compiler/frontend/config/settings.ts";
import { root } from "../cli/spawn.ts";

const system = { environment: () => "x", problemOf: () => null };
const said = (text: string) => readSettings(sourceFile("dinc.yaml", text), [], system).diagnostics;
const codes = (text: string) => said(text).map(({ code }) => code);

const accepts = new Ajv({ strictSchema: true, strictTypes: false }).compile(settingsSchema());

/** Every setting with its path and the form of data that it is of. */
function all(group: SettingGroup, path: readonly string[] = [], form: DataForm = "rows"): readonly Leaf[] {
  return Object.entries(group.settings).flatMap(([key, described]) => {
    const own = described.form ?? form;
    const leaf = { path: [...path, key], described, form: own };
    return described.what === "group" ? [leaf, ...all(described, leaf.path, own)] : [leaf];
  });
}

interface Leaf {
  readonly path: readonly string[];
  readonly described: SettingDescription;
  readonly form: DataForm;
}

const leaves = all(settings).map((leaf) => [leaf.path.join("."), leaf] as const);

const table = { path: "t.csv", key: "k" };
/** Sound settings of a form, with all that each group requires. */
const sound = (form: DataForm): Record<string, unknown> =>
  form === "rows"
    ? {
        data: {
          train: "a.csv",
          validate: { share: 0.1, by: "user_id" },
          hold_out: { share: 0.1, by: "user_id" },
        },
        expect: {},
        train: {},
        params: {},
      }
    : {
        data: {
          events: { path: "log.csv", user: "u", item: "i", order: "t" },
          items: table,
          users: table,
          examples: { negatives: {} },
          validate: { share: 0.1 },
        },
      };

/** `tree` with another value at `path`; undefined takes it out. */
function withValue(tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  const map: Record<string, unknown> = { ...Object(tree) };
  const next = rest.length === 0 ? value : withValue(map[key!] ?? {}, rest, value);
  if (next === undefined) delete map[key!];
  else map[key!] = next;
  return map;
}

describe("the reader", () => {
  test.each(["rows", "events"] as const)("finds nothing wrong with sound %s", (form) => {
    expect(said(stringify(sound(form)))).toEqual([]);
    expect(accepts(sound(form))).toBe(true);
  });

  test.each(leaves)("reads %s: a wrong value is told", (name, { path, form }) => {
    const wrong = withValue(sound(form), path, [["wrong"]]);
    expect(said(stringify(wrong)).map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`\`${name}\` must be`),
    );
    expect(accepts(wrong)).toBe(false);
  });

  test.each(leaves.filter(([, { described }]) => described.required))(
    "wants %s where its neighbours are",
    (_, { path, form }) => {
      const without = withValue(sound(form), path, undefined);
      const neighbours = withValue(without, ["data", "memory"], "2GB");
      expect(codes(stringify(neighbours))).toContain("DIN0523");
      expect(accepts(neighbours)).toBe(false);
    },
  );

  test.each(leaves.filter(([, { described }]) => described.notWith))(
    "refuses %s beside what it excludes",
    (_, { path, described, form }) => {
      for (const excluded of described.notWith!) {
        const other = [...path.slice(0, -1), excluded];
        const isFile = ["valid", "test"].includes(excluded);
        const [word = "t"] = described.what === "setting" ? Object.keys(described.kind.words) : [];
        const alone = withValue(sound(form), [...path.slice(0, -1), "by"], undefined);
        const own = isFile ? sound(form) : withValue(alone, path, word);
        const both = withValue(own, other, excluded === "rows" ? "last" : "b.csv");
        expect(codes(stringify(both))).toEqual([isFile ? "DIN0438" : "DIN0593"]);
        expect(accepts(both)).toBe(false);
      }
    },
  );

  test.each(leaves.filter(([, { described }]) => described.what === "setting" && described.preset !== null))(
    "takes the default of %s as it is documented",
    (_, { path, described, form }) => {
      const preset = described.what === "setting" ? described.preset : null;
      const spelt = readSettings(
        sourceFile("dinc.yaml", stringify(withValue(sound(form), path, preset))),
        [],
        system,
      );
      const silent = readSettings(
        sourceFile("dinc.yaml", stringify(withValue(sound(form), path, undefined))),
        [],
        system,
      );
      expect(spelt.diagnostics).toEqual([]);
      expect(withoutPlaces(spelt.value.data)).toEqual(withoutPlaces(silent.value.data));
    },
  );
});

function withoutPlaces(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data, (key, value) => (key === "location" ? null : value)));
}

describe("the JSON Schema", () => {
  const path = join(root, "grammar/editors/dinc.schema.json");

  test("is that of the table", () => {
    const text = `${JSON.stringify(settingsSchema(), null, 2)}\n`;
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test.each(["amazon-beauty", "din-simulated", "seed-demo", "zoo"])("takes dinc.yaml of %s", (name) => {
    const text = readFileSync(join(root, "examples", name, "dinc.yaml"), "utf8");
    expect(accepts(parse(text)), JSON.stringify(accepts.errors)).toBe(true);
  });

  test("takes what the reader takes, and nothing else", () => {
    fc.assert(
      fc.property(groupOf(settings), (tree) => {
        // Two settings that name one file are worth a warning, but right.
        const found = said(stringify(tree)).filter(({ severity }) => severity === "error");
        expect(accepts(tree), JSON.stringify([tree, found, accepts.errors])).toBe(found.length === 0);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Settings of which most are right. */
function groupOf(group: SettingGroup): fc.Arbitrary<Record<string, unknown>> {
  const keys = Object.fromEntries(
    Object.entries(group.settings).map(([key, each]) => [key, settingOf(each, key)]),
  );
  const required = Object.entries(group.settings).flatMap(([key, each]) =>
    each.required === true && each.form === undefined ? [key] : [],
  );
  const sparse = fc.record(keys, { requiredKeys: required });
  // One key alone, as all of them seldom go together.
  const few = fc
    .tuple(sparse, fc.subarray(Object.keys(keys), { maxLength: Math.min(3, Object.keys(keys).length) }))
    .map(([all, kept]) =>
      Object.fromEntries(Object.entries(all).filter(([key]) => kept.includes(key) || required.includes(key))),
    );
  return fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: sparse });
}

function settingOf(described: SettingDescription, key: string): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>([1], "", null, true);
  const weighed = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: wrong });
  if (described.what === "group") return weighed(groupOf(described));
  if (described.what === "named")
    return fc.dictionary(
      fc.constantFrom("price", "a b"),
      fc.constantFrom<unknown>("missing <= 1 %", "often", 3, [1]),
    );
  if (described.what === "groups")
    return fc.dictionary(
      fc.constantFrom("clicks", "a b"),
      fc.oneof(
        { weight: 9, arbitrary: groupOf(described.group) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
    );
  if (described.what === "params")
    return fc.dictionary(
      fc.constantFrom("units", "rate"),
      fc.constantFrom<unknown>(1, "relu", [1, 2], [], ["a"], { a: 1 }),
    );
  const { kind } = described;
  const words = Object.keys(kind.words);
  if (words.length > 0) return weighed(fc.constantFrom(...words));
  // Separators must differ, which no schema can say.
  if (key === "separator" || key === "inner_separator") return weighed(fc.constant(key.charAt(0)));
  if (kind.names === "rows") return weighed(fc.constantFrom("a.csv", "b.parquet", "c.jsonl.gz"));
  const some: readonly unknown[] = [
    "at within 2 d",
    "5 %",
    "text",
    3,
    0.5,
    1,
    0,
    -1,
    "2GB",
    "512 MiB",
    "1.5tib",
    1.5,
    "Etc/UTC",
    "2 of 5",
  ];
  const right = some.filter((each) => kind.read(each) !== null);
  return weighed(fc.constantFrom(...right));
}

describe("documentation", () => {
  test("docs/settings.md is that of the table", () => {
    const path = join(root, "docs/settings.md");
    const text = settingsReference();
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  const snippets = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      [...readFileSync(join(root, path), "utf8").matchAll(/^```yaml\n(.*?)^```/gms)].map(
        ([, text]) => [path, text!] as const,
      ),
    )
    // Files for Kubernetes and for GitHub, and maps of weights, aren't dinc.yaml.
    .filter(([, text]) => !/^(apiVersion:|# \.github\/|# weights\.yaml)/.test(text));

  test.each(snippets)("%s shows only existing settings: %s", (_, text) => {
    const wrong = said(text).filter(({ code }) => ["DIN0520", "DIN0521", "DIN0522"].includes(code));
    expect(wrong).toEqual([]);
  });

  test("has such snippets", () => {
    expect(snippets.length).toBeGreaterThan(4);
  });
});
