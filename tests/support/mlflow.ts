// MLflow tracking servers for tests: a fake one in this process, which answers dinc's requests like MLflow,
// and the real one if MLFLOW is the path of the command `mlflow` (`pip install mlflow`).

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

export interface MlflowUnderTest {
  readonly url: string;
  close(): Promise<void>;
}

export async function realMlflow(command: string): Promise<MlflowUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-mlflow-"));
  const port = await freePort();
  const given = ["server", "--port", String(port), "--backend-store-uri", `sqlite:///${folder}/mlflow.db`];
  const child = spawn(
    command,
    [...given, "--artifacts-destination", join(folder, "files"), "--workers", "1"],
    {
      stdio: "ignore",
      detached: true,
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    url,
    close: async () => {
      process.kill(-child.pid!, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface FakeRun {
  info: Record<string, unknown>;
  readonly tags: { key: string; value: string }[];
  readonly params: Map<string, string>;
  readonly metrics: Map<string, object[]>;
}

/** The behaviour of a fake server instead of answering. */
export type Fault = "none" | "silent" | "login" | "broken" | "full";

export class FakeMlflow implements MlflowUnderTest {
  readonly experiments = new Map<string, { id: string; stage: string }>();
  readonly runs: FakeRun[] = [];
  readonly files = new Map<string, Buffer>();
  readonly authorizations = new Set<string | undefined>();
  fault: Fault = "none";
  /** Whether files go through the server. */
  servesFiles = true;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async open(): Promise<FakeMlflow> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const fake = new FakeMlflow(server);
    server.on("request", (request, response) => void fake.answer(request, response));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const url = new URL(request.url!, this.url);
    this.authorizations.add(request.headers.authorization);
    if (this.fault === "silent") return void request.socket.destroy();
    if (this.fault === "login") return void response.writeHead(401).end("You are not authenticated.");
    if (this.fault === "broken") return void response.writeHead(404).end("<html>Not Found</html>");
    if (this.fault === "full")
      return void response
        .writeHead(500)
        .end('{"error_code":"INTERNAL_ERROR","message":"disk is full\\nat line 7"}');
    const path = url.pathname.replace("/api/2.0/", "");
    const file = /^mlflow-artifacts\/artifacts\/(.*)$/.exec(path)?.[1];
    if (file !== undefined) {
      if (request.method === "GET") return void response.end(this.files.get(file));
      if (Number(request.headers["content-length"]) !== body.length)
        return void response.writeHead(411).end();
      this.files.set(file, body);
      return void response.end("{}");
    }
    const asked = {
      ...Object.fromEntries(url.searchParams),
      ...(body.length > 0 ? JSON.parse(String(body)) : {}),
    };
    const [status, answer] = this.ask(path.replace("mlflow/", ""), asked as Record<string, never>);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  private ask(method: string, asked: Readonly<Record<string, never>>): [status: number, answer: object] {
    const none: [number, object] = [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "there is none" }];
    const run = this.runs.find(({ info }) => info["run_id"] === asked["run_id"]);
    switch (method) {
      case "experiments/get-by-name": {
        const found = this.experiments.get(asked["experiment_name"]!);
        return found
          ? [200, { experiment: { experiment_id: found.id, lifecycle_stage: found.stage } }]
          : none;
      }
      case "experiments/create": {
        const id = String(this.experiments.size + 1);
        this.experiments.set(asked["name"]!, { id, stage: "active" });
        return [200, { experiment_id: id }];
      }
      case "runs/create": {
        const id = `run${this.runs.length}`;
        const scheme = this.servesFiles ? "mlflow-artifacts:/" : "/var/mlruns/";
        const { experiment_id, run_name, tags } = asked as unknown as Record<string, never>;
        const artifact_uri = `${scheme}${experiment_id}/${id}/artifacts`;
        const made = {
          info: { run_id: id, experiment_id, run_name, artifact_uri, status: "RUNNING" },
          tags: tags as unknown as FakeRun["tags"],
          params: new Map<string, string>(),
          metrics: new Map<string, object[]>(),
        };
        this.runs.push(made);
        return [200, { run: dataOf(made) }];
      }
      case "runs/search": {
        const [, tag, value] = /^tags\.`(.*)` = '(.*)'$/.exec(asked["filter"]!) ?? [];
        const found = this.runs.filter(({ tags }) =>
          tags.some((each) => each.key === tag && each.value === value),
        );
        return [200, found.length === 0 ? {} : { runs: found.reverse().map(dataOf) }];
      }
      case "runs/get":
        return run ? [200, { run: dataOf(run) }] : none;
      case "runs/update": {
        Object.assign(run!.info, { status: asked["status"] });
        return [200, {}];
      }
      case "runs/log-batch": {
        const { metrics = [], params = [] } = asked as unknown as Record<string, never[]>;
        if (metrics.length > 1000 || params.length > 100)
          return [400, { error_code: "INVALID_PARAMETER_VALUE", message: "too many" }];
        for (const { key, value } of params as { key: string; value: string }[]) {
          if ((run!.params.get(key) ?? value) !== value)
            return [400, { error_code: "INVALID_PARAMETER_VALUE", message: "params do not change" }];
          run!.params.set(key, value);
        }
        for (const metric of metrics as { key: string }[]) {
          if (!/^[\w\-./: ]+$/.test(metric.key))
            return [
              400,
              { error_code: "INVALID_PARAMETER_VALUE", message: `Invalid metric name: ${metric.key}` },
            ];
          run!.metrics.set(metric.key, [...(run!.metrics.get(metric.key) ?? []), metric]);
        }
        return [200, {}];
      }
      case "metrics/get-history":
        return [200, { metrics: run!.metrics.get(asked["metric_key"]!) ?? [] }];
      default:
        return [404, { error_code: "ENDPOINT_NOT_FOUND", message: method }];
    }
  }
}

function dataOf({ info, tags, params, metrics }: FakeRun): object {
  const last = [...metrics].map(([key, points]) => ({ ...points.at(-1), key }));
  return { info, data: { tags, params: [...params].map(([key, value]) => ({ key, value })), metrics: last } };
}

/** A run as the server reports it. */
export class SeenRun {
  readonly id: string;
  private readonly url: string;

  constructor(url: string, page: string) {
    this.url = url;
    this.id = /\/runs\/(\w+)$/.exec(page)![1]!;
  }

  async run(): Promise<{
    readonly info: Readonly<Record<string, string>>;
    readonly data: Readonly<Record<"tags" | "params" | "metrics", readonly { key: string; value: string }[]>>;
  }> {
    return ((await this.get(`mlflow/runs/get?run_id=${this.id}`)) as { run: never }).run;
  }

  async params(): Promise<Record<string, string>> {
    const { data } = await this.run();
    return Object.fromEntries(data.params.map(({ key, value }) => [key, value]));
  }

  async curve(key: string): Promise<readonly { readonly step: number; readonly value: number }[]> {
    const query = new URLSearchParams({ run_id: this.id, metric_key: key, max_results: "5000" });
    const { metrics } = (await this.get(`mlflow/metrics/get-history?${query}`)) as {
      metrics: readonly { step: number; value: number }[];
    };
    // The server sends 64-bit steps as texts.
    return metrics.map(({ step, value }) => ({ step: Number(step), value })).sort((a, b) => a.step - b.step);
  }

  async file(name: string): Promise<Buffer> {
    const { info } = await this.run();
    const under = info["artifact_uri"]!.replace("mlflow-artifacts:/", "");
    const answer = await fetch(`${this.url}/api/2.0/mlflow-artifacts/artifacts/${under}/${name}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  private async get(path: string): Promise<unknown> {
    return (await fetch(`${this.url}/api/2.0/${path}`)).json();
  }
}
