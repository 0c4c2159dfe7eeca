// The libraries that `npm run parity` compares with: the script of each is libraries/NAME.py.

/** Scripts that compute the zoo's weights from the library's write them, with vocabularies, as FuxiCTR does. */
const COMPUTED = "fuxictr";

export const libraries = [
  {
    name: "fuxictr",
    title: "FuxiCTR",
    version: "2.3.10",
    repository: "https://github.com/reczoo/FuxiCTR",
    /** As `dinc import --from` calls it. */
    from: "fuxictr",
    /** Its models are not in its package. */
    needsSource: true,
    install: (folder) =>
      `python -m venv ${folder} && ${folder}/bin/pip install fuxictr==2.3.10 torch && git clone https://github.com/reczoo/FuxiCTR ${folder}/source`,
  },
  {
    name: "deepctr_torch",
    title: "DeepCTR-Torch",
    version: "0.3.0",
    repository: "https://github.com/shenweichen/DeepCTR-Torch",
    from: COMPUTED,
    needsSource: false,
    install: (folder) => `python -m venv ${folder} && ${folder}/bin/pip install deepctr-torch==0.3.0 torch`,
    others: {
      ccpm: "its convolutions keep the number of fields, where the paper's are wide, and a network follows them",
      onn: "its products are not summed, and it has a linear part in place of the fields' vectors",
    },
  },
  {
    name: "deepctr",
    title: "DeepCTR",
    version: "0.9.4",
    repository: "https://github.com/shenweichen/DeepCTR",
    from: COMPUTED,
    needsSource: false,
    install: (folder) =>
      `python -m venv ${folder} && ${folder}/bin/pip install deepctr==0.9.4 tensorflow-cpu==2.15.1 torch`,
  },
  {
    name: "torch_rechub",
    title: "Torch-RecHub",
    version: "0.9.0",
    repository: "https://github.com/datawhalechina/torch-rechub",
    from: COMPUTED,
    needsSource: false,
    install: (folder) => `python -m venv ${folder} && ${folder}/bin/pip install torch-rechub==0.9.0 torch`,
    others: {
      afm: "its attention reads the sum of all pairs as one, so that its one weight is always 1",
      din: "it attends to each column of a history by itself, and its Dice has means over the numbers of a row, not over rows",
      edcn: "its gates are each a softmax of one number, so always 1",
      dien: "each column of a history has a GRU and an attention of its own",
      gru4rec: "its score is the cosine of the item and a network over the user's columns and the last state",
      mind: "it draws the logits of its routing anew for each prediction, and its softmax is over steps, where the paper's is over interests",
    },
  },
  {
    name: "recbole",
    title: "RecBole",
    version: "1.2.1",
    repository: "https://github.com/RUCAIBox/RecBole",
    from: COMPUTED,
    needsSource: false,
    install: (folder) =>
      `python -m venv ${folder} && ${folder}/bin/pip install --no-deps recbole==1.2.1 && ${folder}/bin/pip install torch numpy`,
    others: {
      autoint: "its layers of attention have one residual around all of them, and one ReLU",
      xdeepfm: "it has a ReLU after each layer of the CIN, and after the logit of the deep part",
      dien: "its attention is a network with sigmoids, and its scores are divided by the root of the width",
      din: "its last layers read no column of the user, and its attention has sigmoids, whose scores are divided by the root of the width",
      sasrec:
        "its layers normalise after they add, with a GELU, as BERT does, where the paper normalises first",
    },
  },
  {
    name: "nextrec",
    title: "NextRec",
    version: "0.6.14",
    repository: "https://github.com/zerolovesea/NextRec",
    from: COMPUTED,
    needsSource: false,
    install: (folder) => `python -m venv ${folder} && ${folder}/bin/pip install nextrec==0.6.14 torch`,
  },
  {
    name: "authors",
    /** Repositories of several papers, which the remarks name. */
    title: "Authors' code",
    from: COMPUTED,
    /** The environment of FuxiCTR, with which DCNv3 is written. */
    environment: "fuxictr",
    needsSource: true,
    install: (folder) =>
      `git clone https://github.com/salmon1802/FCN ${folder}/source/FCN && git clone https://github.com/THUDM/ComiRec ${folder}/source/ComiRec`,
  },
];

/** Models of the zoo that none of the libraries has, with what holds them to their papers instead. */
const FORMULA = "no library has it; tests/zoo compares it with the paper's formula";
const VARIANT =
  "a way to train or to read ids rather than a network, which a library's checkpoint would not show";
export const alone = {
  ...of(
    FORMULA,
    ...[
      "autodis",
      "can",
      "dat",
      "dbmtl",
      "dhen",
      "escm2",
      "esm2",
      "highway",
      "longer",
      "nrms",
      "pal",
      "pdn",
      "prm",
    ],
    ...["rankmixer", "simple_multi_task", "sparse_moe", "star", "tissa"],
  ),
  ...of(
    VARIANT,
    ...[
      "cl4srec",
      "dann",
      "delayed_feedback",
      "dropout_net",
      "hash_embeddings",
      "jrc",
      "listnet",
      "rocket_launching",
    ],
    ...["uncertainty"],
  ),
  dsin: "DeepCTR, of one of its authors, weights sessions by a network, where the paper has a product; MLGB 0.0.7 has attention over the whole history, a GRU and a sum over it",
  sim_hard:
    "FuxiCTR searches by learned scores alone, as sim_soft; no code of its authors was found, and tttwwy/sim searches as it prepares rows and reads steps by DIN's unit",
};

function of(why, ...names) {
  return Object.fromEntries(names.map((name) => [name, why]));
}
