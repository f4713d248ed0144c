//! The transport: every byte that a client may write, and every client that
//! may not read.

mod frames;
mod messages;
mod outgoing;

fn frame(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}
