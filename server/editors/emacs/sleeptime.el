;;; sleeptime.el --- Sleeptime through Eglot  -*- lexical-binding: t; -*-

;; Put this file on your `load-path' and say (require 'sleeptime).  Eglot runs one server for each major mode: where
;; Sleeptime is your only one, M-x eglot starts it; beside another one, start it by hand with C-u M-x eglot.
;;   eldoc (the echo area, or C-h .)   the hover
;;   M-x sleeptime-ask                 asks about this code; the answer opens in a window of its own

;;; Code:

(require 'eglot)
(require 'subr-x)

(defvar sleeptime-modes
  '(python-mode go-mode rust-mode java-mode js-mode typescript-mode c-mode c++-mode csharp-mode ruby-mode php-mode sh-mode)
  "Major modes that Sleeptime's index understands.")

(defvar sleeptime-status "" "What Sleeptime is doing, for a mode line.")

(add-to-list 'eglot-server-programs `(,sleeptime-modes . ("sleeptime" "serve")) t)

(cl-defmethod eglot-handle-notification (_server (_method (eql sleeptime/status)) &key state &allow-other-keys)
  "Remember STATE for the mode line."
  (setq sleeptime-status state))

(defun sleeptime-ask (question)
  "Ask QUESTION about the code at point and show the answer with the lines that support it."
  (interactive "sAsk Sleeptime: ")
  (let ((argument (append (list :question question :uri (plist-get (eglot--TextDocumentIdentifier) :uri)
                                :position (eglot--pos-to-lsp-position)))))
    (jsonrpc-async-request
     (eglot--current-server-or-lose) :workspace/executeCommand
     `(:command "sleeptime.ask" :arguments ,(vector argument))
     :timeout 600
     :success-fn #'sleeptime--show
     :error-fn (lambda (failure) (message "Sleeptime: %s" (plist-get failure :message))))))

(defun sleeptime--show (answer)
  "Show ANSWER in a buffer whose citations can be followed with \\[ffap]."
  (with-current-buffer (get-buffer-create "*sleeptime*")
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert (plist-get answer :markdown) "\n\n")
      (mapc (lambda (cited)
              (let ((start (plist-get (plist-get cited :range) :start)))
                (insert (format "%s:%d\n" (plist-get cited :path) (1+ (plist-get start :line))))))
            (plist-get answer :evidence)))
    (goto-char (point-min))
    (view-mode 1)
    (display-buffer (current-buffer))))

(provide 'sleeptime)
;;; sleeptime.el ends here
