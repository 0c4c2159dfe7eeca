// The messages between the page and its workers, as plain data.

import type { CodeOrigins } from "../../compiler/backends/contract/emitted.ts";
import type { MessageKinds } from "../../compiler/common/message.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import type { TableRole } from "../../compiler/tools/init/tables.ts";
import type { ShownMeasures } from "./measured.ts";

/** A request from the page to the training worker. */
export type WorkerRequest =
  /** The page's rows with this seed are going to be needed. */
  | { readonly kind: "simulate"; readonly seed: number }
  | { readonly kind: "start"; readonly spec: string; readonly seed: number; readonly rows: RowsChoice }
  /**
   * Reads files of the reader's in addition to earlier ones, and drafts a spec for all. Their rows stay in
   * the worker.
   */
  | { readonly kind: "open"; readonly files: readonly File[] }
  /** Changes the role of a file; null leaves it out. */
  | { readonly kind: "take"; readonly name: string; readonly as: TableRole | null }
  /** The files are no longer needed. */
  | { readonly kind: "forget" }
  | { readonly kind: "pause" | "resume" | "step" }
  /** Steps per second; null for as many as possible. */
  | { readonly kind: "pace"; readonly steps: number | null }
  /** Compiles the current weights to files. */
  | { readonly kind: "compile"; readonly target: ShownTarget }
  /** Scores the candidates as if the user had clicked these items, latest last. */
  | { readonly kind: "rank"; readonly history: readonly ShownItem[] }
  /** Requests the report of the training so far, its run as an archive, or a page that ranks with its weights. */
  | { readonly kind: "report" | "archive" | "page" }
  /** Shows the user with this name from the test rows. */
  | { readonly kind: "user"; readonly name: string }
  /** Opens the server's run by the address of its description; nothing is trained then. */
  | { readonly kind: "serve"; readonly address: string };

export const trainingRequests: MessageKinds<WorkerRequest> = {
  ...{ simulate: true, start: true, pause: true, resume: true, step: true, pace: true },
  ...{ open: true, take: true, forget: true, rank: true, user: true, serve: true },
  ...{ compile: true, report: true, archive: true, page: true },
};

/** The training data: the page's simulated clicks, or the reader's files. */
export type RowsChoice = "simulated" | "own";

/** A value or a list of values; null if it is missing. */
export type ShownCell = RawCell;

export type ShownTarget = "ts" | "onnx";

export type TrainingNews =
  | {
      readonly kind: "started";
      readonly rows: number;
      readonly testRows: number;
      /** The name of the rows in the page. */
      readonly of: string;
      /** The number of steps per epoch. */
      readonly steps: number;
      readonly epochs: number;
      /** The shown measure: `auc`, or the first metric of the spec. */
      readonly measure: string;
      /** The metrics of the true probabilities on the test rows; null if they are unknown. */
      readonly best: { readonly auc: number; readonly logLoss: number } | null;
      readonly isThreaded: boolean;
    }
  | { readonly kind: "user"; readonly user: ShownUser }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly epoch: number;
      /** The mean of the steps since the previous news. */
      readonly loss: number;
      /** The mean since the training began. */
      readonly samplesPerSecond: number;
    }
  | ({ readonly kind: "measured"; readonly step: number } & ShownMeasures)
  /** For the candidates in the picture, with the history that the page sent last. */
  | ({ readonly kind: "contributions" } & Contributions)
  | ({
      readonly kind: "compiled";
      readonly target: ShownTarget;
      /** The spec that was compiled. */
      readonly spec: string;
    } & Compiled)
  | ({ readonly kind: "ranked" } & RankedCandidates)
  | {
      readonly kind: "drafted";
      readonly name: string;
      readonly rows: number;
      readonly files: readonly ShownFile[];
      /** The reasons why other files could not be read. */
      readonly problems: readonly string[];
      readonly spec: string;
      readonly config: string;
      /** The role of each column, with the reason. */
      readonly guesses: readonly { readonly column: string; readonly is: string; readonly reason: string }[];
    }
  /** With the files that could be read. */
  | { readonly kind: "refused"; readonly text: string; readonly files: readonly ShownFile[] }
  | { readonly kind: "report"; readonly html: string }
  | { readonly kind: "report" | "archive" | "page"; readonly problem: string }
  | ({ readonly kind: "page" } & PageFile)
  | {
      readonly kind: "archive";
      /** The name of the unpacked folder, and the path of the test rows in it. */
      readonly folder: string;
      readonly rows: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "over" }
  /** `mistakes`: where the spec does not fit the rows. */
  | { readonly kind: "failed"; readonly text: string; readonly mistakes: readonly ShownMistake[] };

/** A mistake in the spec's text, with its fixes. */
export interface ShownMistake {
  readonly message: string;
  readonly place: TextRange;
  readonly fixes: readonly ShownFix[];
}

export interface ShownFix {
  readonly title: string;
  readonly edits: readonly { readonly place: TextRange; readonly text: string }[];
}

export const trainingNews: MessageKinds<TrainingNews> = {
  ...{
    started: true,
    user: true,
    progress: true,
    measured: true,
    contributions: true,
    compiled: true,
    ranked: true,
  },
  ...{ drafted: true, refused: true, report: true, archive: true, page: true, over: true, failed: true },
};

export interface ShownFile {
  readonly name: string;
  readonly rows: number;
  /** Null for a file that is left out. */
  readonly as: TableRole | null;
  readonly reason: string;
}

export type Compiled =
  | {
      readonly files: ReadonlyMap<string, string | Uint8Array>;
      /** Whether the weights are trained, or random because nothing trains. */
      readonly isTrained: boolean;
      /** `model.wasm` as text. */
      readonly wasm: string | null;
      /** The lines of the spec for lines of `model.ts`. */
      readonly statements: ReadonlyMap<string, readonly number[]>;
      /** The nodes of `model.onnx`. */
      readonly nodes: readonly OnnxNode[] | null;
    }
  | { readonly problem: string };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly shape: string }[];
  /** Lines of the spec. */
  readonly lines: readonly number[];
}

/** A page that ranks, as one file. */
export interface PageFile {
  readonly name: string;
  readonly html: string;
}

export interface Contributions {
  /** By candidate. */
  readonly scores: readonly number[];
  /** By candidate: what each click of the history adds to the score. */
  readonly contributions: readonly (readonly number[])[];
}

export interface RankedCandidates extends Contributions {
  /** By candidate. */
  readonly weights: readonly (readonly number[])[] | null;
  /** The mean time of a request to the compiled module. */
  readonly microseconds: number;
  /** The operations of this request: those done once for the user, and those for each candidate. */
  readonly once: number;
  readonly each: number;
}

/** A candidate or a click, with the values of item features by name. */
export interface ShownItem {
  readonly title: string;
  /** The item's group, such as a category; may be empty. */
  readonly group: string;
  readonly values: Readonly<Record<string, ShownCell>>;
}

/**
 * One user from the test rows with candidates; the first two are from the groups that the user clicked most.
 */
export interface ShownUser {
  readonly name: string;
  /** Names of other users that can be shown. */
  readonly others: readonly string[];
  /** Latest last. */
  readonly history: readonly ShownItem[];
  readonly candidates: readonly ShownItem[];
  /** The name of the editable history; null if the model reads none. */
  readonly historyName: string | null;
}

/** The names of items, by the ids of a feature. */
export interface ItemTitles {
  readonly feature: string;
  readonly of: ReadonlyMap<string, string>;
}

/** A trained run that `dinc playground RUN` serves; addresses are relative to that of this description. */
export interface RunDescription {
  readonly name: string;
  readonly spec: string;
  /** Rows of its data, or a log from which rows are made. */
  readonly users:
    | { readonly kind: "rows"; readonly rows: readonly Readonly<Record<string, ShownCell>>[] }
    | {
        readonly kind: "events";
        readonly columns: Readonly<Record<string, readonly ShownCell[]>>;
        readonly by: { readonly user: string; readonly item: string; readonly order: string };
      };
  /** The titles of items, by the ids of a feature. */
  readonly titles: {
    readonly feature: string;
    readonly of: readonly (readonly [id: string, title: string])[];
  } | null;
  /** By target: the addresses of its compiled files, or the reason why there are none. */
  readonly targets: Readonly<Record<ShownTarget, readonly string[] | { readonly problem: string }>>;
  readonly report: string | null;
  readonly places: CodeOrigins | null;
}

/** A request for the views of a spec. `number` identifies answers to older texts. */
export interface ViewsRequest {
  readonly kind: "look";
  readonly number: number;
  readonly spec: string;
  /** Slow views that are computed only for the open tab. */
  readonly also: "passes" | "torchrec" | null;
  /** Whether the Graph is needed, for the task of a lesson. */
  readonly withGraph: boolean;
}

export interface Views {
  readonly kind: "views";
  readonly number: number;
  /** The text without comments and spaces: texts with the same words train the same. */
  readonly words: string;
  /** Null if the spec has errors. */
  readonly drawing: { readonly svg: string; readonly places: readonly TextRange[] } | null;
  readonly names: readonly ShownName[];
  readonly cost: ShownCost | null;
  readonly graph: string | null;
  /** Null if the spec has errors, or if it was not requested. */
  readonly passes: readonly ShownPass[] | null;
  readonly torchrec: Package | null;
}

export const viewsRequests: MessageKinds<ViewsRequest> = { look: true };
export const viewsAnswers: MessageKinds<Views> = { views: true };

/** The files of the PyTorch package by name, or the reason why there is none. */
export type Package = { readonly files: ReadonlyMap<string, string> } | { readonly problem: string };

export interface ShownPass {
  readonly name: string;
  readonly doc: string;
  /** The number of nodes. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly {
    readonly sign: " " | "-" | "+";
    readonly text: string;
    readonly once: "weights" | "example" | "user" | "candidate";
    readonly places: readonly TextRange[];
  }[];
}

/** A range of offsets in the text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface ShownName {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  /** The scopes or stages at which it is known. */
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
  /**
   * Operations of one request: if the network were computed again for each candidate, and as dinc compiles
   * it.
   */
  readonly before: number;
  readonly after: number;
  readonly candidates: number;
}
