// Reads fitted values from the files of a folder, and checks everything in them.

import { join } from "node:path";
import type { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import { FITTED_VERSION, fittedFiles } from "./fitted-texts.ts";

/** The errors of a folder whose files have changed since they were written. */
export interface FolderProblems {
  damaged(path: string, reason: string): DiagnosticError;
  otherVersion(path: string, version: unknown, read: readonly unknown[]): DiagnosticError;
}

/**
 * Reads the texts of `fittedTexts`; `read` returns the text of a file by name. Throws an error of `problems`
 * for an invalid text.
 */
export async function readFitted(
  folder: string,
  read: (name: string) => Promise<string>,
  problems: FolderProblems,
): Promise<Fitted> {
  const path = join(folder, fittedFiles.fitted);
  const value = parseObject(await read(fittedFiles.fitted), path, problems);
  if (value["version"] !== FITTED_VERSION)
    throw problems.otherVersion(path, value["version"], [FITTED_VERSION]);
  const vocabularies = new Map<string, string[]>();
  for (const [feature, entry] of entriesOf(value, "vocabularies", path, problems)) {
    // The name becomes part of a path.
    if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)?$/u.test(feature))
      throw problems.damaged(path, `names a vocabulary "${feature}"`);
    const name = fittedFiles.vocabulary(feature);
    const values = vocabularyOf(await read(name), join(folder, name), problems);
    if ((entry as { values?: unknown } | null)?.values !== values.length)
      throw problems.damaged(path, `does not give vocabulary "${feature}" its ${values.length} values`);
    vocabularies.set(feature, values);
  }
  const transforms = new Map<string, readonly (readonly number[])[]>();
  for (const [feature, learned] of entriesOf(value, "transforms", path, problems)) {
    if (!Array.isArray(learned) || !learned.every(isNumbers))
      throw problems.damaged(path, `has no valid transforms for "${feature}"`);
    transforms.set(feature, learned);
  }
  return { vocabularies, transforms };
}

export function parseObject(
  text: string,
  path: string,
  { damaged }: FolderProblems,
): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw damaged(path, "is not a JSON object");
  return value as Record<string, unknown>;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isFinite(each));
}

function entriesOf(
  value: Record<string, unknown>,
  name: string,
  path: string,
  { damaged }: FolderProblems,
): [string, unknown][] {
  const entries = value[name];
  if (typeof entries !== "object" || entries === null) throw damaged(path, `lacks a valid "${name}"`);
  return Object.entries(entries);
}

function vocabularyOf(text: string, path: string, { damaged }: FolderProblems): string[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw damaged(path, "does not end with a line break");
  const values = lines.map((line, i) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      value = null;
    }
    if (typeof value !== "string") throw damaged(path, `has no JSON string in line ${i + 1}`);
    return value;
  });
  if (new Set(values).size !== values.length) throw damaged(path, "names a value twice");
  return values;
}
