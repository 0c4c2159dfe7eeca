// Marks in the editor where the text does not fit the rows that it should train on.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import type { ShownMistake } from "../workers/messages.ts";

/** Marks these places. */
export const unfit = StateEffect.define<readonly ShownMistake[]>();
/** Where the text does not fit the rows, until it changes. */
export const unfitMistakes = StateField.define<readonly ShownMistake[]>({
  create: () => [],
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(unfit)) return effect.value;
    return transaction.docChanged ? [] : shown;
  },
  provide: (own) =>
    EditorView.decorations.from(own, (mistakes) =>
      Decoration.set(
        mistakes
          .filter(({ place }) => place.start < place.end)
          .map(({ message, place }) =>
            Decoration.mark({
              class: "cm-lintRange cm-lintRange-error",
              attributes: { title: message },
            }).range(place.start, place.end),
          ),
        true,
      ),
    ),
});
