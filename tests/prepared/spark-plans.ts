// Plans that Spark itself runs, in local mode, and the folders that it and dinc write.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";
import type { PreparedDescription } from "../../runtime/prepared/prepared-folder.ts";
import { runHere } from "../cli/run-here.ts";

const python = join(cacheRoot(), "spark", "bin", "python");
export const HAS_SPARK = existsSync(python) && spawnSync("java", ["-version"]).status === 0;
if (!HAS_SPARK)
  console.warn("skipped: Spark or Java is not installed: `.ci/install-for-tests spark` does it");

/** A project in a folder: `NAME.yaml`, whose plan writes `spark-NAME`, as dinc writes `dinc-NAME`. */
export class SparkPlans {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  at(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  async done(...args: string[]): Promise<string> {
    const { code, err, out } = await runHere(args, { cwd: this.folder });
    expect(code, err).toBe(0);
    return out;
  }

  /** Spark's message for the plan of each project, null where it runs. All run in one process. */
  async run(names: readonly string[], shards = 2): Promise<(string | null)[]> {
    for (const name of names) {
      const config = ["-c", `${name}.yaml`, "--out", `spark-${name}`, "--shards", String(shards)];
      writeFileSync(this.at(`${name}.sql`), await this.done("prepare", ...config, "--plan", "spark"));
    }
    const script = join(import.meta.dirname, "run_plan.py");
    const ran = spawnSync(python, [script, ...names.map((name) => `${name}.sql`)], {
      cwd: this.folder,
      encoding: "utf8",
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    expect(ran.status, ran.stderr.slice(-3000)).toBe(0);
    return ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  seal(name: string): Promise<string> {
    return this.done("prepare", "-c", `${name}.yaml`, "--out", `spark-${name}`, "--seal");
  }

  prepare(name: string): Promise<string> {
    return this.done("prepare", "-c", `${name}.yaml`, "--out", `dinc-${name}`);
  }

  description(out: string): PreparedDescription {
    return JSON.parse(readFileSync(this.at(out, "prepared.json"), "utf8"));
  }

  /** Rows of a split, each as an object. */
  async rowsOf(out: string, split: string, order = ""): Promise<Record<string, unknown>[]> {
    const { splits, columns } = this.description(out);
    const files = splits[split as "train"]!.shards.map(
      ({ file }) => `'${this.at(out, file).replaceAll("'", "''")}'`,
    );
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const wanted = columns
      .filter(({ role }) => role !== "row" || split === "train")
      .map(({ name }) => `"${name}"`);
    const read = await connection.runAndReadAll(
      `SELECT to_json({${wanted.map((name) => `${name}: ${name}`).join(", ")}}) FROM read_parquet([${files}]) ${order}`,
    );
    connection.closeSync();
    instance.closeSync();
    return read.getRows().map(([row]) => JSON.parse(String(row)));
  }

  vocabulary(out: string, feature: string): string[] {
    return readFileSync(this.at(out, "vocab", `${feature}.jsonl`), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
}

/** Numbers as near as sums of them in another order. */
export function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value === "number") return Number.isInteger(value) ? value : expect.closeTo(value, 5);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, close(each)]));
}
