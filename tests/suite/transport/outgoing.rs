//! The thread that writes, to clients that read, wait, or are gone.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use batchpatch::server::transport::Outgoing;

const SOON: Duration = Duration::from_secs(20);

/// A writer that tells every write and flush, and may wait for leave to write.
struct Told {
    events: Sender<Option<Vec<u8>>>,
    leave: Option<Receiver<()>>,
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(leave) = &self.leave {
            // Leave is given for each write, or for all once its giver is gone.
            let _ = leave.recv();
        }
        let told = self.events.send(Some(bytes.to_vec()));
        told.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let told = self.events.send(None);
        told.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

fn told() -> (Told, Receiver<Option<Vec<u8>>>) {
    let (events, seen) = mpsc::channel();
    (Told { events, leave: None }, seen)
}

fn held() -> (Told, Receiver<Option<Vec<u8>>>, Sender<()>) {
    let (told, seen) = told();
    let (give, leave) = mpsc::channel();
    (Told { leave: Some(leave), ..told }, seen, give)
}

#[test]
fn a_frame_is_flushed_as_soon_as_the_queue_is_empty() {
    let (writer, seen) = told();
    let (outgoing, _handle) = Outgoing::start(writer, drop).unwrap();
    for frame in ["one", "two"] {
        outgoing.send(frame.into());
        while seen.recv_timeout(SOON).unwrap() != Some(frame.into()) {}
        assert_eq!(seen.recv_timeout(SOON).unwrap(), None, "a flush");
    }
    assert_eq!(outgoing.queued_bytes(), 0);
}

#[test]
fn many_small_frames_are_few_writes_in_their_order() {
    let (pipe, seen, leave) = held();
    let (outgoing, handle) = Outgoing::start(pipe, drop).unwrap();
    let frames: Vec<_> = (0..10_000).map(|number| format!("<{number}>").into_bytes()).collect();
    for frame in &frames {
        outgoing.send(frame.clone());
    }
    drop(leave);
    assert!(handle.finish(SOON));
    let written: Vec<_> = seen.into_iter().flatten().collect();
    assert_eq!(written.concat(), frames.concat());
    // Those that are written before the rest is queued may be one alone.
    assert!(written.len() < 10, "{} writes", written.len());
}

#[test]
fn sending_never_waits_for_a_client_that_does_not_read() {
    let (writer, _seen, leave) = held();
    let (outgoing, handle) = Outgoing::start(writer, drop).unwrap();
    let megabyte = vec![b'x'; 1 << 20];
    (0..20).for_each(|_| outgoing.clone().send(megabyte.clone()));
    assert_eq!(outgoing.queued_bytes(), 20 << 20);
    assert!(!handle.finish(Duration::from_millis(20)), "it is not written, and the exit goes on");
    assert!(!outgoing.is_closed());
    drop(leave);
}

#[test]
fn finishing_writes_what_is_queued_and_nothing_sent_later() {
    let (writer, seen, leave) = held();
    let (outgoing, handle) = Outgoing::start(writer, drop).unwrap();
    outgoing.send("first".into());
    outgoing.send(vec![b'x'; 100_000]);
    drop(leave);
    assert!(handle.finish(SOON));
    assert!(outgoing.is_closed());
    outgoing.send("late".into());
    assert_eq!(outgoing.queued_bytes(), 0);
    let written = seen.into_iter().flatten().collect::<Vec<_>>().concat();
    assert_eq!(written.len(), 100_005);
}

#[test]
fn a_client_that_closes_its_end_is_told_once_and_holds_nobody() {
    let (writer, seen) = told();
    drop(seen);
    let (tell, failures) = mpsc::channel();
    let (outgoing, handle) =
        Outgoing::start(writer, move |error| tell.send(error).unwrap()).unwrap();
    (0..100).for_each(|_| outgoing.send("lost".into()));
    let error = failures.recv_timeout(SOON).unwrap();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    assert!(outgoing.is_closed());
    outgoing.send("lost too".into());
    assert_eq!(outgoing.queued_bytes(), 0);
    assert!(!handle.finish(SOON));
    assert!(failures.recv_timeout(SOON).is_err(), "told once");
}

#[test]
fn the_thread_ends_with_the_last_that_could_send() {
    let (writer, seen) = told();
    let (outgoing, handle) = Outgoing::start(writer, drop).unwrap();
    outgoing.send("last".into());
    drop(handle);
    drop(outgoing);
    assert!(seen.into_iter().flatten().eq([b"last".to_vec()]));
}
