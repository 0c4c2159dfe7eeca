// The models of the repository that no package for PyTorch trains.

/** Their settings, labels, or losses over a batch, are what no package trains with. */
const REFUSED: readonly string[] = [
  "domains-and-parts",
  "rows-of-labels",
  "bpr",
  "cl4srec",
  "dat",
  "delayed_feedback",
  "dssm",
  "escm2",
  "jrc",
  "listnet",
  "metrics-per-value",
  "pal",
  "ranks",
  "rocket_launching",
  "sim_soft",
  "simple_multi_task",
  "youtube_dnn",
];
export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
