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
      const found = /days\/(\w+)\.csv/.exec(sql);
      if (found !== null) read.push(found[1]!);
      return all.streamed(connection, sql);
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

describe("a log of files by day", () => {
  test("is read as far as a day needs it, to the runs of trainings that read all of it", async () => {
    const byPeriod = new Map<string, string[]>();
    await trainEach(null, {
      ...{ ...options(), each: "day", complete: true, out: log.at("runs") },
      onEvent: (event) => {
        if (event.kind !== "period") return;
        byPeriod.set([...byPeriod.keys()].at(-1) ?? "plan", read.splice(0));
        byPeriod.set(event.name, []);
      },
    });
    byPeriod.set([...byPeriod.keys()].at(-1)!, read.splice(0));
    const wanted = {
      plan: ["a", "b", "c", "late", "none"],
      [days[0]!]: ["a", "late"],
      [days[1]!]: ["b", "late"],
    };
    expect(Object.fromEntries(byPeriod)).toEqual({ ...wanted, [days[2]!]: ["c"] });

    for (const [i, day] of days.entries()) {
      const from = i === 0 ? {} : { from: log.at("alone", days[i - 1]!) };
      const set = [`data.since=${day}`, `data.until=${next(day)}`];
      await train(null, { ...options(set), ...from, out: log.at("alone", day) });
      expect(log.manifest(day).data).toEqual(log.manifest(day, "alone").data);
      for (const name of ["weights.safetensors", "state.safetensors", "baseline.json", "fitted.json"])
        expect(
          readFileSync(log.at("runs", day, name)).equals(readFileSync(log.at("alone", day, name))),
          name,
        ).toBe(true);
    }
    expect(read.splice(0).length).toBeGreaterThanOrEqual(15);
  });
});
