// What commands say while the driver works: each of its events as a line, or as nothing.

import type { DriverEvent } from "../../runtime/driver/events.ts";
import { leftOutNotes } from "../../runtime/report/left-out.ts";
import { thousands } from "../../runtime/report/text-table.ts";
import { positionText } from "../../runtime/train/state.ts";
import { unreachable } from "../internal-error.ts";
import { printDiagnostics } from "./print-diagnostics.ts";
import { evaluationProgress, predictionProgress, trainingProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** What a command hands to the driver to hear of. */
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
        return printDiagnostics(event.diagnostics, terminal);
      case "activity":
        return terminal.progress(event.text);
      case "backend":
        return terminal.say(`model ${event.model}, backend ${event.description}`);
      case "data":
        return sayData(event, terminal);
      case "vectors": {
        const { feature, path, known, given, others } = event;
        return terminal.say(
          `${feature}: ${given} of ${known} values begin as vectors of ${path}, ${known - given} as random ones; ${others} lines are for other values`,
        );
      }
      case "training":
        showTraining = trainingProgress(terminal, event.epochs);
        if (event.from !== null) terminal.say(`going on after ${positionText(event.from.at)}`);
        return;
      case "step":
      case "evaluation":
      case "epoch":
        return showTraining(event);
      case "checkpoint":
        if (!event.written) failing.add(event.path);
        else if (failing.delete(event.path)) terminal.say(`${event.path} can be written again`);
        return;
      case "writing":
        return;
      case "measuring":
        return showMeasuring(event.progress);
      case "scored":
        if (event.rows === 0) showScored = predictionProgress(terminal);
        else showScored(event.rows, event.share);
        return;
      case "left-out":
        for (const note of leftOutNotes(event.files)) terminal.say(note);
        return;
      default:
        unreachable(event, "event");
    }
  };
  return { onEvent };
}

function sayData(
  { rows, vocabularies, orderedBy, onDisk }: Extract<DriverEvent, { kind: "data" }>,
  terminal: Terminal,
): void {
  const splits = [
    `${thousands(rows.train ?? 0)} training rows`,
    ...(rows.valid === null ? [] : [`${thousands(rows.valid)} validation rows`]),
    ...(rows.test === null ? [] : [`${thousands(rows.test)} test rows`]),
  ];
  const known = Object.entries(vocabularies).map(([name, values]) => `${name} ${thousands(values)}`);
  terminal.say(`${splits.join(", ")}${known.length === 0 ? "" : `; vocabularies: ${known.join(", ")}`}`);
  if (orderedBy !== null) terminal.say(`events in the order of ${orderedBy}`);
  if (onDisk.bytes > 0)
    terminal.say(
      `${gigabytes(onDisk.bytes)} of columns that do not fit into \`data.memory\` lie in ${onDisk.folder}`,
    );
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
