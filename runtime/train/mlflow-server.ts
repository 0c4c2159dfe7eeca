// The requests to an MLflow tracking server that a training needs. It uses the REST API 2.0, which MLflow 2
// and 3 support.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/**
 * `silent` and `broken` (a fault of the server) may be temporary. The others are permanent: a wrong address,
 * login or request.
 */
export type MlflowFailure = "silent" | "broken" | "address" | "login" | "deleted" | "absent" | "refused";

/** The server did not fulfil a request; the message says why, as a clause. */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly failure: MlflowFailure;

  constructor(message: string, failure: MlflowFailure) {
    super(message);
    this.failure = failure;
  }

  /** Whether the same request may succeed later. */
  get mayPass(): boolean {
    return this.failure === "silent" || this.failure === "broken";
  }
}

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** In milliseconds since 1970. */
  readonly timestamp: number;
}

export interface MlflowRun {
  readonly id: string;
  readonly experiment: string;
  /** MLflow's address for the run's files. */
  readonly artifacts: string;
}

export type MlflowStatus = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

type Named = Readonly<Record<string, string>>;

/** The longest wait for an answer, in milliseconds. */
const PATIENCE = 5_000;
/** The most metrics, params and tags that MLflow accepts in a request. */
const MOST_METRICS = 1000;
const MOST_OTHERS = 100;
/** The longest value of a param that every version stores completely. */
const LONGEST_PARAM = 500;
/** The scheme of files that pass through the server itself. */
const SERVED = "mlflow-artifacts:";

export class MlflowServer {
  /** Without a final slash and without a login. */
  readonly url: string;
  private readonly headers: Named;

  /**
   * `url` may contain a login, as in `https://user:password@host`. Throws MlflowError if it is not an
   * address.
   */
  constructor(url: string, environment: Readonly<Record<string, string | undefined>>) {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed === null || !/^https?:$/.test(parsed.protocol))
      throw new MlflowError(`\`${url}\` is not an address like http://localhost:5000`, "address");
    const login = (name: string) => environment[`MLFLOW_TRACKING_${name}`];
    const user = decodeURIComponent(parsed.username) || login("USERNAME");
    const password = decodeURIComponent(parsed.password) || (login("PASSWORD") ?? "");
    const token = login("TOKEN");
    [parsed.username, parsed.password] = ["", ""];
    this.url = parsed.href.replace(/(?<!\/)\/+$/, "");
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    this.headers =
      user !== undefined
        ? { authorization: `Basic ${basic}` }
        : token !== undefined
          ? { authorization: `Bearer ${token}` }
          : {};
  }

  /**
   * The number of the experiment with this name, which is made if it does not exist. Throws MlflowError if it
   * was deleted.
   */
  async experiment(name: string): Promise<string> {
    const found = await this.experimentNamed(name);
    if (found !== null) return found;
    const made = await this.post("experiments/create", { name });
    return text(made, "experiment_id");
  }

  /** The latest run of the experiment with this tag; null if there is none. */
  async latestRun(experiment: string, tag: string, value: string): Promise<MlflowRun | null> {
    const found = await this.post("runs/search", {
      experiment_ids: [experiment],
      filter: `tags.\`${tag}\` = '${value.replaceAll("'", "\\'")}'`,
      order_by: ["attributes.start_time DESC"],
      max_results: 1,
    });
    const { runs } = found as { runs?: readonly unknown[] };
    return runs?.[0] === undefined ? null : runIn(runs[0]);
  }

  async createRun(experiment: string, name: string, tags: Named): Promise<MlflowRun> {
    const made = await this.post("runs/create", {
      experiment_id: experiment,
      run_name: name,
      start_time: Date.now(),
      tags: pairs(tags),
    });
    return runIn((made as { run: unknown }).run);
  }

  async setStatus({ id }: MlflowRun, status: MlflowStatus): Promise<void> {
    const end = status === "RUNNING" ? {} : { end_time: Date.now() };
    await this.post("runs/update", { run_id: id, status, ...end });
  }

  /** Params can be set only once; setting the same value again isn't an error. */
  async logParams({ id }: MlflowRun, params: Named): Promise<void> {
    const all = pairs(params).map(({ key, value }) => ({ key, value: value.slice(0, LONGEST_PARAM) }));
    for (let i = 0; i < all.length; i += MOST_OTHERS)
      await this.post("runs/log-batch", { run_id: id, params: all.slice(i, i + MOST_OTHERS) });
  }

  async logMetrics({ id }: MlflowRun, metrics: readonly MlflowMetric[]): Promise<void> {
    for (let i = 0; i < metrics.length; i += MOST_METRICS)
      await this.post("runs/log-batch", { run_id: id, metrics: metrics.slice(i, i + MOST_METRICS) });
  }

  /** Sends a file. Throws MlflowError if the server does not accept files. */
  async putFile(run: MlflowRun, path: string, name: string): Promise<void> {
    if (!run.artifacts.startsWith(SERVED))
      throw new MlflowError(`its files lie in ${run.artifacts}, and do not go through the server`, "refused");
    const under = run.artifacts.slice(SERVED.length).replace(/^\/+/, "");
    const parts = [...under.split("/"), ...name.split("/")].map(encodeURIComponent);
    await this.upload(`api/2.0/mlflow-artifacts/artifacts/${parts.join("/")}`, path);
  }

  pageOf({ experiment, id }: MlflowRun): string {
    return `${this.url}/#/experiments/${experiment}/runs/${id}`;
  }

  private async experimentNamed(name: string): Promise<string | null> {
    try {
      const found = await this.get("experiments/get-by-name", { experiment_name: name });
      const { experiment } = found as { experiment: Record<string, unknown> };
      if (experiment["lifecycle_stage"] === "deleted")
        throw new MlflowError(`the experiment \`${name}\` was deleted there`, "deleted");
      return text(experiment, "experiment_id");
    } catch (error) {
      if (error instanceof MlflowError && error.failure === "absent") return null;
      throw error;
    }
  }

  private get(method: string, query: Named): Promise<unknown> {
    return this.ask(`${method}?${new URLSearchParams(query)}`, { method: "GET" });
  }

  private post(method: string, body: object): Promise<unknown> {
    return this.ask(method, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  }

  private async ask(
    method: string,
    { headers, ...init }: RequestInit & { headers?: Named },
  ): Promise<unknown> {
    let answer: Response;
    let body: string;
    try {
      answer = await fetch(`${this.url}/api/2.0/mlflow/${method}`, {
        ...init,
        headers: { ...headers, ...this.headers },
        signal: AbortSignal.timeout(PATIENCE),
      });
      body = await answer.text();
    } catch (error) {
      throw new MlflowError(unanswered(error), "silent");
    }
    if (!answer.ok) throw refused(answer.status, body);
    try {
      return JSON.parse(body);
    } catch {
      throw new MlflowError(NO_MLFLOW, "address");
    }
  }

  /** `fetch` sends no length with a stream, but some stores need it. */
  private async upload(path: string, file: string): Promise<void> {
    const { size } = await stat(file);
    const request = this.url.startsWith("https:") ? httpsRequest : httpRequest;
    await new Promise<void>((resolve, reject) => {
      const sending = request(
        `${this.url}/${path}`,
        { method: "PUT", headers: { ...this.headers, "content-length": size }, timeout: PATIENCE },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("end", () => {
            const status = answer.statusCode ?? 0;
            if (status < 300) resolve();
            else reject(refused(status, Buffer.concat(parts).toString()));
          });
        },
      );
      sending.on("timeout", () => sending.destroy(new Error(SILENT)));
      sending.on("error", (error) => reject(new MlflowError(unanswered(error), "silent")));
      const reading = createReadStream(file);
      reading.on("error", (error) => sending.destroy(error));
      reading.pipe(sending);
    });
  }
}

const NO_MLFLOW = "its answers are not those of an MLflow server";
const SILENT = `it does not answer within ${PATIENCE / 1000} seconds`;

/** The reason why there was no answer. */
function unanswered(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return SILENT;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ECONNREFUSED":
      return "no server listens there";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "no machine has this name";
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
    case "EPIPE":
      return "it ended the connection";
    default:
      return message;
  }
}

function refused(status: number, body: string): MlflowError {
  if (status === 401 || status === 403) return new MlflowError("it wants a login", "login");
  const isBroken = status >= 500;
  let said: { error_code?: unknown; message?: unknown } = {};
  try {
    said = (JSON.parse(body) ?? {}) as typeof said;
  } catch {
    // The answer is not from MLflow.
  }
  const { error_code: code, message } = said;
  if (typeof message !== "string")
    return new MlflowError(
      `it answers with status ${status}, as no MLflow server does`,
      isBroken ? "broken" : "address",
    );
  const [line = ""] = message.split("\n");
  const failure = isBroken ? "broken" : code === "RESOURCE_DOES_NOT_EXIST" ? "absent" : "refused";
  return new MlflowError(`${String(code)}: ${line}`, failure);
}

function pairs(named: Named): { readonly key: string; readonly value: string }[] {
  return Object.entries(named).map(([key, value]) => ({ key, value }));
}

function runIn(run: unknown): MlflowRun {
  const { info } = run as { info: Record<string, unknown> };
  return {
    id: text(info, "run_id"),
    experiment: text(info, "experiment_id"),
    artifacts: text(info, "artifact_uri"),
  };
}

function text(object: unknown, key: string): string {
  const value = (object as Record<string, unknown> | null)?.[key];
  if (typeof value !== "string") throw new MlflowError(NO_MLFLOW, "address");
  return value;
}
