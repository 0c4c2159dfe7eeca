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
    title: "Get started",
    pages: [
      ["README.md", "Overview"],
      ["docs/README.md", "All documents"],
      ["docs/tutorial.md", "From a CSV to a ranking"],
      ["docs/python.md", "Python"],
      ["examples/notebooks/README.md", "Notebooks"],
      ["docs/language.md", "The language in an hour"],
      ["docs/tour.md", "A tour for each role"],
    ],
  },
  {
    title: "Concepts",
    pages: [
      ["docs/ideas.md", "The ideas in pictures"],
      ["docs/questions.md", "Frequent questions"],
      ["docs/concepts.md", "Glossary"],
    ],
  },
  {
    title: "Guides",
    pages: [
      ["docs/cookbook.md", "Cookbook"],
      ["docs/data.md", "Data"],
      ["docs/impressions.md", "Impression logs"],
      ["docs/training.md", "Training"],
      ["docs/tuning.md", "Hyperparameter search"],
      ["docs/daily.md", "Daily training"],
      ["examples/serving/README.md", "Serving"],
      ["docs/serving-in-python.md", "Serving in Python"],
      ["docs/serving-in-c.md", "Serving in C", FOR_FEW],
      ["docs/torchrec.md", "PyTorch and TorchRec"],
      ["docs/scale.md", "Training at scale"],
      ["docs/editors.md", "Editor setup"],
    ],
  },
  {
    title: "Migrate from another library",
    pages: [
      ["docs/side-by-side.md", "DeepCTR, FuxiCTR, EasyRec"],
      ["docs/quick-starts.md", "Quick starts of DeepCTR and FuxiCTR"],
      ["docs/migration.md", "Models of other libraries"],
      ["docs/parity.md", "Scores beside other libraries"],
      ["examples/zoo/README.md", "Model zoo"],
    ],
  },
  {
    title: "Reference",
    pages: [
      ["grammar/SPEC.md", "The language"],
      ["docs/commands.md", "Commands"],
      ["docs/settings.md", "Settings"],
      ["docs/diagnostics.md", "Error messages"],
      ["docs/api.md", "Library API", FOR_FEW],
      ["docs/backends.md", "Back ends"],
      ["docs/prepared-rows.md", "Prepared rows"],
    ],
  },
  {
    title: "Project",
    pages: [
      ["docs/versions.md", "Versions"],
      ["CHANGELOG.md", "Changelog", FOR_FEW],
      ["docs/benchmarks.md", "Benchmarks"],
      ["docs/reliability.md", "Reliability"],
      ["SECURITY.md", "Security"],
      ["compiler/ARCHITECTURE.md", "Architecture", FOR_FEW],
      ["CONTRIBUTING.md", "Contributing", FOR_FEW],
      ["CITATION.cff", "Citation"],
    ],
  },
];
