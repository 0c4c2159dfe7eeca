// Embeds a user's words in generated code as data only: string literals without special characters, and
// comments that cannot end early.

/** Invisible, directional and control characters, line separators, unpaired surrogates. */
const special = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** A string literal. */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text));
}

/** Plain data as a literal over several lines, also for blocks of Markdown. */
export function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => escaped(line).replace(/^( *)"__proto__":/, '$1["__proto__"]:'))
    .join("\n")
    .replaceAll("`", "\\u0060");
}

function escaped(json: string): string {
  return json.replace(special, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** A kind with one more option: `number(missing: none)`, `int(1..5, missing: none)`. */
export function withOption(kind: string, option: string): string {
  return kind.endsWith(")") ? `${kind.slice(0, -1)}, ${option})` : `${kind}(${option})`;
}

/** Text for a doc comment; may have several lines. */
export function comment(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(special, " ").replaceAll("*/", "*\\/").trimEnd())
    .join("\n");
}

/** Private characters; `quoted` and `comment` remove them from user text. */
export const typedFrom = "\uE000";
export const typedTo = "\uE001";

/** Private characters around a name, between its two forms, and after it. */
const [namedFrom, namedOr, namedTo] = ["\uE002", "\uE003", "\uE004"];
const namedCode = new RegExp(`${namedFrom}([^${namedOr}]*)${namedOr}([^${namedTo}]*)${namedTo}`, "g");

/** Code that documents its values by names of the spec, or has short names for them. */
export type NameForm = "documented" | "short";

/** Marks code that differs between the two forms, one of which may be empty. */
export function named(documented: string, short: string): string {
  return `${namedFrom}${inForm(documented, "documented")}${namedOr}${inForm(short, "short")}${namedTo}`;
}

/** Code in one of its forms. */
export function inForm(code: string, form: NameForm): string {
  return code.replace(namedCode, form === "documented" ? "$1" : "$2");
}

/** Marks code that TypeScript has and JavaScript does not. */
export function typed(code: string): string {
  return `${typedFrom}${code}${typedTo}`;
}
