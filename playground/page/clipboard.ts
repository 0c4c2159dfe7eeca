// Gives text to the clipboard. A page that may not use it shows the text, to copy by hand.

import { byId } from "./elements.ts";

/** Whether the text is in the clipboard now. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The page has no clipboard if it was loaded by http from another machine; otherwise it may be blocked.
    return false;
  }
}

/** Like `copied`, and shows the text if it is not. */
export async function copyOrShow(text: string): Promise<boolean> {
  if (await copied(text)) return true;
  const dialog = byId("by-hand") as HTMLDialogElement;
  const field = byId("by-hand-text") as HTMLTextAreaElement;
  byId("by-hand-close").onclick = () => dialog.close();
  field.value = text;
  dialog.showModal();
  field.select();
  return false;
}
