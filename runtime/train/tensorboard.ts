// Writes the curves of a training to event files for TensorBoard.

import { eventsUnwritable } from "../../compiler/diagnostics/catalog/event-files.ts";
import { type Diagnostic, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import { makeFolders } from "../files/atomic.ts";
import { isOfSystem, systemWords } from "../files/file-problem.ts";
import { unwritable } from "../files/unwritable.ts";
import { type Follower, pointsOf } from "./curves.ts";
import type { EventFile } from "./event-file.ts";

/**
 * Begins an event file in the folder `path`, which may contain files of earlier sessions. Throws
 * DiagnosticError if the folder cannot be written. A later failure is reported once, and training continues.
 */
export async function openEventFiles(path: string, say: (diagnostic: Diagnostic) => void): Promise<Follower> {
  try {
    await makeFolders(path);
    const { EventFile } = await import("./event-file.ts");
    return new Writing(path, new EventFile(path), say);
  } catch (error) {
    throw unwritable(path, error);
  }
}

class Writing implements Follower {
  private readonly path: string;
  private readonly say: (diagnostic: Diagnostic) => void;
  /** Null after writing has failed. */
  private file: EventFile | null;

  constructor(path: string, file: EventFile, say: (diagnostic: Diagnostic) => void) {
    [this.path, this.file, this.say] = [path, file, say];
  }

  readonly take = (event: ProgressEvent): void => {
    const points = pointsOf(event);
    if (points.length === 0) return;
    this.writing((file) => {
      for (const { curve, value, at } of points) file.scalar(curve, value, at);
      if (event.kind === "epoch") file.flush();
    });
  };

  readonly close = async (): Promise<void> => {
    this.writing((file) => file.flush());
    this.file?.close();
    this.file = null;
  };

  private writing(write: (file: EventFile) => void): void {
    const { file, path } = this;
    if (file === null) return;
    try {
      write(file);
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      this.file = null;
      file.close();
      this.say(diagnose(eventsUnwritable, { path, reason: systemWords(error) }, noLocation));
    }
  }
}
