// The facts that differ between libraries whose checkpoints dinc imports. `registry.ts` lists all of them.

/** The rows of a library's table by value of its feature. */
export interface LibraryVocabulary {
  /** The values in the order of their rows. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** The row of a value that is not among them; null if there is none. */
  readonly unknown: number | null;
}

/** The learned numbers of a feature's normaliser, by the transform of dinc that computes the same. */
export type Normaliser =
  | { readonly kind: "standardize"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "min_max"; readonly low: number; readonly high: number };

/** A file that the library writes beside its data, and whether an import needs it. */
export interface LibraryFile {
  readonly name: string;
  readonly isRequired: boolean;
}

export interface CheckpointLibrary {
  /** As `--from` names it. */
  readonly name: string;
  /** As its authors write it. */
  readonly title: string;
  readonly files: readonly LibraryFile[];
  /** By feature. `files` has those that exist. Throws CheckpointError. */
  readonly vocabularies: (files: ReadonlyMap<string, Uint8Array>) => ReadonlyMap<string, LibraryVocabulary>;
  /** By feature; a feature without one is absent. Throws CheckpointError. */
  readonly normalisers: (files: ReadonlyMap<string, Uint8Array>) => ReadonlyMap<string, Normaliser>;
  /** The feature whose rows a weight with this name has; null for any other weight. */
  readonly featureOf: (weight: string) => string | null;
  /** A name in the state that no score depends on. */
  readonly isIgnored: (name: string) => boolean;
  /** A bias that the library adds to the logit, wherever it is defined. */
  readonly isAddedToLogit: (weight: string) => boolean;
}
