// Writes `test.c`: scores golden requests and compares their logits with those of the f64 reference. Raw values and encoded
// ones must give the same bits.

import { inputNames } from "../../middle/programs/program.ts";
import type { Tolerance } from "../../serve/golden.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import { type RawRecord, type RawRequest, RequestEncoder } from "../golden/reference-inputs.ts";
import { rowsFile } from "../typescript/package.ts";
import type { LibraryColumn, LibraryFacts } from "./facts.ts";
import type { CPart } from "./inputs.ts";
import { cComment, cDouble, cString } from "./names.ts";

/** Golden requests, row after row. */
export function testText(
  facts: LibraryFacts,
  encoding: Pick<TrainedModel, "model" | "fitted" | "padding">,
  golden: readonly GoldenRequest[],
  { absolute, relative }: Tolerance,
): string {
  const { prefix: p, histories, user, candidate, labels, requestOutputs } = facts;
  const P = p.toUpperCase();
  const encoder = new RequestEncoder(encoding.model, encoding.fitted, encoding.padding);
  const declared: string[] = [];
  const requests = golden.map(({ request, logits }, r) => {
    const raw = rawRequest(request);
    const encoded = encoder.encode(raw);
    const weights = [...encoded.weights].map(([set, values]) => [inputNames.weightOf(set), values] as const);
    const all = new Map([
      ...encoded.columns.map(({ input, values }) => [input, values] as const),
      ...weights,
    ]);
    const weightedBy = new Map([...encoded.weights.keys()].map((set) => [inputNames.weightOf(set), set]));
    const steps = histories.map(({ name }) => encoded.lengths.get(name)?.[0] ?? 0);
    const columnText = (column: LibraryColumn, kind: string, i: number) => {
      const rows = column.history >= 0 ? steps[column.history]! : kind === "user" ? 1 : raw.candidates.length;
      const values = all.get(column.input)!;
      const name = `${kind}${r}_${i}`;
      const ofWeights = column.holds === "weights" ? weightedBy.get(column.input)! : null;
      if (column.holds === "sets" || ofWeights !== null) {
        const rowOf = encoded.rowOf.get(ofWeights ?? column.input)!;
        const offsets = Array.from({ length: rows + 1 }, (_, row) => countBelow(rowOf, row));
        declared.push(
          arrayText(ofWeights === null ? "int32_t" : "float", `${name}`, [
            ...values.subarray(0, offsets.at(-1)),
          ]),
          arrayText("int32_t", `${name}o`, offsets),
        );
        return `{${name}, ${name}o}`;
      }
      const type = column.holds === "ids" ? "int32_t" : "float";
      const width = column.holds === "ids" ? 1 : column.width;
      declared.push(arrayText(type, name, [...values.subarray(0, rows * width)]));
      return `{${name}, NULL}`;
    };
    const columns = (own: readonly LibraryColumn[], kind: string) => {
      const texts = own.map((column, i) => columnText(column, kind, i));
      declared.push(
        `static const ${p}_column ${kind}${r}[] = {${texts.length === 0 ? "{NULL, NULL}" : texts.join(", ")}};`,
      );
    };
    columns(user, "user");
    columns(candidate, "items");
    declared.push(`static const size_t steps${r}[] = {${steps.join(", ") || "0"}};`);
    declareRaw(facts, raw, String(r), declared);
    const byLabel = new Map(logits);
    const expected = [...labels, ...requestOutputs].flatMap(({ name }) => byLabel.get(name)!);
    declared.push(
      `static const double logits${r}[] = {${expected.map((x) => (Number.isInteger(x) ? `${x}.0` : String(x))).join(", ")}};`,
    );
    return `  {parts${r}, &rows${r}, steps${r}, user${r}, items${r}, ${raw.candidates.length}, logits${r}},`;
  });
  // Outputs of the request come after the scores.
  const hasOutputs = requestOutputs.length > 0;
  const more = hasOutputs ? ` + ${P}_REQUEST_NUMBERS` : "";
  const outputsAfter = (to: string) =>
    hasOutputs ? ` || ${p}_outputs(session, ${to} + q->count * ${P}_SCORES)` : "";
  return `/* Compares the model ${cComment(facts.model)} with golden requests, whose logits the f64 reference computed: make check. */
#include "${p}.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

${declared.join("\n")}

typedef struct {
  const dinc_rows *parts, *rows;
  const size_t *steps;
  const ${p}_column *user, *candidates;
  size_t count;
  const double *logits;
} golden_request;

static const golden_request requests[] = {
${requests.length === 0 ? "  {NULL, NULL, NULL, NULL, NULL, 0, NULL}," : requests.join("\n")}
};

enum { REQUESTS = ${requests.length} };

${storesCode(facts)}static int fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\\n", what, why);
  return 1;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : ${cString(`${p}.weights.bin`)};
  const ${p}_model *model;
  ${p}_session *session;
  double largest = 0;
  int code = ${loadCall(facts, "path")};
  if (code) return fail(path, ${p}_message(code));
  code = ${p}_open(model, NULL, &session);
  if (code) return fail("a session", ${p}_message(code));
  for (int r = 0; r < REQUESTS; r++) {
    const golden_request *q = requests + r;
    size_t count = q->count * ${P}_SCORES${more};
    float *scores = (float *)malloc(count * sizeof(float) + 1), *again = (float *)malloc(count * sizeof(float) + 1);
    dinc_request request;
    request.history = DINC_OBJECT;
    request.parts = q->parts;
    if (scores == NULL || again == NULL) return fail("scores", "too little memory");
    if (${p}_user(session, &request) || ${p}_logits(session, q->rows, scores)${outputsAfter("scores")})
      return fail("a golden request", ${p}_error(session));
    if (${p}_user_encoded(session, q->steps, q->user) ||
        ${p}_logits_encoded(session, q->candidates, q->count, again)${outputsAfter("again")})
      return fail("a golden request of encoded values", ${p}_error(session));
    if (memcmp(scores, again, count * sizeof(float)) != 0)
      return fail("a golden request", "encoded values have other scores than raw ones");
    for (size_t i = 0; i < count; i++) {
      double expected = q->logits[i], difference = scores[i] - expected;
      if (difference < 0) difference = -difference;
      if (argc > 2) {
        unsigned bits;
        memcpy(&bits, scores + i, sizeof bits);
        printf("%08x\\n", bits);
      }
      if (!(difference <= ${absolute} + ${relative} * (expected < 0 ? -expected : expected))) {
        fprintf(stderr, "golden request %d: logit %d is %.9g instead of %.9g\\n", r, (int)i, (double)scores[i], expected);
        return 1;
      }
      if (difference > largest) largest = difference;
    }
    free(scores);
    free(again);
  }
  ${p}_close(session);
  ${p}_unload(model);
  if (argc <= 2) printf("%d golden requests: the largest difference of a logit is %.2g\\n", REQUESTS, largest);
  return 0;
}
`;
}

/** A program that ranks a golden request, which README shows. */
export function exampleText(facts: LibraryFacts, golden: readonly GoldenRequest[]): string {
  const { prefix: p } = facts;
  const steps = ({ history }: RawRequest) =>
    Object.values(history).reduce((sum, rows) => sum + rows.length, 0);
  const raws = golden.map(({ request }) => rawRequest(request));
  // One that a reader sees at a glance, with some steps of a history.
  const [shown] = raws
    .filter(({ candidates }) => candidates.length > 0)
    .toSorted((a, b) => Math.abs(steps(a) - 2) - Math.abs(steps(b) - 2));
  if (shown === undefined) return "";
  const declared: string[] = [];
  declareRaw(facts, shown, "", declared);
  return `#include "${p}.h"
#include <stdio.h>
${facts.stores.length === 0 ? "" : "#include <stdlib.h>\n#include <string.h>\n"}
${declared.join("\n")}

${storesCode(facts)}int main(void) {
  const dinc_request request = {DINC_OBJECT, parts};
  const ${p}_model *model;
  ${p}_session *session;
  float scores[${shown.candidates.length} * ${p.toUpperCase()}_SCORES];
  int code = ${loadCall(facts, `"${p}.weights.bin"`)};
  if (!code) code = ${p}_open(model, NULL, &session);
  if (code) return fprintf(stderr, "%s\\n", ${p}_message(code)), 1;
  if (${p}_user(session, &request) || ${p}_rank(session, &rows, scores))
    return fprintf(stderr, "%s\\n", ${p}_error(session)), 1;
  for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) printf("%.4f\\n", scores[i]);
  ${p}_close(session);
  ${p}_unload(model);
  return 0;
}
`;
}

function loadCall({ prefix: p, stores }: LibraryFacts, path: string): string {
  return stores.length === 0 ? `${p}_load(${path}, &model)` : `${p}_load_with(${path}, stores(), &model)`;
}

/** Stores of the tables that the weights leave out, from the files with their rows. */
function storesCode({ prefix: p, stores }: LibraryFacts): string {
  if (stores.length === 0) return "";
  return `/* The rows of a table, from a file here; a server asks what keeps them. */
typedef struct {
  const char *file;
  size_t width;
  float *numbers;
} rows_of_table;

static int rows_of_file(void *context, const uint32_t *ids, size_t count, float *numbers) {
  const rows_of_table *table = (const rows_of_table *)context;
  for (size_t i = 0; i < count; i++)
    memcpy(numbers + i * table->width, table->numbers + ids[i] * table->width, table->width * sizeof(float));
  return 0;
}

static const ${p}_store *stores(void) {
  static rows_of_table tables[] = {
${stores.map(({ name, width }) => `    {${cString(rowsFile(name))}, ${width}, NULL},`).join("\n")}
  };
  static ${p}_store all[${stores.length}];
  for (int i = 0; i < ${stores.length}; i++) {
    FILE *file = fopen(tables[i].file, "rb");
    long size;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) exit(1);
    rewind(file);
    tables[i].numbers = (float *)malloc((size_t)size + 1);
    if (tables[i].numbers == NULL || fread(tables[i].numbers, 1, (size_t)size, file) != (size_t)size) exit(1);
    fclose(file);
    all[i].rows = rows_of_file;
    all[i].context = tables + i;
  }
  return all;
}

`;
}

function rawRequest(request: unknown): RawRequest {
  return { user: {}, context: {}, history: {}, ...(request as object) } as RawRequest;
}

/** Declares `parts` and `rows`, whose names end in `suffix`. */
function declareRaw(facts: LibraryFacts, raw: RawRequest, suffix: string, declared: string[]): void {
  const raws = [...facts.parts, facts.candidates].map((part, i) =>
    rawRows(part, raw, `raw${suffix}_${i}`, declared),
  );
  declared.push(
    `static const dinc_rows parts${suffix}[] = {${raws.slice(0, -1).join(", ") || "{DINC_LIST, 0, NULL}"}};`,
    `static const dinc_rows rows${suffix} = ${raws.at(-1)};`,
  );
}

function countBelow(rows: Float64Array, end: number): number {
  let count = 0;
  while (count < rows.length && rows[count]! < end) count++;
  return count;
}

/** An array has at least one element in C. */
function arrayText(type: "int32_t" | "float", name: string, values: readonly number[]): string {
  const all = values.length === 0 ? [0] : values;
  const texts = all.map((x) => (type === "float" ? floatText(x) : String(x)));
  return `static const ${type} ${name}[] = {${texts.join(", ")}};`;
}

function floatText(x: number): string {
  const text = Math.fround(x).toPrecision(9);
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** The rows of a part, or of candidates; declares their values. */
function rawRows(part: CPart, raw: RawRequest, name: string, declared: string[]): string {
  const records: readonly RawRecord[] =
    part.kind === "candidates"
      ? raw.candidates
      : part.kind === "history"
        ? (raw.history[part.name] ?? [])
        : [part.name === "user" ? raw.user : raw.context];
  const values = records.flatMap((record) => part.fields.map((field) => record[field]));
  const texts = values.map((value, i) => valueText(value, `${name}_${i}`, declared));
  declared.push(`static const dinc_value ${name}[] = {${texts.join(", ") || "{DINC_MISSING, 0, {0}}"}};`);
  return `{${part.kind === "record" ? "DINC_OBJECT" : "DINC_LIST"}, ${records.length}, ${name}}`;
}

function valueText(value: RawRecord[string] | undefined, name: string, declared: string[]): string {
  if (value === undefined) return "{DINC_MISSING, 0, {0}}";
  if (value === null) return "{DINC_NULL, 0, {0}}";
  if (typeof value === "number") return `{DINC_NUMBER, 0, {${cDouble(value)}}}`;
  if (typeof value === "string")
    return `{DINC_TEXT, ${new TextEncoder().encode(value).length}, {.text = ${cString(value)}}}`;
  const items = value.map((each, i) => valueText(each, `${name}_${i}`, declared));
  declared.push(`static const dinc_value ${name}[] = {${items.join(", ") || "{DINC_MISSING, 0, {0}}"}};`);
  return `{DINC_LIST, ${value.length}, {.values = ${name}}}`;
}
