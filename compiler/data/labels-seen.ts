// Reports training rows that all have the same label. Then nothing can be learned, and most likely the column
// or the rule is wrong.

import { labelAlwaysOne, labelNeverOne, labelValueUnmet } from "../diagnostics/catalog/label-data.ts";
import { inText } from "../diagnostics/diagnostic.ts";
import { type LabelRule, ruleText } from "../frontend/config/label-rule.ts";
import type { Label } from "../frontend/model/model.ts";
import { unmetValues } from "./compared-cells.ts";
import type { Findings } from "./findings.ts";
import { formatRaw, isList, type RawCell } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

/** The number of values in a message. */
const NAMED = 5;

export class LabelsSeen {
  private ones = 0;
  private zeros = 0;
  private readonly values = new Set<string>();

  /** `met` has the rule's values that occur in cells, once all rows are read. */
  constructor(
    label: Label,
    rule: LabelRule | null,
    of: DataColumn,
    findings: Findings,
    met: ReadonlySet<string> = new Set(),
  ) {
    const column = of.name;
    const parameters = { label: label.name, rule: rule === null ? null : ruleText(rule) };
    const details = { related: [{ location: inText(label.span), label: "declared here" }] };
    const values = () => ({ column, values: [...this.values].join(", ") });
    const never = () => this.ones === 0 && this.zeros > 0;
    const always = () => this.zeros === 0 && this.ones > 0;
    const { rule: byRule, data } = labelNeverOne.helps;
    const helpNever = () => (rule === null ? data(values()) : byRule(values()));
    const helpAlways = () =>
      rule === null ? labelAlwaysOne.helps.data() : labelAlwaysOne.helps.rule(values());
    findings.add(labelNeverOne, parameters, null, column, { ...details, finalHelp: helpNever, only: never });
    findings.add(labelAlwaysOne, parameters, null, column, {
      ...details,
      finalHelp: helpAlways,
      only: always,
    });
    if (rule === null) return;
    const unmet = () => unmetValues(rule, of, met);
    const some = () => this.ones > 0 && this.zeros > 0 && unmet().length > 0;
    const helpUnmet = () => labelValueUnmet.helps.names({ ...values(), unmet: unmet() });
    findings.add(labelValueUnmet, { column }, null, column, { ...details, finalHelp: helpUnmet, only: some });
  }

  /** Ignores a missing or unreadable cell. */
  add(cell: RawCell, label: number): void {
    if (cell === null || isList(cell)) return;
    if (label === 1) this.ones++;
    else if (label === 0) this.zeros++;
    if (this.values.size > NAMED) return;
    this.values.add(this.values.size === NAMED ? "…" : formatRaw(cell));
  }
}
