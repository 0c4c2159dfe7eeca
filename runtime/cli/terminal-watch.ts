// Prints the driver's events: each becomes a line of text or nothing.

import { unreachable } from "../../compiler/common/internal-error.ts";
import { positionText } from "../../compiler/train/state.ts";
import type { DriverEvent } from "../driver/events.ts";
import { leftOutNotes } from "../driver/left-out.ts";
import { thousands } from "../driver/text-table.ts";
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
      case "data":
        sayData(event, terminal);
        break;
      case "vectors": {
        const { feature, path, known, given, others } = event;
        terminal.say(
          `${feature}: ${given} of ${known} values begin with vectors of ${path}, ${known - given} with random ones; ${others} lines are for other values`,
        );
        break;
      }
      case "mlflow":
        terminal.say(`MLflow: ${event.page}`);
        break;
      case "training":
        showTraining = trainingProgress(terminal, event.epochs);
        if (event.from !== null) terminal.say(`going on after ${positionText(event.from.at)}`);
        break;
      case "step":
      case "evaluation":
      case "epoch":
        showTraining(event);
        break;
      case "checkpoint":
        if (!event.written) failing.add(event.path);
        else if (failing.delete(event.path)) terminal.say(`${event.path} can be written again`);
        break;
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
