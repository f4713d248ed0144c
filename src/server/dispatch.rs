//! One message after the other, in the order of the wire.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::poll;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Request, RequestBuilder, Response};
use tower_lsp::{ExitedError, LspService};
use tower_service::Service;

use super::backend::Backend;
use super::capabilities::Client;
use super::code_actions;
use super::commands::{self, Answer, PendingAnswer, Reply};
use super::error::ResponseError;
use super::lane::{Lane, lane};
use super::lifecycle::{Exit, Lifecycle};
use super::notifications::Notifications;
use super::owner::{Owner, SharedOwner};
use super::transport::{Frame, Id, Message, Outgoing, outbound, read_params};
use super::waiting::Waiting;
use crate::workspace::Event;

/// Takes the client's messages in the order of the wire, one at a time.
///
/// A request is polled once before the next message is looked at, so that it
/// sees the documents as they are at its place; then it may go on in a task.
/// Notifications run strictly one after another. A reply or a cancellation is
/// never queued behind a handler, because the handler may be waiting for it.
pub(super) struct Dispatcher {
    service: LspService<Backend>,
    owner: SharedOwner,
    outgoing: Outgoing,
    lifecycle: Lifecycle,
    notifications: Notifications,
    waiting: Waiting,
    /// How many requests the library was called with.
    calls: i64,
    watch_parent: Box<dyn Fn(u32) + Send>,
}

impl Dispatcher {
    /// A dispatcher for a client that has said nothing yet. `watch_parent` is
    /// called with the process that the client names as the server's parent.
    pub(super) fn new(
        service: LspService<Backend>,
        owner: SharedOwner,
        outgoing: Outgoing,
        watch_parent: impl Fn(u32) + Send + 'static,
    ) -> Dispatcher {
        Dispatcher {
            service,
            owner,
            outgoing,
            lifecycle: Lifecycle::Uninitialized,
            notifications: Notifications::start(),
            waiting: Waiting::default(),
            calls: 0,
            watch_parent: Box::new(watch_parent),
        }
    }

    /// One message. Breaks when the server should end.
    pub(super) async fn dispatch(&mut self, frame: Frame) -> ControlFlow<Exit> {
        let body = match frame {
            Frame::Message(body) => body,
            Frame::Bad(bad) => {
                self.fail(None, &ResponseError::parse_error(bad.to_string()));
                return ControlFlow::Continue(());
            }
        };
        match Message::parse(&body) {
            Ok(Message::Request { id, method, params }) => self.request(id, &method, params).await,
            Ok(Message::Notification { method, params }) => {
                return self.notification(&method, params).await;
            }
            Ok(Message::Response { id, outcome }) => self.response(id.as_ref(), outcome),
            Err(invalid) => self.send(invalid.answer()),
        }
        ControlFlow::Continue(())
    }

    async fn request(&mut self, id: Id, method: &str, params: Option<&RawValue>) {
        match (self.lifecycle, method) {
            (Lifecycle::Uninitialized, "initialize") => self.initialize(id, params).await,
            (Lifecycle::Uninitialized, _) => {
                self.fail(Some(&id), &ResponseError::not_initialized());
            }
            (Lifecycle::ShutDown, _) => {
                self.fail(Some(&id), &ResponseError::invalid_request("the server was shut down"));
            }
            (Lifecycle::Running, "shutdown") => {
                self.lifecycle = Lifecycle::ShutDown;
                self.serve(id, method, None).await;
            }
            (Lifecycle::Running, _) => match lane(method) {
                Lane::Owner => self.ask(id, |owner| match method {
                    "textDocument/codeAction" => {
                        Reply::Now(code_actions::code_actions(owner, params))
                    }
                    "codeAction/resolve" => Reply::Now(code_actions::resolve(owner, params)),
                    _ => commands::execute(owner, params),
                }),
                Lane::Service | Lane::Cancel => match to_value(params) {
                    Ok(params) => self.serve(id, method, params).await,
                    Err(error) => self.fail(Some(&id), &error),
                },
            },
        }
    }

    /// `initialize` is awaited to its end, so that what a client sends behind it
    /// without waiting finds a server that is ready.
    async fn initialize(&mut self, id: Id, params: Option<&RawValue>) {
        let client: Client = match read_params(params) {
            Ok(client) => client,
            Err(error) => {
                return self.fail(Some(&id), &ResponseError::invalid_params(error.to_string()));
            }
        };
        if let Some(parent) = client.process_id {
            (self.watch_parent)(parent);
        }
        self.owner.lock().initialize(client);
        // The library has no use for the rest, and would refuse some of the URIs.
        let params = json!({ "capabilities": {} });
        let answer = self.call("initialize".to_owned(), Some(params)).await;
        if answer.is_ok() {
            self.lifecycle = Lifecycle::Running;
        }
        self.send(frame(&id, &answer));
    }

    async fn notification(&mut self, method: &str, params: Option<&RawValue>) -> ControlFlow<Exit> {
        match (self.lifecycle, method, lane(method)) {
            (Lifecycle::ShutDown, "exit", _) => return ControlFlow::Break(Exit::Orderly),
            (_, "exit", _) => return ControlFlow::Break(Exit::Abrupt),
            // Before `initialize` notifications are dropped, as LSP says.
            (Lifecycle::Uninitialized, ..) => {}
            (_, _, Lane::Owner) => {
                let notify = || self.owner.lock().notify(method, params);
                // A panic is reported by the hook; the next message goes on.
                let _ = catch_unwind(AssertUnwindSafe(notify));
            }
            (_, _, Lane::Cancel) => self.cancel(params),
            (_, _, Lane::Service) => {
                if let Ok(params) = to_value(params) {
                    let call = self.notify(method.to_owned(), params);
                    self.notifications.run(call).await;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// A request to the owner, on the documents as they are now.
    fn ask(&mut self, id: Id, request: impl FnOnce(&mut Owner) -> Reply) {
        let ask = || request(&mut self.owner.lock());
        match catch_unwind(AssertUnwindSafe(ask)) {
            Ok(Reply::Now(answer)) => self.send(frame(&id, &answer)),
            Ok(Reply::Later(pending)) => self.answer_later(id, guarded(pending)),
            Ok(Reply::Batch { ticket, answer }) => {
                let answer = self.waiting.batch(id.clone(), ticket, guarded(answer));
                self.answer_with(id, answer);
            }
            Err(_) => self.fail(Some(&id), &ResponseError::panicked()),
        }
    }

    /// A request that the library routes: polled once here, at its place in the
    /// stream, and if it has to wait, then in a task.
    async fn serve(&mut self, id: Id, method: &str, params: Option<Value>) {
        let mut call = self.call(method.to_owned(), params);
        match poll!(&mut call) {
            Poll::Ready(answer) => self.send(frame(&id, &answer)),
            Poll::Pending => self.answer_later(id, call),
        }
    }

    fn answer_later(&self, id: Id, pending: PendingAnswer) {
        let answer = self.waiting.answer(id.clone(), pending);
        self.answer_with(id, answer);
    }

    fn answer_with(&self, id: Id, answer: impl Future<Output = Answer> + Send + 'static) {
        let outgoing = self.outgoing.clone();
        tokio::spawn(async move {
            if let Ok(frame) = frame(&id, &answer.await) {
                outgoing.send(frame);
            }
        });
    }

    /// Calls the library with an id of its own: a client may use one twice.
    fn call(&mut self, method: String, params: Option<Value>) -> PendingAnswer {
        self.calls += 1;
        let request = build(method, params).id(self.calls).finish();
        let call = self.service.call(request);
        guarded(async move { service_answer(call.await) }.boxed())
    }

    fn notify(&mut self, method: String, params: Option<Value>) -> BoxFuture<'static, ()> {
        let request = build(method, params).finish();
        let call = AssertUnwindSafe(self.service.call(request)).catch_unwind();
        call.map(drop).boxed()
    }

    fn cancel(&self, params: Option<&RawValue>) {
        #[derive(Deserialize)]
        struct Cancel {
            id: Id,
        }
        let Ok(Cancel { id }) = read_params(params) else { return };
        if let Some(ticket) = self.waiting.cancel(&id) {
            self.owner.lock().handle(Event::Cancelled { ticket });
        }
    }

    /// The client answers a request of ours.
    fn response(&self, id: Option<&Id>, outcome: Result<&RawValue, &RawValue>) {
        let Some(id) = id else { return };
        let outcome = outcome.map(RawValue::get).map_err(RawValue::get);
        let reply = || self.owner.lock().reply(id, outcome);
        // A panic is reported by the hook; the next message goes on.
        let _ = catch_unwind(AssertUnwindSafe(reply));
    }

    /// Answers with an error; without an id where it is not known what is
    /// answered.
    fn fail(&self, id: Option<&Id>, error: &ResponseError) {
        self.send(error.frame(id));
    }

    /// All that is sent is our own, and can be written as JSON.
    fn send(&self, frame: serde_json::Result<Vec<u8>>) {
        if let Ok(frame) = frame {
            self.outgoing.send(frame);
        }
    }
}

fn build(method: String, params: Option<Value>) -> RequestBuilder {
    params.into_iter().fold(Request::build(method), RequestBuilder::params)
}

fn frame(id: &Id, answer: &Answer) -> serde_json::Result<Vec<u8>> {
    match answer {
        Ok(result) => outbound::response(id, result),
        Err(error) => error.frame(Some(id)),
    }
}

/// The answer, also where making it panics: the panic hook reports it, and the
/// client is told.
fn guarded(pending: PendingAnswer) -> PendingAnswer {
    let caught = AssertUnwindSafe(pending).catch_unwind();
    caught.map(|answer| answer.unwrap_or_else(|_| Err(ResponseError::panicked()))).boxed()
}

/// What the library answers, in our own words.
fn service_answer(response: Result<Option<Response>, ExitedError>) -> Answer {
    let response = response.ok().flatten().map(|response| response.into_parts().1);
    match response {
        Some(Ok(result)) => to_raw_value(&result)
            .map_err(|error| ResponseError::internal(format!("the answer is no JSON: {error}"))),
        Some(Err(error)) => Err(ResponseError {
            code: error.code.code(),
            message: error.message.into_owned(),
            data: error.data,
        }),
        None => Err(ResponseError::internal("no answer")),
    }
}

/// The parameters as the library wants them. It reads them with a limit to how
/// deep they are nested.
fn to_value(params: Option<&RawValue>) -> Result<Option<Value>, ResponseError> {
    let parse = |params: &RawValue| serde_json::from_str(params.get());
    params
        .map(parse)
        .transpose()
        .map_err(|error| ResponseError::invalid_params(format!("the parameters: {error}")))
}
