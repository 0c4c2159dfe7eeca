// The data of a page that ranks, as plain JSON: what the compiler writes and the page's script reads.

export interface RankingPageData {
  /** `model.js`, which needs nothing beside it. */
  readonly module: string;
  /** `model.weights.bin` in base64. */
  readonly weights: string;
  readonly user: readonly PageField[];
  readonly context: readonly PageField[];
  readonly item: readonly PageField[];
  readonly histories: readonly PageHistory[];
  /** The values with which the page begins. */
  readonly request: PageRequest;
  readonly titles: PageTitles | null;
  /** The label whose scores are shown. */
  readonly label: PageLabel;
}

export interface PageField {
  readonly name: string;
  readonly doc: string;
  readonly form: PageFieldForm;
  /** Values that training has seen, to choose from; the most frequent ones come first. */
  readonly known: readonly string[];
}

/** The form of a field's text: one word or number, several with commas between them, or JSON. */
export type PageFieldForm = "text" | "number" | "texts" | "numbers" | "json";

export interface PageHistory {
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly PageField[];
}

/** Names of items, by the values of one feature. */
export interface PageTitles {
  readonly feature: string;
  readonly names: Readonly<Record<string, string>>;
}

export interface PageLabel {
  readonly name: string;
  readonly isChance: boolean;
  /** The value of the first class, for classes that are whole numbers; null for all other labels. */
  readonly low: number | null;
}

/** A value, or a list of values or of lists. */
export type PageCell = string | number | bigint | boolean | null | readonly PageCell[];

/** Values by feature. */
export type PageRecord = Readonly<Record<string, PageCell>>;

/** A request in the form that generated code takes. */
export interface PageRequest {
  readonly user: PageRecord;
  readonly context: PageRecord;
  /** By history: its steps, latest last. */
  readonly history: Readonly<Record<string, readonly PageRecord[]>>;
  readonly candidates: readonly PageRecord[];
}
