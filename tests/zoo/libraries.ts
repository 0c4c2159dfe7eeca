// The models of four libraries by their names there, and each one's file here. `docs/migration.md` is written from it, with a link
// where the file is, and otherwise the reason.

export interface Migrated {
  /** As the library calls it. */
  readonly name: string;
  /** Its file in examples/zoo, there already or to come. */
  readonly file?: string;
  /** Beside the link what to know; without a file why there is none, or what it waits for. */
  readonly note?: string;
}

export interface Library {
  readonly name: string;
  readonly repository: string;
  /** Where it lists its models, and when that was read. */
  readonly list: string;
  readonly models: readonly Migrated[];
}

/** What several libraries have, and no file of the zoo yet. */
const waiting = {
  ccpm: {
    name: "CCPM",
    file: "ccpm",
  },
  fgcnn: {
    name: "FGCNN",
    file: "fgcnn",
  },
  edcn: {
    name: "EDCN",
    file: "edcn",
  },
  dsin: { name: "DSIN", file: "dsin" },
  mind: {
    name: "MIND",
    file: "mind",
    note: "by a softmax over the items of a batch with the loss of [dssm](../examples/zoo/dssm.din)",
  },
  dssm: {
    name: "DSSM",
    file: "dssm",
  },
  rocket: {
    name: "RocketLaunching",
    file: "rocket_launching",
  },
  dat: {
    name: "DAT",
    file: "dat",
  },
} as const satisfies Readonly<Record<string, Migrated>>;

const IMAGES =
  "`encoder` over a list of vectors, `vector(n)` being those of images and texts; there are no rows with images here to hold it to";

export const libraries: readonly Library[] = [
  {
    name: "DeepCTR",
    repository: "https://github.com/shenweichen/DeepCTR",
    list: "its README, April 2026",
    models: [
      waiting.ccpm,
      { name: "FNN", file: "fnn" },
      { name: "PNN", file: "pnn" },
      { name: "WDL", file: "wide_and_deep" },
      { name: "DeepFM", file: "deepfm" },
      { name: "MLR", file: "mlr" },
      { name: "NFM", file: "nfm" },
      { name: "AFM", file: "afm" },
      {
        name: "DCN",
        file: "dcn",
        note: '`cross_parameterization="matrix"` is [dcn_v2](../examples/zoo/dcn_v2.din)',
      },
      { name: "DCNMix", file: "dcn_mix" },
      { name: "xDeepFM", file: "xdeepfm" },
      { name: "DIN", file: "din" },
      { name: "DIEN", file: "dien" },
      waiting.dsin,
      { name: "AutoInt", file: "autoint" },
      { name: "FwFM", file: "fwfm" },
      { name: "ONN", file: "onn" },
      waiting.fgcnn,
      { name: "FiBiNET", file: "fibinet" },
      { name: "FLEN", file: "flen" },
      { name: "BST", file: "bst" },
      { name: "IFM", file: "ifm" },
      { name: "DIFM", file: "difm" },
      { name: "DeepFEFM", file: "deep_fefm" },
      { name: "SharedBottom", file: "shared_bottom" },
      { name: "ESMM", file: "esmm" },
      { name: "MMOE", file: "mmoe" },
      { name: "PLE", file: "ple" },
      waiting.edcn,
    ],
  },
  {
    name: "FuxiCTR",
    repository: "https://github.com/reczoo/FuxiCTR",
    list: "the model zoo of its README, June 2026",
    models: [
      { name: "LR", file: "lr" },
      { name: "FM", file: "fm" },
      waiting.dssm,
      waiting.ccpm,
      { name: "FFM", file: "ffm" },
      { name: "DNN", file: "embedding_mlp", note: "the same without its history" },
      { name: "Wide&Deep", file: "wide_and_deep" },
      { name: "PNN", file: "pnn" },
      { name: "DeepCrossing", file: "deep_crossing" },
      { name: "HOFM", file: "hofm" },
      { name: "DeepFM", file: "deepfm" },
      { name: "NFM", file: "nfm" },
      { name: "AFM", file: "afm" },
      { name: "DCN", file: "dcn" },
      { name: "FwFM", file: "fwfm" },
      { name: "xDeepFM", file: "xdeepfm" },
      { name: "FiGNN", file: "fignn" },
      {
        name: "AutoInt/AutoInt+",
        file: "autoint",
        note: "AutoInt+ adds `(flatten(fields) |> mlp([64, 32]) |> dense(1))` to the logit",
      },
      { name: "FiBiNET", file: "fibinet" },
      waiting.fgcnn,
      { name: "HFM/HFM+", file: "hfm" },
      { name: "DLRM", file: "dlrm" },
      { name: "ONN", file: "onn" },
      {
        name: "AFN/AFN+",
        file: "afn",
        note: 'AFN+ adds a deep network over embeddings of its own, `embed(f, 8, name: "deep")`',
      },
      { name: "LorentzFM", file: "lorentz_fm" },
      { name: "InterHAt", file: "interhat" },
      { name: "FLEN", file: "flen" },
      { name: "DeepIM", file: "deep_im" },
      { name: "FmFM", file: "fmfm" },
      { name: "DCN-V2", file: "dcn_v2" },
      { name: "DESTINE", file: "destine" },
      waiting.edcn,
      { name: "MaskNet", file: "masknet", note: "in parallel; in series `mask_block` stands in a `fold`" },
      { name: "SAM", file: "sam" },
      { name: "AOANet", file: "aoanet" },
      { name: "FinalMLP", file: "finalmlp" },
      { name: "FinalNet", file: "finalnet" },
      {
        name: "EulerNet",
        file: "eulernet",
        note: "one layer; a second one waits for the angle of a complex number",
      },
      { name: "GDCN", file: "gdcn" },
      { name: "WuKong", file: "wukong" },
      { name: "QNN-α", file: "qnn" },
      { name: "DIN", file: "din" },
      { name: "DIEN", file: "dien" },
      { name: "BST", file: "bst" },
      { name: "DMIN", file: "dmin" },
      { name: "DMR", file: "dmr" },
      { name: "TransAct", file: "transact", note: "without the mask of a random window of time in training" },
      {
        name: "SIM",
        file: "sim_soft",
        note: "its hard search is [sim_hard](../examples/zoo/sim_hard.din)",
      },
      { name: "ETA", file: "eta" },
      { name: "SDIM", file: "sdim" },
      { name: "TWIN", file: "twin" },
      { name: "MIRRN", file: "mirrn" },
      { name: "APG", file: "apg" },
      { name: "PPNet", file: "ppnet" },
      { name: "ShareBottom", file: "shared_bottom" },
      { name: "MMoE", file: "mmoe" },
      { name: "PLE", file: "ple" },
    ],
  },
  {
    name: "EasyRec",
    repository: "https://github.com/alibaba/EasyRec",
    list: "its README and its models' pages, December 2025",
    models: [
      { name: "FM", file: "fm" },
      { name: "WideAndDeep", file: "wide_and_deep" },
      { name: "DeepFM", file: "deepfm" },
      { name: "xDeepFM", file: "xdeepfm" },
      {
        name: "MultiTower",
        note: "a network for each group, side by side: `concat(user |> concat |> mlp([64]), item |> concat |> mlp([64]))`",
      },
      { name: "DLRM", file: "dlrm" },
      { name: "DCN", file: "dcn_v2" },
      { name: "AutoInt", file: "autoint" },
      { name: "FiBiNet", file: "fibinet" },
      { name: "MaskNet", file: "masknet" },
      { name: "PPNet", file: "ppnet" },
      {
        name: "CDN",
        note: "experts weighed by how often an item was in the training rows, which a column has to say: `frequency` stands in losses only",
      },
      { name: "DIN", file: "din" },
      { name: "BST", file: "bst" },
      { name: "CL4SRec", file: "cl4srec", note: "histories are masked, and neither cropped nor shuffled" },
      { name: "HighwayNetwork", file: "highway" },
      { name: "CMBF", note: IMAGES },
      { name: "UNITER", note: IMAGES },
      waiting.rocket,
      { name: "ESMM", file: "esmm" },
      { name: "MMoE", file: "mmoe" },
      { name: "DBMTL", file: "dbmtl" },
      { name: "AITM", file: "aitm" },
      { name: "PLE", file: "ple" },
      {
        name: "SimpleMultiTask",
        file: "simple_multi_task",
      },
      waiting.dssm,
      waiting.mind,
      waiting.dat,
      { name: "DropoutNet", file: "dropout_net" },
      {
        name: "CoMetricLearningI2I",
        note: "a loss over pairs of a batch, by `batch`: those of one session are near, others far",
      },
      { name: "PDN", file: "pdn" },
    ],
  },
  {
    name: "TorchEasyRec",
    repository: "https://github.com/alibaba/TorchEasyRec",
    list: "its README, August 2026",
    models: [
      waiting.dssm,
      waiting.mind,
      {
        name: "TDM",
        note: "out of scope: a tree over all items, searched level by level, is an index and no network",
      },
      waiting.dat,
      { name: "DeepFM", file: "deepfm" },
      { name: "WideAndDeep", file: "wide_and_deep" },
      { name: "MultiTower", note: "as EasyRec's" },
      { name: "DIN", file: "din" },
      { name: "DLRM", file: "dlrm" },
      { name: "DCN", file: "dcn" },
      { name: "DCN-V2", file: "dcn_v2" },
      { name: "MaskNet", file: "masknet" },
      { name: "xDeepFM", file: "xdeepfm" },
      { name: "WuKong", file: "wukong" },
      waiting.rocket,
      { name: "MMoE", file: "mmoe" },
      { name: "PLE", file: "ple" },
      { name: "DBMTL", file: "dbmtl" },
      { name: "PEPNet", file: "pepnet" },
      {
        name: "DLRM-HSTU",
        file: "hstu",
        note: "`facing`; its bias of times are `buckets` of a number that steps have",
      },
      { name: "ULTRA-HSTU", note: "`hstu` within windows: a `where` of how far two steps are apart" },
      {
        name: "HSTU-Match",
        file: "hstu",
        note: "without the candidate in the history, and with the loss of [dssm](../examples/zoo/dssm.din)",
      },
      {
        name: "SID RQVAE",
        note: "out of scope: it makes ids of items and ranks nothing; its ids are a `set` or features",
      },
      { name: "SID RQKMeans", note: "out of scope, as RQVAE" },
    ],
  },
];
