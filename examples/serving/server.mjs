// Ranks over HTTP with what `dinc compile` wrote:
//
//   node server.mjs [FOLDER] [--port 8080] [--host 127.0.0.1] [--threads N] [--most 1000]
//
// `--host 0.0.0.0` takes requests of other machines, too. No more than `--most` requests wait or are scored at once.
// It takes new weights and new models without losing a request, and gives metrics to Prometheus.
//
//   POST /rank      a request of the model as JSON → { model, run, scores }
//   GET  /about     the identity of the loaded model
//   GET  /health    200 while it takes requests, 503 once it ends
//   GET  /metrics   for Prometheus
//   GET  /stats     what was counted of requests, as `dinc test-data --stats` takes it
//
// It looks each second whether the folder has other weights, and at once on SIGHUP. On SIGTERM it answers
// what it was asked and ends.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Fastify from "fastify";
import { createMetrics } from "./metrics.mjs";
import { openModel } from "./model.mjs";

const { folder, port, host, threads, most } = options();
const server = Fastify({ logger: true, bodyLimit: 4 * 1024 * 1024 });
const model = await openModel(folder, { threads }).catch((error) => fail(`${folder}: ${error.message}`));
const metrics = createMetrics(model);
let open = 0;
let ending = false;
/** Why the files of the last reload were not taken: each reason is told once. */
let lastRefusal = "";

server.post("/rank", async ({ body }, reply) => {
  if (open >= most) {
    metrics.requests.inc({ result: "refused" });
    return reply
      .code(503)
      .header("retry-after", "1")
      .send({ error: "Overloaded", message: `${open} requests are being scored` });
  }
  open++;
  const seconds = metrics.seconds.startTimer();
  try {
    const { about, scores } = await model.rank(body);
    metrics.requests.inc({ result: "scored" });
    metrics.candidates.inc(body.candidates.length);
    return { model: about.model, run: about.run, scores: plain(scores) };
  } catch (error) {
    if (error.name !== "RankerInputError") {
      metrics.requests.inc({ result: "failed" });
      throw error;
    }
    metrics.requests.inc({ result: "wrong" });
    return reply.code(400).send({ error: error.name, field: error.field, message: error.message });
  } finally {
    seconds();
    open--;
  }
});

server.get("/about", () => model.about);
server.get("/health", (_, reply) => reply.code(ending ? 503 : 200).send({ ready: !ending }));
server.get("/metrics", async (_, reply) => {
  metrics.take(await model.stats());
  return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
});
server.get("/stats", () => model.stats());

/** One list of scores, or one by label, as JSON has them. */
function plain(scores) {
  if (ArrayBuffer.isView(scores)) return Array.from(scores);
  return Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, Array.from(list)]));
}

async function reload() {
  try {
    const changed = await model.reload();
    if (changed === "nothing") return;
    lastRefusal = "";
    metrics.reloads.inc({ result: changed });
    server.log.info({ about: model.about }, `took new ${changed}`);
  } catch (error) {
    // What was loaded goes on.
    if (error.message === lastRefusal) return;
    lastRefusal = error.message;
    metrics.reloads.inc({ result: "failed" });
    server.log.error(`did not take what lies in ${folder}: ${error.message}`);
  }
}

async function end() {
  if (ending) return;
  ending = true;
  clearInterval(looking);
  // A connection whose answer is still open is idle only after it, and would be kept for the next request.
  const closing = setInterval(() => server.server.closeIdleConnections(), 50);
  await server.close(); // answers what is open
  clearInterval(closing);
  await model.close();
}

const looking = setInterval(reload, 1000);
process.on("SIGHUP", reload);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, end);

await server.listen({ port, host }).catch((error) => fail(error.message));

function options() {
  const whole = (name, text, least) => {
    const number = Number(text);
    if (text !== undefined && !(Number.isInteger(number) && number >= least))
      fail(`--${name} ${text} is not a whole number from ${least}`);
    return text === undefined ? undefined : number;
  };
  if (process.argv.includes("--help")) {
    const [usage] = readFileSync(new URL(import.meta.url), "utf8").split("\nimport ");
    console.log(usage.replaceAll(/^\/\/ ?/gm, ""));
    process.exit(0);
  }
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        port: { type: "string", default: "8080" },
        host: { type: "string", default: "127.0.0.1" },
        threads: { type: "string" },
        // How many requests may wait or be scored at once. More are refused, so that those that are taken stay fast.
        most: { type: "string", default: "1000" },
      },
    });
    return {
      folder: positionals[0] ?? "ranker",
      host: values.host,
      port: whole("port", values.port, 0),
      threads: whole("threads", values.threads, 1),
      most: whole("most", values.most, 1),
    };
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
