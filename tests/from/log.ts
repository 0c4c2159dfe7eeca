// A log that grows, in a folder with a spec: for trainings period by period.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Manifest } from "../../runtime/run/run-folder.ts";

export const SPEC = `model tiny
features user { user_id : id  embed 2 }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(4, relu) |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 8  epochs 2  metrics auc, log_loss }
`;

/** `n` makes the rest of the row. */
export interface LogRow {
  /** As the log has it. */
  readonly at: string;
  readonly n: number;
}

export class Log {
  readonly folder = mkdtempSync(join(tmpdir(), "dinc-each-"));

  constructor(settings = "  time: at\n  since: 2026-10-20\n") {
    afterAll(() => this.remove());
    this.write("model.din", SPEC);
    this.write("dinc.yaml", `spec: model.din\ndata:\n  train: log.csv\n${settings}`);
  }

  at(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  write(name: string, text: string): void {
    writeFileSync(this.at(name), text);
  }

  /** The log has these rows. */
  put(rows: readonly LogRow[], name = "log.csv"): void {
    const lines = rows.map(
      ({ at, n }) => `u${n % 7},i${(n * 5) % 11},${(n * 3 + (n % 4)) % 5 < 2 ? 1 : 0},${at}\n`,
    );
    this.write(name, `user_id,item_id,click,at\n${lines.join("")}`);
  }

  /** What a run says of itself. */
  manifest(run: string, out = "runs"): Manifest {
    return JSON.parse(readFileSync(this.at(out, run, "manifest.json"), "utf8"));
  }

  /** By run the hash of its weights. */
  weights(out = "runs"): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.runs(out).map((run) => [run, this.manifest(run, out).files["weights.safetensors"]!.hash]),
    );
  }

  runs(out = "runs"): string[] {
    return readdirSync(this.at(out))
      .filter((name) => !name.includes(".checkpoint"))
      .sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Rows from one hour to another, one every so many minutes. */
export function rowsFrom(since: string, until: string, minutes = 60): LogRow[] {
  const found: LogRow[] = [];
  for (let at = Date.parse(since); at < Date.parse(until); at += minutes * 60_000)
    found.push({ at: new Date(at).toISOString(), n: at / 60_000 / minutes });
  return found;
}
