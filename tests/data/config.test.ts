// dinc.yaml and --set: what they mean, and each mistake at its line.

import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig, readConfig } from "../../runtime/driver/read-config.ts";
import { TestFolder } from "./files.ts";

const ROWS = `spec: model.din
data:
  dir: ./data
  train: train.csv
  test: test.csv
  separator: "^"
train:
  epochs: 3
  learning_rate: 1e-3
`;

const EVENTS = `data:
  events: { path: log.csv, user: user_id, item: item_id, order: step }
  items: { path: items.csv, key: item_id }
  examples: { positives: each_event, negatives: { per_positive: 2, sample: uniform, exclude: seen, seed: 7 }, split: leave_last_out }
`;

/** A folder with the data files and the spec that these files name. */
function folderWith(yaml: string): { readonly folder: TestFolder; readonly path: string } {
  const folder = new TestFolder();
  for (const name of [
    "model.din",
    "data/train.csv",
    "data/test.csv",
    "other/train.csv",
    "log.csv",
    "items.csv",
  ])
    folder.write(name, "");
  return { folder, path: folder.write("dinc.yaml", yaml) };
}

async function saidOf(yaml: string, ...sets: readonly string[]): Promise<string> {
  const { folder, path } = folderWith(yaml);
  return folder.said(() => readConfig(path, sets));
}

describe("dinc.yaml", () => {
  it("says where example rows lie, relative to its folder", async () => {
    const { folder, path } = folderWith(ROWS);
    expect(await readConfig(path)).toMatchObject({
      spec: join(folder.path, "model.din"),
      data: {
        kind: "rows",
        train: join(folder.path, "data/train.csv"),
        valid: null,
        test: join(folder.path, "data/test.csv"),
        separator: "^",
      },
      train: { epochs: 3, batch: null, seed: null, learningRate: 1e-3 },
    });
  });

  it("says how rows are made from events", async () => {
    const { folder, path } = folderWith(EVENTS);
    expect((await readConfig(path)).data).toEqual({
      kind: "events",
      separator: "|",
      memory: 1e9,
      events: {
        path: join(folder.path, "log.csv"),
        user: "user_id",
        item: "item_id",
        order: "step",
        timeZone: null,
      },
      items: { path: join(folder.path, "items.csv"), key: "item_id" },
      users: null,
      validate: null,
      window: null,
      onBadRow: null,
      examples: {
        positives: "each_event",
        negatives: { perPositive: 2, sample: "uniform", exclude: "seen", seed: 7 },
        split: "leave_last_out",
      },
    });
  });

  it("has the time zone of the clocks that wrote the times", async () => {
    const zoneOf = async (name: string) => {
      const { data } = await readConfig(folderWith(EVENTS).path, [`data.events.time_zone=${name}`]);
      return data?.kind === "events" ? data.events.timeZone : null;
    };
    for (const name of ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
      expect(await zoneOf(name)).toBe(name);
    // Three letters are Dhaka's to one list and London's to everyone in London.
    for (const name of ["BST", "Mars/Base", "+01:00", "Berlin", "Europe/Berln", "1"])
      expect(await saidOf(EVENTS, `data.events.time_zone=${name}`)).toContain(
        `must be the IANA name of a time zone, like \`Europe/Berlin\`, not \`${name}\``,
      );
    expect(await saidOf(`${ROWS}  time_zone: UTC\n`)).toContain("DIN0521");
  });

  it("says how much memory data may take", async () => {
    const memoryOf = async (text: string, yaml = EVENTS) =>
      (await readConfig(folderWith(yaml).path, [`data.memory=${text}`])).data?.memory;
    expect(await memoryOf("2GB")).toBe(2e9);
    expect(await memoryOf("2GB", ROWS)).toBe(2e9);
    expect((await readConfig(folderWith(ROWS).path)).data?.memory).toBe(1e9);
    expect(await memoryOf("1.5 gb")).toBe(1.5e9);
    expect(await memoryOf("512MiB")).toBe(512 * 2 ** 20);
    expect(await saidOf(EVENTS, "data.memory=100MB")).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`set: ["data.memory=100MB"]\`: \`data.memory\` must be a size from 128MB to 1000TB, like \`2GB\`, not \`100MB\`
      "
    `);
    expect(await saidOf(EVENTS.replace("data:", "data:\n  memory: much"))).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data.memory\` must be a size from 128MB to 1000TB, like \`2GB\`, not \`much\`
       --> dinc.yaml:2:11
        |
      2 |   memory: much
        |           ^^^^
      "
    `);
  });

  it("has defaults for everything about examples", async () => {
    const { path } = folderWith("data:\n  events: { path: log.csv, user: u, item: i, order: t }\n");
    expect((await readConfig(path)).data).toMatchObject({
      items: null,
      // Labels say whether items are drawn.
      examples: { negatives: { perPositive: null, seed: 2026 } },
    });
  });

  it("says at which end of a list the latest step is", async () => {
    const { path } = folderWith(ROWS);
    expect((await readConfig(path)).data).toMatchObject({ latestFirst: false });
    const turned = await readConfig(path, ["data.steps=latest_first"]);
    expect(turned.data).toMatchObject({ latestFirst: true });
    expect(
      await saidOf(ROWS.replace("separator:", "steps: newest_first\n  separator:")),
    ).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data.steps\` must be \`latest_last\` or \`latest_first\`, not \`newest_first\`
       --> dinc.yaml:6:10
        |
      6 |   steps: newest_first
        |          ^^^^^^^^^^^^
        = help: did you mean \`latest_first\`?
        = guess: replace with \`latest_first\`: \`steps: latest_first\`
      "
    `);
  });

  it("is overridden by --set; data.dir is then relative to the working directory", async () => {
    const { folder, path } = folderWith(ROWS);
    const sets = [
      `data.dir=${relative(".", join(folder.path, "other"))}`,
      "train.epochs=5",
      "train.batch=64",
      "data.separator=;",
    ];
    const { value, diagnostics } = await loadConfig(path, [
      ...sets,
      `data.test=${folder.path}/data/test.csv`,
    ]);
    expect(diagnostics).toEqual([]);
    expect(value!.data).toMatchObject({
      train: relative(".", join(folder.path, "other/train.csv")),
      test: join(folder.path, "data/test.csv"),
      separator: ";",
    });
    expect(value!.train).toMatchObject({ epochs: 5, batch: 64, learningRate: 1e-3 });
  });

  it("has no more what --set takes away, as if it was not written", async () => {
    const { path } = folderWith(`${ROWS}params: { width: 8 }\n`);
    const gone = ["data.test=null", "data.separator=null", "train.epochs=null", "params.width=null"];
    // Where nothing was, nothing is missed.
    const { value, diagnostics } = await loadConfig(path, [...gone, "data.valid=null"]);
    expect(diagnostics).toEqual([]);
    const without = folderWith(
      "spec: model.din\ndata: { dir: ./data, train: train.csv }\ntrain: { learning_rate: 1e-3 }\n",
    );
    const { value: expected } = await loadConfig(without.path, []);
    expect(value!.data).toMatchObject({ test: null, separator: "|" });
    expect(value!.train).toEqual(expected!.train);
    expect(value!.params).toEqual([]);
    expect((await readConfig(path, ["data=null"])).data).toBeNull();
    expect(await saidOf(ROWS, "data.tset=null")).toContain(
      '`set: ["data.tset=null"]`: `data.tset` is not a setting here',
    );
    expect(await saidOf(`${ROWS}  batch:\n`)).toContain("not nothing");
  });

  it("can be absent if --set has all settings", async () => {
    const folder = new TestFolder();
    const train = folder.write("rows.csv", "");
    expect((await readConfig(null, [`data.train=${train}`])).data).toMatchObject({ kind: "rows", train });
    expect((await readConfig(null, [])).data).toBeNull();
  });

  it("fills environment variables into paths", async () => {
    const { folder, path } = folderWith(
      `data:\n  dir: \${DINC_TEST_DIR:-./data}\n  train: \${DINC_TEST_NAME:-train}.csv\n`,
    );
    const trainPath = async () => ((await readConfig(path)).data as { train: string }).train;
    expect(await trainPath()).toBe(join(folder.path, "data/train.csv"));
    process.env["DINC_TEST_DIR"] = join(folder.path, "other");
    try {
      expect(await trainPath()).toBe(join(folder.path, "other/train.csv"));
    } finally {
      delete process.env["DINC_TEST_DIR"];
    }
  });
});

describe("mistakes in dinc.yaml", () => {
  it("unknown settings", async () => {
    expect(await saidOf("dta:\n  train: x\n")).toMatchInlineSnapshot(`
      "error[DIN0521 unknown-config-key]: \`dta\` is not a setting here; the settings are spec, variant, params, tune, data, expect, train
       --> dinc.yaml:1:1
        |
      1 | dta:
        | ^^^
        = help: did you mean \`data\`?
        = fix: replace with \`data\`: \`data:\`
      "
    `);
    expect(
      await saidOf(EVENTS.replace("per_positive", "per_postive").replace("items:", "item:")),
    ).toMatchInlineSnapshot(`
      "error[DIN0521 unknown-config-key]: \`data.item\` is not a setting here; the settings are dir, train, valid, test, label, time, since, until, time_zone, impressions, separator, inner_separator, steps, padding, csv, events, items, users, examples, validate, hold_out, on_bad_row, memory
       --> dinc.yaml:3:3
        |
      3 |   item: { path: items.csv, key: item_id }
        |   ^^^^
        = help: did you mean \`items\`?
        = fix: replace with \`items\`: \`items: { path: items.csv, key: item_id }\`

      error[DIN0521 unknown-config-key]: \`data.examples.negatives.per_postive\` is not a setting here; the settings are per_positive, sample, exclude, seed
       --> dinc.yaml:4:51
        |
      4 |   examples: { positives: each_event, negatives: { per_postive: 2, sample: uniform, exclude: seen, seed: 7 }, split: leave_last_out }
        |                                                   ^^^^^^^^^^^
        = help: did you mean \`per_positive\`?
        = fix: replace with \`per_positive\`
      "
    `);
  });

  it("values of another type or out of range", async () => {
    const yaml = ROWS.replace("epochs: 3", "epochs: -1\n  batch: large\n  seed: [1]").replace("1e-3", "-1");
    expect(await saidOf(yaml)).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`train.epochs\` must be a whole number from 0 on, not \`-1\`
       --> dinc.yaml:8:11
        |
      8 |   epochs: -1
        |           ^^

      error[DIN0522 wrong-setting]: \`train.batch\` must be a whole number from 1 on, not \`large\`
       --> dinc.yaml:9:10
        |
      9 |   batch: large
        |          ^^^^^

      error[DIN0522 wrong-setting]: \`train.seed\` must be a whole number from 0 on, not a list
        --> dinc.yaml:10:9
         |
      10 |   seed: [1]
         |         ^^^

      error[DIN0522 wrong-setting]: \`train.learning_rate\` must be a number above 0, not \`-1\`
        --> dinc.yaml:11:18
         |
      11 |   learning_rate: -1
         |                  ^^
      "
    `);
    expect(await saidOf("data: train.csv\n")).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data\` must be a group of settings, not \`train.csv\`
       --> dinc.yaml:1:7
        |
      1 | data: train.csv
        |       ^^^^^^^^^
        = help: write \`data: { train: clicks.csv }\`
      "
    `);
    expect(
      await saidOf(EVENTS.replace("leave_last_out", "random").replace("uniform", "popular")),
    ).toMatchInlineSnapshot(`
      "error[DIN0522 wrong-setting]: \`data.examples.negatives.sample\` must be \`uniform\`, not \`popular\`
       --> dinc.yaml:4:76
        |
      4 |   examples: { positives: each_event, negatives: { per_positive: 2, sample: popular, exclude: seen, seed: 7 }, split: random }
        |                                                                            ^^^^^^^

      error[DIN0522 wrong-setting]: \`data.examples.split\` must be \`leave_last_out\` or \`none\`, not \`random\`
       --> dinc.yaml:4:118
        |
      4 |   examples: { positives: each_event, negatives: { per_positive: 2, sample: popular, exclude: seen, seed: 7 }, split: random }
        |                                                                                                                      ^^^^^^
      "
    `);
  });

  it("files that are not there", async () => {
    expect(
      await saidOf(ROWS.replace("test.csv", "tset.csv").replace("model.din", "modle.din")),
    ).toMatchInlineSnapshot(`
      "error[DIN0528 data-file-missing]: cannot read modle.din: there is no such file
       --> dinc.yaml:1:7
        |
      1 | spec: modle.din
        |       ^^^^^^^^^

      error[DIN0528 data-file-missing]: cannot read data/tset.csv: there is no such file
       --> dinc.yaml:5:9
        |
      5 |   test: tset.csv
        |         ^^^^^^^^
        = help: did you mean \`test.csv\`?
        = guess: replace with \`test.csv\`: \`test: test.csv\`
      "
    `);
    const query = ROWS.replace(
      "test: test.csv",
      "test:\n    sql: |\n      -- FROM 'none.csv'\n      SELECT *, 'FROM x.csv' AS at\n      FROM 'tset.csv'",
    );
    expect(await saidOf(query)).toMatchInlineSnapshot(`
      "error[DIN0528 data-file-missing]: cannot read data/tset.csv: there is no such file
       --> dinc.yaml:9:13
        |
      9 |       FROM 'tset.csv'
        |             ^^^^^^^^
        = help: did you mean \`test.csv\`?
        = guess: replace with \`test.csv\`: \`FROM 'test.csv'\`
      "
    `);
    const { folder, path } = folderWith(ROWS);
    mkdirSync(join(folder.path, "data/folder.csv"));
    expect(await folder.said(() => readConfig(path, ["data.test=folder.csv"]))).toMatchInlineSnapshot(`
      "error[DIN0528 data-file-missing]: \`set: ["data.test=folder.csv"]\`: cannot read data/folder.csv: it is a folder without a file of rows
        = help: paths of data begin at \`data.dir\`, here data
      "
    `);
    expect(await folder.said(() => readConfig(join(folder.path, "absent.yaml")))).toMatchInlineSnapshot(`
      "error[DIN0508 file-unreadable]: cannot read absent.yaml: there is no such file
      "
    `);
  });

  it("both example rows and events, or neither", async () => {
    expect(await saidOf(`${EVENTS}  train: items.csv\n`)).toMatchInlineSnapshot(`
      "error[DIN0524 rows-and-events]: \`data\` has both \`train\` and \`events\`
       --> dinc.yaml:5:3
        |
      5 |   train: items.csv
        |   ^^^^^
      "
    `);
    expect(await saidOf("data:\n  dir: ./data\n")).toMatchInlineSnapshot(`
      "error[DIN0525 no-data]: \`data\` names neither example rows nor an event log
       --> dinc.yaml:2:3
        |
      2 |   dir: ./data
        |   ^^^^^^^^^^^
      "
    `);
  });

  it("settings that are missing", async () => {
    expect(await saidOf("data:\n  test: data/test.csv\n")).toMatchInlineSnapshot(`
      "error[DIN0523 missing-setting]: \`data.train\` is missing
       --> dinc.yaml:2:3
        |
      2 |   test: data/test.csv
        |   ^^^^^^^^^^^^^^^^^^^
      "
    `);
    expect(
      await saidOf("data:\n  events: { path: log.csv, user: u }\n  items: { path: items.csv }\n"),
    ).toMatchInlineSnapshot(`
      "error[DIN0523 missing-setting]: \`data.events.item\` is missing
       --> dinc.yaml:2:11
        |
      2 |   events: { path: log.csv, user: u }
        |           ^^^^^^^^^^^^^^^^^^^^^^^^^^

      error[DIN0523 missing-setting]: \`data.events.order\` is missing
       --> dinc.yaml:2:11
        |
      2 |   events: { path: log.csv, user: u }
        |           ^^^^^^^^^^^^^^^^^^^^^^^^^^

      error[DIN0523 missing-setting]: \`data.items.key\` is missing
       --> dinc.yaml:3:10
        |
      3 |   items: { path: items.csv }
        |          ^^^^^^^^^^^^^^^^^^^
      "
    `);
    expect(await saidOf("data:\n  items: { path: items.csv, key: i }\n")).toMatchInlineSnapshot(`
      "error[DIN0523 missing-setting]: \`data.events\` is missing
       --> dinc.yaml:2:3
        |
      2 |   items: { path: items.csv, key: i }
        |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      "
    `);
  });

  it("text that is not YAML", async () => {
    expect(await saidOf("data:\n  train: [a\n")).toMatchInlineSnapshot(`
      "error[DIN0520 config-syntax]: these settings cannot be read: flow sequence in block collection must be sufficiently indented and end with a ]
       --> dinc.yaml:3:1
        |
      3 |
        | ^
      "
    `);
    expect(await saidOf("just a text\n")).toMatchInlineSnapshot(`
      "error[DIN0520 config-syntax]: these settings cannot be read: it holds no settings, like \`spec: model.din\`
       --> dinc.yaml:1:1
        |
      1 | just a text
        | ^^^^^^^^^^^
      "
    `);
    expect(await saidOf("data:\n  train: a\n  train: b\n")).toMatchInlineSnapshot(`
      "error[DIN0520 config-syntax]: these settings cannot be read: map keys must be unique
       --> dinc.yaml:3:3
        |
      3 |   train: b
        |   ^
      "
    `);
  });

  it("environment variables that are not set", async () => {
    expect(await saidOf(`data:\n  dir: \${DINC_TEST_ABSENT}\n  train: train.csv\n`)).toMatchInlineSnapshot(`
      "error[DIN0526 environment-variable-missing]: the environment variable DINC_TEST_ABSENT is not set
       --> dinc.yaml:2:8
        |
      2 |   dir: \${DINC_TEST_ABSENT}
        |        ^^^^^^^^^^^^^^^^^^^
      "
    `);
  });

  it("a message about --set names it", async () => {
    expect(
      await saidOf(ROWS, "train.epochs=many", "data.trian=x.csv", "data.test=absent.csv"),
    ).toMatchInlineSnapshot(`
      "error[DIN0521 unknown-config-key]: \`set: ["data.trian=x.csv"]\`: \`data.trian\` is not a setting here; the settings are dir, train, valid, test, label, time, since, until, time_zone, impressions, separator, inner_separator, steps, padding, csv, events, items, users, examples, validate, hold_out, on_bad_row, memory
        = help: did you mean \`train\`?

      error[DIN0528 data-file-missing]: \`set: ["data.test=absent.csv"]\`: cannot read data/absent.csv: there is no such file
        = help: paths of data begin at \`data.dir\`, here data

      error[DIN0522 wrong-setting]: \`set: ["train.epochs=many"]\`: \`train.epochs\` must be a whole number from 0 on, not \`many\`
      "
    `);
    expect(await saidOf(ROWS, "train.epochs", "train..epochs=3", "train.epochs=[")).toMatchInlineSnapshot(`
      "error[DIN0527 set-malformed]: \`set: ["train.epochs"]\`: there is no \`=\`; write \`set: ["train.epochs=3"]\`

      error[DIN0527 set-malformed]: \`set: ["train..epochs=3"]\`: a part of the setting's name is empty

      error[DIN0527 set-malformed]: \`set: ["train.epochs=["]\`: the value is not YAML
      "
    `);
  });
});
