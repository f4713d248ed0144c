;;; batchpatch-tests.el --- Batches in a real Emacs, with the real server  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; scripts/test-emacs runs them.  A test's name is its rule.

;;; Code:

(require 'ert)
(require 'batchpatch)

(setq batchpatch-program (getenv "BATCHPATCH_BINARY")
      eglot-events-buffer-size 0
      make-backup-files nil
      create-lockfiles nil)

;;; A project, its server, and what comes of a batch

(defmacro with-project (files &rest body)
  "Evaluate BODY in a project with FILES, in the buffer of the first one.
FILES is a list of (NAME TEXT); its buffers and its server end with it."
  (declare (indent 1))
  `(let* ((root (file-name-as-directory (file-truename (make-temp-file "batchpatch-" t))))
          (default-directory root))
     (unwind-protect
         (progn
           (call-process "git" nil nil nil "init" "-q" root)
           (pcase-dolist (`(,name ,text) ,files)
             (let ((coding-system-for-write 'utf-8-unix))
               (write-region text nil (concat root name) nil 'quiet)))
           (with-current-buffer (find-file-noselect (concat root (caar ,files)))
             (apply #'eglot--connect (eglot--guess-contact))
             ,@body))
       (end-project root))))

(defun end-project (root)
  "End the server, the buffers and the folder of ROOT."
  (let (server)
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when (and buffer-file-name (file-in-directory-p buffer-file-name root))
          (setq server (or server (eglot-current-server)))
          (set-buffer-modified-p nil))))
    (when server
      (eglot-shutdown server)))
  (dolist (buffer (buffer-list))
    (when (and (buffer-file-name buffer) (file-in-directory-p (buffer-file-name buffer) root))
      (kill-buffer buffer)))
  (delete-directory root t))

(defun wait-until (holds)
  "Let Emacs do what comes in until the function HOLDS gives something; give that."
  (with-timeout (20 (error "This never held: %S" holds))
    (let (value)
      (while (not (setq value (funcall holds)))
        (accept-process-output nil 0.05))
      value)))

(defun outcome-of (command)
  "Call COMMAND and give the outcome that it tells."
  (let* (told (listen (lambda (outcome) (setq told outcome))))
    (advice-add 'batchpatch-tell :before listen)
    (unwind-protect
        (progn
          (funcall command)
          (wait-until (lambda () told)))
      (advice-remove 'batchpatch-tell listen))))

(defun apply-batch (&rest documents)
  "The outcome of a batch with DOCUMENTS, each (NAME PATCH…)."
  (outcome-of (lambda () (send-batch documents))))

(defun send-batch (documents &rest fields)
  "Send a batch with DOCUMENTS, and FIELDS of it, and wait for nothing."
  (let ((documents (mapcar (pcase-lambda (`(,name . ,patches))
                             `(:uri ,name :patches ,(vconcat patches)))
                           documents)))
    (batchpatch-request 'batchpatch.apply
                        (vector `(:documents ,(vconcat documents) ,@fields))
                        #'batchpatch-tell)))

(defun replaced (line text &optional expected)
  "A patch that puts TEXT in the place of LINE, where EXPECTED stands."
  `(:type "replace" :line ,line :text ,text ,@(and expected `(:expect ,expected))))

(defun status (outcome)
  "The status that OUTCOME has."
  (plist-get outcome :status))

(defun text-of (name)
  "The text of the buffer that visits NAME."
  (with-current-buffer (find-buffer-visiting (expand-file-name name))
    (buffer-substring-no-properties (point-min) (point-max))))

(defun bytes-of (name)
  "What is on disk under NAME, byte for byte."
  (with-temp-buffer
    (set-buffer-multibyte nil)
    (insert-file-contents-literally name)
    (buffer-string)))

(defun code-of-first (outcome)
  "The code of the first violation in OUTCOME."
  (plist-get (aref (plist-get outcome :violations) 0) :code))

;;; Applying

(ert-deftest an-open-document-holds-the-whole-batch ()
  (with-project '(("a.txt" "one\ntwo\nthree\n"))
    (should (equal "applied" (status (apply-batch `("a.txt" ,(replaced 1 "1\n1") ,(replaced 3 "3"))))))
    (should (equal "1\n1\ntwo\n3\n" (text-of "a.txt")))
    (should (equal "one\ntwo\nthree\n" (bytes-of "a.txt")))))

(ert-deftest a-batch-is-for-the-text-in-the-buffer-saved-or-not ()
  (with-project '(("a.txt" "one\ntwo\n"))
    (goto-char (point-min))
    (insert "zero\n")
    (should (equal "applied" (status (apply-batch `("a.txt" ,(replaced 3 "2" "two"))))))
    (should (equal "zero\none\n2\n" (text-of "a.txt")))))

(ert-deftest a-file-that-is-not-visited-is-visited-and-not-saved-and-nobody-is-asked ()
  (with-project '(("a.txt" "one\n") ("b.txt" "two\n"))
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) (error "Somebody was asked"))))
      (should (equal "applied" (status (apply-batch `("b.txt" ,(replaced 1 "2")))))))
    (should (equal "2\n" (text-of "b.txt")))
    (should (equal "two\n" (bytes-of "b.txt")))))

(ert-deftest several-documents-of-several-modes-hold-the-batch-and-are-confirmed ()
  (with-project '(("a.txt" "one\n") ("b.el" ";; two\n") ("c.unknown" "three\n"))
    (let ((outcome (apply-batch `("a.txt" ,(replaced 1 "1")) `("b.el" ,(replaced 1 ";; 2"))
                                `("c.unknown" ,(replaced 1 "3")))))
      (should (equal "applied" (status outcome)))
      (should (seq-every-p (lambda (document) (eq t (plist-get document :confirmed)))
                           (plist-get outcome :documents))))
    (should (equal '("1\n" ";; 2\n" "3\n") (mapcar #'text-of '("a.txt" "b.el" "c.unknown"))))))

(ert-deftest unsaved-text-of-another-mode-is-known-to-the-server ()
  (with-project '(("a.txt" "one\n") ("b.el" ";; two\n"))
    (with-current-buffer (find-file-noselect "b.el")
      (insert ";; first\n"))
    (should (equal "applied" (status (apply-batch `("b.el" ,(replaced 2 ";; 2" ";; two"))))))
    (should (equal ";; first\n;; 2\n" (text-of "b.el")))))

(ert-deftest a-file-with-a-batch-is-applied ()
  (with-project '(("a.txt" "one\n")
                  ("batch.json" "{\"uri\":\"a.txt\",\"patches\":[{\"type\":\"insert\",\"line\":2,\"text\":\"two\"}]}"))
    (should (equal "applied" (status (outcome-of (lambda () (batchpatch-apply-file "batch.json"))))))
    (should (equal "one\ntwo\n" (text-of "a.txt")))))

(ert-deftest a-buffer-with-a-batch-is-applied-as-it-is-saved-or-not ()
  (with-project '(("a.txt" "one\n") ("batch.json" ""))
    (with-current-buffer (find-file-noselect "batch.json")
      (insert "{\"uri\":\"a.txt\",\"patches\":[{\"type\":\"delete\",\"line\":1}]}")
      (should (equal "applied" (status (outcome-of #'batchpatch-apply-buffer)))))
    (should (equal "" (text-of "a.txt")))))

(ert-deftest columns-in-a-file-count-in-utf-16-also-behind-an-emoji ()
  (with-project '(("a.txt" "😀é one\n")
                  ("batch.json" "{\"uri\":\"a.txt\",\"patches\":[{\"type\":\"edit\",\"newText\":\"1\",\"expect\":\"one\",
\"range\":{\"start\":{\"line\":0,\"character\":4},\"end\":{\"line\":0,\"character\":7}}}]}"))
    (should (equal "applied" (status (outcome-of (lambda () (batchpatch-apply-file "batch.json"))))))
    (should (equal "😀é 1\n" (text-of "a.txt")))))

(ert-deftest point-stays-at-its-text-when-lines-above-it-come-and-go ()
  (with-project '(("a.txt" "one\ntwo\nthree\n"))
    (search-forward "thr")
    (apply-batch `("a.txt" ,(replaced 1 "1\n1\n1") (:type "delete" :line 2)))
    (should (looking-at-p "ee$"))
    (should (looking-back "^thr" (line-beginning-position)))))

(ert-deftest a-marker-and-a-hidden-block-stay-on-their-text ()
  (with-project '(("a.txt" "one\ntwo\nthree\nfour\n"))
    (let* ((marker (copy-marker (line-beginning-position 3)))
           (hidden (make-overlay (line-beginning-position 4) (point-max))))
      (overlay-put hidden 'invisible t)
      (apply-batch `("a.txt" ,(replaced 1 "1\n1\n1") (:type "delete" :line 2)))
      (should (equal "1\n1\n1\nthree\nfour\n" (text-of "a.txt")))
      (goto-char marker)
      (should (looking-at-p "three$"))
      (should (equal "four\n" (buffer-substring-no-properties (overlay-start hidden) (overlay-end hidden)))))))

;;; Line ends

(ert-deftest an-open-crlf-file-keeps-its-line-ends-when-it-is-saved ()
  (with-project '(("a.txt" "one\r\ntwo\r\n"))
    (should (equal "applied" (status (apply-batch `("a.txt" ,(replaced 1 "1\n1\n1"))))))
    (save-buffer)
    (should (equal "1\r\n1\r\n1\r\ntwo\r\n" (bytes-of "a.txt")))))

(ert-deftest a-crlf-file-that-was-not-visited-keeps-its-line-ends-when-it-is-saved ()
  (with-project '(("a.txt" "one\n") ("b.txt" "one\r\ntwo\r\n"))
    (should (equal "applied" (status (apply-batch `("b.txt" ,(replaced 1 "1\n1\n1"))))))
    (with-current-buffer (find-buffer-visiting (expand-file-name "b.txt"))
      (save-buffer))
    (should (equal "1\r\n1\r\n1\r\ntwo\r\n" (bytes-of "b.txt")))))

;;; All or nothing

(ert-deftest what-is-typed-before-the-edit-arrives-makes-the-batch-stale-and-stays ()
  (with-project '(("a.txt" "one\n\n\ntwo\n"))
    (let ((outcome (outcome-of (lambda ()
                                 (send-batch `(("a.txt" ,(replaced 4 "2"))))
                                 (goto-char (point-min))
                                 (insert "typed\n")))))
      (should (equal '("rejected" "stale-snapshot") (list (status outcome) (code-of-first outcome)))))
    (should (equal "typed\none\n\n\ntwo\n" (text-of "a.txt")))))

(ert-deftest what-is-typed-before-the-edit-arrives-is-carried-over-with-rebase ()
  (with-project '(("a.txt" "one\n\n\ntwo\n"))
    (let ((outcome (outcome-of (lambda ()
                                 (send-batch `(("a.txt" ,(replaced 4 "2"))) :onStale "rebase")
                                 (goto-char (point-min))
                                 (insert "typed\n")))))
      (should (equal "applied" (status outcome))))
    (should (equal "typed\none\n\n\n2\n" (text-of "a.txt")))))

(ert-deftest of-two-documents-none-keeps-the-batch-where-something-was-typed-in-the-second ()
  (with-project '(("a.txt" "one\n") ("b.txt" "two\n\n\nthree\n"))
    (let* ((b (find-file-noselect "b.txt"))
           (outcome (outcome-of (lambda ()
                                  (send-batch `(("a.txt" ,(replaced 1 "1")) ("b.txt" ,(replaced 1 "2"))))
                                  (with-current-buffer b (goto-char (point-max)) (insert "typed\n"))))))
      (should (equal "rejected" (status outcome))))
    (should (equal '("one\n" "two\n\n\nthree\ntyped\n") (mapcar #'text-of '("a.txt" "b.txt"))))))

(ert-deftest a-buffer-that-cannot-be-changed-refuses-the-whole-batch ()
  (with-project '(("a.txt" "one\n") ("b.txt" "two\n"))
    (with-current-buffer (find-file-noselect "b.txt") (setq buffer-read-only t))
    (let ((outcome (apply-batch `("a.txt" ,(replaced 1 "1")) `("b.txt" ,(replaced 1 "2")))))
      (should (equal "failed" (status outcome)))
      (should (string-match-p "b.txt. is read-only" (format "%s" (plist-get outcome :warnings)))))
    (should (equal '("one\n" "two\n") (mapcar #'text-of '("a.txt" "b.txt"))))))

(ert-deftest unsaved-text-that-another-server-manages-is-not-touched ()
  (with-project '(("a.txt" "one\n") ("b.el" ";; two\n"))
    (with-current-buffer (find-file-noselect "b.el")
      (setq eglot--managed-mode t)
      (insert ";; first\n"))
    (should (equal "failed" (status (apply-batch `("b.el" ,(replaced 1 ";; 2" ";; two"))))))
    (should (equal ";; first\n;; two\n" (text-of "b.el")))))

;;; What is wrong with a batch

(ert-deftest what-is-wrong-is-a-flymake-diagnostic-and-changes-nothing ()
  (with-project '(("a.txt" "one\ntwo\n"))
    (should (equal "rejected" (status (apply-batch `("a.txt" ,(replaced 2 "2" "to"))))))
    (flymake-start)
    (should (string-match-p "`expect` differs from line 2"
                            (flymake-diagnostic-text
                             (car (wait-until (lambda () (flymake-diagnostics)))))))
    (should (equal "one\ntwo\n" (text-of "a.txt")))))

(ert-deftest a-code-action-applies-the-repaired-batch ()
  (with-project '(("a.txt" "one\ntwo\nthree\n"))
    (apply-batch `("a.txt" ,(replaced 2 "1" "one")))
    (flymake-start)
    (wait-until (lambda () (flymake-diagnostics)))
    (goto-char (point-min))
    (forward-line 1)
    (let* ((actions (append (eglot-code-actions (point) (line-end-position)) nil))
           (repair (seq-find (lambda (it) (equal (plist-get it :title) "Apply the repaired batch")) actions)))
      (eglot--dbind ((Command) command arguments) (plist-get repair :command)
        (eglot-execute-command (eglot-current-server) (intern command) arguments)))
    (should (equal "1\ntwo\nthree\n" (text-of "a.txt")))))

(ert-deftest a-malformed-batch-is-told-with-its-place ()
  (with-project '(("a.txt" "one\n"))
    (let (said)
      (cl-letf (((symbol-function 'message) (lambda (&rest it) (setq said (concat said (apply #'format it))))))
        (send-batch '(("a.txt" (:type "delete" :line 1.5))))
        (wait-until (lambda () (string-match-p "patches\\[0\\].line" (or said ""))))))))

(ert-deftest a-setting-of-the-project-reaches-the-server ()
  (with-project '(("a.txt" "one\ntwo\n")
                  (".dir-locals.el" "((nil . ((eglot-workspace-configuration
                                       . ((:batchpatch . (:limits (:patches 1))))))))"))
    (let ((outcome (apply-batch `("a.txt" ,(replaced 1 "1") ,(replaced 2 "2")))))
      (should (equal "too-many-patches" (code-of-first outcome))))))

;;; Before and afterwards

(ert-deftest a-preview-is-a-diff-and-changes-nothing ()
  (with-project '(("a.txt" "one\ntwo\n")
                  ("batch.json" "{\"uri\":\"a.txt\",\"patches\":[{\"type\":\"replace\",\"line\":1,\"text\":\"1\"}]}"))
    (outcome-of (lambda () (batchpatch-preview-file "batch.json")))
    (with-current-buffer "*batchpatch preview*"
      (should (derived-mode-p 'diff-mode))
      (should (string-match-p "^-one\n\\+1\n two$" (buffer-string))))
    (should (equal "one\ntwo\n" (text-of "a.txt")))))

(ert-deftest one-undo-takes-the-batch-back-and-not-what-was-typed-before ()
  (with-project '(("a.txt" "one\ntwo\nthree\n"))
    (buffer-enable-undo)
    (goto-char (point-max))
    (insert "typed\n")
    (apply-batch `("a.txt" ,(replaced 1 "1") ,(replaced 3 "3")))
    (should (equal "1\ntwo\n3\ntyped\n" (text-of "a.txt")))
    (primitive-undo 1 (if (car buffer-undo-list) buffer-undo-list (cdr buffer-undo-list)))
    (should (equal "one\ntwo\nthree\ntyped\n" (text-of "a.txt")))))

(ert-deftest a-batch-is-taken-back-in-all-of-its-documents-and-what-was-typed-since-stays ()
  (with-project '(("a.txt" "one\n\ntwo\n") ("b.txt" "three\n"))
    (apply-batch `("a.txt" ,(replaced 1 "1")) `("b.txt" ,(replaced 1 "3")))
    (goto-char (point-max))
    (insert "typed\n")
    (should (equal "applied" (status (outcome-of #'batchpatch-undo))))
    (should (equal '("one\n\ntwo\ntyped\n" "three\n") (mapcar #'text-of '("a.txt" "b.txt"))))))

(ert-deftest a-batch-is-taken-back-by-its-id ()
  (with-project '(("a.txt" "one\n\ntwo\n"))
    (outcome-of (lambda () (send-batch `(("a.txt" ,(replaced 1 "1"))) :batchId "first")))
    (outcome-of (lambda () (send-batch `(("a.txt" ,(replaced 3 "2"))) :batchId "second")))
    (should (equal "applied" (status (outcome-of (lambda () (batchpatch-undo "first"))))))
    (should (equal "one\n\n2\n" (text-of "a.txt")))))

(ert-deftest the-history-tells-what-was-applied-and-what-was-taken-back ()
  (with-project '(("a.txt" "one\n"))
    (outcome-of (lambda () (send-batch `(("a.txt" ,(replaced 1 "1"))) :batchId "the-id" :label "A label")))
    (outcome-of #'batchpatch-undo)
    (batchpatch-history)
    (wait-until (lambda () (get-buffer "*batchpatch history*")))
    (with-current-buffer "*batchpatch history*"
      (should (string-match-p "^applied, taken back  the-id  A label$" (buffer-string))))
    (kill-buffer "*batchpatch history*")))

;;; Running

(defun write-results (stats folder)
  "Write a line for each test of STATS into FOLDER."
  (make-directory folder t)
  (with-temp-file (expand-file-name "emacs.tsv" folder)
    (seq-do (lambda (test)
              (insert (if (ert-test-result-expected-p test (ert-test-most-recent-result test))
                          "ok" "failed")
                      "\t" (string-replace "-" " " (symbol-name (ert-test-name test))) "\n"))
            (ert--stats-tests stats))))

(let* ((words (getenv "BATCHPATCH_TESTS"))
       (stats (ert-run-tests-batch (if (member words (list nil "")) t words)))
       (folder (getenv "BATCHPATCH_RESULTS")))
  (when folder
    (write-results stats folder))
  (kill-emacs (if (and (zerop (ert-stats-completed-unexpected stats))
                       (> (ert-stats-total stats) 0))
                  0 1)))

;;; batchpatch-tests.el ends here
