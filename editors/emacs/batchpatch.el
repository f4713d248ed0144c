;;; batchpatch.el --- Batches of edits, all at once or not at all  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT OR Apache-2.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; Applies a batch of edits to your buffers through the language server
;; `batchpatch lsp'.  Eglot is the client; this file starts the server for
;; the modes in `batchpatch-modes', gives you the commands, and closes the
;; gaps in how Eglot carries an edit out.

;;; Code:

(require 'eglot)
(require 'seq)

(defgroup batchpatch nil
  "Batches of edits, all at once or not at all."
  :group 'eglot)

(defcustom batchpatch-program "batchpatch"
  "The server, as it is found on variable `exec-path'."
  :type 'string)

(defcustom batchpatch-modes '(prog-mode text-mode conf-mode)
  "The major modes, and those derived from them, whose server is batchpatch.
Eglot has one server for each project and mode: batchpatch takes the
place of any other in these modes.  `fundamental-mode' had better not be
one of them: each file is in it for a moment while it is visited."
  :type '(repeat symbol))

(defclass batchpatch-server (eglot-lsp-server) ()
  :documentation "A connection to `batchpatch lsp'.")

(defun batchpatch-contact (&optional _interactive)
  "How Eglot is to start the server."
  `(batchpatch-server ,batchpatch-program "lsp"))

(add-to-list 'eglot-server-programs (cons batchpatch-modes #'batchpatch-contact))

;;; Commands

;;;###autoload
(defun batchpatch-apply-file (file)
  "Apply the batch in FILE, all of it or nothing."
  (interactive "fBatch: ")
  (batchpatch-request 'batchpatch.apply (vector (batchpatch--read-file file)) #'batchpatch-tell))

;;;###autoload
(defun batchpatch-apply-buffer ()
  "Apply the batch that stands in this buffer."
  (interactive)
  (batchpatch-request 'batchpatch.apply (vector (batchpatch--read-buffer)) #'batchpatch-tell))

;;;###autoload
(defun batchpatch-preview-file (file)
  "Show as a diff what the batch in FILE would change."
  (interactive "fBatch: ")
  (batchpatch-request
   'batchpatch.preview (vector (batchpatch--read-file file))
   (lambda (outcome)
     (let ((diffs (mapcar (lambda (document) (plist-get document :diff))
                          (plist-get outcome :documents))))
       (batchpatch--show "*batchpatch preview*" #'diff-mode (apply #'concat diffs)))
     (batchpatch-tell outcome))))

;;;###autoload
(defun batchpatch-undo (&optional id)
  "Take the last batch back, or the one with ID, in all of its documents.
With a prefix argument, ask for the id."
  (interactive (list (and current-prefix-arg (read-string "Id of the batch: "))))
  (batchpatch-request 'batchpatch.undo (if id `[(:batchId ,id)] []) #'batchpatch-tell))

;;;###autoload
(defun batchpatch-history ()
  "Show the batches that were applied, the last one first."
  (interactive)
  (batchpatch-request
   'batchpatch.history []
   (lambda (history)
     (batchpatch--show "*batchpatch history*" #'special-mode
                       (mapconcat #'batchpatch--history-line (plist-get history :batches) "")))))

(defun batchpatch-request (command arguments then)
  "Have the server execute COMMAND with the vector ARGUMENTS.
Call THEN with the result.  Return at once: Emacs stays free to carry out
what the server asks for meanwhile."
  (let ((server (batchpatch--server)))
    (batchpatch--attach-project server)
    (batchpatch--report-changes server)
    (jsonrpc-async-request
     server :workspace/executeCommand (list :command (symbol-name command) :arguments arguments)
     :success-fn then
     :error-fn (eglot--lambda ((ResponseError) message) (message "batchpatch: %s" message))
     :timeout nil)))

(defun batchpatch-tell (outcome)
  "Say in the echo area what became of a batch, and leave OUTCOME as it is."
  (let* ((documents (plist-get outcome :documents))
         (patches (mapcar (lambda (document) (plist-get document :patches)) documents))
         (violations (mapcar (lambda (violation) (plist-get violation :message))
                             (plist-get outcome :violations)))
         (warnings (append (plist-get outcome :warnings) nil)))
    (message "batchpatch: %s%s, patches: %d, documents: %d%s"
             (if (plist-get outcome :preview) "it would be " "")
             (plist-get outcome :status) (apply #'+ patches) (length documents)
             (mapconcat (lambda (line) (concat "\n" line)) (append violations warnings) "")))
  outcome)

;;; What Eglot leaves open

;; Eglot looks at a document's version when it comes to it, and by then has
;; changed those before; so all are looked at first.  It asks before it edits
;; a file that is not visited, whatever `eglot-confirm-server-initiated-edits'
;; says; so files are visited first.  It reports changes when Emacs is idle,
;; which may take long; the server waits for them, so they are reported at once.
(cl-defmethod eglot-handle-request :around
  ((server batchpatch-server) (_method (eql 'workspace/applyEdit)) &key edit &allow-other-keys)
  "Carry the EDIT of SERVER out as one step of undo, and report it at once."
  (let ((eglot-confirm-server-initiated-edits nil))
    (unwind-protect
        (condition-case reason
            (progn
              (seq-do (lambda (change) (batchpatch--prepare server change))
                      (plist-get edit :documentChanges))
              (cl-call-next-method))
          ;; Of most errors Eglot would tell the server nothing but "Internal error".
          (error `(:applied :json-false :failureReason ,(error-message-string reason))))
      (mapc #'batchpatch--end-undo-step (eglot--managed-buffers server))
      (batchpatch--report-changes server))))

(defun batchpatch--prepare (server change)
  "Make the buffer of CHANGE ready for it, or refuse the edit of SERVER."
  (let* ((document (plist-get change :textDocument))
         (path (eglot--uri-to-path (plist-get document :uri))))
    (with-current-buffer (or (find-buffer-visiting path) (find-file-noselect path))
      (batchpatch--attach server)
      ;; While Emacs listens to a server, nothing is read-only to it.
      (when buffer-read-only
        (user-error "`%s' is read-only" (buffer-name)))
      (unless (batchpatch--holds-version server (plist-get document :version))
        (user-error "`%s' holds another text than the one that the edit is for" (buffer-name)))
      (batchpatch--end-undo-step (current-buffer))
      (when (eql (coding-system-eol-type buffer-file-coding-system) 1)
        (seq-do #'batchpatch--drop-carriage-returns (plist-get change :edits))))))

(defun batchpatch--holds-version (server version)
  "Whether this buffer holds the text that SERVER knows as VERSION.
Without a version it is the text on disk."
  (if version
      (and (memq (current-buffer) (eglot--managed-buffers server))
           (eql version eglot--versioned-identifier))
    (and (not (buffer-modified-p)) (verify-visited-file-modtime))))

(defun batchpatch--drop-carriage-returns (edit)
  "Have EDIT end lines as a buffer does.
A buffer has no carriage returns, whatever its file has; one that is
inserted is written to the file beside the one that belongs there."
  (plist-put edit :newText (string-replace "\r\n" "\n" (plist-get edit :newText))))

(defun batchpatch--end-undo-step (buffer)
  "Let what happens next in BUFFER be another step of undo."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer (undo-boundary))))

(defun batchpatch--report-changes (server)
  "Tell SERVER the texts of its buffers as they are now."
  (dolist (buffer (eglot--managed-buffers server))
    (eglot--when-live-buffer buffer (eglot--signal-textDocument/didChange))))

(defun batchpatch--attach (server)
  "Have SERVER manage this buffer, unless another server does, whatever its mode."
  (unless eglot--managed-mode
    (setq eglot--cached-server server)
    (eglot--managed-mode)
    (eglot--signal-textDocument/didOpen)))

(defun batchpatch--attach-project (server)
  "Have SERVER manage every buffer that visits a file of its project.
What the server does not know of, it reads from disk."
  (let ((root (file-truename (project-root (eglot--project server)))))
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when (and buffer-file-truename
                   (file-in-directory-p buffer-file-truename root))
          (batchpatch--attach server))))))

;;; The rest

(defun batchpatch--server ()
  "The server of this buffer, or of its project."
  (or (seq-find #'batchpatch--is-ours
                (cons (eglot-current-server)
                      (gethash (eglot--current-project) eglot--servers-by-project)))
      (user-error "No batchpatch server here: visit a file of the project, M-x eglot")))

(defun batchpatch--is-ours (server)
  "Whether SERVER is a live batchpatch."
  (and (cl-typep server 'batchpatch-server) (jsonrpc-running-p server)))

(defun batchpatch--read-file (file)
  "The batch in FILE, as Eglot sends it."
  (with-temp-buffer
    (insert-file-contents file)
    (batchpatch--read-buffer)))

(defun batchpatch--read-buffer ()
  "The batch in this buffer, as Eglot sends it."
  (save-excursion
    (goto-char (point-min))
    (let ((batch (json-parse-buffer
                  :object-type 'plist :null-object nil :false-object :json-false)))
      ;; In a file columns count so unless it says otherwise; in a request, in the connection's unit.
      (if (plist-get batch :positionEncoding) batch
        (append batch '(:positionEncoding "utf-16"))))))

(defun batchpatch--history-line (batch)
  "BATCH of the history, in a line."
  (format "%s%s  %s  %s\n"
          (plist-get batch :status)
          (if (eq (plist-get batch :undone) t) ", taken back" "")
          (plist-get batch :batchId) (or (plist-get batch :label) "")))

(defun batchpatch--show (name mode text)
  "Show TEXT in a buffer with NAME, in MODE."
  (with-current-buffer (get-buffer-create name)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text))
    (funcall mode)
    (setq buffer-read-only t)
    (goto-char (point-min))
    (display-buffer (current-buffer))))

(provide 'batchpatch)

;;; batchpatch.el ends here
