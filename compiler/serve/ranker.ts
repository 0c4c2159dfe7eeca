// The API of a generated module. A module contains it without the members that its model cannot have, such as
// `explain` without attention over a history, or `encodeHistory` without histories.

import type { About } from "./about.ts";
import { RankerCounters } from "./counting.ts";
import { explain } from "./explain.ts";
import { verifyGolden } from "./golden.ts";
import { encodeColumns } from "./inputs.ts";
import { appendEvent, loadState, saveState } from "./kept.ts";
import { CandidateValues, MODEL, prepare, RequestValues, WASM, Weights } from "./model/program.ts";
import type {
  Candidate,
  CandidateColumns,
  Candidates,
  Histories,
  HistoryColumns,
  RankedBy,
  Request,
  Scores,
  Tables,
  UserEvent,
  UserRequest,
} from "./model/requests.ts";
import { best, CLOSE, inputsOf, SOURCES, userVectorOf } from "./model/tables.ts";
import { byLabel } from "./outputs.ts";
import type { HistoryPart } from "./parts.ts";
import type { Attention } from "./plan.ts";
import { propertyOf, readList } from "./requests.ts";
import { candidatesOf, readRequest, type ServedNetwork, score } from "./scoring.ts";
import type { RankerStats } from "./stats.ts";
import { checkSources } from "./tables.ts";
import type { Top } from "./top.ts";
import { type Backend, checkGiven, startWasm, type Wasm, type WasmModule } from "./wasm.ts";
import { WeightsFile } from "./weights.ts";

export interface RankerOptions {
  /** The content of model.weights.bin. It is kept and must not change. */
  readonly weights: Uint8Array | ArrayBuffer;
  /**
   * Whether the checksums of tables are verified, which reads all of them. Default true; pass `false` for
   * tables of several GB that are mapped into memory. Everything else is always checked.
   */
  readonly checkTables?: boolean;
  /** The sources of rows that are not in the weights file. */
  readonly tables: Tables;
  /** Score the golden requests first, and fail if the scores differ from those of training. */
  readonly verify?: boolean;
  /**
   * Count requests, candidates, missing and unknown values, lengths of histories and scores, for
   * `ranker.stats()`.
   */
  readonly stats?: boolean;
  /**
   * The code that computes scores. By default the fastest available: SIMD with multiply-adds that round once,
   * SIMD, plain TypeScript. The second gives the same bits everywhere.
   */
  readonly backend?: "auto" | "simd" | "typescript";
  /**
   * The module of model.wasm or model.relaxed.wasm, for platforms that may not compile bytes (edge workers):
   * `import wasm from "./model.wasm"`.
   */
  readonly wasm?: WasmModule;
}

/**
 * Checks and reads the weights. @throws RankerWeightsError if they belong to another model, or are damaged;
 * RankerWasmError if `wasm` belongs to another model.
 */
export async function createRanker(options: RankerOptions): Promise<Ranker> {
  checkSources(propertyOf(options, "tables"), SOURCES);
  const file = new WeightsFile(options.weights, MODEL.program, options.checkTables !== false);
  const wasm = WASM === null ? null : await startWasm(WASM, options.backend, options.wasm);
  const ranker = new Ranker(file, options, wasm);
  if (ranker.backend === "module")
    checkGiven(file.header.golden, (request) => byLabel(ranker.logits(request as Request)), CLOSE);
  if (options.verify === true) ranker.verify();
  ranker.stats({ reset: true });
  return ranker;
}

/** Scores candidates. Made by `createRanker`; every method is synchronous. */
export class Ranker {
  /** The model, program and run, and the version of dinc that made the module. */
  readonly about: About;
  private readonly file: WeightsFile;
  private readonly network: ServedNetwork;
  /** Handles one request after the other. */
  private readonly session: Session;

  constructor(file: WeightsFile, options: RankerOptions, wasm: Wasm | null) {
    const { name: model, program, version } = MODEL;
    this.about = { model, program, run: file.header.run, version };
    this.file = file;
    const inputs = inputsOf(file);
    const w = new Weights(file, propertyOf(options, "tables"));
    prepare(w, wasm);
    const counted = options.stats === true ? new RankerCounters(inputs, file) : null;
    this.network = { w, inputs, c: new CandidateValues(wasm), counted };
    this.session = new Session(this.network);
  }

  /** The code that computes the scores. */
  get backend(): Backend {
    return this.network.c.wasm?.backend ?? "typescript";
  }

  /**
   * The prediction for each candidate: a probability, a number, or a probability for each class, depending on
   * the label. Outputs are beside the predictions. @throws RankerInputError, naming the field, if the request
   * cannot be scored.
   */
  rank(request: Request): Scores {
    this.session.read(request);
    return this.session.rank(candidatesOf(request));
  }

  /** Like `rank`, before the sigmoid or the softmax. */
  logits(request: Request): Scores {
    this.session.read(request);
    return this.session.logits(candidatesOf(request));
  }

  /** Like `Session.topK`. */
  topK(request: Request, k: number, ...by: RankedBy): Top[] {
    this.session.read(request);
    return this.session.topK(candidatesOf(request), k, ...by);
  }

  /** Does the work that all candidates share, once for any number of later calls. */
  user(request: UserRequest): Session {
    const session = new Session(this.network);
    session.read(request);
    return session;
  }

  /**
   * Continues a session that `Session.save` gave, if it is not older than `maxAge` seconds. @throws
   * RankerStateError if it is older, if the bytes were changed, or if they belong to another model or to
   * other weights of this one.
   */
  loadSession(state: Uint8Array, options?: { readonly maxAge?: number }): Session {
    const session = new Session(this.network);
    session.load(state, options?.maxAge ?? Number.POSITIVE_INFINITY);
    return session;
  }

  /**
   * Encodes candidates as columns, which are ranked as `{ columns }`, or some of them as `{ columns, rows }`.
   * A catalogue that is encoded once is ranked without an object for each candidate. @throws
   * RankerInputError, naming the field.
   */
  encodeCandidates(candidates: readonly Candidate[]): CandidateColumns {
    const list = readList(candidates, "candidates");
    const columns: unknown = encodeColumns(this.network.inputs.candidates, list, "candidates");
    return columns as CandidateColumns;
  }

  /**
   * Encodes a user's history as columns, which a request takes instead of lists. @throws RankerInputError,
   * naming the field.
   */
  encodeHistory(history: Histories): HistoryColumns {
    const histories = this.network.inputs.parts.filter((part) => "encode" in part) as HistoryPart[];
    const all: unknown = Object.fromEntries(histories.map((each) => [each.name, each.encode(history)]));
    return all as HistoryColumns;
  }

  /**
   * The weight of each step of a history for each candidate, for each attention of the network and each of
   * its heads. Scores are computed again, with temporary buffers. @throws RankerInputError like `rank`.
   */
  explain(request: Request): Attention[] {
    return this.uncounted(() => explain(this.network, request));
  }

  /**
   * The vector of the user, whose inner product with the vector of an item is the item's logit. @throws
   * RankerInputError like `rank`.
   */
  userVector(request: UserRequest): Float32Array {
    // WebAssembly keeps only values that scores need.
    const q = new RequestValues(null);
    readRequest(this.network, q, request);
    return userVectorOf(this.network.w, q);
  }

  /**
   * Scores the golden requests that came with the weights; returns the largest difference of a logit. @throws
   * RankerWeightsError if one is larger than rounding explains.
   */
  verify(): number {
    const logits = (request: unknown) => byLabel(this.logits(request as Request));
    return this.uncounted(() => verifyGolden(this.file.header.golden, logits, CLOSE));
  }

  /**
   * The counts since the ranker was made with `stats: true`; null if it was made without. With `reset`,
   * counting starts again from 0. For a request that threw, the values read before are counted.
   */
  stats(options?: { readonly reset?: boolean }): RankerStats | null {
    const { counted } = this.network;
    if (counted === null) return null;
    const stats = counted.read(this.about);
    if (options?.reset === true) this.network.counted = new RankerCounters(this.network.inputs, this.file);
    return stats;
  }

  private uncounted<T>(ask: () => T): T {
    const { counted } = this.network;
    this.network.counted = null;
    try {
      return ask();
    } finally {
      this.network.counted = counted;
    }
  }
}

/** One user's request, ready to score candidates. Made by `ranker.user`. */
export class Session {
  private readonly network: ServedNetwork;
  private readonly q: RequestValues;

  constructor(network: ServedNetwork) {
    this.network = network;
    this.q = new RequestValues(network.c.wasm);
  }

  /** For `Ranker`: replaces the request of this session. */
  read(request: UserRequest): void {
    readRequest(this.network, this.q, request);
  }

  /**
   * Adds the steps of an event at the end of the histories, as lists like those of a request. Values that
   * follow from a step alone are computed for the new steps alone; scores have the same bits as those of a
   * new session with the longer histories. `request` has the user and the context if they changed, such as
   * the time; all values are then computed. Nothing changes if this throws. @throws RankerInputError, naming
   * the field.
   */
  append(event: UserEvent, request?: Omit<UserRequest, "history">): void {
    appendEvent(this.network, this.q, event, request);
  }

  /** The session as bytes, for `Ranker.loadSession`: of this model and these weights, and of this time. */
  save(): Uint8Array {
    return saveState(this.network, this.q);
  }

  /** For `Ranker`: takes the place of `read`. */
  load(state: Uint8Array, maxAge: number): void {
    loadState(this.network, this.q, state, maxAge);
  }

  /** The logit of each candidate, in `out` if it is given. */
  logits(candidates: Candidates, out?: Scores): Scores {
    return score(this.network, this.q, candidates, out, false);
  }

  /**
   * Like `Ranker.rank`, in `out` if it is given: then no array is allocated, and for columns nothing at all.
   */
  rank(candidates: Candidates, out?: Scores): Scores {
    return score(this.network, this.q, candidates, out, true);
  }

  /**
   * The k best candidates, by one label or output if there are several, the best first; of equal ones the
   * first. All candidates if there are fewer. Classes are ordered by their expected value.
   */
  topK(candidates: Candidates, k: number, ...by: RankedBy): Top[] {
    return best(this.logits(candidates), k, ...by);
  }
}
