//! The rig in a process of its own, for network namespaces: an environment variable says what
//! to serve and where.

use std::any::Any;
use std::net::SocketAddr;
use std::path::Path;

use super::dns::{NameServer, Zone};
use super::{http, tls};

/// The variable with the servers, separated by blanks: `http@ADDRESS=FAULT`,
/// `tls@ADDRESS=FAULT,HTTP-FAULT`, `dns@ADDRESS=V4,V6` (the addresses of good names).
pub(crate) const PLAN: &str = "RECHARGE_DOCTOR_RIG";

/// The variable with the file that gets the certificate of the authority, in PEM.
const AUTHORITY: &str = "RECHARGE_DOCTOR_RIG_CA";

/// The variable with the pipe that gets a line as soon as every server listens.
const READY: &str = "RECHARGE_DOCTOR_RIG_READY";

/// Serves a plan until the process is killed, as it is with its namespace.
pub(crate) fn forever(plan: &str) -> ! {
    let _running: Vec<Box<dyn Any>> = plan.split_whitespace().map(start).collect();
    if let Some(path) = std::env::var_os(AUTHORITY) {
        std::fs::write(Path::new(&path), tls::authority().pem()).expect("a writable file");
    }
    if let Some(path) = std::env::var_os(READY) {
        std::fs::write(Path::new(&path), "ready\n").expect("a pipe with a reader");
    }
    loop {
        std::thread::park();
    }
}

/// Starts one server; dropping it ends it.
fn start(server: &str) -> Box<dyn Any> {
    let (kind, rest) = server.split_once('@').expect("KIND@ADDRESS=FAULT");
    let (address, fault) = rest.split_once('=').expect("ADDRESS=FAULT");
    let address: SocketAddr = address.parse().expect("IP:PORT");
    let (first, second) = fault.split_once(',').unwrap_or((fault, "ok"));
    match kind {
        "http" => Box::new(http::server(address, fault)),
        "tls" => Box::new(tls::server(address, first, second)),
        "dns" => {
            let v4 = first.parse().expect("an IPv4 address");
            let v6 = second.parse().expect("an IPv6 address");
            Box::new(NameServer::start(
                address,
                Zone {
                    v4,
                    v6,
                    everything: false,
                },
            ))
        }
        _ => unreachable!("no server is called `{kind}`"),
    }
}
