// `dinc train --each` on logs with bad rows, which are left out: whatever the rows and wherever they are, the runs, and what is
// said of bad rows, are those of trainings that read all files themselves.

import { mkdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DriverEvent } from "../../runtime/driver/events.ts";
import { train, trainEach } from "../../runtime/index.ts";
import { runs, timeout } from "../support/how-often.ts";
import { Log } from "./log.ts";

const days = ["2026-10-20", "2026-10-21", "2026-10-22"];
const HOUR = 3_600_000;
const at = (hour: number) => new Date(Date.parse(days[0]!) + hour * HOUR).toISOString();
const SPEC = `model past
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 4
  price   : number(missing: 0)
}
history seen(max: 3) { item_id <-> seen_item_id }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(seen)) |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 8  epochs 1  metrics log_loss }
`;
const IMPRESSIONS = `spec: model.din
data:
  train: days
  time: at
  on_bad_row: skip
  impressions:
    user: user_id
    time: at
    log: { path: views.csv }
    tables:
      items: { path: items.csv, key: item_id }
`;
const EVENTS = `spec: model.din
data:
  events: { path: days, user: user_id, item: item_id, order: at }
  label: { name: click, positive: 1 }
  items: { path: items.csv, key: item_id }
  on_bad_row: skip
`;
const HEADER = "user_id,item_id,click,at\n";

/** A row of the log in place of another one: of which day's file, at which row, what is wrong. */
interface BadRow {
  readonly file: number;
  readonly row: number;
  readonly line: string;
}

const badRow: fc.Arbitrary<BadRow> = fc.record({
  file: fc.nat(2),
  row: fc.nat(23),
  line: fc.constantFrom(
    ...["u1,i1,1,n/a", "u2,i2,0,", "u1,i1", "u1,i1,x,soon", "u1,i1,perhaps,2026-10-21T05:00Z", ",i1,1,soon"],
    // A number is a time of another kind, and a file may have nothing but bad rows.
    ...["u3,i3,1,1760000000", "u1,,1,2026-10-20T05:00Z"],
  ),
});

function write(log: Log, bad: readonly BadRow[], isMixed: boolean): void {
  mkdirSync(log.at("days"), { recursive: true });
  for (const [day] of days.entries()) {
    const lines = Array.from({ length: 24 }, (_, i) => {
      // One file may have rows of the day before.
      const hour = isMixed && day === 1 && i % 5 === 0 ? i : day * 24 + i;
      return `u${i % 5},i${(i * 7) % 11},${i % 3 === 0 ? 1 : 0},${at(hour)}`;
    });
    for (const { file, row, line } of bad) if (file === day) lines[row] = line;
    log.write(`days/${day}.csv`, `${HEADER}${lines.join("\n")}\n`);
  }
  const views = Array.from({ length: 60 }, (_, i) => `u${i % 6},i${(i * 5) % 13},${at(i - 9)}`);
  views[7] = "u1,i2,late";
  log.write("views.csv", `user_id,item_id,at\n${views.join("\n")}\n`);
  const items = Array.from({ length: 13 }, (_, i) => `i${i},${i === 4 ? "cheap" : i}`);
  log.write("items.csv", `item_id,price\n${items.join("\n")}\n`);
}

describe.each([
  ["impressions with a log and a table", IMPRESSIONS],
  ["an event log with a table", EVENTS],
])("%s", (_, settings) => {
  const log = new Log();
  log.write("model.din", SPEC);
  log.write("dinc.yaml", settings);

  test(
    "has the runs of trainings that read all files, and their warnings",
    async () => {
      const drawn = fc.tuple(fc.array(badRow, { minLength: 1, maxLength: 5 }), fc.boolean());
      let number = 0;
      const holds = async ([bad, isMixed]: readonly [readonly BadRow[], boolean]) => {
        write(log, bad, isMixed);
        const [together, alone] = [`each-${number}`, `alone-${number++}`];
        const options = (set: readonly string[]) =>
          ({ config: log.at("dinc.yaml"), set, backend: "wasm", threads: 1, onEvent: hear }) as const;
        const said = new Map<string, string[]>();
        let period = "plan";
        const hear = (event: DriverEvent) => {
          if (event.kind === "period") period = event.name;
          if (event.kind === "diagnostics")
            said.set(period, [...(said.get(period) ?? []), ...event.diagnostics.map(({ code }) => code)]);
        };
        const own = options([`data.since=${days[0]}`]);
        await trainEach(null, { ...own, each: "day", complete: true, out: log.at(together) });
        const told = new Map(said);
        said.clear();
        let before: string | null = null;
        for (const day of log.runs(together)) {
          period = day;
          const until = at(24 * (days.indexOf(day) + 1));
          const from = before === null ? {} : { from: log.at(alone, before) };
          const window = options([`data.since=${day}`, `data.until=${until}`]);
          await train(null, { ...window, ...from, out: log.at(alone, day) });
          expect(log.manifest(day, together).data).toEqual(log.manifest(day, alone).data);
          expect(told.get(day)).toEqual(said.get(day));
          before = day;
        }
        expect(log.weights(together)).toEqual(log.weights(alone));
        expect(log.runs(together).length).toBeGreaterThan(0);
      };
      await fc.assert(fc.asyncProperty(drawn, holds), { numRuns: runs(4) });
    },
    timeout,
  );
});
