// Makes Emacs's mode for `.din` from the token table and the roles of names, as the queries of other editors. Pure: tables in,
// text out.

import { closing, emacsFaces, highlights } from "./tree-sitter-queries.ts";

const list = (items: readonly string[], indent: string): string => items.join(`\n${indent}`);

/** Brackets and separators are shown at level 4 only, as other modes do. */
const last = new Set(["bracket", "delimiter"]);

/** The content of `emacs/din-ts-mode.el`. */
export function emacsMode(): string {
  const shown = highlights(emacsFaces);
  const features = shown.map(({ capture }) => capture);
  const rules = shown.map(
    ({ capture, patterns }) =>
      `:language 'din :feature '${capture}\n       '(${list(patterns.map(lispQuery), "         ")})`,
  );
  return `;;; din-ts-mode.el --- The .din language of dinc, by tree-sitter  -*- lexical-binding: t; -*-

;; Made by grammar/editors/emacs-mode.ts from the token table; a test holds it to that.
;; Needs Emacs 29 or newer and the parser of grammar/editors/tree-sitter.

;;; Code:

(require 'treesit)

(defun din-ts-mode--font-lock-settings ()
  "What is shown in which face."
  (treesit-font-lock-rules
       ${list(rules, "       ")}))

(defvar din-ts-mode--indent-rules
  '((din
     ((parent-is "source_file") column-0 0)
     ${list(
       closing.map((text) => `((node-is ${text.replace(/[[(]/, "\\\\$&")}) parent-bol 0)`),
       "     ",
     )}
     ((parent-is "arguments") first-sibling 0)
     (catch-all parent-bol 2)))
  "How far a line is indented.")

;;;###autoload
(define-derived-mode din-ts-mode prog-mode "din"
  "Major mode for specs of dinc."
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local comment-start-skip "//+\\\\s-*")
  (setq-local indent-tabs-mode nil)
  (when (treesit-ready-p 'din)
    (treesit-parser-create 'din)
    (setq-local treesit-font-lock-settings (din-ts-mode--font-lock-settings))
    (setq-local treesit-font-lock-feature-list
                '((comment doc keyword)
                  (${features.filter((each) => !last.has(each) && !["comment", "doc", "keyword"].includes(each)).join(" ")})
                  ()
                  (${[...last].join(" ")})))
    (setq-local treesit-simple-indent-rules din-ts-mode--indent-rules)
    (treesit-major-mode-setup)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\\\.din\\\\'" . din-ts-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(din-ts-mode . ("dinc" "lsp" "--stdio"))))

(provide 'din-ts-mode)
;;; din-ts-mode.el ends here
`;
}

/** A query as Emacs writes it: brackets are vectors, and captures are faces. */
function lispQuery(pattern: string): string {
  return pattern.replace(/@([\w-]+)/g, "@font-lock-$1-face").replaceAll(" . ", " :anchor ");
}
