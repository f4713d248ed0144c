//! The way out: a queue without an end, and a thread that writes it.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;
use std::time::Duration;

/// As much as a pipe holds on Linux.
const BUFFER_BYTES: usize = 64 * 1024;

/// Takes frames for the client, and never waits for it to read them.
///
/// The queue has no limit: whoever waits for a client that is itself waiting to
/// be read from waits for ever.
#[derive(Clone, Debug)]
pub struct Outgoing {
    queue: Sender<Item>,
    state: Arc<State>,
}

/// Ends the writing. Without it the thread goes on until every [`Outgoing`] is
/// gone.
#[derive(Debug)]
pub struct WriterHandle {
    outgoing: Outgoing,
    ended: Receiver<bool>,
}

#[derive(Debug)]
enum Item {
    Frame(Vec<u8>),
    Finish,
}

#[derive(Debug, Default)]
struct State {
    queued_bytes: AtomicUsize,
    is_closed: AtomicBool,
}

impl Outgoing {
    /// Starts the thread. `on_failure` is called on it, once, if the writer
    /// fails: the client has closed its end.
    ///
    /// # Errors
    ///
    /// The system has no thread to give.
    pub fn start<W, F>(writer: W, on_failure: F) -> io::Result<(Outgoing, WriterHandle)>
    where
        W: Write + Send + 'static,
        F: FnOnce(io::Error) + Send + 'static,
    {
        let (queue, items) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let outgoing = Outgoing { queue, state: Arc::default() };
        let state = Arc::clone(&outgoing.state);
        thread::Builder::new().name("outgoing".to_owned()).spawn(move || {
            let mut writer = BufWriter::with_capacity(BUFFER_BYTES, writer);
            let outcome = write(&items, &mut writer, &state.queued_bytes);
            // Being dropped it would try once more to write what it holds.
            drop(writer.into_parts());
            state.is_closed.store(true, Ordering::Release);
            drop(items);
            // Nobody may be there to hear it.
            let _ = end.send(outcome.is_ok());
            if let Err(error) = outcome {
                on_failure(error);
            }
        })?;
        let handle = WriterHandle { outgoing: outgoing.clone(), ended };
        Ok((outgoing, handle))
    }

    /// Queues a frame. Nothing becomes of it once the queue is closed.
    pub fn send(&self, frame: Vec<u8>) {
        self.state.queued_bytes.fetch_add(frame.len(), Ordering::Relaxed);
        // It fails only when the thread has ended, which `is_closed` tells.
        let _ = self.queue.send(Item::Frame(frame));
    }

    /// The bytes that wait for the client to read, up to a buffer's worth.
    pub fn queued_bytes(&self) -> usize {
        if self.is_closed() { 0 } else { self.state.queued_bytes.load(Ordering::Relaxed) }
    }

    /// Whether the writer has failed or the writing was finished.
    pub fn is_closed(&self) -> bool {
        self.state.is_closed.load(Ordering::Acquire)
    }
}

impl WriterHandle {
    /// Writes what is queued by now, waiting no longer than `wait`: a client
    /// that does not read cannot hold the exit. Gives whether all of it has
    /// been written.
    pub fn finish(self, wait: Duration) -> bool {
        // It fails only when the thread has ended, and then its word is there.
        let _ = self.outgoing.queue.send(Item::Finish);
        self.ended.recv_timeout(wait).unwrap_or(false)
    }
}

/// Writes frames until there are no more to come. What is queued goes out in
/// few writes, and nothing stays in the buffer while the queue is empty.
fn write(
    items: &Receiver<Item>,
    writer: &mut impl Write,
    queued_bytes: &AtomicUsize,
) -> io::Result<()> {
    loop {
        let item = match items.try_recv() {
            Err(TryRecvError::Empty) => {
                writer.flush()?;
                items.recv().ok()
            }
            item => item.ok(),
        };
        let Some(Item::Frame(frame)) = item else { return writer.flush() };
        writer.write_all(&frame)?;
        queued_bytes.fetch_sub(frame.len(), Ordering::Relaxed);
    }
}
