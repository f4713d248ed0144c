//! The language server: what the editor says, in wire order, to the one owner of
//! the documents.
//!
//! The LSP library routes lifecycle, configuration and what is rare; it does
//! not read or write the wire. Its own loop polls handlers concurrently, lets a
//! reply overtake the `didChange` before it, can deadlock, and ends at the first
//! bad frame. So `transport` reads frames on one thread and writes them on
//! another, and `dispatch` takes one message after the other in between.

mod admin;
mod apply_edit;
mod backend;
mod capabilities;
mod client_messages;
mod code_actions;
mod commands;
mod diagnostics;
mod dispatch;
mod error;
mod flag_watch;
mod lane;
mod lifecycle;
mod notifications;
mod observed;
mod observers;
mod owner;
mod parent;
mod perform;
mod progress;
mod published;
mod settings;
mod target;
mod text_sync;
pub mod transport;
mod unopened;
mod waiting;

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tower_lsp::LspService;

use crate::engine::Limits;
use crate::observability::Metrics;
use backend::Backend;
use client_messages::ClientMessages;
use dispatch::Dispatcher;
use flag_watch::CurrentFlags;
use observers::Listening;
use owner::SharedOwner;
use transport::{Frame, Frames, Outgoing};

pub use flag_watch::FlagOptions;
pub use lifecycle::Exit;
pub use observers::Options;

/// How many messages may wait to be dispatched; then the client has to.
const READ_AHEAD: usize = 64;

/// How long a client that ends the server may take to read what is left for it.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves one client until it ends, or until its input does. A log, and the
/// durations of the layers, are for the whole process: the first server that
/// asks for them has them.
///
/// # Errors
///
/// The system's, if a thread or the runtime cannot be started.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    options: &Options,
) -> io::Result<Exit> {
    let (end, mut ended) = mpsc::unbounded_channel();
    let client_gone = end.clone();
    let (outgoing, writer) = Outgoing::start(output, move |_| {
        let _ = client_gone.send(Exit::Abrupt);
    })?;
    let frames = read_frames(input)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let messages = ClientMessages::new(outgoing.clone());
    let metrics = Arc::new(Metrics::default());
    let flags = CurrentFlags::read(options.flags.as_ref(), &metrics, &messages);
    let listening = Listening::start(options, &metrics, &flags, &messages);
    let watch = flags.watch()?;
    let owner = SharedOwner::new(messages, metrics, flags);
    let exit = runtime.block_on(run(frames, &outgoing, owner, end, &mut ended));
    writer.finish(LAST_WORDS);
    // A file that is being read is nothing to wait for.
    runtime.shutdown_background();
    drop((watch, listening));
    Ok(exit)
}

async fn run(
    mut frames: mpsc::Receiver<Frame>,
    outgoing: &Outgoing,
    owner: SharedOwner,
    end: mpsc::UnboundedSender<Exit>,
    ended: &mut mpsc::UnboundedReceiver<Exit>,
) -> Exit {
    let (service, _client) = LspService::new(|_| Backend::new(owner.clone()));
    let watch_parent = move |process| {
        let end = end.clone();
        parent::watch(process, move || {
            let _ = end.send(Exit::Abrupt);
        });
    };
    let mut dispatcher = Dispatcher::new(service, owner, outgoing.clone(), watch_parent);
    loop {
        let frame = tokio::select! {
            biased;
            exit = ended.recv() => return exit.unwrap_or(Exit::Abrupt),
            frame = frames.recv() => frame,
        };
        let Some(frame) = frame else { return Exit::Abrupt };
        if let ControlFlow::Break(exit) = dispatcher.dispatch(frame).await {
            return exit;
        }
    }
}

/// Reads on a thread of its own, which ends with the input or the process.
fn read_frames(input: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<Frame>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    let mut frames = Frames::new(input, Limits::default().message_bytes);
    let read = move || {
        while let Ok(Some(frame)) = frames.read() {
            if let Frame::Message(body) = &frame
                && is_cut_short(body)
            {
                frames.resynchronise_in(body.clone());
            }
            if sender.blocking_send(frame).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("input".to_owned()).spawn(read)?;
    Ok(receiver)
}

/// Whether the body is none, and may be shorter than was announced. Then it has
/// the line ends of the next header in it, which few messages have anyway.
fn is_cut_short(body: &[u8]) -> bool {
    memchr::memchr(b'\n', body).is_some()
        && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err()
}
