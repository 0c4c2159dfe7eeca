// Trains several trials in parallel, each in a process that takes one trial after the other; a single one
// runs in this process. If the system ends a process, for example for lack of memory, its trial fails.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { Stopped, type Watch } from "../driver/events.ts";
import { systemWords } from "../files/file-problem.ts";
import { type TrialRequest, type TrialResult, TrialTrainer, withoutResult } from "./trial.ts";
import type { Base } from "./trial-options.ts";
import type { FromWorker, ToWorker } from "./trial-worker.ts";

export interface Trials {
  /** The number of parallel trainings. */
  readonly parallel: number;
  /** Throws `Stopped` if the signal requests it. */
  run(request: TrialRequest): Promise<TrialResult>;
  close(): void;
}

/**
 * The compiled module starts processes; the TypeScript source cannot, and trains one trial after the other.
 */
export function openTrials(base: Base, parallel: number, watch: Watch): Trials {
  const isSource = import.meta.url.endsWith(".ts");
  return parallel === 1 || isSource ? new TrialsHere(base, watch) : new TrialProcesses(base, parallel, watch);
}

class TrialsHere implements Trials {
  readonly parallel = 1;
  private readonly trainer: TrialTrainer;
  private readonly watch: Watch;

  constructor(base: Base, watch: Watch) {
    this.trainer = new TrialTrainer(base);
    this.watch = watch;
  }

  run(request: TrialRequest): Promise<TrialResult> {
    return this.trainer.run(request, this.watch);
  }

  close(): void {
    this.trainer.close();
  }
}

class TrialProcesses implements Trials {
  readonly parallel: number;
  private readonly base: Base;
  private readonly signal: AbortSignal | undefined;
  private readonly idle: ChildProcess[] = [];
  private readonly all = new Set<ChildProcess>();
  /** No process starts after closing: nobody would end it, and this process would wait for it. */
  private isClosed = false;

  constructor(base: Base, parallel: number, { signal }: Watch) {
    this.base = base;
    this.parallel = parallel;
    this.signal = signal;
    signal?.addEventListener("abort", this.stop);
  }

  run(request: TrialRequest): Promise<TrialResult> {
    if (this.isClosed || this.signal?.aborted) return Promise.reject(new Stopped());
    const worker = this.idle.pop() ?? this.started();
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromWorker) => {
        finish();
        this.idle.push(worker);
        switch (message.kind) {
          case "result":
            return resolve(message.result);
          case "refused":
            return reject(new DiagnosticError(message.diagnostics));
          case "failed":
            return reject(new InternalError(message.stack));
        }
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        finish();
        if (this.isClosed || this.signal?.aborted) reject(new Stopped());
        else resolve(lost(code, signal));
      };
      const onError = (error: Error) => {
        // A process that started exits after this event, and its exit says more.
        if (worker.pid !== undefined) return void worker.kill("SIGKILL");
        finish();
        this.all.delete(worker);
        resolve(withoutResult(`its process could not be started: ${systemWords(error)}`));
      };
      const finish = () => worker.off("message", onMessage).off("exit", onExit).off("error", onError);
      worker.on("message", onMessage).on("exit", onExit).on("error", onError);
      tell(worker, { kind: "trial", request });
    });
  }

  close(): void {
    this.isClosed = true;
    this.signal?.removeEventListener("abort", this.stop);
    this.stop();
  }

  private readonly stop = (): void => {
    for (const worker of this.all) worker.kill("SIGKILL");
  };

  private started(): ChildProcess {
    const entry = fileURLToPath(new URL("./trial-worker.js", import.meta.url));
    const worker = fork(entry, { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.all.add(worker);
    // A message to an exiting process is lost, which its exit shows too.
    worker.on("error", () => {});
    worker.once("exit", () => {
      this.all.delete(worker);
      const place = this.idle.indexOf(worker);
      if (place >= 0) this.idle.splice(place, 1);
    });
    tell(worker, { kind: "base", base: this.base });
    return worker;
  }
}

/** A process that ended or never started reports this itself. */
function tell(worker: ChildProcess, message: ToWorker): void {
  if (worker.connected) worker.send(message);
}

function lost(code: number | null, signal: NodeJS.Signals | null): TrialResult {
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  const memory =
    signal === "SIGKILL"
      ? "; the system does that where memory runs out: train fewer trials side by side"
      : "";
  return withoutResult(`its process was ended ${how}${memory}`);
}
