// Catalogue: trainings that are logged to an MLflow server. Codes DIN0890–DIN0894.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

export const mlflowRefused = withHelps(
  defineError<{ url: string; reason: string }>({
    code: "DIN0890",
    name: "mlflow-refused",
    message: ({ url, reason }) => `MLflow at ${url} cannot follow this training: ${reason}`,
    explanation:
      "dinc contacts the server of `--mlflow URL` before it reads data, so that no training runs unseen. The address must be that of an MLflow tracking server, `mlflow server --port 5000` for instance. A server that requires a login reads MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, from the environment. MLFLOW_EXPERIMENT_NAME names the experiment; without it the experiment has the model's name.",
  }),
  {
    start: () =>
      wording`start it with \`mlflow server --port 5000\`, or name its address: \`${option("mlflow", "http://localhost:5000")}\``,
    login: () => "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
    restore: (experiment: string) =>
      `restore the experiment \`${experiment}\` in MLflow, or set MLFLOW_EXPERIMENT_NAME to another name`,
  },
);

export const mlflowSilent = defineWarning<{ url: string; reason: string }>({
  code: "DIN0891",
  name: "mlflow-silent",
  message: ({ url, reason }) => `MLflow at ${url} no longer accepts the curves of this training: ${reason}`,
  help: () => "the training continues; dinc sends the missing points when MLflow answers again",
  explanation:
    "When the training began, the server answered. The training continues without it and keeps the points of the curves. It sends them when the server answers again, at the latest when the training ends.",
});

export const mlflowIncomplete = defineWarning<{ url: string; missing: string; reason: string }>({
  code: "DIN0892",
  name: "mlflow-incomplete",
  message: ({ url, missing, reason }) => `MLflow at ${url} did not get ${missing}: ${reason}`,
  explanation:
    "The run folder is complete, and has the metrics of every epoch. A server without artifact storage of its own (`mlflow server --no-serve-artifacts`) accepts curves but no files.",
});
