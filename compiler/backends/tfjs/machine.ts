// The parts of tfjs that its back end needs, without the types of tfjs, so that readers of dinc's declarations need not install
// them.

/** What tfjs computes on: WebAssembly, or plain JavaScript. */
export type TfjsName = "wasm" | "cpu";

/** tfjs as a module. The back end alone knows its whole type. */
export interface TfjsModule {
  readonly version_core: string;
}

/** Gives tfjs with that backend ready. */
export type LoadTfjs = (name: TfjsName) => Promise<TfjsModule>;
