// `dinc train --each` on a log of several files: a period reads the files that have rows of it, and no others, and its
// run is that of a training which reads them all.

import { mkdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { train, trainEach } from "../../runtime/index.ts";
import { Log, type LogRow, rowsFrom } from "./log.ts";

const { read } = vi.hoisted(() => ({ read: [] as string[] }));
vi.mock("../../runtime/duckdb/streamed.ts", async (original) => {
  const all = await original<typeof import("../../runtime/duckdb/streamed.ts")>();
  return {
    ...all,
    streamed: (...[connection, sql]: Parameters<typeof all.streamed>) => {
      const found = /(?:days|odd)\/(\w+)\.csv/.exec(sql);
      if (found !== null) read.push(found[1]!);
      return all.streamed(connection, sql);
    },
  };
});

vi.mock("../../runtime/data/formats/csv-scan.ts", async (original) => {
  const all = await original<typeof import("../../runtime/data/formats/csv-scan.ts")>();
  return {
    ...all,
    csvRows: (...args: Parameters<typeof all.csvRows>) => {
      const found = /odd\/(\w+)\.csv/.exec(args[0]);
      if (found !== null) read.push(`open ${found[1]!}`);
      return all.csvRows(...args);
    },
  };
});

const log = new Log();
const HOUR = 3_600_000;
const days = ["2026-10-20", "2026-10-21", "2026-10-22"];
const next = (day: string) => new Date(Date.parse(day) + 24 * HOUR).toISOString().slice(0, 10);

/** By file; `late` has rows of two days, in no order. */
const files: Readonly<Record<string, readonly LogRow[]>> = {
  a: rowsFrom(days[0]!, days[1]!),
  b: rowsFrom(days[1]!, days[2]!),
  c: rowsFrom(days[2]!, next(days[2]!)),
  late: [
    ...rowsFrom(`${days[1]}T05:30Z`, `${days[1]}T09:30Z`),
    ...rowsFrom(`${days[0]}T01:30Z`, `${days[0]}T04:30Z`),
  ],
  none: [],
};

beforeAll(() => {
  mkdirSync(log.at("days"));
  for (const [name, rows] of Object.entries(files)) log.put(rows, `days/${name}.csv`);
  log.write("dinc.yaml", "spec: model.din\ndata:\n  train: days\n  time: at\n  since: 2026-10-20\n");
});

const options = (set: readonly string[] = []) =>
  ({ config: log.at("dinc.yaml"), set, backend: "wasm", threads: 1 }) as const;

/** Trains each day, and returns the files that were read for the plan and for each day. */
async function readByPeriod(out: string, set: readonly string[]): Promise<Record<string, string[]>> {
  const byPeriod: Record<string, string[]> = { plan: [] };
  let period = "plan";
  const take = () => byPeriod[period]!.push(...read.splice(0));
  take();
  byPeriod[period] = [];
  await trainEach(null, {
    ...{ ...options(set), each: "day", complete: true, out: log.at(out) },
    onEvent: (event) => {
      if (event.kind !== "period") return;
      take();
      period = event.name;
      byPeriod[period] = [];
    },
  });
  take();
  return byPeriod;
}

/** The runs are those of trainings that read all files themselves. */
async function requireRunsOfAll(out: string, set: readonly string[]): Promise<void> {
  const alone = `${out}-alone`;
  for (const [i, day] of days.entries()) {
    const from = i === 0 ? {} : { from: log.at(alone, days[i - 1]!) };
    const window = [`data.since=${day}`, `data.until=${next(day)}`];
    await train(null, { ...options([...set, ...window]), ...from, out: log.at(alone, day) });
    expect(log.manifest(day, out).data).toEqual(log.manifest(day, alone).data);
    for (const name of ["weights.safetensors", "state.safetensors", "baseline.json", "fitted.json"])
      expect(readFileSync(log.at(out, day, name)).equals(readFileSync(log.at(alone, day, name))), name).toBe(
        true,
      );
  }
}

describe("a log of files by day", () => {
  test("is read as far as a day needs it, to the runs of trainings that read all of it", async () => {
    expect(await readByPeriod("runs", [])).toEqual({
      plan: ["a", "b", "c", "late", "none"],
      [days[0]!]: ["a", "late"],
      [days[1]!]: ["b", "late"],
      [days[2]!]: ["c"],
    });
    await requireRunsOfAll("runs", []);
    expect(read.splice(0).length).toBeGreaterThanOrEqual(15);
  });
});

describe("a log with bad rows, which are left out", () => {
  const set = ["data.train=odd", "data.on_bad_row=skip"];
  // By file, which row is replaced by what: a time that is none, no time, a row of two values, a label that is none.
  const bad: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    a: { 3: "u1,i1,1,n/a", 4: "u2,i2,0,", 9: "u1,i1" },
    b: { 5: "u1,i1,perhaps,2026-10-21T05:00:00.000Z", 7: "u1,i1,1,soon", 8: "u9,i1,x,soon" },
    late: { 2: "u1" },
  };

  beforeAll(() => {
    mkdirSync(log.at("odd"));
    for (const name of Object.keys(files)) {
      const lines = readFileSync(log.at("days", `${name}.csv`), "utf8").split("\n");
      for (const [row, line] of Object.entries(bad[name] ?? {})) lines[Number(row)] = line;
      log.write(`odd/${name}.csv`, lines.join("\n"));
    }
  });

  test("is opened once, and read as far as a day needs it, to the runs of trainings that read all of it", async () => {
    const { plan, ...byDay } = await readByPeriod("odd-runs", set);
    expect(new Set(plan)).toEqual(new Set(Object.keys(files).flatMap((name) => [name, `open ${name}`])));
    // Rows without a readable time are of all days: the first training reads them, and the others know them.
    expect(Object.entries(byDay).map(([day, read]) => [day, [...new Set(read)].sort()])).toEqual([
      [days[0], ["a", "b", "late"]],
      [days[1], ["a", "b", "late"]],
      [days[2], ["c"]],
    ]);
    await requireRunsOfAll("odd-runs", set);
    expect(log.manifest(days[2]!, "odd-runs").data.leftOut).toBeDefined();
  });
});
