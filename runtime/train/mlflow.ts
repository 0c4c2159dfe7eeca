// Records a training as a run of MLflow: settings as params, curves as metrics, the finished run folder as
// artifacts.

import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { mlflowIncomplete, mlflowRefused, mlflowSilent } from "../../compiler/diagnostics/catalog/mlflow.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import { type Follower, pointsOf, type TrainingEnd } from "./curves.ts";
import {
  MlflowError,
  type MlflowMetric,
  type MlflowRun,
  MlflowServer,
  type MlflowStatus,
} from "./mlflow-server.ts";

export interface Followed extends Follower {
  /** The address of the run's web page. */
  readonly page: string;
}

/** The tag that identifies an interrupted training: its host and run folder. */
const FOLDER_TAG = "dinc.folder";
/** The milliseconds between two requests with new points, and after a failure. */
const PAUSE = 2000;
const PAUSE_AFTER_FAILURE = 10_000;
/** The pauses in milliseconds before each attempt at the end of a training. */
const LAST_TRIES = [0, 1000, 4000];

const STATUS: Readonly<Record<TrainingEnd, MlflowStatus>> = {
  finished: "FINISHED",
  failed: "FAILED",
  stopped: "KILLED",
};

export class Mlflow {
  private readonly server: MlflowServer;
  private readonly experiment: { readonly id: string; readonly name: string };

  private constructor(server: MlflowServer, experiment: Mlflow["experiment"]) {
    [this.server, this.experiment] = [server, experiment];
  }

  /**
   * Finds or makes the experiment, named by MLFLOW_EXPERIMENT_NAME of `environment` or by the model. Throws
   * DiagnosticError if the server does not answer or refuses.
   */
  static async connect(url: string, model: string, environment = process.env): Promise<Mlflow> {
    const name = environment["MLFLOW_EXPERIMENT_NAME"] || model;
    return told(url, name, async () => {
      const server = new MlflowServer(url, environment);
      return new Mlflow(server, { id: await server.experiment(name), name });
    });
  }

  /**
   * Begins a run, or continues that of a resumed training. Later failures are reported, and training
   * continues.
   */
  async follow(
    model: Model,
    { out, isResuming, facts }: { out: string; isResuming: boolean; facts: Readonly<Record<string, string>> },
    say: (diagnostic: Diagnostic) => void,
  ): Promise<Followed> {
    const { server, experiment } = this;
    const folder = `${hostname()}:${resolve(out)}`;
    return told(server.url, experiment.name, async () => {
      const before = isResuming ? await server.latestRun(experiment.id, FOLDER_TAG, folder) : null;
      const tags = { [FOLDER_TAG]: folder, "mlflow.source.name": "dinc train", ...facts };
      const run = before ?? (await server.createRun(experiment.id, basename(resolve(out)), tags));
      if (before === null) await server.logParams(run, paramsOf(model));
      else await server.setStatus(run, "RUNNING");
      return new Following(server, run, say);
    });
  }
}

async function told<T>(url: string, experiment: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    const { failure } = error;
    const { start, login, restore } = mlflowRefused.helps;
    const help = failure === "login" ? login() : failure === "deleted" ? restore(experiment) : start();
    throw new DiagnosticError([
      diagnose(mlflowRefused, { url: withoutLogin(url), reason: error.message }, noLocation, { help }),
    ]);
  }
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}

/** The settings of `train` by path (`optimizer.learningRate`), and the spec's params (`param.units`). */
function paramsOf(model: Model): Record<string, string> {
  const params: Record<string, string> = { model: model.name };
  const add = (name: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (typeof value === "object" && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner);
    else params[name] = typeof value === "string" ? value : JSON.stringify(value);
  };
  for (const [name, value] of Object.entries(model.train)) if (name !== "metrics") add(name, value);
  for (const [name, value] of model.params) add(`param.${name}`, value);
  return params;
}

class Following implements Followed {
  readonly page: string;
  private readonly server: MlflowServer;
  private readonly run: MlflowRun;
  private readonly say: (diagnostic: Diagnostic) => void;
  /** Points that were not sent yet. */
  private readonly waiting: MlflowMetric[] = [];
  /** Settles when no request is in progress. */
  private sending: Promise<void> = Promise.resolve();
  private isSending = false;
  /** By the clock of `performance`. */
  private nextSend = 0;
  private isSilent = false;

  constructor(server: MlflowServer, run: MlflowRun, say: (diagnostic: Diagnostic) => void) {
    [this.server, this.run, this.say] = [server, run, say];
    this.page = server.pageOf(run);
  }

  readonly take = (event: ProgressEvent): void => {
    for (const { curve, value, at } of pointsOf(event))
      this.waiting.push({ key: nameOf(curve), value, step: at, timestamp: Date.now() });
    if (this.waiting.length === 0 || this.isSending || performance.now() < this.nextSend) return;
    this.isSending = true;
    this.sending = this.send()
      .catch((error: unknown) => this.tellSilent(error))
      .finally(() => {
        this.isSending = false;
      });
    // `close` waits for it, and throws its error.
    this.sending.catch(() => {});
  };

  readonly close = async (end: TrainingEnd, run: string | null): Promise<void> => {
    await this.sending;
    const isThere = await this.finally(`${this.waiting.length} points of the curves`, () => this.send());
    if (!isThere) return;
    for (const name of run === null ? [] : await filesIn(run))
      if (!(await this.finally(`\`${name}\``, () => this.server.putFile(this.run, join(run!, name), name))))
        break;
    await this.finally("the end of the training", () => this.server.setStatus(this.run, STATUS[end]));
  };

  private async send(): Promise<void> {
    const points = [...this.waiting];
    this.nextSend = performance.now() + PAUSE;
    if (points.length === 0) return;
    await this.server.logMetrics(this.run, points);
    this.waiting.splice(0, points.length);
    this.isSilent = false;
  }

  private tellSilent(error: unknown): void {
    if (!(error instanceof MlflowError)) throw error;
    this.nextSend = performance.now() + PAUSE_AFTER_FAILURE;
    if (!this.isSilent)
      this.say(diagnose(mlflowSilent, { url: this.server.url, reason: error.message }, noLocation));
    this.isSilent = true;
  }

  /** Whether a request succeeded after some attempts; a failure is reported. */
  private async finally(missing: string, ask: () => Promise<void>): Promise<boolean> {
    let reason = "";
    for (const pause of LAST_TRIES) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        await ask();
        return true;
      } catch (error) {
        if (!(error instanceof MlflowError)) throw error;
        reason = error.message;
        if (!error.mayPass) break;
      }
    }
    this.say(diagnose(mlflowIncomplete, { url: this.server.url, missing, reason }, noLocation));
    return false;
  }
}

/** MLflow's names may contain letters, digits, spaces and `_ - . / :`, so `ndcg@5` becomes `ndcg_at_5`. */
function nameOf(curve: string): string {
  return curve.replaceAll("@", "_at_").replace(/[^\w\-./: ]/g, "_");
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}
