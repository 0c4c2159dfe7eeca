// ANSI colours, or none.

import type { Severity } from "../diagnostic.ts";

export type Style = Severity | "gutter" | "strong" | "secondary";

export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  advice: "1;36",
  gutter: "1;34",
  secondary: "1;34",
  strong: "1",
};

export function painter(color: boolean): Paint {
  return color
    ? (style, text) => (text === "" ? "" : `\u001b[${codes[style]}m${text}\u001b[0m`)
    : (_, text) => text;
}
