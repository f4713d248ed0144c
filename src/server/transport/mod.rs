//! JSON-RPC over two byte streams: what arrives, what it says, what goes out.
//!
//! Whatever a client writes, reading goes on: bytes become a [`Frame`], good or
//! bad, and a body becomes a [`Message`], or an [`Invalid`] that knows how to
//! answer it. What goes out never waits for the client to read.

mod frames;
mod id;
mod input;
mod message;
pub mod outbound;
mod outgoing;

pub use frames::{BadFrame, Frame, Frames};
pub use id::Id;
pub use message::{INVALID_REQUEST, Invalid, Message, PARSE_ERROR, read_params};
pub use outgoing::{Outgoing, WriterHandle};
