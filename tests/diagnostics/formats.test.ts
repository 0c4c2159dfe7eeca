// What programs read is in the form that they expect: SARIF by the standard's own schema, JSON by ours, workflow commands as
// GitHub's runner reads them; for every mistake and advice of tests/bad and tests/lint, and for hostile texts and places.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import Ajv4 from "ajv-draft-04";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { positionAt, sourceFile } from "../../compiler/common/source-file.ts";
import { defineError } from "../../compiler/diagnostics/catalog/define.ts";
import {
  type Diagnostic,
  diagnose,
  type Help,
  inData,
  inText,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { printable } from "../../compiler/diagnostics/render/display.ts";
import { renderGithub } from "../../compiler/diagnostics/render/github.ts";
import { renderJson } from "../../compiler/diagnostics/render/json.ts";
import { renderSarif } from "../../compiler/diagnostics/render/sarif.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { withImports } from "../bad/imported-files.ts";
import { root } from "../cli/spawn.ts";
import { specFiles } from "../support/spec-files.ts";

const require = createRequire(import.meta.url);
const read = (path: string): object => JSON.parse(readFileSync(path, "utf8"));

/** Alike for schemas of the drafts 4 and 7: null where `log` fits, otherwise what does not. */
interface Validate {
  (log: unknown): boolean;
  errors?: readonly object[] | null;
}

const sarifSchema = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
const isSarif: Validate = formats
  .default(new Ajv4.default({ strict: false, allErrors: true, unicodeRegExp: false }))
  .compile(read(require.resolve(sarifSchema)));
const jsonSchema = read(join(root, "docs/diagnostics.schema.json"));
const isJson: Validate = new Ajv({ allErrors: true }).compile(jsonSchema);
/** Takes away what the schema does not mention. */
const onlyMentioned: Validate = new Ajv({ removeAdditional: "all" }).compile(jsonSchema);

function wrong(validate: Validate, log: unknown): readonly object[] {
  return validate(log) ? [] : (validate.errors ?? [{}]);
}

const kind = defineError<{ what: string }>({
  code: "DIN0999",
  name: "test-mistake",
  message: ({ what }) => `${what} is wrong`,
  explanation: "Only for tests.",
});

/** Texts that mean something in one of the forms, or nowhere. */
const hostile = [
  ..."\" ' \\ \0 \u2028 \u202e \ud800 \u{1F600} %0A ::error:: </script> ${ */ , : ; \r\n \n".split(" "),
  "__proto__",
  " ",
  "file:///x",
  "C:\\x y",
  "a%2Fb?#c",
  "@[x]",
];

function hostileDiagnostics(text: string): Diagnostic[] {
  const file = sourceFile(`${text}.din`, `a ${text}\nb ${text}`);
  const whole = { file, start: 0, end: file.text.length };
  const end = { file, start: whole.end, end: whole.end };
  const locations = [inText(whole), inText(end), noLocation];
  locations.push(inData({ path: text, row: 3, column: text }), inData({ path: text }));
  const fixes = [{ title: `write ${text}`, edits: [{ span: end, text }] }];
  const related = locations.map((location) => ({ location, label: text }));
  return locations.map((location) =>
    diagnose(kind, { what: text }, location, { label: text, help: text as Help, related, fixes }),
  );
}

const all: (readonly [string, readonly Diagnostic[]])[] = [
  ...specFiles("tests/bad", "tests/lint", "tests/good").map(([path, text]) => {
    const name = path.replace("tests/bad/", "");
    return [path, lint(sourceFile(name, text), path.startsWith("tests/bad/") ? withImports : {})] as const;
  }),
  ...hostile.map((text) => [JSON.stringify(text), hostileDiagnostics(text)] as const),
];

describe.each(all)("%s", (_, diagnostics) => {
  test("as SARIF", () => {
    expect(wrong(isSarif, JSON.parse(renderSarif(diagnostics, "1.2.3")))).toEqual([]);
  });

  test("as JSON, of which the schema mentions everything", () => {
    const log = JSON.parse(renderJson(diagnostics));
    expect(wrong(isJson, log)).toEqual([]);
    const mentioned = structuredClone(log);
    onlyMentioned(mentioned);
    expect(mentioned).toEqual(log);
    expect(log.diagnostics).toHaveLength(diagnostics.length);
  });

  test("as workflow commands", () => {
    const commands = renderGithub(diagnostics).split("\n").slice(0, -1).map(commandOf);
    expect(commands.map(({ command }) => command)).toEqual(
      diagnostics.map(({ severity }) => (severity === "advice" ? "notice" : severity)),
    );
    commands.forEach(({ properties, message }, i) => {
      const { code, name, location, message: said } = diagnostics[i]!;
      expect(properties["title"]).toBe(`${code} ${name}`);
      expect(message).toContain(printable(said));
      const known = new Set(["file", "line", "endLine", "col", "endColumn", "title"]);
      expect(Object.keys(properties).filter((key) => !known.has(key))).toEqual([]);
      if (location.kind === "text") {
        const { line, column } = positionAt(location.span.file, location.span.start);
        expect(properties["file"]).toBe(location.span.file.path);
        expect(properties["line"]).toBe(`${line}`);
        if (properties["col"] !== undefined) expect(properties["col"]).toBe(`${column}`);
      } else expect(properties["file"]).toBe(location.kind === "data" ? location.data.path : undefined);
    });
  });
});

test("the schemas are not ones that take everything", () => {
  const log = JSON.parse(renderSarif(hostileDiagnostics("x"), "1"));
  log.runs[0].results[0].level = "fatal";
  log.runs[0].results[1].locations[0].physicalLocation.region.startLine = 0;
  expect(wrong(isSarif, log)).toHaveLength(2);
  const json = JSON.parse(renderJson(hostileDiagnostics("x")));
  json.diagnostics[0].range.start.line = 0;
  delete json.diagnostics[1].code;
  expect(wrong(isJson, json).length).toBeGreaterThanOrEqual(2);
});

interface Command {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As the runner reads a line (actions/runner, `ActionCommand.TryParseV2`): `::name key=value,…::message`. */
function commandOf(line: string): Command {
  const [, command, written, message] = /^::(\S+?)(?: (.*?))?::(.*)$/s.exec(line)!;
  const pairs = (written ?? "").split(",").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), unescaped(pair.slice(at + 1))] as const;
  });
  return { command: command!, properties: Object.fromEntries(pairs), message: unescaped(message!) };
}

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { "3A": ":", "2C": ",", "0D": "\r", "0A": "\n", "25": "%" };
  return text.replace(/%(3A|2C|0D|0A|25)/g, (_, code: string) => signs[code]!);
}
