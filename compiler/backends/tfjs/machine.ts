// What tfjs's back end needs of the machine, without the types of tfjs: who reads dinc's declarations need not have them.

/** What tfjs computes on: WebAssembly, or plain JavaScript. */
export type TfjsName = "wasm" | "cpu";

/** tfjs as a module. The back end alone knows its whole type. */
export interface TfjsModule {
  readonly version_core: string;
}

/** Gives tfjs with that backend ready. */
export type LoadTfjs = (name: TfjsName) => Promise<TfjsModule>;
