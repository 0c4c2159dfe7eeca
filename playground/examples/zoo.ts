// Lists the zoo by family. Each model comes with the description in its own spec, above `model`.

export interface ModelDescription {
  readonly about: string;
  /**
   * The paper, with its section if known (AAAI papers have no section numbers); undefined if the text names
   * none.
   */
  readonly paper: string | undefined;
  readonly shows: string | undefined;
}

/** The description in a spec of the zoo. */
export function describeZooModel(text: string): ModelDescription {
  const said = text
    .split("\nmodel ")[0]!
    .replaceAll(/\n?\/\/\/ /g, " ")
    .trim();
  const [about, shows] = said.split(" Shows: ");
  const paper = about!.match(/\(([^()]*\b(?:19|20)\d\d\b[^()]*)\)\.$/)?.[1];
  return { about: about!, paper, shows };
}

/** The name of a model: the beginning of its description. */
export function titleOf({ about }: ModelDescription): string {
  return about.match(/^[^:,(]*/)![0].trim();
}

/** The first sentence of the description, without the title and the paper. */
export function sentenceOf({ about }: ModelDescription): string {
  const sentence = about
    .replace(/^[^:,(]*[:,]?/, "")
    .replace(/\([^()]*\)\.$/, "")
    .trim();
  return sentence === "" ? "" : `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`;
}

export interface Family {
  readonly name: string;
  readonly models: readonly string[];
}

/** Each model is in the family that it is best known for. */
export const families: readonly Family[] = [
  {
    name: "What the user did: histories",
    models: words(
      "embedding_mlp din dien bst dsin dmin dmr mind tissa transact sim_hard sim_soft eta sdim twin mirrn can pdn hstu narm nrms gru4rec longer sasrec cl4srec bert4rec",
    ),
  },
  {
    name: "Factorization machines: every two features",
    models: words("lr mlr fm ffm fwfm fmfm hofm hfm lorentz_fm afm ifm difm nfm fnn onn pnn"),
  },
  {
    name: "Crosses beside a deep network",
    models: words(
      "wide_and_deep deepfm deep_crossing highway dcn dcn_v2 dcn_mix dcn_v3 gdcn edcn xdeepfm deep_fefm deep_im qnn eulernet afn ccpm fgcnn",
    ),
  },
  {
    name: "Fields that look at one another",
    models: words(
      "autoint interhat destine sam fibinet fignn masknet flen aoanet finalmlp finalnet dlrm dhen wukong rankmixer",
    ),
  },
  {
    name: "Several tasks, and clicks that lead to more",
    models: words(
      "shared_bottom simple_multi_task mmoe sparse_moe ple esmm escm2 esm2 aitm dbmtl delayed_feedback",
    ),
  },
  { name: "Weights by user and by domain", models: words("star pepnet ppnet apg dann") },
  { name: "Two towers and retrieval", models: words("dssm dat youtube_dnn dropout_net") },
  {
    name: "Inputs and ways to learn",
    models: words("autodis hash_embeddings pal rocket_launching uncertainty jrc listnet bpr prm"),
  },
];

function words(text: string): readonly string[] {
  return text.split(" ");
}
