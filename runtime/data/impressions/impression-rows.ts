// Open impressions: the events of each history that is made from a log, and the joined tables. A file of
// impressions can then be read like one that contains the histories and the tables' columns itself.

import { alternatives } from "../../../compiler/common/option-text.ts";
import type { StepSources } from "../../../compiler/data/example-reader.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { fieldsRead, type GraphInputs } from "../../../compiler/data/graph-inputs.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import type { RawChunk } from "../../../compiler/data/raw-values.ts";
import type { DataTable } from "../../../compiler/data/table.ts";
import { noPast } from "../../../compiler/diagnostics/catalog/impressions.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { type Impressions, pastsOf } from "../../../compiler/frontend/config/impressions.ts";
import { impressionProblems } from "../../../compiler/frontend/config/training-problems.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import type { Reading } from "../tables/reading.ts";
import { ColumnTimes, TimeScale } from "../times/time-scale.ts";
import { type DatedTable, readDatedTable } from "./dated-table.ts";
import { readPastEvents, removePast } from "./past-events.ts";
import type { PastReading, StoredPast } from "./past-scan.ts";
import { PastSteps } from "./past-steps.ts";
import { TableJoins } from "./table-joins.ts";

/** Cells that are kept beside what a model reads. */
export interface KeptOfLogs {
  /** Columns of tables. */
  readonly kept?: readonly string[] | undefined;
  /** The users whose events are to be shown; those of others are not read. */
  readonly shownTo?: PastReading["shownTo"];
}

export class OpenImpressions {
  private readonly config: Impressions;
  private readonly reading: PastReading;
  private readonly pasts: readonly StoredPast[];
  private readonly final = new Map<string, Int32Array>();

  /** Whether other readings use the events too. */
  private readonly areShared: boolean;

  private constructor(
    config: Impressions,
    reading: PastReading,
    pasts: readonly StoredPast[],
    areShared = false,
  ) {
    this.config = config;
    this.reading = reading;
    this.pasts = pasts;
    this.areShared = areShared;
  }

  /**
   * Reads logs and tables. Null if rows are not impressions. Throws DiagnosticError for their mistakes.
   */
  static async open(
    reading: Reading,
    { impressions, separator }: Pick<RowsConfig, "impressions" | "separator">,
    outside: "error" | "unknown",
    inputs: GraphInputs | null = null,
    { kept = [], shownTo = null }: KeptOfLogs = {},
  ): Promise<OpenImpressions | null> {
    if (impressions === undefined) return null;
    const { model } = reading;
    const problems = impressionProblems(model, impressions);
    if (problems.length > 0) throw new DiagnosticError(problems);
    const scale = new TimeScale();
    const tables: DatedTable[] = [];
    for (const joined of impressions.tables)
      tables.push(await readDatedTable(reading, joined, separator, scale, kept));
    const past = { ...reading, inputs, separator, outside, tables, scale, shownTo };
    const wanted = pastsOf(impressions, model.histories.keys()).filter(
      ({ history }) => fieldsRead(model.histories.get(history)!, inputs).length > 0,
    );
    const pasts: StoredPast[] = [];
    for (const path of new Set(wanted.map((each) => each.path))) {
      const [first, ...others] = wanted.filter((each) => each.path === path);
      pasts.push(...(await readPastEvents(past, [first!, ...others])));
    }
    return new OpenImpressions(impressions, past, pasts);
  }

  /** The same logs and tables for another reading, whose `encoders` continue those of this one. */
  for(reading: Reading): OpenImpressions {
    const { inputs, separator, outside, tables, scale } = this.reading;
    const past = { ...reading, inputs, separator, outside, tables, scale };
    return new OpenImpressions(this.config, past, this.pasts, true);
  }

  /** Provisional ids get their final numbers in rows that are read from now on. */
  renumber(owner: string, ids: Int32Array): void {
    this.final.set(owner, ids);
  }

  /** Called after all rows are read. */
  close(): void {
    if (this.areShared) return;
    for (const past of this.pasts) removePast(past, this.reading.memory.store);
  }

  /** Opens one file of impressions; mistakes of its columns are added to the findings. */
  over(file: DataFile, findings: Findings): ImpressionFile {
    const { memory, model, tables, scale, inputs } = this.reading;
    const joined = new TableJoins(file, model, tables, findings, { isKeyRequired: true });
    const steps = this.pasts.map((past) => new PastSteps(past, memory.reader, inputs, this.final));
    return new ImpressionFile(file, this.config, { joined, steps, scale }, findings);
  }
}

/** The columns added to the rows, and the scale of their times. */
interface MadeOfPast {
  readonly joined: TableJoins;
  readonly steps: readonly PastSteps[];
  readonly scale: TimeScale;
}

export class ImpressionFile {
  /** The file with the columns of tables. */
  readonly table: DataTable<SqlColumn>;
  readonly made: StepSources<SqlColumn, PastSteps>;
  /** Null if they are missing, which is among the findings. */
  private readonly keys: readonly SqlColumn[] | null;
  private readonly joined: TableJoins;
  private readonly times: ColumnTimes;
  private readonly scale: TimeScale;
  private readonly findings: Findings;

  constructor(
    file: DataFile,
    { user, time, timeZone }: Impressions,
    { joined, steps, scale }: MadeOfPast,
    findings: Findings,
  ) {
    const named = (column: string, what: string) => {
      const found = findColumn(file, column, `\`impressions.${what}\` names`, findings);
      return found !== null && holdsValues(found, findings) ? found : null;
    };
    const [userColumn, timeColumn] = [named(user, "user"), named(time!, "time")];
    this.keys = userColumn === null || timeColumn === null ? null : [userColumn, exactColumn(timeColumn)];
    this.table = joined.table;
    this.joined = joined;
    this.made = {
      steps: new Map(steps.map((each) => [each.history.name, each])),
      time: { column: time!, timeZone },
    };
    this.times = new ColumnTimes(time!, timeZone, findings, numberFormat(timeColumn));
    this.scale = scale;
    this.findings = findings;
  }

  /** The columns to read from the file for the `wanted` columns of the table. */
  asked(wanted: readonly SqlColumn[]): SqlColumn[] {
    return [...this.joined.asked(wanted), ...this.keys!];
  }

  /**
   * Fills a chunk of the `wanted` columns from one that begins with the columns of `asked`; the steps of its
   * rows are those of the next read.
   */
  filled(chunk: RawChunk, wanted: readonly SqlColumn[], asked: number): RawChunk {
    const [users, moments] = chunk.columns.slice(asked - 2, asked).map(({ cells }) => cells);
    const times = new Float64Array(chunk.rows);
    for (let i = 0; i < chunk.rows; i++) {
      this.times.read(moments![i]!, chunk.first + i);
      times[i] = this.times.on(this.scale);
    }
    for (const steps of this.made.steps.values()) steps.enter({ users: users!, times });
    return this.joined.filled(chunk, wanted, (i) => times[i]!);
  }

  /** Must be called after all rows are read: reports mistakes of the whole. */
  end(rows: number): void {
    this.times.finish(this.scale);
    if (rows === 0 || this.findings.isCertain) return;
    for (const { past, total, history } of this.made.steps.values()) {
      if (total > 0) continue;
      const { where, path } = past.past;
      const texts = where.map(({ column, values }) => `\`${column}: ${alternatives(values)}\``);
      this.findings.add(
        noPast,
        {
          history: history.name,
          path,
          events: past.events,
          where: texts.length === 0 ? null : texts.join(" and "),
        },
        null,
        history.fields[0]!.column,
      );
    }
  }
}
