// The form for people: message, every location in its text with its label, and the help.

import { append } from "../../common/arrays.ts";
import type { SourceFile } from "../../common/source-file.ts";
import { isCertain } from "../apply-fixes.ts";
import type { Diagnostic, Location, Severity } from "../diagnostic.ts";
import { describeLocation } from "./concise.ts";
import { printable } from "./display.ts";
import { fixedLine } from "./fixed-line.ts";
import { type Marker, markerAt, renderSnippet } from "./snippet.ts";
import { type Paint, painter } from "./style.ts";

export interface PrettyOptions {
  /** ANSI colours; off unless asked for. */
  readonly color?: boolean;
}

/** Diagnostics with an empty line between them; "" for none. */
export function renderPretty(diagnostics: readonly Diagnostic[], options: PrettyOptions = {}): string {
  const paint = painter(options.color ?? false);
  return diagnostics.map((diagnostic) => renderOne(diagnostic, paint)).join("\n");
}

/** `2 errors, 1 warning`; "" for none. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity, one: string, many: string) => {
    const n = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  };
  return [
    ...count("error", "error", "errors"),
    ...count("warning", "warning", "warnings"),
    ...count("advice", "piece of advice", "pieces of advice"),
  ].join(", ");
}

function renderOne(diagnostic: Diagnostic, paint: Paint): string {
  const { severity, code, name, message } = diagnostic;
  const lines = [
    `${paint(severity, `${severity}[${code} ${name}]`)}${paint("strong", `: ${printable(message)}`)}`,
  ];
  const groups = groupPlaces(diagnostic);
  const gutter = Math.max(1, ...groups.flatMap((group) => group.markers.map((m) => `${m.line}`.length)));
  const margin = " ".repeat(gutter);
  for (const [i, { location, file, markers, label }] of groups.entries()) {
    const arrow = paint("gutter", `${margin}${i === 0 ? "-->" : ":::"}`);
    lines.push(
      `${arrow} ${printable(describeLocation(location))}${label === "" ? "" : `: ${printable(label)}`}`,
    );
    if (file !== null) append(lines, renderSnippet(file, markers, gutter, severity, paint));
  }
  const noted = (word: string, text: string) =>
    lines.push(`${margin} ${paint("gutter", "=")} ${paint("strong", word)}: ${printable(text)}`);
  if (diagnostic.location.kind === "none" && diagnostic.label !== undefined) noted("note", diagnostic.label);
  for (const { location, label } of diagnostic.related) if (location.kind === "none") noted("note", label);
  if (diagnostic.help !== undefined) noted("help", diagnostic.help);
  for (const fix of diagnostic.fixes) {
    const fixed = fixedLine(fix);
    noted(isCertain(fix) ? "fix" : "guess", fixed === null ? fix.title : `${fix.title}: \`${fixed}\``);
  }
  return `${lines.join("\n")}\n`;
}

interface LocationGroup {
  readonly location: Location;
  /** Null for locations in data, which have no text to show. */
  readonly file: SourceFile | null;
  readonly markers: Marker[];
  /** For locations in data, which have no caret. */
  readonly label: string;
}

/** One group per file, the primary location's first; each location in data has its own. */
function groupPlaces(diagnostic: Diagnostic): LocationGroup[] {
  const groups: LocationGroup[] = [];
  const add = (location: Location, label: string, isPrimary: boolean) => {
    if (location.kind === "none") return;
    if (location.kind === "data") {
      groups.push({ location, file: null, markers: [], label });
      return;
    }
    const { file } = location.span;
    const marker = markerAt(location.span, label, isPrimary);
    const group = groups.find((known) => known.file === file);
    if (group === undefined) groups.push({ location, file, markers: [marker], label: "" });
    else group.markers.push(marker);
  };
  add(diagnostic.location, diagnostic.label ?? "", true);
  for (const { location, label } of diagnostic.related) add(location, label, false);
  return groups;
}
