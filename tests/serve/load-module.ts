// Evaluates generated JavaScript.

/** The exports of a module given as text. */
export async function loadModule<T>(javascript: string): Promise<T> {
  const base64 = Buffer.from(javascript, "utf8").toString("base64");
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${base64}`)) as T;
}
