// Data files for the tests, each test's own, removed after it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import {
  type DataConfig,
  DEFAULT_MEMORY,
  type EventsConfig,
  type RowsConfig,
  separatorsOf,
} from "../../compiler/frontend/config/config.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";

export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), "dinc-data-"));

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** Writes a file, gives its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Lines of a CSV. */
  csv(name: string, ...lines: readonly string[]): string {
    return this.write(name, `${lines.join("\n")}\n`);
  }

  /** The rows of a query as Parquet. */
  async parquet(name: string, query: string): Promise<string> {
    const path = join(this.path, name);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return path;
  }

  /** The message of dinc when `work` fails, with the folder written as FOLDER. */
  async said(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
    } catch (error) {
      if (error instanceof DiagnosticError)
        return renderPretty(error.diagnostics)
          .replaceAll(`${this.path}/`, "")
          .replaceAll(this.path, "FOLDER");
      throw error;
    }
    throw new Error("nothing was said");
  }
}

export function rowsOf(train: string, more: Partial<RowsConfig> = {}): RowsConfig {
  const lists = { ...separatorsOf(), latestFirst: false };
  const none = { valid: null, test: null, validate: null, holdOut: null, window: null, onBadRow: null };
  return { kind: "rows", train, ...none, ...lists, memory: DEFAULT_MEMORY, ...more };
}

/** The data of these settings. */
export function configOf(folder: TestFolder, yaml: string): DataConfig {
  const system = { environment: () => undefined, problemOf: () => null };
  const { value, diagnostics } = readSettings(sourceFile(`${folder.path}/dinc.yaml`, yaml), [], system);
  expect(diagnostics).toEqual([]);
  return value.data!;
}

/** The log `user item t` of `events`, the items table keyed `item_id`. */
export function eventsOf(events: string, items: string | null = null, perPositive = 1): EventsConfig {
  return {
    kind: "events",
    events: { path: events, user: "user_id", item: "item_id", order: "t", timeZone: null },
    items: items === null ? null : { path: items, key: "item_id" },
    users: null,
    examples: {
      positives: "each_event",
      negatives: { perPositive, sample: "uniform", exclude: "seen", seed: 2026 },
      split: "leave_last_out",
    },
    window: null,
    validate: null,
    onBadRow: null,
    separator: "|",
    memory: DEFAULT_MEMORY,
  };
}
