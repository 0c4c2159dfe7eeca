// `dinc train --each`: every row of the log is in the run of its period, or told to be in none; runs of
// another command are no part of the chain; and a call goes on where the last one ended.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { expectSuccess, interruptHere, runHere } from "../cli/run-here.ts";
import { Log, rowsFrom, SPEC } from "./log.ts";

const log = new Log();
const each = (...more: string[]) => heardEach(() => {}, ...more);
const heardEach = (heard: (message: string) => void, ...more: string[]) =>
  runHere(
    [
      "train",
      "-c",
      "dinc.yaml",
      "--each",
      "day",
      "--out",
      "runs",
      ...["--backend", "wasm", "--threads", "1"],
      ...more,
    ],
    { cwd: log.folder, heard },
  );
beforeEach(() => {
  rmSync(log.at("runs"), { recursive: true, force: true });
  log.write("model.din", SPEC);
});
afterAll(() => log.remove());

const [twentieth, first, second, third] = [
  rowsFrom("2026-10-20T00:00Z", "2026-10-21T00:00Z"),
  rowsFrom("2026-10-21T00:00Z", "2026-10-22T00:00Z"),
  rowsFrom("2026-10-22T00:00Z", "2026-10-23T00:00Z"),
  rowsFrom("2026-10-23T00:00Z", "2026-10-24T00:00Z"),
];
const days = [twentieth, first, second, third].flat();

/** By run how many rows were trained on. */
const trained = () => Object.fromEntries(log.runs().map((run) => [run, log.manifest(run).data.trainRows]));

describe("a period", () => {
  test("is trained when the log has later rows, and not before", async () => {
    log.put(days.slice(0, 40));
    const { code, out, err } = await each();
    expect(code, err).toBe(0);
    expect(trained()).toEqual({ "2026-10-20": 24 });
    expect(out).toMatch(/2026-10-21 +16 .* open\n/);
    expect(err).toContain(
      "2026-10-21 is not over, and not trained yet: the log has no row from 2026-10-22T00:00:00Z on",
    );
    log.put(days.slice(0, 49));
    await each();
    expect(trained()).toEqual({ "2026-10-20": 24, "2026-10-21": 24 });
    const chain = log.manifest("2026-10-21").from!.chain;
    expect(chain.map(({ window }) => window?.since)).toEqual(["2026-10-20T00:00:00Z"]);
  });

  test("is trained at once where the log is said to be complete", async () => {
    log.put(days.slice(0, 40));
    await each("--complete");
    expect(trained()).toEqual({ "2026-10-20": 24, "2026-10-21": 16 });
    log.put(days.slice(0, 44));
    expect((await each("--complete")).err).toContain(
      "warning[DIN0814 late-rows]: 4 rows came too late for the runs of their periods, and are in no run: 4 of 2026-10-21, trained with 16",
    );
  });

  test("that `until` cuts is not over", async () => {
    log.put(days);
    const { err } = await each("--set", "data.until=2026-10-21T12:00Z", "--complete");
    expect(trained()).toEqual({ "2026-10-20": 24 });
    expect(err).toContain("60 rows are after `data.until`: no run has them");
    expect(err).toContain("it ends at 2026-10-22T00:00:00Z, after `data.until`");
    expect((await each("--set", "data.until=2026-10-22")).code).toBe(0);
    expect(trained()).toEqual({ "2026-10-20": 24, "2026-10-21": 24 });
  });

  test("without rows has no run, and is told", async () => {
    log.put([...twentieth, ...second, ...third]);
    expect((await each()).out).toMatch(/2026-10-20 .*\n +… +none *\n2026-10-22 /);
    expect(trained()).toEqual({ "2026-10-20": 24, "2026-10-22": 24 });
  });

  test("is told with its number among those that are due", async () => {
    log.put(days);
    const { err } = await each("--complete");
    expect(err.match(/period \d of \d: .*/g)).toEqual([
      "period 1 of 4: 2026-10-20",
      "period 2 of 4: 2026-10-21",
      "period 3 of 4: 2026-10-22",
      "period 4 of 4: 2026-10-23",
    ]);
    // What each was is known before the next one begins.
    expect(err.match(/^2026-10-2\d: .* rows.*report.html\)$/gm)).toHaveLength(4);
    const second = err.slice(err.indexOf("period 2 of 4"), err.indexOf("period 3 of 4"));
    const auc = log.manifest("2026-10-21").from!.before!["train"]!["auc"] as number;
    expect(second).toContain(`2026-10-21: 24 rows, auc before it ${auc.toFixed(5)}, log_loss before it`);
    expect(second).toContain("report: runs/2026-10-21/report.html)");
  });

  test("knows its window, its zone and its rows", async () => {
    log.put(days.slice(0, 30));
    await each("--set", "data.since=2026-10-20T06:00Z");
    const { period, data } = log.manifest("2026-10-20");
    expect(period).toMatchObject({ each: "day", name: "2026-10-20", timeZone: null, log: { rows: 18 } });
    expect(data.window).toEqual({ time: "at", since: "2026-10-20T06:00:00Z", until: "2026-10-21T00:00:00Z" });
  });
});

test("`dinc runs` shows what each day's rows were a test of", async () => {
  log.put(days);
  const { out } = await each();
  const listed = (await runHere(["runs", "runs"], { cwd: log.folder })).out;
  const lines = (text: string) => text.split("\n").filter((line) => line.includes("2026-10-"));
  expect(listed).toMatch(/before\.auc +before\.log_loss/);
  const trained = lines(out).filter((line) => !line.endsWith("open"));
  expect(trained).toHaveLength(3);
  for (const [i, line] of trained.entries())
    for (const cell of line.match(/0\.\d{5}|–/g)!) expect(lines(listed)[i]).toContain(cell);
});

test("a run of a day is calibrated on other rows, and says so", async () => {
  log.put(days);
  await each();
  const validate = ["--set", "data.validate.share=0.2", "--set", "data.validate.by=user_id"];
  const calibrate = (...more: string[]) =>
    runHere(["calibrate", "runs/2026-10-22", "--backend", "wasm", ...more], { cwd: log.folder });
  const refused = await calibrate("-c", "dinc.yaml", ...validate);
  expect(refused.err).toContain("DIN0862");
  expect(refused.err).toContain("such as those of the next day: --data FILE");
  const rows = readFileSync(log.at("log.csv"), "utf8").split("\n");
  log.write("next.csv", [rows[0], ...rows.slice(-25)].join("\n"));
  expectSuccess(await calibrate("--data", "next.csv"));
});

test("a run of a day is calibrated on the next day's rows of the same log, and on none that it has learned", async () => {
  log.put(days);
  await each();
  const calibrate = (...set: string[]) =>
    runHere(
      [
        "calibrate",
        "runs/2026-10-21",
        "-c",
        "dinc.yaml",
        "--backend",
        "wasm",
        ...set.flatMap((one) => ["--set", one]),
      ],
      { cwd: log.folder },
    );
  for (const learned of [
    [],
    ["data.since=2026-10-20"],
    ["data.since=2026-10-21T23:59Z", "data.until=2026-10-23"],
  ]) {
    const { code, err } = await calibrate(...learned);
    expect(code).toBe(1);
    expect(err).toContain("DIN0864");
    expect(err).toContain("has learned rows up to 2026-10-22T00:00:00Z by `at`");
  }
  const { err } = await calibrate();
  const [fix] = /--set (data\.since=\S+)/.exec(err)!.slice(1);
  const { code, out, err: said } = await calibrate(fix!, "data.until=2026-10-23");
  expect(code, said).toBe(0);
  const rows = days.filter(({ at }) => at.startsWith("2026-10-22"));
  expect(out).toContain(`click, ${rows.length} rows`);
  const { err: ofFile } = await runHere(["calibrate", "runs/2026-10-21", "--data", "log.csv"], {
    cwd: log.folder,
  });
  expect(ofFile).toContain("DIN0860");
  expect(ofFile).toContain(`--set ${fix}`);
});

describe("a day of the zone", () => {
  test.each([
    ["2026-10-25", 25],
    ["2026-03-29", 23],
  ])("%s has %i hours, all of which are trained", async (day, hours) => {
    const middle = Date.parse(`${day}T00:00Z`);
    const text = (days: number) => new Date(middle + days * 86_400_000).toISOString();
    log.put(rowsFrom(text(-2), text(2), 30));
    const zone = ["--set", "data.time_zone=Europe/Berlin", "--set", `data.since=${text(-1).slice(0, 10)}`];
    expect((await each(...zone)).code).toBe(0);
    const names = [-1, 0, 1].map((days) => text(days).slice(0, 10));
    expect(trained()).toEqual(Object.fromEntries(names.map((name, i) => [name, i === 1 ? 2 * hours : 48])));
  });

  test("is its week, or its month", async () => {
    log.put(rowsFrom("2026-10-20T00:00Z", "2026-11-03T00:00Z", 240));
    for (const period of ["week", "month"]) {
      await each("--each", period);
      expect(trained()).toEqual(period === "week" ? { "2026-W43": 36, "2026-W44": 42 } : { "2026-10": 72 });
      rmSync(log.at("runs"), { recursive: true });
    }
  });
});

describe("late rows are told", () => {
  test("of a period with a run, and of one without; and are trained from there on anew", async () => {
    log.put([...twentieth, ...second, ...third, ...rowsFrom("2026-10-24T00:00Z", "2026-10-24T02:00Z")]);
    await each();
    const late = [
      ...rowsFrom("2026-10-21T00:00Z", "2026-10-21T03:00Z"),
      ...rowsFrom("2026-10-22T00:30Z", "2026-10-22T02:00Z"),
    ];
    const all = [
      ...twentieth,
      ...second,
      ...third,
      ...late,
      ...rowsFrom("2026-10-24T00:00Z", "2026-10-25T02:00Z"),
    ];
    log.put(all);
    const { code, err } = await each();
    expect(code).toBe(0);
    expect(err).toContain(
      "5 rows came too late for the runs of their periods, and are in no run: 3 of 2026-10-21, which has no run; 2 of 2026-10-22, trained with 24",
    );
    expect(trained()).toMatchObject({ "2026-10-22": 24, "2026-10-24": 24 });
    const way = /`(--force --set data\.since=[^`]+)`/.exec(err)![1]!;
    await each(...way.split(" "));
    expect(trained()).toMatchObject({
      "2026-10-20": 24,
      "2026-10-21": 3,
      "2026-10-22": 26,
      "2026-10-24": 24,
    });
    const again = await each();
    expect(again.err).not.toContain("DIN08");
    const weights = log.weights();
    rmSync(log.at("runs"), { recursive: true });
    await each();
    expect(log.weights()).toEqual(weights);
  });

  test("of a period whose run was removed", async () => {
    log.put(days);
    await each();
    rmSync(log.at("runs", "2026-10-20"), { recursive: true });
    expect((await each()).err).not.toContain("DIN08");
    expect(existsSync(log.at("runs", "2026-10-20"))).toBe(false);
    log.put([...days, { at: "2026-10-20T03:00:01Z", n: 3 }]);
    expect((await each()).err).toContain(
      "1 row came too late for the runs of their periods, and is in no run: 1 of 2026-10-20, trained with 24",
    );
  });

  test("where values were changed", async () => {
    log.put(days);
    await each();
    log.put(days.map((row, i) => (i === 30 ? { ...row, n: row.n + 1 } : row)));
    expect((await each()).err).toContain(
      "DIN0819 rows-changed-since]: values of rows that were already trained have changed in the log: in 2026-10-21",
    );
  });
});

describe("refuses", () => {
  const refused = async (code: string, said: string, ...more: string[]) => {
    const before = log.weights();
    const { code: exit, err } = await each(...more);
    expect(err).toContain(`error[${code} `);
    expect(err).toContain(said);
    expect(exit).toBe(1);
    expect(log.weights()).toEqual(before);
    return err;
  };
  const set = (text: string) => ["--set", text];

  test("runs of another command, and says what differs", async () => {
    log.put(days.slice(0, 50));
    await each();
    log.put(days);
    await refused(
      "DIN0813",
      "runs/2026-10-20 was trained differently: `train.epochs` was 2 and is 1",
      ...set("train.epochs=1"),
    );
    await refused("DIN0813", "`train.seed` was 2026 and is 7", "--seed", "7");
    await refused("DIN0813", "`--limit` was not given and is 5", "--limit", "5");
    await refused(
      "DIN0813",
      "`data.time_zone` was not given and is Europe/Berlin",
      ...set("data.time_zone=Europe/Berlin"),
    );
    await refused("DIN0813", "`--each` was day and is hour", "--each", "hour");
    await refused(
      "DIN0813",
      "`data.label.positive` was not given and is 1",
      ...set('data.label.positive="1"'),
    );
    log.write("model.din", SPEC.replace("dense(4", "dense(5"));
    const err = await refused("DIN0813", "runs/2026-10-20 was trained differently: the spec has changed");
    // Goes on elsewhere, as the help says.
    const [, from, since] = /`--from (\S+) --set (\S+)`/.exec(err)!;
    const on = await each("--out", "more", "--from", from!, "--set", since!);
    expect(on.code, on.err).toBe(0);
    expect(log.runs("more")).toEqual(["2026-10-22"]);
    expect(log.manifest("2026-10-22", "more").from!.chain).toHaveLength(2);
    expect((await each("--out", "more", "--set", since!)).err).not.toContain("DIN08");
    rmSync(log.at("more"), { recursive: true });
  });

  test("another log", async () => {
    log.put(days);
    await each();
    log.put(days.slice(12));
    await refused("DIN0815", "2026-10-20 was trained with 24 rows, and the log has 12 of it now");
    log.put(days.map(({ n }, i) => ({ n, at: days[i]!.at.replace(":00.000Z", ":01.000Z") })));
    await refused("DIN0815", "and the log has 24 of it now, with other times");
    // Old rows may leave it.
    log.put(days.slice(24));
    expect((await each()).err).not.toContain("DIN08");
  });

  test("rows between the runs and `since`", async () => {
    log.put(days.slice(0, 30));
    await each();
    log.put(days);
    await refused(
      "DIN0816",
      "24 rows from 2026-10-21T00:00:00Z, where runs/2026-10-20 ends, to 2026-10-22T00:00:00Z",
      ...set("data.since=2026-10-22"),
    );
    // A later `since` goes on from the runs that are there.
    await each(...set("data.since=2026-10-21"));
    expect(log.manifest("2026-10-22").from!.chain).toHaveLength(2);
  });

  test("a run beside the chain", async () => {
    log.put(days);
    await each();
    const late = { at: "2026-10-21T03:00:01Z", n: 3 };
    log.put([...days, late]);
    await each("--force", ...set("data.since=2026-10-21"), ...set("data.until=2026-10-22"));
    const err = await refused("DIN0818", "runs/2026-10-22 did not continue from runs/2026-10-21");
    await each(.../`(--force[^`]+)`/.exec(err)![1]!.split(" "));
    expect((await each()).err).not.toContain("DIN08");
  });

  test("what means nothing", async () => {
    log.put(days);
    expect(await each("--resume")).toMatchObject({
      code: 2,
      err: expect.stringContaining("continues by itself"),
    });
    expect(await each("--folds", "2")).toMatchObject({ code: 2 });
    expect(await each("--rows", "rows")).toMatchObject({ code: 2 });
  });
});

describe("a call that was stopped", () => {
  test("goes on by itself in the middle of a period, to the same weights", async () => {
    log.put(days);
    await each();
    const whole = log.weights();
    // The first two runs, and a checkpoint of the third after its first epoch.
    for (const grows of [false, true]) {
      rmSync(log.at("runs", "2026-10-22"), { recursive: true });
      const stopped = await stoppedAfterFirstEpoch();
      expect(stopped.err).toContain("continue with the same command\n");
      expect(existsSync(log.at("runs", "2026-10-22.checkpoint"))).toBe(true);
      if (grows) log.put([...days, { at: "2026-10-23T23:30:00Z", n: 5 }]);
      const { code, err } = await each();
      expect(code, err).toBe(0);
      if (grows) expect(err).toContain("warning[DIN0817 period-begun-anew]");
      else expect(err).not.toContain("DIN08");
      expect(log.weights()).toEqual(whole);
    }
  });

  const stoppedAfterFirstEpoch = async () => {
    let told = false;
    const stop = (message: string) => {
      if (told || !/epoch 1/.test(message)) return;
      told = true;
      interruptHere();
    };
    return heardEach(stop);
  };
});
