// Reads `prepared.json` and the small files next to it, and checks everything: each file against its record
// in the description, and the description against its own checksum.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  preparedDamaged,
  preparedMissing,
  preparedVersion,
} from "../../compiler/diagnostics/catalog/prepared.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import type { Titles } from "../data/tables.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { LONGEST_TEXT, readBytes } from "../files/read-text.ts";
import { requireUnchanged, unreadable } from "../files/unchanged.ts";
import { type FolderProblems, parseObject, readFitted } from "../fitted/fitted-files.ts";
import { type Baseline, baselineIn } from "../run/baseline-text.ts";
import { isSealed } from "../run/seal.ts";
import {
  PREPARED_VERSION,
  type PreparedDescription,
  preparedFiles,
  preparedSplits,
  type Recorded,
} from "./prepared-folder.ts";

/** A folder of prepared rows with a valid description. Parquet files are checked when they are read. */
export class PreparedFolder {
  readonly path: string;
  readonly description: PreparedDescription;

  private constructor(path: string, description: PreparedDescription) {
    this.path = path;
    this.description = description;
  }

  /** Throws DiagnosticError if the folder is missing or damaged. */
  static async open(path: string): Promise<PreparedFolder> {
    return new PreparedFolder(path, await readDescription(path));
  }

  get problems(): FolderProblems {
    return problemsIn(this.path);
  }

  /** The paths of all files in the folder. */
  get files(): string[] {
    const { splits, counts, met = {}, files } = this.description;
    const shards = preparedSplits.flatMap((split) => splits[split]?.shards ?? []);
    const names = [...shards, ...Object.values(counts), ...Object.values(met)].map(({ file }) => file);
    return [preparedFiles.description, ...Object.keys(files), ...names].map((name) => join(this.path, name));
  }

  /** Returns the path of a file. Throws DiagnosticError if the file has changed since it was recorded. */
  async require(file: string, { bytes, sha256 }: Recorded): Promise<string> {
    const path = join(this.path, file);
    await requireUnchanged(path, { bytes, hash: sha256 }, "it was prepared", this.problems.damaged);
    return path;
  }

  fitted(): Promise<Fitted> {
    return readFitted(this.path, (name) => this.text(name), this.problems);
  }

  /** Null if the rows have no titles. */
  async titles(): Promise<Titles | null> {
    if (!Object.hasOwn(this.description.files, preparedFiles.titles)) return null;
    const { feature, column, of } = JSON.parse(await this.text(preparedFiles.titles));
    return { feature, column, of: new Map(of) };
  }

  /**
   * The statistics of the raw training rows; null if they were not stored, for example by a plan for Spark.
   */
  async baseline(): Promise<Baseline | null> {
    if (!Object.hasOwn(this.description.files, preparedFiles.baseline)) return null;
    return baselineIn(await this.text(preparedFiles.baseline));
  }

  private async text(name: string): Promise<string> {
    const { files } = this.description;
    if (!Object.hasOwn(files, name))
      throw this.problems.damaged(join(this.path, name), "is not listed in prepared.json");
    return readFile(await this.require(name, files[name]!), "utf8");
  }
}

function problemsIn(folder: string): FolderProblems {
  return {
    damaged: (path, reason) =>
      new DiagnosticError([diagnose(preparedDamaged, { folder, path, reason }, noLocation)]),
    otherVersion: (path, version, read) => {
      const parameters = { folder, path, version: String(version), read: read.join(" and ") };
      return new DiagnosticError([diagnose(preparedVersion, parameters, noLocation)]);
    },
  };
}

async function readDescription(folder: string): Promise<PreparedDescription> {
  const path = join(folder, preparedFiles.description);
  const problems = problemsIn(folder);
  let bytes: Buffer;
  try {
    bytes = await readBytes(path, LONGEST_TEXT);
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw unreadable(path, error, problems.damaged);
    throw new DiagnosticError([diagnose(preparedMissing, { path: folder }, noLocation)]);
  }
  const value = parseObject(bytes.toString("utf8"), path, problems);
  if (value["version"] !== PREPARED_VERSION)
    throw problems.otherVersion(path, value["version"], [PREPARED_VERSION]);
  if (!isSealed(bytes, String(value["checksum"])))
    throw problems.damaged(path, "has been changed since it was prepared: its checksum does not match");
  return value as unknown as PreparedDescription;
}
