// Loads an emitted module into native TensorFlow.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filledShape } from "../../compiler/backends/contract/filled-shape.ts";
import type { SignatureInput, TensorflowModule } from "../../compiler/backends/tensorflow/emit.ts";
import type {
  FeedReader,
  LoadedModule,
  LoadModule,
} from "../../compiler/backends/tensorflow/loaded-module.ts";
import type { TensorflowType } from "../../compiler/backends/tensorflow/lowering.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { atEnd } from "../files/at-end.ts";
import { isLive, modified, ownerMark } from "../files/lock.ts";
import { inTemporary, removeIfPossible, removeLeftTemporaries } from "../files/temporary.ts";
import type { NativeModule, NativeTensor, SavedModel } from "../native/load.ts";
import { SERVE, writeSavedModel } from "./saved-model.ts";

interface LoadedSignature {
  readonly model: SavedModel;
  readonly inputs: readonly (readonly [key: string, input: SignatureInput])[];
}

/** The loader for TensorFlow's back end. */
export function loadModule(native: NativeModule): LoadModule {
  return (module) => NativeSession.load(native, module);
}

class NativeSession implements LoadedModule {
  private readonly native: NativeModule;
  private readonly signatures: ReadonlyMap<string, LoadedSignature>;
  /** By input: the buffer from which TensorFlow copies its values in every run. */
  private readonly copies = new Map<string, ArrayBuffer>();

  private constructor(native: NativeModule, signatures: ReadonlyMap<string, LoadedSignature>) {
    this.native = native;
    this.signatures = signatures;
  }

  static async load(native: NativeModule, module: TensorflowModule): Promise<NativeSession> {
    useTensorflow(native);
    removeLeftovers();
    const folder = await inTemporary(PURPOSE, () => mkdtempSync(join(tmpdir(), `${PREFIX}${ownerMark()}-`)));
    const forget = atEnd(() => removeIfPossible(folder));
    try {
      await inTemporary(PURPOSE, () => writeSavedModel(module, folder, native.folder));
      const signatures = new Map<string, LoadedSignature>();
      for (const [name, { inputs }] of module.signatures) {
        const model = await native.tf.node.loadSavedModel(folder, [SERVE], name);
        signatures.set(name, { model, inputs: [...inputs] });
      }
      return new NativeSession(native, signatures);
    } finally {
      removeIfPossible(folder);
      forget();
    }
  }

  run(signature: string, read: FeedReader): Readonly<Record<string, Float32Array | Int32Array>> {
    const { tf } = this.native;
    const loaded = this.signatures.get(signature);
    invariant(loaded, `the module has no signature ${signature}`);
    useTensorflow(this.native);
    const fed: Record<string, NativeTensor> = {};
    for (const [key, { source, part, dtype, shape }] of loaded.inputs) {
      const value = read(source, part);
      const values = this.copied(key, typeof value === "number" ? [value] : value, dtype);
      fed[key] = tf.tensor(values, filledShape(shape, values.length), dtype);
    }
    const fetched = loaded.model.predict(fed);
    const outputs: Record<string, Float32Array | Int32Array> = {};
    for (const [name, tensor] of Object.entries(fetched)) outputs[name] = tensor.dataSync();
    tf.dispose(fed);
    tf.dispose(fetched);
    return outputs;
  }

  /**
   * Values in a buffer that TensorFlow copies at once. TensorFlow would share an array that begins at a
   * multiple of 64 bytes, and would release it in the thread that last uses it or when the process ends;
   * tfjs-node then calls Node from a wrong thread, and the process sometimes crashes.
   */
  private copied(key: string, values: ArrayLike<number>, dtype: TensorflowType): Float32Array | Int32Array {
    const { length } = values;
    let bytes = this.copies.get(key);
    if (bytes === undefined || bytes.byteLength < ASIDE + 4 * length) {
      bytes = new ArrayBuffer(ASIDE + 4 * length);
      this.copies.set(key, bytes);
    }
    const copy = new (dtype === "int32" ? Int32Array : Float32Array)(bytes, ASIDE, length);
    copy.set(values);
    return copy;
  }

  dispose(): void {
    for (const { model } of this.signatures.values()) model.dispose();
  }
}

/**
 * tfjs keeps one current backend per process, whichever package loaded tfjs; switching to a running one takes
 * effect at once.
 */
function useTensorflow({ tf }: NativeModule): void {
  if (tf.getBackend() !== "tensorflow") void tf.setBackend("tensorflow");
}

/**
 * The offset into an ArrayBuffer, which is aligned to at least 8 bytes, that gives an alignment of only 4.
 */
const ASIDE = 4;

const PURPOSE = "TensorFlow reads its graph from there";
const PREFIX = "dinc-graph-";
const RANDOM_SUFFIX = "-XXXXXX".length;

/** Removes folders of processes that were killed while they loaded a module. */
function removeLeftovers(): void {
  removeLeftTemporaries(
    (name, path) =>
      name.startsWith(PREFIX) && !isLive(name.slice(PREFIX.length, -RANDOM_SUFFIX), modified(path)),
  );
}
