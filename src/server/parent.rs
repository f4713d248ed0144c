//! The process that started the server.

use std::time::Duration;

use crate::observability::is_alive;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Calls `gone` once the process is no more (LSP 3.17, `processId`). A client
/// that is killed closes its pipes, but a child of its own may hold them open.
///
/// A process that cannot be seen from the start is not watched: a client in a
/// container has a number that means nothing here.
pub(super) fn watch(process: u32, gone: impl FnOnce() + Send + 'static) {
    if !is_alive(process) {
        return;
    }
    let watch = move || {
        while is_alive(process) {
            std::thread::sleep(EVERY);
        }
        gone();
    };
    // Without a thread for it, the end of input has to do.
    let _ = std::thread::Builder::new().name("parent".to_owned()).spawn(watch);
}
