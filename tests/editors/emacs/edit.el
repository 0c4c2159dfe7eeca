;;; Opens $FOLDER/model.din with din-ts-mode and eglot as an author would, and writes what it saw to
;;; $FOLDER/seen.json. The server is $DINC, run by $NODE. -*- lexical-binding: t; -*-

(setq user-emacs-directory "~/.emacs.d/")
(add-to-list 'load-path "~/.emacs.d/lisp")
(require 'din-ts-mode)
(require 'eglot)
(require 'flymake)
(require 'json)
(setq-default treesit-font-lock-level 4)
(setq eglot-server-programs
      (list (cons (caar eglot-server-programs)
                  (list (getenv "NODE") (getenv "DINC") "lsp" "--stdio"))))

(defun faces ()
  "Each run of characters with one face."
  (let ((at (point-min)) runs)
    (while (< at (point-max))
      (let ((end (next-single-property-change at 'face nil (point-max)))
            (face (get-text-property at 'face)))
        (when face
          (push (list (buffer-substring-no-properties at end)
                      (format "%s" (if (consp face) (car face) face)))
                runs))
        (setq at end)))
    (vconcat (nreverse runs))))

(defun indented (text)
  "TEXT as the mode indents it where no line is indented."
  (with-temp-buffer
    (insert (replace-regexp-in-string "^[ \t]+" "" text))
    (din-ts-mode)
    (indent-region (point-min) (point-max))
    (buffer-string)))

(defun texts ()
  (append (json-parse-string
           (with-temp-buffer
             (insert-file-contents (expand-file-name "texts.json" (getenv "FOLDER")))
             (buffer-string)))
          nil))

(let ((seen nil))
  (find-file (expand-file-name "model.din" (getenv "FOLDER")))
  (font-lock-ensure)
  (push (cons 'mode (symbol-name major-mode)) seen)
  (push (cons 'faces (faces)) seen)
  (push (cons 'indented (vconcat (mapcar #'indented (texts)))) seen)
  (apply #'eglot--connect (eglot--guess-contact))
  (with-timeout (60 nil)
    (while (null (flymake-diagnostics))
      (accept-process-output nil 0.1)))
  (push (cons 'diagnostics
              (vconcat (mapcar (lambda (each) (substring-no-properties (flymake-diagnostic-text each)))
                               (flymake-diagnostics))))
        seen)
  (eglot-shutdown-all)
  (with-temp-file (expand-file-name "seen.json" (getenv "FOLDER"))
    (insert (json-encode seen))))
