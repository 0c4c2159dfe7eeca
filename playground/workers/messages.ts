// What the page and its workers say to each other: plain data.

/** What the page asks of the worker that trains. */
export type TrainingRequest =
  | { readonly kind: "start"; readonly spec: string; readonly seed: number }
  | { readonly kind: "pause" | "resume" | "step" }
  /** The files of the module that the weights of this moment are compiled to. */
  | { readonly kind: "compile" }
  /** Scores of the candidates, had the user clicked these; latest last. */
  | { readonly kind: "rank"; readonly history: readonly ShownItem[] };

export type TrainingNews =
  | {
      readonly kind: "started";
      readonly rows: number;
      readonly testRows: number;
      /** Of one epoch. */
      readonly steps: number;
      readonly epochs: number;
      /** What the true chances of the clicks reach on the test rows. */
      readonly best: { readonly auc: number; readonly logLoss: number };
      readonly isThreaded: boolean;
      readonly user: ShownUser;
    }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly epoch: number;
      /** Mean of the steps since the news before. */
      readonly loss: number;
      readonly samplesPerSecond: number;
    }
  | { readonly kind: "measured"; readonly step: number; readonly auc: number; readonly logLoss: number }
  /** For each candidate that is shown, a weight for each step of the history; null for a network that does not weigh steps. */
  | { readonly kind: "weights"; readonly weights: readonly (readonly number[])[] | null }
  | { readonly kind: "compiled"; readonly files: ReadonlyMap<string, string> }
  | {
      readonly kind: "ranked";
      /** By candidate. */
      readonly scores: readonly number[];
      readonly weights: readonly (readonly number[])[] | null;
      /** Of one request to the compiled module: the median of many. */
      readonly microseconds: number;
    }
  | { readonly kind: "over" }
  | { readonly kind: "failed"; readonly text: string };

export interface ShownItem {
  readonly id: number;
  readonly category: number;
  readonly price: number;
}

/** One user of the test rows, with candidates, of which the first three are in categories that they clicked most. */
export interface ShownUser {
  readonly name: string;
  /** Latest last. */
  readonly history: readonly ShownItem[];
  readonly candidates: readonly ShownItem[];
}

/** What the page asks about a spec, and what it shows of it. `number` tells answers of an older text. */
export interface ViewsRequest {
  readonly number: number;
  readonly spec: string;
}

export interface Views {
  readonly number: number;
  /** Null where the spec has errors. */
  readonly drawing: { readonly svg: string; readonly places: readonly NodePlace[] } | null;
  readonly names: readonly ShownName[];
  readonly graph: string | null;
  readonly cost: ShownCost | null;
}

/** Where a node of the drawing stands in the text. */
export interface NodePlace {
  readonly start: number;
  readonly end: number;
}

export interface ShownName {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  /** When it is known. */
  readonly sources: readonly string[];
  readonly start: number;
}

export interface ShownCost {
  readonly parameters: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly numbers: number;
  }[];
  readonly tables: readonly {
    readonly name: string;
    readonly width: number;
    readonly bytesPerThousandIds: number;
  }[];
  /** Operations of one request: as a network that is run anew for each candidate, and as dinc compiles it. */
  readonly before: number;
  readonly after: number;
  readonly candidates: number;
}
