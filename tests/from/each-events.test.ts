// `dinc train --each` on an event log: its runs are those of separate trainings on each period, from run to run; a call that was
// killed goes on to the same runs; and the log may grow between calls.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectSuccess, runHere } from "../cli/run-here.ts";
import { Log, SPEC } from "./log.ts";

const { queries } = vi.hoisted(() => ({ queries: [] as string[] }));
vi.mock("../../runtime/duckdb/streamed.ts", async (original) => {
  const all = await original<typeof import("../../runtime/duckdb/streamed.ts")>();
  return {
    ...all,
    streamed: (...[connection, sql]: Parameters<typeof all.streamed>) => {
      queries.push(sql);
      return all.streamed(connection, sql);
    },
  };
});

const log = new Log();
afterAll(() => log.remove());
beforeAll(() => {
  const history = "history seen(max: 3) { item_id <-> clicked }\nlabel";
  log.write(
    "model.din",
    SPEC.replace("label", history).replace("user_id, item_id)", "user_id, item_id, mean(seen))"),
  );
  log.write(
    "dinc.yaml",
    "spec: model.din\ndata:\n  events: { path: log.csv, user: user_id, item: item_id, order: at }\n",
  );
});

const days = ["2026-10-20", "2026-10-21", "2026-10-22"];
const HOUR = 3_600_000;

/** One event an hour from the first day on; each of nine users has some on each day. */
function put(hours: number): void {
  const lines = Array.from({ length: hours }, (_, i) => {
    const at = new Date(Date.parse(days[0]!) + i * HOUR).toISOString();
    return `u${i % 9},i${(i * i + 3 * i) % 23},${at}\n`;
  });
  log.write("log.csv", `user_id,item_id,at\n${lines.join("")}`);
}

type Heard = (message: string) => void;
const train = (args: readonly string[], heard?: Heard) =>
  runHere(["train", "-c", "dinc.yaml", "--backend", "wasm", "--threads", "1", ...args], {
    ...{ cwd: log.folder, ...(heard === undefined ? {} : { heard }) },
  });
const each = (out: string, heard?: Heard, ...more: string[]) =>
  train(
    [
      "--each",
      "day",
      "--complete",
      "--checkpoint-every",
      "0.001",
      "--set",
      `data.since=${days[0]}`,
      ...more,
      "--out",
      out,
    ],
    heard,
  );

describe("three days", () => {
  beforeAll(async () => {
    put(72);
    queries.length = 0;
    expectSuccess(await each("runs"));
  });

  test("read the log twice: for the plan, and for all of them", () => {
    expect(queries.filter((sql) => sql.includes("log.csv"))).toHaveLength(2);
  });

  test("have the runs of separate trainings, with the whole log's test rows in each", async () => {
    for (const [i, day] of days.entries()) {
      const until = new Date(Date.parse(day) + 24 * HOUR).toISOString();
      const window = ["--set", `data.since=${day}`, "--set", `data.until=${until}`];
      const from = i === 0 ? [] : ["--from", `alone/${days[i - 1]}`];
      expectSuccess(await train([...window, ...from, "--out", `alone/${day}`]));
      const [own, alone] = [log.manifest(day), log.manifest(day, "alone")];
      expect(own.data).toEqual(alone.data);
      expect(own.metrics).toEqual(alone.metrics);
      expect(own.from?.before).toEqual(alone.from?.before);
    }
    expect(log.weights()).toEqual(log.weights("alone"));
    for (const day of days)
      for (const name of ["baseline.json", "fitted.json", "state.safetensors"])
        expect(readFileSync(log.at("runs", day, name)).equals(readFileSync(log.at("alone", day, name)))).toBe(
          true,
        );
    const rows = days.map((day) => log.manifest(day).data);
    // A positive and a negative for each event that is neither a user's first one nor the last one.
    expect(rows.map(({ trainRows }) => trainRows)).toEqual([2 * 15, 2 * 24, 2 * 15]);
    expect(rows.map(({ testRows }) => testRows)).toEqual([18, 18, 18]);
  });

  test("end with the same runs after a kill in each", async () => {
    for (const day of days) {
      let isOfDay = false;
      const killed = await each("killed", (message) => {
        isOfDay ||= message.includes(`from ${day}T00:00:00Z on`);
        if (isOfDay && message.startsWith("epoch 1/2")) throw new Error("killed");
      });
      expect(killed.err).toContain("killed");
      expect(log.runs("killed")).toEqual(days.slice(0, days.indexOf(day)));
    }
    const { code, err } = await each("killed");
    expect(code, err).toBe(0);
    expect(err).toMatch(/going on after step \d+ of epoch \d/);
    expect(err.replace("DIN0609", "")).not.toContain("DIN");
    expect(log.weights("killed")).toEqual(log.weights());
  });
});

test("a user's last event is told where no period trains on it, and is trained on with `split: none`", async () => {
  const none = ["--set", "data.examples.split=none"];
  put(72);
  const { code, err } = await each("lost");
  expect(code, err).toBe(0);
  expect(err).toContain("warning[DIN0609 events-never-trained]");
  const { err: silent } = await each("whole", undefined, ...none);
  expect(silent).not.toContain("DIN");
  const rows = (out: string) => days.map((day) => log.manifest(day, out).data);
  // A positive and a negative for each event that is not a user's first one.
  expect(rows("whole").map(({ trainRows }) => trainRows)).toEqual([2 * 15, 2 * 24, 2 * 24]);
  expect(rows("whole").map(({ testRows }) => testRows)).toEqual([0, 0, 0]);
  for (const hours of [24, 48, 72]) {
    put(hours);
    expectSuccess(await each("daily", undefined, ...none));
    expectSuccess(await each("lost daily"));
  }
  expect(rows("daily").map(({ trainRows }) => trainRows)).toEqual(
    rows("whole").map(({ trainRows }) => trainRows),
  );
  // Nine users have a last event on each day.
  expect(rows("lost daily").map(({ trainRows }) => trainRows)).toEqual([2 * 6, 2 * 15, 2 * 15]);
  const refused = await each("lost", undefined, ...none);
  expect(refused.err).toContain("`data.events.examples.split` was leave_last_out and is none");
});

test("a run is of the log as it was: events that come later change no earlier run", async () => {
  put(24);
  expectSuccess(await each("grown"));
  const first = log.weights("grown");
  put(48);
  const { code, err } = await each("grown");
  expect(code, err).toBe(0);
  expect(err.replace("DIN0609", "")).not.toContain("DIN");
  expect(log.weights("grown")).toMatchObject(first);
  // A user's last event on the first day was a test row then, and is in no training.
  expect(days.slice(0, 2).map((day) => log.manifest(day, "grown").data.trainRows)).toEqual([2 * 6, 2 * 15]);
});
