// Tools that draw a training while it runs: TensorBoard by files, MLflow by a server.

import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { predictionProgram } from "../../compiler/middle/programs/step.ts";
import { version } from "../files/version.ts";
import type { Follower, TrainingEnd } from "../train/curves.ts";
import type { Mlflow } from "../train/mlflow.ts";
import { openEventFiles } from "../train/tensorboard.ts";
import { Stopped, tellDiagnostics, type Watch } from "./events.ts";

export interface FollowedTraining {
  readonly model: Model;
  readonly out: string;
  readonly isResuming: boolean;
  /** The back end, with versions. */
  readonly backend: string;
  /** A folder for event files. */
  readonly tensorboard: string | undefined;
  readonly mlflow: Mlflow | null;
}

/** Runs `train`, passes its events to the followers, and tells them how it ended. */
export async function withFollowers<T extends { readonly folder: string }>(
  training: FollowedTraining,
  watch: Watch,
  train: (take: Follower["take"]) => Promise<T>,
): Promise<T> {
  const followers = await followersOf(training, watch);
  const close = (end: TrainingEnd, run: string | null) =>
    Promise.all(followers.map((follower) => follower.close(end, run)));
  let trained: T;
  try {
    trained = await train((event) => {
      for (const follower of followers) follower.take(event);
    });
  } catch (error) {
    await close(error instanceof Stopped ? "stopped" : "failed", null);
    throw error;
  }
  await close("finished", trained.folder);
  return trained;
}

async function followersOf(
  { model, out, isResuming, backend, tensorboard, mlflow }: FollowedTraining,
  watch: Watch,
): Promise<Follower[]> {
  const say = (diagnostic: Parameters<typeof tellDiagnostics>[0][number]) =>
    tellDiagnostics([diagnostic], watch);
  const followers: Follower[] = [];
  if (tensorboard !== undefined) followers.push(await openEventFiles(tensorboard, say));
  if (mlflow !== null) {
    const facts = {
      "dinc.version": version(),
      "dinc.backend": backend,
      "dinc.graph": graphHash(predictionProgram(lower(model), model)),
    };
    const run = await mlflow.follow(model, { out, isResuming, facts }, say);
    watch.onEvent?.({ kind: "mlflow", page: run.page });
    followers.push(run);
  }
  return followers;
}
