//! Real servers for the probe: each port has one fault, ends with the test, and remembers what
//! was sent to it.

pub(crate) mod dns;
pub(crate) mod http;
pub(crate) mod netns;
pub(crate) mod openssl;
pub(crate) mod serve;
pub(crate) mod tcp;
pub(crate) mod tls;

mod selftest;

use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// Any free port of 127.0.0.1.
pub(crate) const ANY_V4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// What one server saw and did.
#[derive(Default)]
pub(crate) struct Log {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
    sent: AtomicU64,
}

impl Log {
    /// How many connections came, those that sent nothing included.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests (HTTP: the head as it came; DNS: name and type), in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<String> {
        lock(&self.requests).clone()
    }

    /// How many bytes of answers the other side took.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    fn connected(&self) {
        self.connections.fetch_add(1, Ordering::SeqCst);
    }

    fn asked(&self, request: impl Into<String>) {
        lock(&self.requests).push(request.into());
    }

    fn gave(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::SeqCst);
    }
}

/// A TCP server: a thread that accepts and one for each connection.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    log: Log,
    ended: AtomicBool,
    // Weak: a connection is closed when its handler is done with it.
    open: Mutex<Vec<(Weak<TcpStream>, JoinHandle<()>)>>,
}

impl Server {
    /// Listens before it returns. The handler has a connection to itself; it must end when the
    /// other side is gone, which is also how a server ends it.
    pub(crate) fn start(
        address: SocketAddr,
        handler: impl Fn(&TcpStream, &Log) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let accepting = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || accept(&listener, &shared, &Arc::new(handler)))
        };
        Self {
            address,
            shared,
            accepting: Some(accepting),
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it saw.
    pub(crate) fn log(&self) -> &Log {
        &self.shared.log
    }
}

fn accept<H>(listener: &TcpListener, shared: &Arc<Shared>, handler: &Arc<H>)
where
    H: Fn(&TcpStream, &Log) + Send + Sync + 'static,
{
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream.map(Arc::new) else {
            continue;
        };
        shared.log.connected();
        let watched = Arc::downgrade(&stream);
        let own = Arc::clone(shared);
        let handler = Arc::clone(handler);
        let thread = std::thread::spawn(move || handler(&stream, &own.log));
        let mut open = lock(&shared.open);
        open.retain(|(_, thread)| !thread.is_finished());
        open.push((watched, thread));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
        for (stream, thread) in lock(&self.shared.open).drain(..) {
            if let Some(stream) = stream.upgrade() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a connection as servers do that are done: says so, then waits for the other side.
fn finish(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    wait_for_end(stream);
}

/// Waits until the other side is gone.
fn wait_for_end(mut stream: &TcpStream) {
    let _ = stream.set_read_timeout(None);
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored).is_ok_and(|count| count > 0) {}
}

/// Lets a connection end by a reset as soon as its handler returns.
fn end_by_reset(stream: &TcpStream) {
    socket2::SockRef::from(stream)
        .set_linger(Some(Duration::ZERO))
        .expect("an option that every system has");
}

/// Waits as a slow server does; false when the other side left meanwhile.
fn still_there_after(mut stream: &TcpStream, wait: Duration) -> bool {
    let _ = stream.set_read_timeout(Some(wait));
    // Whatever the other side says now was answered already.
    match stream.read(&mut [0; 1024]) {
        Ok(0) => false,
        Ok(_) => true,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}
