// A fold as settings write it: `2 of 5`.

/** The fold `number`, counted from 1, of `of` folds. */
export interface Fold {
  readonly number: number;
  readonly of: number;
}

/** With more folds, each would have too few rows to measure on. */
export const MOST_FOLDS = 100;

export const FOLD = /^(\d{1,3}) of (\d{1,3})$/;

/** Null if `text` isn't a fold. */
export function readFold(text: string): Fold | null {
  const found = FOLD.exec(text);
  if (found === null) return null;
  const [number, of] = [Number(found[1]), Number(found[2])];
  return number >= 1 && number <= of && of >= 2 && of <= MOST_FOLDS ? { number, of } : null;
}

export function foldText({ number, of }: Fold): string {
  return `${number} of ${of}`;
}
