export interface SimulatedItem {
  readonly id: number;
  readonly category: number;
  readonly quality: number;
  readonly price: number;
}

export interface SimulatedRow {
  readonly user: number;
  readonly gender: "f" | "m";
  readonly hour: number;
  readonly item: SimulatedItem;
  /** What the user had clicked before, latest last. */
  readonly past: readonly SimulatedItem[];
  readonly click: 0 | 1;
  /** The true one. */
  readonly chance: number;
}

export interface SimulatedRows {
  readonly train: readonly SimulatedRow[];
  readonly test: readonly SimulatedRow[];
}

export function simulate(size: {
  readonly users: number;
  readonly impressions: number;
  readonly items: number;
  readonly categories: number;
  readonly seed: number;
}): SimulatedRows;

export function bestOf(rows: readonly Pick<SimulatedRow, "chance" | "click">[]): {
  readonly auc: number;
  readonly logLoss: number;
};
