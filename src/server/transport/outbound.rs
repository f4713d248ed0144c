//! Messages to the client, written as frames.
//!
//! A payload goes from its own type into the frame's buffer; there is no tree
//! of values and no second copy of it in between.

use serde::Serialize;

use super::id::Id;

/// Answers a request.
///
/// # Errors
///
/// The result cannot be written as JSON, as a map without names cannot.
pub fn response(id: &Id, result: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Response<'a, T> {
        jsonrpc: &'static str,
        id: &'a Id,
        result: &'a T,
    }
    frame(&Response { jsonrpc: "2.0", id, result })
}

/// Answers a request with an error, or a message whose id is not known.
///
/// # Errors
///
/// The data cannot be written as JSON.
pub fn error(
    id: Option<&Id>,
    code: i64,
    message: &str,
    data: Option<&impl Serialize>,
) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Response<'a, T> {
        jsonrpc: &'static str,
        id: Option<&'a Id>,
        error: Error<'a, T>,
    }
    #[derive(Serialize)]
    struct Error<'a, T> {
        code: i64,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a T>,
    }
    frame(&Response { jsonrpc: "2.0", id, error: Error { code, message, data } })
}

/// Tells the client something.
///
/// # Errors
///
/// The parameters cannot be written as JSON.
pub fn notification(method: &str, params: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Notification<'a, T> {
        jsonrpc: &'static str,
        method: &'a str,
        params: &'a T,
    }
    frame(&Notification { jsonrpc: "2.0", method, params })
}

/// Asks the client for something.
///
/// # Errors
///
/// The parameters cannot be written as JSON.
pub fn request(id: &Id, method: &str, params: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Request<'a, T> {
        jsonrpc: &'static str,
        id: &'a Id,
        method: &'a str,
        params: &'a T,
    }
    frame(&Request { jsonrpc: "2.0", id, method, params })
}

/// A frame with any message as its body.
///
/// # Errors
///
/// The message cannot be written as JSON.
pub fn frame(message: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    /// As long as a header can be.
    const ROOM: usize = "Content-Length: 18446744073709551615\r\n\r\n".len();
    let mut frame = vec![b' '; ROOM];
    serde_json::to_writer(&mut frame, message)?;
    let header = format!("Content-Length: {}\r\n\r\n", frame.len() - ROOM);
    let start = ROOM - header.len();
    frame[start..ROOM].copy_from_slice(header.as_bytes());
    frame.drain(..start);
    Ok(frame)
}
