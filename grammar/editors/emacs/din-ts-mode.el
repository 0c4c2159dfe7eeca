;;; din-ts-mode.el --- The .din language of dinc, by tree-sitter  -*- lexical-binding: t; -*-

;; Made by grammar/editors/emacs-mode.ts from the token table; a test holds it to that.
;; Needs Emacs 29 or newer and the parser of grammar/editors/tree-sitter.

;;; Code:

(require 'treesit)

(defun din-ts-mode--font-lock-settings ()
  "What is shown in which face."
  (treesit-font-lock-rules
       :language 'din :feature 'doc
       '((doc_comment) @font-lock-doc-face)
       :language 'din :feature 'comment
       '((comment) @font-lock-comment-face)
       :language 'din :feature 'number
       '((number_literal) @font-lock-number-face)
       :language 'din :feature 'string
       '((string_literal) @font-lock-string-face)
       :language 'din :feature 'operator
       '(["<->" "↔" "|>" "->" "=>" "<=" ">=" "==" "!=" "<" ">" ".." "=" "+" "-" "*" "/"] @font-lock-operator-face)
       :language 'din :feature 'delimiter
       '(["." "," ":"] @font-lock-delimiter-face)
       :language 'din :feature 'bracket
       '(["(" ")" "[" "]" "{" "}"] @font-lock-bracket-face)
       :language 'din :feature 'keyword
       '(["model" "import" "param" "features" "history" "label" "block" "net" "train" "tune" "variant" "from" "let" "layer" "predict" "output" "loss" "embed" "share"] @font-lock-keyword-face)
       :language 'din :feature 'type
       '((model model: (identifier) @font-lock-type-face)
         (variant model: (identifier) @font-lock-type-face)
         (kind kind: (identifier) @font-lock-type-face)
         (label_kind kind: (identifier) @font-lock-type-face)
         (type type: (identifier) @font-lock-type-face)
         (type (expression (sum (operand !call name: (identifier) @font-lock-type-face))))
         (type (expression (sum (operand (expression (sum (operand !call name: (identifier) @font-lock-type-face)))))))
         (type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @font-lock-type-face)))))))))))
       :language 'din :feature 'constant
       '((features scope: (identifier) @font-lock-constant-face)
         (param constant: (identifier) @font-lock-constant-face))
       :language 'din :feature 'function-name
       '((transform function: (identifier) @font-lock-function-name-face)
         (stage function: (identifier) @font-lock-function-name-face)
         (block function: (identifier) @font-lock-function-name-face)
         (layer function: (identifier) @font-lock-function-name-face)
         (operand name: (identifier) @font-lock-function-name-face call: (call)))
       :language 'din :feature 'property-use
       '((binding property: (identifier) @font-lock-property-use-face)
         (setting property: (identifier) @font-lock-property-use-face)
         (range property: (identifier) @font-lock-property-use-face)
         (operand property: (identifier) @font-lock-property-use-face)
         (binding name: (identifier) @font-lock-property-use-face :anchor [":" "," ".."]))
       :language 'din :feature 'variable-name
       '((parameter parameter: (identifier) @font-lock-variable-name-face)
         (lambda parameter: (identifier) @font-lock-variable-name-face)
         (argument parameter: (identifier) @font-lock-variable-name-face))))

(defvar din-ts-mode--indent-rules
  '((din
     ((parent-is "source_file") column-0 0)
     ((node-is ")") parent-bol 0)
     ((node-is "]") parent-bol 0)
     ((node-is "}") parent-bol 0)
     ((parent-is "arguments") first-sibling 0)
     (catch-all parent-bol 2)))
  "How far a line is indented.")

;;;###autoload
(define-derived-mode din-ts-mode prog-mode "din"
  "Major mode for specs of dinc."
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local comment-start-skip "//+\\s-*")
  (setq-local indent-tabs-mode nil)
  (when (treesit-ready-p 'din)
    (treesit-parser-create 'din)
    (setq-local treesit-font-lock-settings (din-ts-mode--font-lock-settings))
    (setq-local treesit-font-lock-feature-list
                '((comment doc keyword)
                  (number string operator type constant function-name property-use variable-name)
                  ()
                  (bracket delimiter)))
    (setq-local treesit-simple-indent-rules din-ts-mode--indent-rules)
    (treesit-major-mode-setup)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.din\\'" . din-ts-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(din-ts-mode . ("dinc" "lsp" "--stdio"))))

(provide 'din-ts-mode)
;;; din-ts-mode.el ends here
