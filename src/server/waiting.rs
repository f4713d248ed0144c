//! The requests of the owner's lane that still wait for something.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{AbortHandle, Abortable};

use super::commands::{Answer, PendingAnswer};
use super::error::ResponseError;
use super::transport::Id;

/// The requests that still wait for something, so that they can be cancelled.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<HashMap<Id, AbortHandle>>>);

impl Waiting {
    /// The answer once it is there, or that the request was cancelled. From now
    /// on it can be.
    pub(super) fn answer(
        &self,
        id: Id,
        pending: PendingAnswer,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let (handle, registration) = AbortHandle::new_pair();
        self.lock().insert(id.clone(), handle);
        let waiting = self.clone();
        async move {
            let answer = Abortable::new(pending, registration).await;
            waiting.lock().remove(&id);
            answer.unwrap_or_else(|_| Err(ResponseError::cancelled()))
        }
    }

    /// Whether there is such a request. Its answer is an error now.
    pub(super) fn cancel(&self, id: &Id) -> bool {
        let handle = self.lock().remove(id);
        handle.inspect(AbortHandle::abort).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
