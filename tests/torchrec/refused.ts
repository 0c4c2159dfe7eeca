// The models of the repository that no package for PyTorch trains.

/** Their settings, or losses over a batch, are what no package trains with. */
const REFUSED: readonly string[] = [
  "domains-and-parts",
  "bpr",
  "cl4srec",
  "dssm",
  "jrc",
  "listnet",
  "ranks",
  "youtube_dnn",
];
export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
