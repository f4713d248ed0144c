//! The endpoint: HTTP on the loopback address, on a thread of its own, so that
//! neither it nor the server ever waits for the other.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, oneshot};

use super::discovery::Discovery;
use super::metrics::Metrics;
use super::routes::{Admin, Routes};
use super::token::Token;
use crate::state_folder::create_private;

/// How many connections are served at a time; one that is more is closed.
const MOST_CONNECTIONS: usize = 16;

/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// How long a connection lives, whatever is done on it.
const CONNECTION_TIME: Duration = Duration::from_mins(5);

/// Where to listen, and where to tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointConfig {
    /// The port. Where it is taken, any other.
    pub port: u16,
    /// The folder for the token and for the file that tells the port.
    pub state_folder: PathBuf,
}

/// Why there is no endpoint.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// No port can be listened on.
    #[error("no port can be listened on: {0}")]
    Listen(#[source] io::Error),
    /// There is no token.
    #[error("there is no token: {0}")]
    Token(#[source] io::Error),
    /// The port cannot be told.
    #[error("the port cannot be told: {0}")]
    Discovery(#[source] io::Error),
    /// The thread cannot be started.
    #[error("the thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

/// An endpoint that listens. Dropping it closes it, and takes back that it can
/// be found.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _discovery: Discovery,
}

impl Endpoint {
    /// Starts to listen.
    ///
    /// # Errors
    ///
    /// [`EndpointError`]; nothing listens then.
    pub fn start(
        config: &EndpointConfig,
        metrics: Arc<Metrics>,
        admin: Arc<dyn Admin>,
    ) -> Result<Endpoint, EndpointError> {
        let EndpointConfig { port, state_folder } = config;
        create_private(state_folder).map_err(EndpointError::Discovery)?;
        let token = Token::in_folder(state_folder).map_err(EndpointError::Token)?;
        let listener = listen(*port).map_err(EndpointError::Listen)?;
        let address = listener.local_addr().map_err(EndpointError::Listen)?;
        let routes = Routes { metrics, admin, token, port: address.port() };
        let (stop, stopped) = oneshot::channel();
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(EndpointError::Thread)?;
        let serve = move || runtime.block_on(serve(listener, Arc::new(routes), stopped));
        let thread = thread::Builder::new().name("endpoint".to_owned()).spawn(serve);
        let thread = thread.map_err(EndpointError::Thread)?;
        let discovery =
            Discovery::announce(state_folder, address).map_err(EndpointError::Discovery)?;
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Endpoint { address, stop, thread, _discovery: discovery })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let at = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = at(port).or_else(|_| at(0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(listener: TcpListener, routes: Arc<Routes>, mut stopped: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles, say: a moment later there may be one.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let connection = serve_connection(stream, Arc::clone(&routes));
            tokio::spawn(async move {
                let _ = tokio::time::timeout(CONNECTION_TIME, connection).await;
                drop(place);
            });
        }
    }
}

async fn serve_connection(stream: TcpStream, routes: Arc<Routes>) {
    let answer = service_fn(move |request| {
        let routes = Arc::clone(&routes);
        async move { Ok::<_, Infallible>(routes.answer(request).await) }
    });
    // Whoever breaks off is not told why.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_headers(64)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}
