// The models of the repository that no package for PyTorch trains.

/** Their settings, or losses over groups of a batch, are what no package trains with. */
const REFUSED: readonly string[] = ["domains-and-parts", "bpr", "jrc", "listnet", "ranks"];
export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
