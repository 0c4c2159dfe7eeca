// The HTTP server around a model: its routes, its limits, and its life from the port to the last answer.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, fastify } from "fastify";
import type { About } from "../../compiler/serve/about.ts";
import { type Answer, FAILED, type Problem, type RankingQuestion, refusal } from "./answer.ts";
import { systemText } from "./errors.ts";
import { type PrometheusPackage, ServerMetrics } from "./metrics.ts";
import { type CompiledModelSource, ServingModel } from "./model.ts";
import type { ServerOptions } from "./options.ts";
import { PAGE } from "./page.ts";
import type { RankingEngine } from "./ranker.ts";
import type { ThreadEvent } from "./threads.ts";
import { bears, tokenIn } from "./token.ts";

/** An entry of a server's log. */
export type ServerEvent =
  | {
      readonly kind: "listening";
      readonly address: string;
      readonly threads: number;
      readonly about: About;
      readonly engine: RankingEngine;
    }
  /** Another model was taken. */
  | { readonly kind: "took"; readonly about: About; readonly engine: RankingEngine }
  /** New files cannot be used; told once. */
  | { readonly kind: "refused"; readonly reason: string }
  /** A request failed, for a reason that its caller doesn't learn. */
  | { readonly kind: "failed"; readonly reason: string }
  | ThreadEvent
  | { readonly kind: "stopping"; readonly open: number };

/** The event as a sentence. */
export function eventText(event: ServerEvent): string {
  switch (event.kind) {
    case "listening":
      return `${nameOf(event)} in ${event.threads} ${event.threads === 1 ? "thread" : "threads"}: ${event.address}`;
    case "took":
      return `took ${nameOf(event)}`;
    case "refused":
      return `the loaded model stays: ${event.reason}`;
    case "failed":
      return `a request failed: ${event.reason}`;
    case "thread-ended":
      return `a thread ended, ${event.ready} left: ${event.reason}`;
    case "thread-replaced":
      return `a thread was replaced: ${event.ready} score`;
    case "stopping":
      return `stopping after ${event.open} open ${event.open === 1 ? "request" : "requests"}`;
  }
}

function nameOf({ about: { model, run }, engine }: { about: About; engine: RankingEngine }): string {
  return `${model}, ${run === null ? "" : `run ${run}, `}by ${engine}`;
}

function whatOf({ about, engine }: ServingModel): { readonly about: About; readonly engine: RankingEngine } {
  return { about, engine };
}

const LOOK_EVERY = 1000;
/** Milliseconds between two looks for bodies that take too long. */
const CHECK_CONNECTIONS_EVERY = 1000;
const PATCH_TYPE = "application/octet-stream";
/** 1 GiB; a patch is read into memory. */
const LARGEST_PATCH = 2 ** 30;

export class RankingServer {
  private readonly http: FastifyInstance;
  private readonly options: ServerOptions;
  private readonly tell: (event: ServerEvent) => void;
  private readonly metrics: ServerMetrics;
  /** Null until it is loaded. */
  private model: ServingModel | null = null;
  private looking: NodeJS.Timeout | null = null;
  private open = 0;
  private stopping: Promise<void> | null = null;
  /** Each reason is told once. */
  private lastRefusal = "";

  private constructor(
    packages: { readonly open: typeof fastify; readonly prometheus: PrometheusPackage },
    options: ServerOptions,
    tell: (event: ServerEvent) => void,
  ) {
    this.options = options;
    this.tell = tell;
    this.metrics = new ServerMetrics(packages.prometheus, () => this.model);
    this.http = packages.open({
      bodyLimit: options.maxBody * 2 ** 20,
      // Requests of connections that are open already are answered.
      return503OnClosing: false,
      requestTimeout: 1000 * options.timeout,
      // Node takes the longer of both times for bodies, and by default a minute for headers.
      http: { headersTimeout: 1000 * options.timeout, connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY },
      // A client error of HTTP itself, and what routes throw.
      frameworkErrors: (error, _, reply) => this.explain(error, reply),
    });
    this.http.setErrorHandler((error: FastifyError, _, reply) => this.explain(error, reply));
    this.addRoutes();
  }

  /**
   * Listens, loads the model, and looks each second whether the source has another one. `script` starts a thread. Throws
   * an error of the system if it cannot listen, and what `source` throws, or an Error for a model that cannot be used.
   */
  static async start(
    script: URL,
    source: CompiledModelSource,
    options: ServerOptions,
    tell: (event: ServerEvent) => void,
  ): Promise<RankingServer> {
    // Threads that score run the same file, without these packages.
    const [{ fastify: open }, { default: prometheus }] = await Promise.all([
      import("fastify"),
      import("prom-client"),
    ]);
    const server = new RankingServer({ open, prometheus }, options, tell);
    const address = await server.http.listen({ port: options.port, host: options.host });
    try {
      server.model = await ServingModel.open(script, source, options, (event) => server.tellOfThread(event));
    } catch (error) {
      await server.http.close();
      throw error;
    }
    server.looking = setInterval(() => void server.reload(), LOOK_EVERY);
    tell({ kind: "listening", address, ...whatOf(server.model), threads: options.threads });
    return server;
  }

  private tellOfThread(event: ThreadEvent): void {
    if (event.kind === "thread-ended") this.metrics.threadsEnded.inc();
    this.tell(event);
  }

  /** Looks now whether the source has another model. */
  async reload(): Promise<void> {
    try {
      if ((await this.model?.reload()) !== true) return;
      this.metrics.reloads.inc({ result: "taken" });
      this.tell({ kind: "took", ...whatOf(this.model!) });
      this.lastRefusal = "";
    } catch (error) {
      const reason = systemText(error);
      if (this.stopping !== null || reason === this.lastRefusal) return;
      this.lastRefusal = reason;
      this.metrics.reloads.inc({ result: "refused" });
      this.tell({ kind: "refused", reason });
    }
  }

  /** Takes no new connections, answers what is open, and ends the threads. */
  stop(): Promise<void> {
    this.stopping ??= this.finish();
    return this.stopping;
  }

  private async finish(): Promise<void> {
    this.tell({ kind: "stopping", open: this.open });
    if (this.looking !== null) clearInterval(this.looking);
    // A connection whose answer is still open is idle only after it, and would be kept for the next request.
    const closing = setInterval(() => this.http.server.closeIdleConnections(), 50);
    await this.http.close();
    clearInterval(closing);
    await this.model?.close();
  }

  private addRoutes(): void {
    const { http } = this;
    // Bodies are read in threads.
    http.removeAllContentTypeParsers();
    http.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) => done(null, body));
    http.setNotFoundHandler(({ method, url }, reply) =>
      send(reply, refusal(404, { error: "NotFound", message: `there is no ${method} ${url}` })),
    );
    http.post("/rank", async ({ body }, reply) => this.answer("rank", body, reply));
    http.post("/explain", async ({ body }, reply) => this.answer("explain", body, reply));
    this.addPatchRoute();
    http.get("/", async (_, reply) =>
      reply
        .type("text/html; charset=utf-8")
        .header(
          "content-security-policy",
          "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
        )
        .send(PAGE),
    );
    http.get("/openapi.json", async (_, reply) => {
      const text = this.model?.openApi ?? null;
      return text === null ? send(reply, LOADING) : reply.type("application/json").send(text);
    });
    http.get("/about", async (_, reply) => this.model?.about ?? send(reply, LOADING));
    http.get("/health", async (_, reply) => {
      const threads = this.model?.ready ?? 0;
      const ready = this.stopping === null && threads > 0;
      return reply.code(ready ? 200 : 503).send({ ready, degraded: threads < this.options.threads, threads });
    });
    http.get("/metrics", async (_, reply) => {
      const text = await this.metrics.text((await this.model?.stats()) ?? null);
      return reply.type(this.metrics.contentType).send(text);
    });
    http.get("/stats", async (_, reply) => (await this.model?.stats()) ?? send(reply, LOADING));
  }

  /** Bodies of callers without the token are not read. */
  private addPatchRoute(): void {
    const { http, options } = this;
    if (options.patchToken === "") return;
    const token = tokenIn(options.patchToken);
    http.addContentTypeParser(PATCH_TYPE, { parseAs: "buffer" }, (_, body, done) => done(null, body));
    const route = {
      bodyLimit: LARGEST_PATCH,
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        if (!bears(request.headers.authorization, token)) await send(reply, NO_TOKEN);
      },
    };
    http.post("/weights/patch", route, async ({ body }, reply) => {
      if (this.model === null) return send(reply, LOADING);
      if (!(body instanceof Uint8Array)) return send(reply, NO_PATCH);
      try {
        const about = await this.model.patch(body);
        this.metrics.reloads.inc({ result: "taken" });
        this.tell({ kind: "took", ...whatOf(this.model) });
        return await reply.send(about);
      } catch (error) {
        const reason = systemText(error);
        this.metrics.reloads.inc({ result: "refused" });
        this.tell({ kind: "refused", reason });
        return send(reply, refusal(409, { error: "PatchRefused", message: reason }));
      }
    });
  }

  private async answer(question: RankingQuestion, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const { requests, candidates, seconds } = this.metrics;
    const end = seconds.startTimer();
    this.open++;
    const answer = await this.answerTo(question, body);
    this.open--;
    end();
    requests.inc({ result: answer.result });
    candidates.inc(answer.candidates);
    if (answer.failure !== undefined) this.tell({ kind: "failed", reason: answer.failure });
    return send(reply, answer);
  }

  private async answerTo(question: RankingQuestion, body: unknown): Promise<Answer> {
    if (this.model === null) return LOADING;
    if (this.open > this.options.maxRequests) return OVERLOADED;
    if (typeof body !== "string") return NO_BODY;
    return this.model.answer(question, body);
  }

  /** An error of Fastify as an answer. */
  private explain(error: FastifyError, reply: FastifyReply): FastifyReply {
    const { statusCode: status = 500, code } = error;
    if (status >= 500) {
      this.tell({ kind: "failed", reason: error.stack ?? error.message });
      return send(reply, refusal(500, FAILED));
    }
    this.metrics.requests.inc({ result: "wrong" });
    const known = REFUSALS[code]?.(this.options);
    return send(reply, refusal(status, known ?? { error: "BadRequest", message: error.message }));
  }
}

const REFUSALS: Readonly<Record<string, (options: ServerOptions) => Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ({ maxBody }) => ({
    error: "BodyTooLarge",
    message: `the body is larger than ${maxBody} MiB`,
  }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => ({
    error: "UnsupportedMediaType",
    message: "a body is JSON: send the header content-type: application/json",
  }),
};

const LOADING = refusal(503, { error: "Loading", message: "the model is being loaded" } satisfies Problem);
const OVERLOADED = refusal(503, { error: "Overloaded", message: "too many requests are being scored" });
const NO_TOKEN = refusal(401, {
  error: "Unauthorized",
  message: "send the header authorization: Bearer TOKEN, with the token that the server was started with",
});
const NO_PATCH = refusal(400, {
  error: "InvalidPatch",
  message: `a patch is the body of the request, as content-type: ${PATCH_TYPE}`,
});
const NO_BODY = refusal(400, { error: "InvalidJson", message: "the request has no body" });

function send(reply: FastifyReply, { status, text }: Answer): FastifyReply {
  if (status === 503) reply.header("retry-after", "1");
  return reply.code(status).type("application/json").send(text);
}
