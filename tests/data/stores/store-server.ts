// An S3 server on loopback, behind a proxy that counts the bytes of contents, cuts connections and gives answers of its
// own in place of the server's.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../cli/spawn.ts";
import { pythonPackages } from "../../support/python-packages.ts";

const PACKAGES = ["moto[server,s3,iam]==5.2.5"];

export interface StoreKeys {
  readonly id: string;
  readonly secret: string;
}

/** A request that the proxy passed on or answered. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  /** The bytes of the answer's content that the client was sent. */
  readonly bytes: number;
}

/** An answer of a store. */
export interface StoreAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export class StoreServer {
  /** The user that may read the bucket `clicks`, and one that may not. */
  readonly reader: StoreKeys;
  readonly stranger: StoreKeys;
  asked: Asked[] = [];
  /** For each of the next answers, the bytes after which its connection is cut. */
  cuts: number[] = [];
  /** Given in place of the server's answer; null passes a request on. */
  answers: (path: string, headers: IncomingMessage["headers"]) => StoreAnswer | null = () => null;
  private readonly process: ChildProcess;
  private readonly proxy: Server;

  private constructor(process: ChildProcess, port: number, reader: StoreKeys, stranger: StoreKeys) {
    this.process = process;
    this.reader = reader;
    this.stranger = stranger;
    this.proxy = createServer((incoming, outgoing) => this.pass(port, incoming, outgoing));
  }

  /** The files of `folder` are in the bucket `clicks`. */
  static async open(folder: string): Promise<StoreServer> {
    const path = await pythonPackages(PACKAGES);
    const server = spawn("python3", [join(root, "tests/data/stores/s3_server.py"), folder], {
      env: { ...process.env, PYTHONPATH: path },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    const { port, reader, stranger } = JSON.parse(line) as {
      readonly port: number;
      readonly reader: StoreKeys;
      readonly stranger: StoreKeys;
    };
    const opened = new StoreServer(server, port, reader, stranger);
    opened.proxy.listen(0, "127.0.0.1");
    await once(opened.proxy, "listening");
    return opened;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  close(): void {
    this.proxy.closeAllConnections();
    this.proxy.close();
    this.process.stdin!.end();
  }

  /** The bytes of contents that were sent. */
  get bytes(): number {
    return this.asked.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Forgets what was asked before, and gives the server's answers again. */
  reset(): void {
    this.asked = [];
    this.cuts = [];
    this.answers = () => null;
  }

  private pass(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "GET", url: path = "/", headers } = incoming;
    const noted = (bytes: number) => this.asked.push({ method, path, range: headers.range, bytes });
    const own = this.answers(path, headers);
    if (own !== null) {
      noted(0);
      outgoing.writeHead(own.status, own.headers).end(own.text);
      return;
    }
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece as Buffer);
      const content = Buffer.concat(pieces);
      const most = answer.statusCode! < 300 ? (this.cuts.shift() ?? content.length) : content.length;
      noted(Math.min(most, content.length));
      outgoing.writeHead(answer.statusCode!, answer.headers);
      if (most >= content.length) outgoing.end(content);
      else outgoing.write(content.subarray(0, most), () => outgoing.destroy());
    });
    incoming.pipe(sent);
  }
}
