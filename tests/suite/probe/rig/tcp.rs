//! Ports without a server behind them.

use std::net::{Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

/// Whether this machine has IPv6, if only for itself; where not, it is printed. Many containers
/// have none.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub(crate) fn has_v6() -> bool {
    let tried = TcpListener::bind((Ipv6Addr::LOCALHOST, 0));
    if let Err(error) = &tried {
        eprintln!("skipped: this machine has no IPv6: {error}");
    }
    tried.is_ok()
}

/// A port that is held but not listened on: connections are refused, and no other program can
/// get it meanwhile.
pub(crate) struct Closed {
    address: SocketAddr,
    _held: Socket,
}

impl Closed {
    /// Holds this address; port 0 takes any.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let held = bound(address);
        Self {
            address: local(&held),
            _held: held,
        }
    }

    /// Where connections are refused.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A listener with a full backlog that accepts nobody: connections hang.
pub(crate) struct Full {
    address: SocketAddr,
    _held: Socket,
    _waiting: TcpStream,
}

impl Full {
    /// Listens on this address and fills the backlog.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let held = bound(address);
        held.listen(0).expect("a listener");
        let address = local(&held);
        // A backlog of zero holds one connection; the next one waits for good.
        let waiting = TcpStream::connect(address).expect("the one that fits");
        Self {
            address,
            _held: held,
            _waiting: waiting,
        }
    }

    /// Where connections hang.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

fn bound(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).expect("a socket");
    socket.bind(&address.into()).expect("a free port");
    socket
}

fn local(socket: &Socket) -> SocketAddr {
    let address = socket.local_addr().expect("its address");
    address.as_socket().expect("an address of the internet")
}
