// Workflow commands: GitHub shows each diagnostic at its line of a pull request. Text from files and paths is
// escaped, so that it can neither end a command nor begin one.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

import { positionAt } from "../../common/source-file.ts";
import type { Diagnostic, Location, Severity } from "../diagnostic.ts";
import { describeLocation } from "./concise.ts";
import { printable } from "./display.ts";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", advice: "notice" };

/** `::error file=model.din,line=14,…,title=DIN0108 unexpected-token::message`; a line each. */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${commandOf(diagnostic)}\n`).join("");
}

function commandOf({ code, name, severity, message, location, help }: Diagnostic): string {
  const properties = { ...propertiesOf(location), title: `${code} ${name}` };
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(`${value}`)}`);
  // A row is not a line, so the message has the location in data.
  const where = location.kind === "data" ? [describeLocation(location)] : [];
  const text = [...where, message, ...(help === undefined ? [] : [help])].map(printable).join("\n");
  return `::${commands[severity]} ${written.join(",")}::${escapeData(text)}`;
}

function propertiesOf(location: Location): Readonly<Record<string, string | number>> {
  if (location.kind === "none") return {};
  if (location.kind === "data") return { file: location.data.path };
  const { file, start, end } = location.span;
  const first = positionAt(file, start);
  const last = positionAt(file, end);
  // GitHub takes columns only within one line.
  const columns = first.line === last.line ? { col: first.column, endColumn: last.column } : {};
  return { file: file.path, line: first.line, endLine: last.line, ...columns };
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
