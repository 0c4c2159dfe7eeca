// The pages in the manual's table of contents, in the order in which a reader needs them. All other pages are
// reached by links.

export interface Chapter {
  readonly title: string;
  /** The path in the repository, the name in the contents, and the weight in the search if it isn't 1. */
  readonly pages: readonly (readonly [path: string, name: string, weight?: number])[];
}

/** The weight of pages for few readers. */
const FOR_FEW = 0.3;

export const contents: readonly Chapter[] = [
  {
    title: "Begin",
    pages: [
      ["README.md", "What dinc is"],
      ["docs/README.md", "All documents"],
      ["docs/tutorial.md", "From a CSV to a ranking"],
      ["docs/python.md", "In Python"],
      ["examples/notebooks/README.md", "Notebooks"],
      ["docs/tour.md", "A tour for each role"],
    ],
  },
  {
    title: "Understand",
    pages: [
      ["docs/ideas.md", "The ideas in pictures"],
      ["docs/questions.md", "Questions"],
      ["docs/concepts.md", "Words"],
    ],
  },
  {
    title: "Do",
    pages: [
      ["docs/cookbook.md", "Cookbook"],
      ["docs/data.md", "Data"],
      ["docs/impressions.md", "Impression logs"],
      ["docs/training.md", "Training"],
      ["docs/tuning.md", "Search for settings"],
      ["docs/daily.md", "Day after day"],
      ["examples/serving/README.md", "Serving"],
      ["docs/serving-in-python.md", "Serving in Python"],
      ["docs/serving-in-c.md", "Serving in C", FOR_FEW],
      ["docs/torchrec.md", "PyTorch and TorchRec"],
      ["docs/scale.md", "Past one machine"],
      ["docs/editors.md", "Editors"],
    ],
  },
  {
    title: "Come over",
    pages: [
      ["docs/side-by-side.md", "DeepCTR, FuxiCTR, EasyRec"],
      ["docs/quick-starts.md", "Their quick starts, in Python"],
      ["docs/migration.md", "Each of their models"],
      ["examples/zoo/README.md", "The zoo"],
    ],
  },
  {
    title: "Look up",
    pages: [
      ["grammar/SPEC.md", "The language"],
      ["docs/commands.md", "Commands"],
      ["docs/settings.md", "Settings"],
      ["docs/diagnostics.md", "Messages"],
      ["docs/api.md", "Libraries", FOR_FEW],
      ["docs/backends.md", "Back ends"],
      ["docs/prepared-rows.md", "Prepared rows"],
    ],
  },
  {
    title: "Rely on",
    pages: [
      ["docs/versions.md", "Versions"],
      ["CHANGELOG.md", "Changes", FOR_FEW],
      ["docs/benchmarks.md", "Benchmarks"],
      ["docs/reliability.md", "Reliability"],
      ["SECURITY.md", "Security"],
      ["compiler/ARCHITECTURE.md", "How it works inside", FOR_FEW],
      ["CONTRIBUTING.md", "Contributing", FOR_FEW],
      ["CITATION.cff", "Citing"],
    ],
  },
];
