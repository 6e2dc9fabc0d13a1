;;; suite.el --- Runs inside Emacs: emacs -q --batch -l suite.el  -*- lexical-binding: t; -*-

;; SLEEPTIME_CONFIG is the folder of sleeptime.el, SLEEPTIME_SAMPLE the repository, SLEEPTIME_SERVER the command.  The
;; real server runs with the echo model.  Each test stands on those before it; the exit code says whether all passed.

(add-to-list 'load-path (getenv "SLEEPTIME_CONFIG"))
(require 'sleeptime)

(defconst patience 60)
(setq eglot-sync-connect patience
      eglot-connect-timeout patience
      eglot-server-programs `((python-mode . ,(split-string (getenv "SLEEPTIME_SERVER") "\n"))))

(defun go (needle)
  (goto-char (point-min))
  (search-forward needle)
  (goto-char (match-beginning 0)))

(defun eventually (what check)
  (let ((deadline (+ (float-time) patience)) found)
    (while (not (setq found (funcall check)))
      (when (> (float-time) deadline) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.1))
    found))

(defun hover ()
  (let ((reply (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                (eglot--TextDocumentPositionParams))))
    (and reply (plist-get (plist-get reply :contents) :value))))

(defun hover-has (needle what)
  (go needle)
  (unless (string-match-p (regexp-quote what) (eventually (concat "a hover on " needle) #'hover))
    (error "No %s in the hover on %s" what needle)))

(defun check (name body)
  (condition-case complaint
      (progn (funcall body) (message "ok   %s" name))
    (error (message "FAIL %s: %s" name (error-message-string complaint)) (kill-emacs 1))))

(setq create-lockfiles nil)
(find-file (expand-file-name "cards/post.py" (getenv "SLEEPTIME_SAMPLE")))
(python-mode)
(check "the server starts" (lambda () (call-interactively #'eglot) (eglot--current-server-or-lose)))
(check "a hover holds the facts of a name" (lambda () (hover-has "make_card(name)" "make_card")))
(check "a hover behind emoji and CJK on the same line is right" (lambda () (hover-has "make_card(\"大家\"" "make_card")))
(check "the server says what it is doing"
       (lambda () (eventually "a status" (lambda () (not (string-empty-p sleeptime-status))))))
(check "a question is answered in a buffer with citations"
       (lambda ()
         (go "make_card(name)")
         (sleeptime-ask "Where is `make_card` defined?")
         (with-current-buffer
             (eventually "an answer" (lambda () (get-buffer "*sleeptime*")))
           (unless (string-match-p "\\.py:[0-9]+$" (string-trim (buffer-string))) (error "%s" (buffer-string))))))
(kill-emacs 0)
