// Makes a C program that scores requests by a folder of `dinc compile --target c`, and prints what it took as arm.mjs does.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asColumns, requestsOf } from "./requests.mjs";

/** The seconds before anything counts, those of measuring, and the least number of requests, as in arm.mjs. */
const [WARM, MEASURED, LEAST] = [0.5, 1.5, 5];

/**
 * Compiles `folder`/bench, which takes `raw` or `encoded` as its argument: what its requests are given as. Requests and the
 * values of encoded ids come from `module`, the folder of the same model in TypeScript.
 */
export async function compileProgram(folder, module, candidates, steps) {
  const golden = JSON.parse(readFileSync(join(module, "model.golden.json"))).requests.map(
    ({ request }) => request,
  );
  const requests = requestsOf(golden, candidates, steps);
  const { createRanker } = await import(pathToFileURL(join(module, "model.js")).href);
  const ranker = await createRanker({ weights: readFileSync(join(module, "model.weights.bin")) });
  const [header] = readdirSync(folder).filter((name) => name.endsWith(".h") && name !== "dinc_inputs.h");
  const prefix = header.slice(0, -2);
  const text = readFileSync(join(folder, header), "utf8");
  writeFileSync(join(folder, "bench.c"), programText({ prefix, text, ranker, requests }));
  const flags = ["-std=gnu99", "-O2", "-ffp-contract=off", "-w"];
  execFileSync(process.env.CC ?? "clang", [...flags, "bench.c", `${prefix}.c`, "-o", "bench", "-lm"], {
    cwd: folder,
  });
  return join(folder, "bench");
}

function programText({ prefix, text, ranker, requests }) {
  const upper = prefix.toUpperCase();
  /** The comments of an enumeration's members, in their order: `history.clicks.item_id`. */
  const members = (begin) =>
    [...text.matchAll(new RegExp(`^  ${upper}_${begin}_\\w+ = \\d+, /\\* (.*?) \\*/$`, "gm"))].map(
      ([, comment]) => comment.split(/: | \(/)[0],
    );
  const parts = [...text.matchAll(new RegExp(`^  ${upper}_PART_(\\w+) = \\d+,`, "gm"))].map(([, name]) => ({
    name,
    fields: members(`FIELD_${name}`),
  }));
  const fields = members("FIELD_CANDIDATES");
  const columns = { user: members("USER"), candidate: members("CANDIDATE") };
  const isEncoded = columns.user.every((name) => name.startsWith("history."));
  const arrays = requests.map((request, r) => {
    const encoded = asColumns(ranker, request);
    const column = (path) => {
      const [group, ...names] = path.split(".");
      const of =
        group === "history"
          ? encoded.history[names[0]].columns[names[1]]
          : encoded.candidates.columns[names[0]];
      if (!(of instanceof Int32Array || of instanceof Float32Array))
        throw new Error(`${path} isn't a column of ids or numbers`);
      return of;
    };
    const printed = (kind, paths) =>
      paths
        .map((path, i) => {
          const values = column(path);
          const type = values instanceof Int32Array ? "int32_t" : "float";
          return `static const ${type} ${kind}${r}_${i}[] = {${values.length === 0 ? 0 : [...values].join(",")}};\n`;
        })
        .join("") +
      `static const ${prefix}_column ${kind}${r}[] = {${paths.map((_, i) => `{${kind}${r}_${i}, 0}`).join(", ")}};\n`;
    const histories = Object.values(encoded.history ?? {}).map(
      ({ columns }) => Object.values(columns)[0].length,
    );
    const rowsOf = (name) => {
      const lower = name.toLowerCase();
      if (lower === "user" || lower === "context") return [request[lower]];
      return Object.entries(request.history).find(([history]) => history.toLowerCase() === lower)[1];
    };
    const raw = parts.map(({ name, fields }, p) => {
      const rows = rowsOf(name);
      return `static const dinc_value raw${r}_${p}[] = {${rows.flatMap((row) => fields.map((field) => value(row[field]))).join(", ")}};\n`;
    });
    const isList = (name) => !["USER", "CONTEXT"].includes(name);
    return [
      isEncoded ? printed("user", columns.user) : "",
      printed("items", columns.candidate),
      `static const size_t steps${r}[] = {${histories.join(", ") || 0}};\n`,
      ...raw,
      `static const dinc_value rawItems${r}[] = {${request.candidates.flatMap((row) => fields.map((field) => value(row[field]))).join(", ")}};\n`,
      `static const dinc_rows parts${r}[] = {${parts.map(({ name }, p) => `{${isList(name) ? "DINC_LIST" : "DINC_OBJECT"}, ${rowsOf(name).length}, raw${r}_${p}}`).join(", ") || "{0}"}};\n`,
      `static const dinc_rows rows${r} = {DINC_LIST, ${request.candidates.length}, rawItems${r}};\n`,
      `static const dinc_request request${r} = {DINC_OBJECT, parts${r}};\n`,
    ].join("");
  });
  const list = (name) => requests.map((_, r) => `${name}${r}`).join(", ");
  const count = requests[0].candidates.length;
  const user = isEncoded
    ? `(isRaw ? ${prefix}_user(session, requests[i]) : ${prefix}_user_encoded(session, steps[i], users[i]))`
    : `${prefix}_user(session, requests[i])`;
  return `#define _POSIX_C_SOURCE 199309L
#include "${prefix}.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

${arrays.join("")}
static const ${prefix}_column *const items[] = {${list("items")}};
${isEncoded ? `static const ${prefix}_column *const users[] = {${list("user")}};\n` : ""}static const size_t *const steps[] = {${list("steps")}};
static const dinc_request *const requests[] = {${requests.map((_, r) => `&request${r}`).join(", ")}};
static const dinc_rows *const rows[] = {${requests.map((_, r) => `&rows${r}`).join(", ")}};
enum { REQUESTS = ${requests.length}, CANDIDATES = ${count}, MOST = 1000000 };

static ${prefix}_session *session;
static float scores[CANDIDATES * ${upper}_SCORES];
static double times[MOST];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static int rank(int i, int isRaw) {
  return ${user} ||
         (isRaw ? ${prefix}_rank(session, rows[i], scores) : ${prefix}_rank_encoded(session, items[i], CANDIDATES, scores));
}

static int repeat(double seconds, int isRaw) {
  const double end = now() + 1e3 * seconds;
  int n = 0;
  for (; n < MOST && (n < ${LEAST} || now() < end); n++) {
    const double before = now();
    if (rank(n % REQUESTS, isRaw)) exit(1);
    times[n] = now() - before;
  }
  return n;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  const ${prefix}_model *model;
  const int isRaw = argc > 1 && strcmp(argv[1], "raw") == 0;
  const double started = now();
  if (${prefix}_load("${prefix}.weights.bin", &model) || ${prefix}_open(model, NULL, &session)) return 1;
  const double ready = now();
  if (rank(0, isRaw)) return fprintf(stderr, "%s\\n", ${prefix}_error(session)), 1;
  const double first = now() - ready;
  repeat(${WARM}, isRaw);
  const int n = repeat(${MEASURED}, isRaw);
  qsort(times, n, sizeof *times, ascending);
  printf("{\\"median\\": %.5f, \\"p99\\": %.5f, \\"first\\": %.5f, \\"start\\": %.5f}\\n", times[n / 2], times[(int)(0.99 * (n - 1))], first,
         ready - started);
  return 0;
}
`;
}

/** A value of a request in C. */
function value(raw) {
  if (raw === undefined) return "{DINC_MISSING, 0, {0}}";
  if (raw === null) return "{DINC_NULL, 0, {0}}";
  if (typeof raw === "number") return `{DINC_NUMBER, 0, {.number = ${raw}}}`;
  if (typeof raw !== "string") throw new Error(`${typeof raw} isn't a value of this benchmark's models`);
  return `{DINC_TEXT, ${Buffer.byteLength(raw)}, {.text = ${JSON.stringify(raw)}}}`;
}
