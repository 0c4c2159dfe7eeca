// What the page and its workers say to each other: plain data.

import type { CodeOrigins } from "../../compiler/backends/contract/emitted.ts";
import type { MessageKinds } from "../../compiler/common/message.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import type { TableRole } from "../../compiler/tools/init/tables.ts";
import type { ShownMeasures } from "./measured.ts";

/** What the page asks of the worker that trains. */
export type TrainingRequest =
  | { readonly kind: "start"; readonly spec: string; readonly seed: number; readonly rows: RowsChoice }
  /** Reads files of the reader's beside those before, and drafts a spec for all. Their rows stay where they are read. */
  | { readonly kind: "open"; readonly files: readonly File[] }
  /** The same files, of which the reader says what one is; null to leave it out. */
  | { readonly kind: "take"; readonly name: string; readonly as: TableRole | null }
  /** They are of no interest any more. */
  | { readonly kind: "forget" }
  | { readonly kind: "pause" | "resume" | "step" }
  /** Steps a second; null for as many as there can be. */
  | { readonly kind: "pace"; readonly steps: number | null }
  /** The files that the weights of this moment are compiled to. */
  | { readonly kind: "compile"; readonly target: ShownTarget }
  /** Scores of the candidates, had the user clicked these; latest last. */
  | { readonly kind: "rank"; readonly history: readonly ShownItem[] }
  /** The report of the training until now, or its run as an archive. */
  | { readonly kind: "report" | "archive" }
  /** Shows the user of the test rows who is called so. */
  | { readonly kind: "user"; readonly name: string }
  /** The run that the server of the page has, by the address of its description; nothing is trained then. */
  | { readonly kind: "serve"; readonly address: string };

export const trainingRequests: MessageKinds<TrainingRequest> = {
  ...{ start: true, open: true, take: true, forget: true, pause: true, resume: true, step: true, pace: true },
  ...{ compile: true, rank: true, report: true, archive: true, user: true, serve: true },
};

/** What is trained on: the clicks that every page has, or the files that the reader gave. */
export type RowsChoice = "simulated" | "own";

/** A value, or a list of values; null where there is none. */
export type ShownCell = RawCell;

export type ShownTarget = "ts" | "onnx";

export type TrainingNews =
  | {
      readonly kind: "started";
      readonly rows: number;
      readonly testRows: number;
      /** The rows, as the page calls them. */
      readonly of: string;
      /** Of one epoch. */
      readonly steps: number;
      readonly epochs: number;
      /** The measure that is shown: `auc`, or the first of the spec. */
      readonly measure: string;
      /** What the true chances of the clicks reach on the test rows; null where nobody knows. */
      readonly best: { readonly auc: number; readonly logLoss: number } | null;
      readonly isThreaded: boolean;
    }
  | { readonly kind: "user"; readonly user: ShownUser }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly epoch: number;
      /** Mean of the steps since the news before. */
      readonly loss: number;
      readonly samplesPerSecond: number;
    }
  | ({ readonly kind: "measured"; readonly step: number } & ShownMeasures)
  /**
   * For each candidate that is shown, a weight for each step of the history; null for a network that does not
   * weigh steps.
   */
  | { readonly kind: "weights"; readonly weights: readonly (readonly number[])[] | null }
  | ({
      readonly kind: "compiled";
      readonly target: ShownTarget;
      /** What it was compiled from. */
      readonly spec: string;
    } & Compiled)
  | ({ readonly kind: "ranked" } & RankedCandidates)
  | {
      readonly kind: "drafted";
      readonly name: string;
      readonly rows: number;
      readonly files: readonly ShownFile[];
      /** Why others that were given with them could not be read. */
      readonly problems: readonly string[];
      readonly spec: string;
      readonly config: string;
      /** What became of each column, and why. */
      readonly guesses: readonly { readonly column: string; readonly is: string; readonly reason: string }[];
    }
  /** With the files that could be read. */
  | { readonly kind: "refused"; readonly text: string; readonly files: readonly ShownFile[] }
  | { readonly kind: "report"; readonly html: string }
  | { readonly kind: "report" | "archive"; readonly problem: string }
  | {
      readonly kind: "archive";
      /** What it unpacks to, and the path of the test rows in it. */
      readonly folder: string;
      readonly rows: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "over" }
  | { readonly kind: "failed"; readonly text: string };

export const trainingNews: MessageKinds<TrainingNews> = {
  ...{
    started: true,
    user: true,
    progress: true,
    measured: true,
    weights: true,
    compiled: true,
    ranked: true,
  },
  ...{ drafted: true, refused: true, report: true, archive: true, over: true, failed: true },
};

export interface ShownFile {
  readonly name: string;
  readonly rows: number;
  /** Null for one that is left out. */
  readonly as: TableRole | null;
  readonly reason: string;
}

export type Compiled =
  | {
      readonly files: ReadonlyMap<string, string | Uint8Array>;
      /** Whether the weights are those of the training, or random ones, as nothing trains. */
      readonly isTrained: boolean;
      /** `model.wasm` as text. */
      readonly wasm: string | null;
      /** The lines of the spec that lines of `model.ts` come from. */
      readonly statements: ReadonlyMap<string, readonly number[]>;
      /** Of `model.onnx`. */
      readonly nodes: readonly OnnxNode[] | null;
    }
  | { readonly problem: string };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly shape: string }[];
  /** Of the spec. */
  readonly lines: readonly number[];
}

export interface RankedCandidates {
  /** By candidate. */
  readonly scores: readonly number[];
  readonly weights: readonly (readonly number[])[] | null;
  /** By candidate, the scores without each click of the history. */
  readonly without: readonly (readonly number[])[];
  /** Of one request to the compiled module: the median of many. */
  readonly microseconds: number;
  /** Operations of this request: those that are done once for the user, and those for each candidate. */
  readonly once: number;
  readonly each: number;
}

/** A candidate or a click: the values of item features by name. */
export interface ShownItem {
  readonly title: string;
  /** What tells its kind, such as a category; empty where there is nothing. */
  readonly group: string;
  readonly values: Readonly<Record<string, ShownCell>>;
}

/** One user of the test rows, with candidates, of which the first three are of the groups that they clicked most. */
export interface ShownUser {
  readonly name: string;
  /** Names of users of the test rows, who can be shown instead. */
  readonly others: readonly string[];
  /** Latest last. */
  readonly history: readonly ShownItem[];
  readonly candidates: readonly ShownItem[];
  /** The history that may be changed; null where the model reads none. */
  readonly historyName: string | null;
}

/** A trained run as `dinc playground RUN` serves it; addresses are relative to that of this description. */
export interface RunDescription {
  readonly name: string;
  readonly spec: string;
  /** Rows of its data; or a log, of which rows are made. */
  readonly users:
    | { readonly kind: "rows"; readonly rows: readonly Readonly<Record<string, ShownCell>>[] }
    | {
        readonly kind: "events";
        readonly columns: Readonly<Record<string, readonly ShownCell[]>>;
        readonly by: { readonly user: string; readonly item: string; readonly order: string };
      };
  /** What items are called, by the ids of a feature. */
  readonly titles: {
    readonly feature: string;
    readonly of: readonly (readonly [id: string, title: string])[];
  } | null;
  /** By target: addresses of the files that it is compiled to, or why there are none. */
  readonly targets: Readonly<Record<ShownTarget, readonly string[] | { readonly problem: string }>>;
  readonly report: string | null;
  readonly places: CodeOrigins | null;
}

/** What the page asks about a spec, and what it shows of it. `number` tells answers of an older text. */
export interface ViewsRequest {
  readonly kind: "look";
  readonly number: number;
  readonly spec: string;
  /** What takes long and is made only where it is looked at. */
  readonly also: "passes" | "torchrec" | null;
  /** Whether its Graph is asked for, which the task of a lesson goes by. */
  readonly withGraph: boolean;
}

export interface Views {
  readonly kind: "views";
  readonly number: number;
  /** Null where the spec has errors. */
  readonly drawing: { readonly svg: string; readonly places: readonly TextRange[] } | null;
  readonly names: readonly ShownName[];
  readonly cost: ShownCost | null;
  readonly graph: string | null;
  /** Null where the spec has errors, or nobody asked. */
  readonly passes: readonly ShownPass[] | null;
  readonly torchrec: Package | null;
}

export const viewsRequests: MessageKinds<ViewsRequest> = { look: true };
export const viewsAnswers: MessageKinds<Views> = { views: true };

/** The files of the package for PyTorch by name; or why there is none. */
export type Package = { readonly files: ReadonlyMap<string, string> } | { readonly problem: string };

export interface ShownPass {
  readonly name: string;
  readonly doc: string;
  /** Nodes. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly {
    readonly sign: " " | "-" | "+";
    readonly text: string;
    readonly once: "weights" | "example" | "user" | "candidate";
    readonly places: readonly TextRange[];
  }[];
}

/** Where something stands in the text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface ShownName {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  /** When it is known. */
  readonly sources: readonly string[];
  readonly place: TextRange;
}

export interface ShownCost {
  readonly parameters: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly numbers: number;
    readonly places: readonly TextRange[];
  }[];
  readonly tables: readonly {
    readonly name: string;
    readonly width: number;
    readonly bytesPerThousandIds: number;
    readonly places: readonly TextRange[];
  }[];
  /** Operations of one request: as a network that is run anew for each candidate, and as dinc compiles it. */
  readonly before: number;
  readonly after: number;
  readonly candidates: number;
}
