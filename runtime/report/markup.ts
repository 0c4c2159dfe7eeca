// Builds HTML in which text from a spec or from data can never become markup: every inserted value is text
// unless this file made it.

import { escapeMarkup } from "../../compiler/common/markup.ts";
import { printable } from "../../compiler/diagnostics/render/display.ts";

export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Markup that dinc produced itself: a library's SVG, or a style sheet. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

export type Filling = string | number | Markup | readonly Markup[];

/** `html`<p>${anything}</p>``: strings are escaped, and lists of markup are joined. */
export function html(parts: TemplateStringsArray, ...fillings: readonly Filling[]): Markup {
  return Markup.trusted(
    parts.map((part, i) => part + (i < fillings.length ? filled(fillings[i]!) : "")).join(""),
  );
}

export const nothing = html``;

/** A documentation text; parts between backticks become code. */
export function withCode(text: string): readonly Markup[] {
  return text
    .split(/`([^`\n]+)`/)
    .map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function filled(filling: Filling): string {
  if (filling instanceof Markup) return filling.text;
  if (typeof filling === "object") return filling.map(({ text }) => text).join("\n");
  return escapeMarkup(shownText(String(filling)));
}

/**
 * Text on one line, without control characters, and without unpaired surrogates, which UTF-8 cannot store.
 */
export function shownText(text: string): string {
  return printable(text).replace(/[\p{Surrogate}\ufffe\uffff]/gu, "\ufffd");
}
