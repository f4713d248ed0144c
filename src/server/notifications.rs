//! The notifications that the library routes, strictly one after another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use futures_util::poll;
use tokio::sync::mpsc;

/// Runs notifications strictly one after another: each is polled at its place in
/// the stream if none is under way, and else when its turn comes.
pub(super) struct Notifications {
    queue: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
    under_way: Arc<AtomicUsize>,
}

impl Notifications {
    /// A queue that a task of the current runtime empties.
    pub(super) fn start() -> Notifications {
        let (queue, mut waiting) = mpsc::unbounded_channel::<BoxFuture<'static, ()>>();
        let under_way = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&under_way);
        tokio::spawn(async move {
            while let Some(notification) = waiting.recv().await {
                notification.await;
                count.fetch_sub(1, Ordering::Relaxed);
            }
        });
        Notifications { queue, under_way }
    }

    pub(super) async fn run(&self, mut notification: BoxFuture<'static, ()>) {
        let is_first = self.under_way.load(Ordering::Relaxed) == 0;
        if is_first && poll!(&mut notification).is_ready() {
            return;
        }
        self.under_way.fetch_add(1, Ordering::Relaxed);
        // The queue ends with the runtime, and then nobody waits for it.
        let _ = self.queue.send(notification);
    }
}
