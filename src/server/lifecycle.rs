//! How far client and server have come, and how it ends.

/// How far client and server have come (LSP 3.17, "Server lifecycle").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifecycle {
    /// The first request is `initialize`.
    Uninitialized,
    Running,
    /// Nothing but `exit` is expected.
    ShutDown,
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By `shutdown` and `exit`.
    Orderly,
    /// By `exit` alone, the end of input, a client that no longer reads, or a
    /// parent process that is gone.
    Abrupt,
}
