export function serveFolder(
  folder: string,
  options?: {
    readonly port?: number;
    readonly isIsolated?: boolean;
    readonly also?: ReadonlyMap<string, string | Uint8Array>;
  },
): Promise<{ readonly address: string; close(): void }>;
export function openBrowser(address: string): void;
