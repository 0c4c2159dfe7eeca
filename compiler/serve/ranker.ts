// The API of a generated module. A module has it as it is here, but for members that its model cannot have: `explain` where
// nothing attends to a history, `encodeHistory` where there is none, and the like.

import type { About } from "./about.ts";
import { RankerCounters } from "./counting.ts";
import { explain } from "./explain.ts";
import { verifyGolden } from "./golden.ts";
import { encodeColumns } from "./inputs.ts";
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
  /** The bytes of model.weights.bin. They are kept and must not change. */
  readonly weights: Uint8Array | ArrayBuffer;
  /**
   * Whether the tables are read through once, for their checksums: true unless `false` is given, as for tables of several
   * GB that are mapped into memory. All else is checked in any case.
   */
  readonly checkTables?: boolean;
  /** Where the rows are that the weights file does not hold. */
  readonly tables: Tables;
  /** Score the golden requests first, and fail if they differ from what training gives. */
  readonly verify?: boolean;
  /** Count requests, candidates, missing and unknown values, lengths of histories and scores, for `ranker.stats()`. */
  readonly stats?: boolean;
  /**
   * What is to compute scores. By default the fastest that there is: SIMD with multiply-adds that round once, SIMD, plain
   * TypeScript. The second gives the same bits everywhere.
   */
  readonly backend?: "auto" | "simd" | "typescript";
  /**
   * The module of model.wasm or model.relaxed.wasm, where bytes may not be compiled (edge workers): `import wasm from
   * "./model.wasm"`.
   */
  readonly wasm?: WasmModule;
}

/**
 * Checks and reads the weights.
 * @throws RankerWeightsError where they are not this model's, or damaged; RankerWasmError where `wasm` is not this model's.
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
  /** Which model, program and run this is, and which dinc made it. */
  readonly about: About;
  private readonly file: WeightsFile;
  private readonly network: ServedNetwork;
  /** Takes one request after the other. */
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

  /** What computes the scores. */
  get backend(): Backend {
    return this.network.c.wasm?.backend ?? "typescript";
  }

  /**
   * The prediction for each candidate: a probability, a number, or a probability for each class, as the label is.
   * @throws RankerInputError, naming the field, for what cannot be scored.
   */
  rank(request: Request): Scores {
    this.session.read(request);
    return this.session.rank(candidatesOf(request));
  }

  /** As `rank`, before the sigmoid or the softmax. */
  logits(request: Request): Scores {
    this.session.read(request);
    return this.session.logits(candidatesOf(request));
  }

  /** As `Session.topK`. */
  topK(request: Request, k: number, ...by: RankedBy): Top[] {
    this.session.read(request);
    return this.session.topK(candidatesOf(request), k, ...by);
  }

  /** Does the work that all candidates share, once, for as many calls as follow. */
  user(request: UserRequest): Session {
    const session = new Session(this.network);
    session.read(request);
    return session;
  }

  /**
   * Candidates as columns, to be ranked as `{ columns }`, or some of them as `{ columns, rows }`: encoded once, a catalogue
   * is ranked without an object for each candidate.
   * @throws RankerInputError, naming the field.
   */
  encodeCandidates(candidates: readonly Candidate[]): CandidateColumns {
    const list = readList(candidates, "candidates");
    const columns: unknown = encodeColumns(this.network.inputs.candidates, list, "candidates");
    return columns as CandidateColumns;
  }

  /**
   * A user's history as columns, which a request takes in its place.
   * @throws RankerInputError, naming the field.
   */
  encodeHistory(history: Histories): HistoryColumns {
    const histories = this.network.inputs.parts.filter((part): part is HistoryPart => "encode" in part);
    const all: unknown = Object.fromEntries(histories.map((each) => [each.name, each.encode(history)]));
    return all as HistoryColumns;
  }

  /**
   * How much each step of a history mattered to each candidate, for each attention of the network and each of its heads. Scores
   * are computed anew, with buffers that are not kept.
   * @throws RankerInputError as `rank` does.
   */
  explain(request: Request): Attention[] {
    return this.uncounted(() => explain(this.network, request));
  }

  /**
   * The vector of the user, whose inner product with the vector of an item is the item's logit.
   * @throws RankerInputError as `rank` does.
   */
  userVector(request: UserRequest): Float32Array {
    // WebAssembly keeps nothing that scores do not need.
    const q = new RequestValues(null);
    readRequest(this.network, q, request);
    return userVectorOf(this.network.w, q);
  }

  /**
   * Scores the golden requests that came with the weights; gives the largest difference of a logit.
   * @throws RankerWeightsError where one is larger than rounding explains.
   */
  verify(): number {
    const logits = (request: unknown) => byLabel(this.logits(request as Request));
    return this.uncounted(() => verifyGolden(this.file.header.golden, logits, CLOSE));
  }

  /**
   * What was counted since the ranker was made with `stats: true`; null where it was made without. With `reset`, counting then
   * begins again from 0. Of a request that threw, what was read before is counted.
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

  /** For `Ranker`: takes another request in the place of this one. */
  read(request: UserRequest): void {
    readRequest(this.network, this.q, request);
  }

  /** The logit of each candidate, in `out` if it is given. */
  logits(candidates: Candidates, out?: Scores): Scores {
    return score(this.network, this.q, candidates, out, false);
  }

  /** As `Ranker.rank`, in `out` if it is given: then no array is made, and from columns nothing at all. */
  rank(candidates: Candidates, out?: Scores): Scores {
    return score(this.network, this.q, candidates, out, true);
  }

  /**
   * The k best candidates, by one label where there are several, the best first; of equal ones the one given first. All where
   * there are fewer. Classes count by their expected value.
   */
  topK(candidates: Candidates, k: number, ...by: RankedBy): Top[] {
    return best(this.logits(candidates), k, ...by);
  }
}
