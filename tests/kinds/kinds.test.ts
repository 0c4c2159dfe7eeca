// What must hold of every feature kind, transform and binning: padding, unknown values and known ones have different ids;
// what is learned is learned from the training rows alone, and kept with the run.

import { describe, expect, it } from "vitest";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import type { Learned } from "../../compiler/frontend/kinds/define-kind.ts";
import { setSpaceOf, spaceOf } from "../../compiler/frontend/kinds/encoders.ts";
import { allKinds, kindOf, knownValues, learnedOf } from "../../compiler/frontend/kinds/registry.ts";
import { serve } from "../../compiler/frontend/kinds/serve.ts";
import {
  type Binning,
  type Feature,
  type FeatureKind,
  FIRST_ID,
  type Fitted,
  type NumberTransform,
  UNKNOWN_ID,
} from "../../compiler/frontend/model/model.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { rowsOf, TestFolder } from "../data/files.ts";
import { modelOf } from "../data/models.ts";
import { wholeWay } from "../support/whole-way.ts";

/** How a feature is declared, and values of its column in training rows, and others that only test rows have. */
interface Sample {
  readonly kind: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
}

const times = [
  "2026-03-29T01:00:00Z",
  "2026-12-31 23:45:06.7+01:00",
  "2026-03-04",
  "1772618700",
  "1772618700123",
];

/** A new kind does not compile without its sample here. */
const kinds: Readonly<Record<FeatureKind["kind"], Sample>> = {
  id: {
    kind: "id(min_count: 2)  embed 2",
    train: ["a", "b", "b", "a", "rare"],
    test: ["z", "z", "z", "z", "z"],
  },
  sized_id: { kind: "id(size: 4)  embed 2", train: ["0", "3", "1"], test: ["2", "2", "2"] },
  hashed_id: { kind: "id(hash: 9)  embed 2", train: ["a", "b", "7"], test: ["x", "y", "z"] },
  listed_id: { kind: 'id(file: "listed.txt")  embed 2', train: ["a", "b", "other"], test: ["c", "c", "d"] },
  enum: { kind: 'enum("f", "m")  embed 2', train: ["f", "f", "f"], test: ["m", "m", "m"] },
  int: { kind: "int(-2..2)  embed 2", train: ["-2", "0", "1"], test: ["2", "2", "2"] },
  hour: { kind: 'hour(zone: "Europe/Berlin")  embed 2', train: times, test: ["2026-03-29T00:59:59Z"] },
  weekday: { kind: 'weekday(zone: "Asia/Kolkata")  embed 2', train: times, test: ["2026-03-29"] },
  hour_of_week: { kind: 'hour_of_week(zone: "UTC")  embed 2', train: times, test: ["1772618700"] },
  month: { kind: 'month(zone: "America/St_Johns")  embed 2', train: times, test: ["1772618700123"] },
  text: { kind: "text(hash: 9, max: 3)  embed 2", train: ["A b", "c", ""], test: ["x y", "z", "x"] },
  cross: { kind: "cross(int, enum, hash: 11)  embed 2", train: [], test: [] },
  number: { kind: "number |> standardize", train: ["1", "2", "6"], test: ["1000", "2000", "3000"] },
  time: { kind: "time", train: times, test: ["2026-03-29T00:59:59Z"] },
  vector: { kind: "vector(2)", train: ["1|2", "3|4", "5|6"], test: ["7|8", "9|9", "0|0"] },
  bins: {
    kind: "number |> quantiles(3)  embed 2",
    train: ["1", "2", "3", "4", "5", "6"],
    test: ["70", "80", "90"],
  },
  codes: {
    kind: "vector(2) |> codes(levels: 2, of: 2)  embed 2",
    train: ["1|2", "3|4", "5|6"],
    test: ["7|8", "9|9", "0|0"],
  },
};

const transforms: Readonly<Record<NumberTransform["kind"], string>> = {
  log1p: "log1p",
  standardize: "standardize",
  min_max: "min_max",
  clip: "clip(1, 4)",
};

const binnings: Readonly<Record<Binning["kind"], string>> = {
  buckets: "buckets(2, 4)",
  quantiles: "quantiles(3)",
};

/** By feature name. */
const samples = new Map<string, Sample>([
  ...Object.entries(kinds).map(([name, sample]) => [name === "vector" ? "image" : name, sample] as const),
  ...Object.entries({ ...transforms, ...binnings }).map(([name, text]) => {
    const embed = name in binnings ? "  embed 2" : "";
    return [`piped_${name}`, { ...kinds.number, kind: `number |> ${text}${embed}` }] as const;
  }),
]);

/** A time has no value of its own: the difference of two has. */
const shown: Sample = {
  kind: "time",
  train: ["1770000000", "2026-02-28T23:59:59+14:00"],
  test: ["2026-04-01"],
};
samples.set("shown", shown);
const values = [...samples.keys()].filter((name) => samples.get(name)!.kind !== "time");

const spec = `model kinds
features item {
${[...samples].map(([name, { kind }]) => `  ${name} : ${kind}`).join("\n")}
}
label click : binary
net { predict click = concat(${values.join(", ")}, (shown - time) / 1e6) |> dense(1) |> sigmoid }
`;

const columns = [...samples].filter(([, { train }]) => train.length > 0);
const ROWS = 12;

function csv(split: "train" | "test", rows = ROWS): string[] {
  const header = [...columns.map(([name]) => name), "click"].join(",");
  const row = (_: unknown, i: number) =>
    [...columns.map(([, sample]) => sample[split][i % sample[split].length]), i % 2].join(",");
  return [header, ...Array.from({ length: rows }, row)];
}

describe.each(Object.entries(kinds))("the ids of %s", (name, { kind: text }) => {
  const declared =
    name === "cross"
      ? `int : ${kinds.int.kind}\n  enum : ${kinds.enum.kind}\n  ${name} : ${text}`
      : `feature : ${text}`;
  const ofTime = name === "time" ? "feature - feature" : "feature";
  const used = name === "cross" ? "concat(int, enum, cross)" : ofTime;
  const model = modelOf(`model one
features item {
  ${declared}
}
label click : binary
net { predict click = ${used} |> dense(1) |> sigmoid }
`);
  const feature = model.features.get(name === "cross" ? "cross" : "feature")!;
  const { fitted } = untrainedModel(model, 1, 5);
  const learned = learnedOf(feature, fitted);
  const definition = kindOf(feature.kind);

  it("of a kind with ids are 0 for padding alone, 1 for what is unknown, from 2 on for what is known", () => {
    if (definition.gives === "cross") {
      for (let a = FIRST_ID; a < 50; a++)
        expectKnown(definition.idOf(serve, feature.kind, [a, 3]), definition.size(feature.kind));
      expect(definition.idOf(serve, feature.kind, [UNKNOWN_ID, 3])).toBe(UNKNOWN_ID);
      expect(definition.idOf(serve, feature.kind, [3, UNKNOWN_ID])).toBe(UNKNOWN_ID);
    } else if (feature.kind.kind === "codes") {
      const space = setSpaceOf({ ...feature, missingIsUnknown: true }, feature.set!, fitted);
      expect([null, undefined].map((none) => space.valuesOf(none))).toEqual([[UNKNOWN_ID], [UNKNOWN_ID]]);
      const met = new Set<number>();
      for (let x = -4; x < 4; x += 0.5)
        for (let y = -4; y < 4; y += 0.5)
          for (const value of space.valuesOf([x, y])!) met.add(space.space.idOf(value));
      const size = knownValues(feature, learned)!;
      expect([...met].sort()).toEqual(Array.from({ length: size }, (_, i) => FIRST_ID + i));
    } else if (definition.gives === "ids") {
      const size = definition.size(feature.kind, learned)!;
      const space = spaceOf({ ...feature, missingIsUnknown: true }, fitted);
      expect(size).toBeGreaterThan(1);
      const known = Array.from({ length: size }, (_, i) =>
        space.idOf(definition.valueAt(feature.kind, learned, i, 0, (value) => space.idOf(value))),
      );
      expect(known).toEqual(Array.from({ length: size }, (_, i) => FIRST_ID + i));
      expect([space.idOf(null), space.idOf(undefined)]).toEqual([UNKNOWN_ID, UNKNOWN_ID]);
      const other = space.idOf(
        definition.unknownValue(feature.kind, learned, { integer: () => 0, normal: () => 0.5 }),
      );
      if (definition.manyToOne) expectKnown(other, size);
      else expect(other).toBe(UNKNOWN_ID);
    } else expect(["number", "vector"]).toContain(definition.gives);
  });
});

function expectKnown(id: number, size: number): void {
  expect(id).toBeGreaterThanOrEqual(FIRST_ID);
  expect(id).toBeLessThan(FIRST_ID + size);
}

describe("what is learned", () => {
  const write = (folder: TestFolder, name: string, lines: readonly string[]) => folder.csv(name, ...lines);
  const read = async (test: readonly string[] | null): Promise<Fitted> => {
    const folder = new TestFolder();
    folder.write("listed.txt", "a\nb\nc\nd\n");
    const model = { ...modelOf(spec) };
    const placed = { ...model, file: { ...model.file, path: `${folder.path}/model.din` } };
    const config = rowsOf(
      write(folder, "train.csv", csv("train")),
      test === null ? {} : { test: write(folder, "test.csv", test) },
    );
    return (await readTraining(placed, config)).fitted;
  };

  it("is the same whatever the test rows hold, and not empty", async () => {
    const alone = await read(null);
    expect(await read(csv("test"))).toEqual(alone);
    const learning = [...modelOf(spec).features.values()].filter(learns);
    expect(learning.length).toBeGreaterThan(5);
    for (const feature of learning) expect(isEmpty(learnedOf(feature, alone))).toBe(false);
  });

  it("is other for other training rows, so that the test above could fail", async () => {
    const folder = new TestFolder();
    folder.write("listed.txt", "a\nb\nc\nd\n");
    const model = modelOf(spec);
    const placed = { ...model, file: { ...model.file, path: `${folder.path}/model.din` } };
    const { fitted } = await readTraining(placed, rowsOf(write(folder, "train.csv", csv("test"))));
    const alone = await read(null);
    for (const feature of model.features.values())
      if (learns(feature) && feature.kind.kind !== "listed_id")
        expect(learnedOf(feature, fitted)).not.toEqual(learnedOf(feature, alone));
  });

  it("is kept with the run, by which generated code scores every row as training does", async () => {
    const { opened, comparison } = await wholeWay(spec, {
      "listed.txt": "a\nb\nc\nd\n",
      "train.csv": csv("train").join("\n"),
    });
    expect(comparison).toMatchObject({ rows: ROWS, beyondTolerance: 0 });
    expect(opened.run.fitted).toEqual(await read(null));
  });
});

function learns({ kind }: Feature): boolean {
  const definition = kindOf(kind);
  if (definition.gives === "ids" && (definition.learn !== null || definition.vocabularyFile !== undefined))
    return true;
  if (kind.kind === "codes") return true;
  if (kind.kind === "bins") return kind.binning.kind === "quantiles";
  return (
    kind.kind === "number" && kind.transforms.some(({ kind }) => kind === "standardize" || kind === "min_max")
  );
}

function isEmpty({ vocabulary, transforms: learned }: Learned): boolean {
  return vocabulary.length === 0 && learned.every((each) => each.length === 0);
}

it("every definition has a sample", () => {
  const model = modelOf(spec);
  const shown = new Set([...model.features.values()].map(({ kind }) => kindOf(kind)));
  for (const definition of allKinds) expect(shown.has(definition)).toBe(true);
});
