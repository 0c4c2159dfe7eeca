// Prints the driver's events: each becomes a line of text or nothing.

import { unreachable } from "../../compiler/common/internal-error.ts";
import { positionText } from "../../compiler/train/state.ts";
import type { WindowFacts } from "../data/read-data.ts";
import type { OnePart, PartFacts } from "../data/training-data.ts";
import type { DriverEvent } from "../driver/events.ts";
import { leftOutNotes } from "../driver/left-out.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import { periodLine } from "./period-table.ts";
import { printDiagnostics } from "./print-diagnostics.ts";
import { evaluationProgress, predictionProgress, trainingProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

function nativeCodeText(outcome: Extract<DriverEvent, { kind: "native-code" }>["outcome"]): string {
  switch (outcome.kind) {
    case "taken":
      return `in C by ${outcome.by} from here on: the same results, sooner`;
    case "slower":
      return "in WebAssembly: C makes no step of this model faster";
    case "unfinished":
      return "in WebAssembly: the training ended before the C compiler, whose code is for the next one";
    case "missing":
      return `in WebAssembly: ${outcome.reason}`;
    default:
      return unreachable(outcome, "outcome");
  }
}

/** Receives the driver's events for a command. */
export interface TerminalWatch {
  readonly onEvent: (event: DriverEvent) => void;
}

export function terminalWatch(terminal: Terminal): TerminalWatch {
  let showTraining = trainingProgress(terminal, 0);
  let showScored = predictionProgress(terminal);
  const showMeasuring = evaluationProgress(terminal);
  const failing = new Set<string>();
  const onEvent = (event: DriverEvent): void => {
    switch (event.kind) {
      case "diagnostics":
        printDiagnostics(event.diagnostics, terminal);
        break;
      case "activity":
        terminal.progress(event.text);
        break;
      case "backend":
        terminal.say(
          `model ${event.model}, backend ${event.description}${event.reason === null ? "" : ` (auto: ${event.reason})`}`,
        );
        break;
      case "ablating":
        terminal.say(
          `${event.number} of ${event.of}: ${event.without === null ? "the model as it is" : `without ${event.without}`}`,
        );
        break;
      case "linear":
        terminal.say("the linear model of the same features");
        break;
      case "fold":
        terminal.say(`fold ${event.number} of ${event.of}`);
        break;
      case "period":
        terminal.say(`period ${event.number} of ${event.of}: ${event.name}`);
        break;
      case "period-trained":
        terminal.say(periodLine(event.period));
        break;
      case "seed":
        terminal.say(`seed ${event.seed}: ${event.number} of ${event.of}`);
        break;
      case "native-code":
        terminal.say(nativeCodeText(event.outcome));
        break;
      case "data":
        sayData(event, terminal);
        break;
      case "vectors": {
        const { feature, path, known, given, others } = event;
        terminal.say(
          `${feature}: ${given} of ${known} values begin with vectors of ${path}, ${known - given} with random ones; ${others} vectors are for other values`,
        );
        break;
      }
      case "mlflow":
        terminal.say(`MLflow: ${event.page}`);
        break;
      case "from":
        terminal.say(fromText(event));
        break;
      case "training":
        showTraining = trainingProgress(terminal, event.epochs);
        if (event.from !== null) terminal.say(`going on after ${positionText(event.from.at)}`);
        break;
      case "step":
      case "evaluation":
      case "epoch":
      case "begun":
        showTraining(event);
        break;
      case "checkpoint":
        if (!event.written) failing.add(event.path);
        else if (failing.delete(event.path)) terminal.say(`${event.path} can be written again`);
        break;
      case "rows-written": {
        const { path, split, rows, of } = event;
        terminal.progress(`${path}: ${thousands(rows)} of ${thousands(of)} ${split} rows written`);
        break;
      }
      case "writing":
        break;
      case "measuring":
        showMeasuring(event.progress);
        break;
      case "scored":
        if (event.rows === 0) showScored = predictionProgress(terminal);
        else showScored(event.rows, event.share);
        break;
      case "left-out":
        for (const note of leftOutNotes(event.files)) terminal.say(note);
        break;
      default:
        unreachable(event, "event");
    }
  };
  return { onEvent };
}

/**
 * `continuing from monday: 3 tables, 5 layers and the optimizer after 1,200 steps; item_id has 57 new ids;
 * reset: net.click.dense_1`
 */
function fromText({ run, continuation }: Extract<DriverEvent, { kind: "from" }>): string {
  const { tables, weights, optimizer } = continuation;
  const kept = (all: readonly { readonly becomes: string }[]) =>
    all.filter(({ becomes }) => becomes !== "anew");
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const parts = [counted(kept(tables).length, "table"), counted(kept(weights).length, "layer")];
  if (optimizer.becomes === "kept") parts.push(`the optimizer after ${thousands(optimizer.steps)} steps`);
  const changed = kept(tables).flatMap((table) => {
    const { name, added, gone } = table as (typeof tables)[number];
    return [
      ...(added > 0 ? [`${name} has ${thousands(added)} new ids`] : []),
      ...(gone > 0 ? [`${thousands(gone)} ids of ${name} are evicted`] : []),
    ];
  });
  const reset = [...tables, ...weights].filter(({ becomes }) => becomes === "anew").map(({ name }) => name);
  if (optimizer.becomes === "anew") reset.push(`the optimizer (${optimizer.why})`);
  const more = reset.length === 0 ? [] : [`reset: ${reset.join(", ")}`];
  return [
    `continuing from ${run}: ${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`,
    ...changed,
    ...more,
  ].join("; ");
}

function sayData(
  { rows, vocabularies, window, parts, orderedBy, onDisk }: Extract<DriverEvent, { kind: "data" }>,
  terminal: Terminal,
): void {
  const splits = [
    `${thousands(rows.train ?? 0)} training rows`,
    ...(rows.valid === null ? [] : [`${thousands(rows.valid)} validation rows`]),
    ...(rows.test === null ? [] : [`${thousands(rows.test)} test rows`]),
  ];
  const known = Object.entries(vocabularies).map(([name, values]) => `${name} ${thousands(values)}`);
  terminal.say(`${splits.join(", ")}${known.length === 0 ? "" : `; vocabularies: ${known.join(", ")}`}`);
  if (window !== null) terminal.say(`training rows by \`${window.time}\`: ${windowText(window)}`);
  if (parts !== null) for (const line of partLines(parts)) terminal.say(line);
  if (orderedBy !== null) terminal.say(`events in the order of ${orderedBy}`);
  if (onDisk.bytes > 0)
    terminal.say(
      `${gigabytes(onDisk.bytes)} of columns that do not fit into \`data.memory\` are in ${onDisk.folder}`,
    );
}

/** The number of rows and users and the times of each part of the training rows. */
function partLines({ by, time, leftOut, ...parts }: PartFacts): string[] {
  const named = { training: parts.train, validation: parts.valid, test: parts.test };
  const line = (name: string, { rows, users, from, to }: OnePart) => [
    ...[name, thousands(rows)],
    ...(by === null ? [] : [users === undefined ? "" : thousands(users)]),
    ...(time === null ? [] : [from ?? "", to ?? ""]),
  ];
  const lines = Object.entries(named).flatMap(([name, part]) => (part === null ? [] : [line(name, part)]));
  if (leftOut > 0) lines.push(line("left out", { rows: leftOut }));
  const users = by === null ? [] : [by];
  const times = time === null ? [] : [`${time} from`, "to"];
  return textTable(["part", "rows", ...users, ...times], lines)
    .trimEnd()
    .split("\n");
}

/** `from 2026-11-26T00:00:00Z on, before 2026-11-27T00:00:00Z` */
export function windowText({ since, until }: WindowFacts): string {
  const bounds = [since === null ? null : `from ${since} on`, until === null ? null : `before ${until}`];
  return bounds.filter((bound) => bound !== null).join(", ");
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
