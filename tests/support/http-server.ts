// A server in a process of its own, and what callers see of it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class HttpServer {
  readonly url: string;
  /** What it said, line by line. */
  readonly log: readonly string[];
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string, log: readonly string[]) {
    [this.child, this.url, this.log] = [child, url, log];
  }

  /** Starts `node …args`, and waits for the line with its address. */
  static async start(args: readonly string[], cwd: string): Promise<HttpServer> {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const log: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          log.push(line);
          const [found] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
          if (found !== undefined) resolve(found.replace("0.0.0.0", "127.0.0.1"));
        });
      child.on("exit", (code) => reject(new Error(`ended with ${code}: ${log.join("\n")}`)));
    });
    return new HttpServer(child, url, log);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves with the exit code, or with the name of the signal that killed the process. */
  async ended(): Promise<number | NodeJS.Signals> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode ?? child.signalCode!;
  }

  async get(path: string): Promise<HttpAnswer> {
    return answerOf(await fetch(`${this.url}${path}`));
  }

  async text(path: string): Promise<string> {
    return (await fetch(`${this.url}${path}`)).text();
  }

  /** `body` as JSON, or a text as it is. */
  async post(path: string, body: unknown, type = "application/json"): Promise<HttpAnswer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return answerOf(
      await fetch(`${this.url}${path}`, { method: "POST", headers: { "content-type": type }, body: text }),
    );
  }

  /** A number of /metrics, 0 if it was never counted. */
  async metric(name: string): Promise<number> {
    const lines = (await this.text("/metrics")).split("\n");
    const line = lines.find((each) => each.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length + 1));
  }
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  return { status: response.status, body: (await response.json()) as HttpAnswer["body"] };
}

export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
