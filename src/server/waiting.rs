//! The requests of the owner's lane that still wait for something.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{AbortHandle, Abortable};

use super::commands::{Answer, PendingAnswer};
use super::error::ResponseError;
use super::transport::Id;
use crate::workspace::Ticket;

/// The requests that still wait for something, so that they can be cancelled.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<HashMap<Id, Cancel>>>);

/// How a request is cancelled.
#[derive(Clone)]
enum Cancel {
    /// By no longer waiting for it.
    Abort(AbortHandle),
    /// By asking the owner, who knows whether it is too late.
    Batch(Ticket),
}

impl Waiting {
    /// The answer once it is there, or that the request was cancelled. From now
    /// on it can be.
    pub(super) fn answer(
        &self,
        id: Id,
        pending: PendingAnswer,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let (handle, registration) = AbortHandle::new_pair();
        self.lock().insert(id.clone(), Cancel::Abort(handle));
        let waiting = self.clone();
        async move {
            let answer = Abortable::new(pending, registration).await;
            waiting.lock().remove(&id);
            answer.unwrap_or_else(|_| Err(ResponseError::cancelled()))
        }
    }

    /// The outcome of a batch once it is there.
    pub(super) fn batch(
        &self,
        id: Id,
        ticket: Ticket,
        pending: PendingAnswer,
    ) -> impl Future<Output = Answer> + Send + use<> {
        self.lock().insert(id.clone(), Cancel::Batch(ticket));
        let waiting = self.clone();
        async move {
            let answer = pending.await;
            waiting.lock().remove(&id);
            answer
        }
    }

    /// Cancels a request: its answer is an error now. A batch is not cancelled
    /// yet, and is given to whoever can.
    pub(super) fn cancel(&self, id: &Id) -> Option<Ticket> {
        let cancel = self.lock().get(id).cloned()?;
        match cancel {
            Cancel::Abort(handle) => {
                handle.abort();
                None
            }
            Cancel::Batch(ticket) => Some(ticket),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Cancel>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
