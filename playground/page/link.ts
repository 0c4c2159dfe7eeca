// Reads and writes links to the page's state: the spec, the seed, the open tab, and the version of dinc. The
// state follows `#v1.` as deflated JSON, so it is never sent to a server.

export interface Linked {
  readonly spec: string;
  readonly seed: number;
  readonly tab: string;
  /** The version of dinc. */
  readonly version: string;
  /** The name of the open lesson, if any. */
  readonly lesson?: string;
  /** The measure that the sender's training reached, for the reader to beat. */
  readonly goal?: number;
}

const FORM = "#v1.";
/** The most bytes that a link may unpack to; a larger one is malicious. */
const MOST = 1_000_000;
/** The bytes that are unpacked at a time; each becomes at most a thousand. */
const PIECE = 1_024;

export async function linkOf(linked: Linked): Promise<string> {
  const bytes = Uint8Array.from(new TextEncoder().encode(JSON.stringify(linked)));
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  return (
    FORM +
    btoa(String.fromCharCode(...packed))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "")
  );
}

/** Whether an address was made for a spec, also if it is cut off or of another version. */
export function isLink(hash: string): boolean {
  return /^#v\d+\./.test(hash);
}

/** Null for other addresses. Unknown fields of newer links are ignored. */
export async function readLink(hash: string): Promise<Linked | null> {
  if (!hash.startsWith(FORM)) return null;
  try {
    const text = atob(hash.slice(FORM.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
    const json = new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw")));
    const { spec, seed, tab, version, lesson, goal }: Readonly<Record<string, unknown>> = JSON.parse(json);
    if (typeof spec !== "string") return null;
    return {
      spec,
      seed: Number.isSafeInteger(seed) ? Number(seed) : 7,
      tab: typeof tab === "string" ? tab : "",
      version: typeof version === "string" ? version : "",
      ...(typeof lesson === "string" ? { lesson } : {}),
      ...(Number.isFinite(goal) ? { goal: Number(goal) } : {}),
    };
  } catch {
    return null;
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // Piece by piece, because each is unpacked as a whole: this limits the output of a malicious link. Reading
  // reports errors of writing.
  for (let at = 0; at < bytes.length; at += PIECE)
    void writer.write(bytes.subarray(at, at + PIECE)).catch(() => {});
  void writer.close().catch(() => {});
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.readable.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > MOST) {
      void reader.cancel();
      throw new RangeError("too long");
    }
    chunks.push(read.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
