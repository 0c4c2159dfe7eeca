// Adds to a diagnostic the value of a param at its location, and the origin of that value, because the text
// shows only the param's name.

import { firstIndex } from "../../common/arrays.ts";
import { appendTo } from "../../common/maps.ts";
import type { SourceFile } from "../../common/source-file.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { ParamValue } from "../model/assembly.ts";
import { at } from "../syntax/reporter.ts";
import { constantText } from "./params.ts";
import type { ParamUse } from "./substitute.ts";

/** More notes would hide the mistake. */
const mostNotes = 3;

export class Origins {
  /** In the order of the text. */
  private readonly byFile = new Map<SourceFile, ParamUse[]>();

  /** The params that are wrong in one place, with the mistake, which will occur again in other places. */
  private readonly reported = new Set<string>();

  constructor(uses: readonly ParamUse[]) {
    for (const use of uses) {
      const { file } = use.span;
      appendTo(this.byFile, file, use);
    }
    for (const list of this.byFile.values()) list.sort((a, b) => a.span.start - b.span.start);
  }

  /** Tells whether a diagnostic is about the value of a param itself and was already reported. */
  isRepetition({ code, location }: Diagnostic): boolean {
    if (this.byFile.size === 0 || location.kind !== "text") return false;
    const params = new Set<ParamValue>();
    this.within(location.span, params);
    const [param] = params;
    const { item } = param ?? {};
    if (item === undefined || location.span.end - location.span.start !== item.name.name.length) return false;
    const key = `${code} ${item.name.name}`;
    return this.reported.has(key) || !this.reported.add(key);
  }

  /** Adds to the diagnostic a location for each param that is read there. */
  explain(diagnostic: Diagnostic): Diagnostic {
    if (this.byFile.size === 0) return diagnostic;
    const locations = [diagnostic.location, ...diagnostic.related.map(({ location }) => location)];
    const params = new Set<ParamValue>();
    for (const location of locations) if (location.kind === "text") this.within(location.span, params);
    const known = new Set(
      diagnostic.related.flatMap(({ location }) => (location.kind === "text" ? [location.span.start] : [])),
    );
    const notes = [...params]
      .filter(({ item, value }) => value.kind !== "error" && !known.has(item.name.span.start))
      .slice(0, mostNotes)
      .map(({ item, type, value, by }) => {
        const given = by === null ? "" : `, given by ${by}`;
        return at(item.name.span, `\`${item.name.name}\` is ${constantText(value, type)}${given}`);
      });
    return notes.length === 0 ? diagnostic : { ...diagnostic, related: [...diagnostic.related, ...notes] };
  }

  private within({ file, start, end }: ParamUse["span"], params: Set<ParamValue>): void {
    const list = this.byFile.get(file) ?? [];
    const first = firstIndex(list.length, (i) => list[i]!.span.start >= start);
    for (let i = first; i < list.length && list[i]!.span.end <= end && params.size < mostNotes; i++)
      params.add(list[i]!.param);
  }
}
