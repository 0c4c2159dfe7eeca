export function serveFolder(
  folder: string,
  options?: { readonly port?: number; readonly isIsolated?: boolean },
): Promise<{ readonly address: string; close(): void }>;
