import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** A request cannot be scored. `field` is the path of the value: `candidates[3].price`. */
export class RankerInputError extends Error {
  constructor(message) {
    super(message);
    this.name = "RankerInputError";
    this.field = /^(?:[^ "]|"(?:[^"\\]|\\.)*")+/.exec(message)?.[0] ?? "";
  }
}

/** The weights, or the addon, cannot be used. */
export class RankerWeightsError extends Error {
  constructor(message) {
    super(message);
    this.name = "RankerWeightsError";
  }
}

/** Compiles the addon beside this file, where it isn't there yet. */
export function build() {
  const path = fileURLToPath(new URL("addon.node", import.meta.url));
  if (existsSync(path)) return path;
  const [compiler, ...options] = (process.env.CC ?? "cc").split(" ");
  const folder = fileURLToPath(new URL(".", import.meta.url));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new RankerWeightsError(
      `${folder} can't be written, so the addon can't be compiled there: call build() of this package beforehand`,
    );
  }
  const partial = `${path}.${process.pid}`;
  const shared = process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];
  const flags = ["-O2", "-std=c99", "-ffp-contract=off", "-fPIC", ...options, ...shared];
  const made = spawnSync(compiler, [...flags, "addon.c", `../${PREFIX}.c`, "-o", partial, "-lm"], {
    cwd: folder,
  });
  if (made.status !== 0)
    throw new RankerWeightsError(
      `the addon needs a C compiler, and ${compiler} does not compile it:\n${made.stderr ?? made.error}`,
    );
  renameSync(partial, path);
  return path;
}

let addon = null;

/**
 * A ranker with the weights of `weights`, a path or bytes; by default those beside the library. Its methods are those of a
 * module of `dinc compile --target ts`. @throws RankerWeightsError
 */
export async function createRanker({
  weights = fileURLToPath(new URL(`../${PREFIX}.weights.bin`, import.meta.url)),
} = {}) {
  addon ??= createRequire(import.meta.url)(build());
  const bytes = weights instanceof ArrayBuffer ? new Uint8Array(weights) : weights;
  const model = typeof bytes === "string" ? addon.loadFile(bytes) : addon.load(bytes);
  if (model < 100)
    throw new RankerWeightsError(`${typeof bytes === "string" ? `${bytes}: ` : ""}${addon.message(model)}`);
  return new Ranker(model, bytes);
}

const models = new FinalizationRegistry((model) => addon.unload(model));
const sessions = new FinalizationRegistry((session) => addon.close(session));

export class Ranker {
  #session;
  #explaining;
  constructor(model, bytes) {
    this.model = model;
    // The library reads them in place.
    this.bytes = bytes;
    models.register(this, model);
    this.#session = new Session(this);
  }

  rank(request) {
    return this.#session.read(request).rank(propertyOf(request, "candidates"));
  }

  logits(request) {
    return this.#session.read(request).logits(propertyOf(request, "candidates"));
  }

  topK(request, k, label) {
    return this.#session.read(request).topK(propertyOf(request, "candidates"), k, label);
  }

  user(request) {
    return new Session(this).read(request);
  }

  /**
   * The weight of each step of a history for each candidate, for each attention of the network and each of its heads, by a
   * session that keeps them. @throws RankerInputError like `rank`
   */
  explain(request) {
    if (ATTENTIONS === 0) return [];
    this.#explaining ??= new Session(this, true);
    return this.#explaining.read(request).explain(propertyOf(request, "candidates"));
  }

  /** The names of the columns that `score` reads. */
  get columns() {
    const all = [...PARTS, CANDIDATES].flatMap(({ fields }) => fields.map(([, , column]) => column));
    return [...new Set(all)];
  }

  /**
   * Predictions for rows as in training, each with a user and a candidate: columns by name, those of histories with a list in
   * each row. @throws RankerInputError with the number of the row
   */
  score(rows) {
    return this.#session.score(rows);
  }
}

export class Session {
  #session;
  #block = new Block();
  constructor(ranker, explains = false) {
    // Its model is loaded as long as the session is there.
    this.ranker = ranker;
    this.#session = addon.open(ranker.model, explains ? 1 : 0);
    if (this.#session < 100) throw new RankerWeightsError(addon.message(this.#session));
    sessions.register(this, this.#session);
  }

  read(request) {
    const history = propertyOf(request, "history");
    const given = PARTS.map((part) => [part, propertyOf(part.isHistory ? history : request, part.name)]);
    const { bytes, places, count } = this.#block.write(given);
    this.#check(addon.user(this.#session, typeOfRecord(history), bytes, places, count));
    return this;
  }

  rank(candidates) {
    return this.#scores(candidates, 0);
  }

  logits(candidates) {
    return this.#scores(candidates, 1);
  }

  topK(candidates, k, label) {
    const index = label === undefined && IS_ONE ? 0 : LABELS.findIndex(([name]) => name === label);
    if (index < 0)
      throw new RankerInputError(`label must be one of ${LABELS.map(([name]) => name).join(", ")}`);
    if (!Number.isSafeInteger(k) || k < 0)
      throw new RankerInputError(`k must be a whole number from 0, not ${String(k)}`);
    const { bytes, places, count } = this.#block.write([[CANDIDATES, candidates]]);
    const pairs = new Float64Array(2 * Math.min(k, this.#block.rows));
    const found = addon.best(this.#session, index, bytes, places, count, pairs);
    this.#check(found < 0 ? -found : 0);
    return Array.from({ length: found }, (_, i) => ({ index: pairs[2 * i], score: pairs[2 * i + 1] }));
  }

  explain(candidates) {
    const { bytes, places, count } = this.#block.write([[CANDIDATES, candidates]]);
    const { rows } = this.#block;
    const numbers = new Float64Array(4);
    let end = 0;
    const found = Array.from({ length: ATTENTIONS }, (_, i) => {
      const [history, code] = addon.attention(this.#session, i, numbers).split("\n");
      const [head, areShares, first, steps] = numbers;
      const from = end;
      end += rows * steps;
      return { history, code, head, areShares: areShares === 1, first, steps, from };
    });
    const weights = new Float32Array(end);
    this.#check(addon.explain(this.#session, bytes, places, count, weights));
    const weightsOf = ({ from, steps }) =>
      Array.from({ length: rows }, (_, i) => weights.slice(from + i * steps, from + (i + 1) * steps));
    return found.map(({ from, steps, ...about }) => ({ ...about, weights: weightsOf({ from, steps }) }));
  }

  #scores(candidates, areLogits) {
    const { bytes, places, count } = this.#block.write([[CANDIDATES, candidates]]);
    const { rows } = this.#block;
    const scores = new Float32Array(rows * SCORES);
    this.#check(addon.scores(this.#session, areLogits, bytes, places, count, scores));
    if (REQUEST_NUMBERS === 0) return byLabel(scores, rows);
    const once = new Float32Array(REQUEST_NUMBERS);
    this.#check(addon.outputs(this.#session, once));
    return { ...byLabel(scores, rows), ...named(REQUEST_OUTPUTS, once, 1) };
  }

  score(rows) {
    if (TOGETHER)
      throw new RankerInputError(
        "rows alone have no scores, because the model scores the candidates of a request together: use `rank`",
      );
    const all = [...PARTS, CANDIDATES];
    const columns = all.map(({ fields }) =>
      fields.map(([, , name]) => {
        const column = propertyOf(rows, name);
        if (!isColumn(column)) throw new RankerInputError(`the rows have no column ${name}`);
        return [name, column];
      }),
    );
    const total = lengthOf(columns.flat(), "rows");
    const scores = new Float32Array(total * SCORES);
    const once = new Float32Array(total * REQUEST_NUMBERS);
    for (let from = 0; from < total; from += ROWS_AT_ONCE) {
      const to = Math.min(total, from + ROWS_AT_ONCE);
      const { bytes, places, count, pairs } = this.#block.writeRows(all, columns, from, to);
      const failed = addon.rows(
        this.#session,
        bytes,
        places,
        count,
        pairs,
        scores.subarray(from * SCORES, to * SCORES),
        once.subarray(from * REQUEST_NUMBERS, to * REQUEST_NUMBERS),
      );
      if (failed >= 0) throw new RankerInputError(`row ${from + failed}: ${addon.error(this.#session)}`);
    }
    if (IS_ONE) return scores;
    const ofRows = (all, columns) => named(columns, transposed(all, columns, total), total);
    return { ...ofRows(scores, LABELS), ...ofRows(once, REQUEST_OUTPUTS) };
  }

  #check(code) {
    if (code !== 0) throw new RankerInputError(addon.error(this.#session) || addon.message(code));
  }
}

/** `scores` has those of a label after those of another. */
function byLabel(scores, rows) {
  return IS_ONE ? scores : named(LABELS, scores, rows);
}

/** Parts of the numbers by name, one after the other. */
function named(columns, numbers, rows) {
  let at = 0;
  return Object.fromEntries(
    columns.map(([name, width]) => [name, numbers.subarray(at, (at += width * rows))]),
  );
}

/** The scores of a row are together; those of a label shall be. */
function transposed(scores, columns, rows) {
  const found = new Float32Array(scores.length);
  const all = columns.reduce((sum, [, width]) => sum + width, 0);
  let [at, before] = [0, 0];
  for (const [, width] of columns) {
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < width; i++) found[at++] = scores[row * all + before + i];
    before += width;
  }
  return found;
}

/** The most rows in a block. */
const ROWS_AT_ONCE = 1024;

// dinc_type of dinc_inputs.h.
const [MISSING, NULL, NO_RECORD, NUMBER, INTEGER, TEXT, BOOLEAN, LIST, FLOATS, DOUBLES, OBJECT] =
  Array(11).keys();

/** A property that the caller set: undefined for inherited functions and `__proto__`. */
function propertyOf(record, name) {
  if (typeof record !== "object" || record === null) return undefined;
  const value = record[name];
  return (typeof value === "function" || name === "__proto__") && !Object.hasOwn(record, name)
    ? undefined
    : value;
}

function typeOfRecord(value) {
  if (value === undefined) return MISSING;
  return typeof value === "object" && value !== null ? OBJECT : LIST;
}

function typeOfList(value, fields) {
  if (value === undefined) return MISSING;
  return Array.isArray(value) || isColumns(value, fields) ? LIST : OBJECT;
}

/** A value for each row. */
function isColumn(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Whether the value has columns, and nothing else, by the names of the fields. */
function isColumns(value, fields) {
  const given = fields.map(([name]) => propertyOf(value, name)).filter((column) => column !== undefined);
  return given.length > 0 && given.every(isColumn);
}

/** `columns`: pairs of a name and a column, which must have one length. */
function lengthOf(columns, where) {
  const [[firstName, first] = ["", []]] = columns;
  for (const [name, { length }] of columns)
    if (length !== first.length)
      throw new RankerInputError(
        `${where} must have columns of one length, but ${name} has ${length} values and ${firstName} ${first.length}`,
      );
  return first.length;
}

/** Memory for the values of a request, which later requests use again. */
class Block {
  bytes = Buffer.alloc(1024);
  view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  places = new Uint32Array(64);
  count = 0;
  end = 0;
  /** The number of rows of the part that was written last. */
  rows = 0;
  /** For each row and part, see `rows` of the addon. */
  pairs = new Uint32Array(0);
  /** Where texts are that were written for other rows; null if none occurs often. */
  texts = null;

  /** `given`: parts with their rows. */
  write(given) {
    this.begin(null);
    const heads = this.reserve(24 * given.length);
    for (const [i, [part, rows]] of given.entries()) {
      const { fields, isRecord } = part;
      const type = isRecord ? typeOfRecord(rows) : typeOfList(rows, fields);
      if (type === LIST && !isRecord && !Array.isArray(rows)) {
        const columns = fields.map(([name]) => [name, propertyOf(rows, name)]);
        const where = part.isHistory ? `history.${part.name}` : part.name;
        this.rows = lengthOf(
          columns.filter(([, column]) => column !== undefined),
          where,
        );
        this.columns(heads + 24 * i, type, fields, columns, 0, this.rows);
        continue;
      }
      const list = type === (isRecord ? OBJECT : LIST) ? (isRecord ? [rows] : rows) : [];
      const values = this.reserve(24 * list.length * fields.length);
      this.rows = list.length;
      this.head(heads + 24 * i, type, list.length);
      this.point(heads + 24 * i + 16, values);
      let at = values;
      for (let r = 0; r < list.length; r++) {
        const row = list[r];
        const isRow = typeof row === "object" && row !== null;
        for (let f = 0; f < fields.length; f++, at += 24)
          if (isRow) this.value(at, propertyOf(row, fields[f][0]), fields[f][1]);
          else this.head(at, NO_RECORD, 0);
      }
    }
    return this;
  }

  begin(texts) {
    this.count = 0;
    this.end = 0;
    this.rows = 0;
    this.texts = texts;
  }

  /** Writes the rows from … to − 1 of columns; one that is undefined has no values. */
  columns(head, type, fields, columns, from, to) {
    const step = 24 * fields.length;
    const values = this.reserve(step * (to - from));
    this.head(head, type, to - from);
    this.point(head + 16, values);
    for (const [f, [, column]] of columns.entries())
      for (let row = from, at = values + 24 * f; row < to; row++, at += step)
        this.value(at, column?.[row], fields[f][1]);
  }

  /** Writes rows that have a user and a candidate each. */
  writeRows(parts, columns, from, to) {
    this.begin(new Map());
    this.pairs = new Uint32Array(2 * parts.length * (to - from));
    // The second half is for one row.
    const heads = this.reserve(24 * 2 * parts.length);
    for (const [i, { name, fields, isHistory, isRecord }] of parts.entries()) {
      const head = heads + 24 * i;
      if (isHistory) this.lists(head, i, parts.length, { name, fields }, columns[i], from, to);
      else {
        this.columns(head, isRecord ? OBJECT : LIST, fields, columns[i], from, to);
        for (let row = 0; row < to - from; row++) this.pair(row, i, parts.length, row * fields.length, 1);
      }
    }
    return this;
  }

  pair(row, part, parts, first, count) {
    const at = 2 * (row * parts + part);
    this.pairs[at] = first;
    this.pairs[at + 1] = count;
  }

  /** Writes the steps of a history in rows; a cell without a list is an empty history, as in training. */
  lists(head, part, parts, { name, fields }, columns, from, to) {
    const counts = Array.from({ length: to - from }, (_, i) => {
      const lists = columns.map(([column, cells]) => {
        const list = cells[from + i] ?? [];
        if (!isColumn(list)) throw new RankerInputError(`row ${from + i}: ${column} must be a list`);
        return list.length;
      });
      if (lists.some((length) => length !== lists[0]))
        throw new RankerInputError(
          `row ${from + i}: the columns of history.${name} have lists of different lengths`,
        );
      return lists[0] ?? 0;
    });
    const steps = counts.reduce((sum, count) => sum + count, 0);
    const values = this.reserve(24 * fields.length * steps);
    this.head(head, LIST, steps);
    this.point(head + 16, values);
    let at = values;
    for (const [row, count] of counts.entries()) {
      this.pair(row, part, parts, (at - values) / 24, count);
      for (const [f, [, cells]] of columns.entries()) {
        const list = cells[from + row];
        for (let i = 0, to = at + 24 * f; i < count; i++, to += 24 * fields.length)
          this.value(to, list[i], fields[f][1]);
      }
      at += 24 * fields.length * count;
    }
  }

  reserve(size) {
    const at = this.end;
    this.end += (size + 7) & ~7;
    if (this.end > this.bytes.length) {
      const larger = Buffer.alloc(2 * this.end);
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer, larger.byteOffset, larger.length);
    }
    return at;
  }

  head(at, type, length) {
    this.view.setInt32(at, type, true);
    this.view.setUint32(at + 8, length, true);
    this.view.setUint32(at + 12, 0, true);
  }

  point(at, offset) {
    this.view.setUint32(at, offset, true);
    this.view.setUint32(at + 4, 0, true);
    if (this.count === this.places.length) {
      const larger = new Uint32Array(2 * this.count);
      larger.set(this.places);
      this.places = larger;
    }
    this.places[this.count++] = at;
  }

  value(at, value, type) {
    switch (typeof value) {
      case "undefined":
        return this.head(at, MISSING, 0);
      case "number":
        this.head(at, NUMBER, 0);
        return this.view.setFloat64(at + 16, value, true);
      case "string":
        return this.text(at, value);
      case "boolean":
        this.head(at, BOOLEAN, 0);
        return this.view.setInt32(at + 16, value ? 1 : 0, true);
      case "bigint":
        if (type === "number" || type === "vector") return this.head(at, OBJECT, 0);
        if (BigInt.asIntN(64, value) !== value) return this.text(at, String(value));
        this.head(at, INTEGER, 0);
        return this.view.setBigInt64(at + 16, value, true);
      default:
        return value === null ? this.head(at, NULL, 0) : this.object(at, value, type);
    }
  }

  text(at, value) {
    const known = this.texts?.get(value);
    const size = known?.size ?? Buffer.byteLength(value);
    const to = known?.to ?? this.reserve(size);
    if (known === undefined) {
      this.bytes.write(value, to);
      this.texts?.set(value, { to, size });
    }
    this.head(at, TEXT, size);
    this.point(at + 16, to);
  }

  object(at, value, type) {
    if (Array.isArray(value)) {
      const to = this.reserve(24 * value.length);
      for (let i = 0; i < value.length; i++) this.value(to + 24 * i, value[i], type);
      this.head(at, LIST, value.length);
      this.point(at + 16, to);
    } else if (value instanceof Float32Array || value instanceof Float64Array) {
      const to = this.reserve(value.byteLength);
      this.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), to);
      this.head(at, value instanceof Float32Array ? FLOATS : DOUBLES, value.length);
      this.point(at + 16, to);
    } else if (value instanceof Date && type === "time") this.value(at, value.getTime(), type);
    else this.head(at, OBJECT, 0);
  }
}
