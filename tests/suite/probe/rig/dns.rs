//! A name server, UDP and TCP on one port: the first label of the name that is asked picks the
//! fault. A name that it does not know does not exist.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hickory_proto::op::{Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::{ANY_V4, Log, Server, finish, lock};

/// How much later the honest answer comes where somebody nearer forges one.
const HONEST: Duration = Duration::from_millis(30);

/// How long a slow name server takes.
const SLOW: Duration = Duration::from_millis(1200);

/// How many ports are tried until one is free for UDP and TCP.
const PORTS: usize = 10;

/// The addresses behind the names that have no fault.
#[derive(Clone, Copy)]
pub(crate) struct Zone {
    /// The answer to A.
    pub(crate) v4: Ipv4Addr,
    /// The answer to AAAA of names that have one.
    pub(crate) v6: Ipv6Addr,
    /// Whether names that are not there get that answer too, as some providers do it.
    pub(crate) everything: bool,
}

/// Everything is on this machine.
pub(crate) const LOOPBACK: Zone = Zone {
    v4: Ipv4Addr::LOCALHOST,
    v6: Ipv6Addr::LOCALHOST,
    everything: false,
};

/// The same, for every name.
pub(crate) const EVERYTHING: Zone = Zone {
    everything: true,
    ..LOOPBACK
};

/// A running name server.
pub(crate) struct NameServer {
    tcp: Server,
    socket: Arc<UdpSocket>,
    shared: Arc<Shared>,
    answering: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    log: Log,
    ended: AtomicBool,
    late: Mutex<Vec<JoinHandle<()>>>,
}

/// One datagram of an answer and when it leaves.
struct Reply {
    after: Duration,
    bytes: Vec<u8>,
    /// Whether it comes from a port that nobody asked.
    stranger: bool,
}

impl NameServer {
    /// Listens before it returns.
    pub(crate) fn start(address: SocketAddr, zone: Zone) -> Self {
        let (tcp, socket) = (0..PORTS)
            .find_map(|_| {
                let tcp = Server::start(address, move |stream, _| over_tcp(stream, zone));
                let socket = UdpSocket::bind(tcp.address()).ok()?;
                Some((tcp, Arc::new(socket)))
            })
            .expect("a port that is free twice");
        let shared = Arc::new(Shared::default());
        let answering = {
            let (socket, shared) = (Arc::clone(&socket), Arc::clone(&shared));
            std::thread::spawn(move || over_udp(&socket, &shared, zone))
        };
        Self {
            tcp,
            socket,
            shared,
            answering: Some(answering),
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.tcp.address()
    }

    /// The names and types that were asked by UDP.
    pub(crate) fn log(&self) -> &Log {
        &self.shared.log
    }

    /// How often it was asked by TCP.
    pub(crate) fn tcp_connections(&self) -> usize {
        self.tcp.log().connections()
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that receives.
        let _ = self.socket.send_to(&[], self.address());
        if let Some(thread) = self.answering.take() {
            let _ = thread.join();
        }
        for thread in lock(&self.shared.late).drain(..) {
            let _ = thread.join();
        }
    }
}

fn over_udp(socket: &Arc<UdpSocket>, shared: &Arc<Shared>, zone: Zone) {
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        if shared.ended.load(Ordering::SeqCst) {
            break;
        }
        let Ok(query) = Message::from_vec(&buffer[..length]) else {
            continue;
        };
        let Some(question) = query.queries.first() else {
            continue;
        };
        let asked = format!("{} {}", question.name.to_ascii(), question.query_type);
        shared.log.asked(asked.to_lowercase());
        for reply in replies(&query, question, zone) {
            if reply.stranger {
                let other = UdpSocket::bind(ANY_V4).expect("a socket");
                let _ = other.send_to(&reply.bytes, from);
                continue;
            }
            if reply.after.is_zero() {
                let _ = socket.send_to(&reply.bytes, from);
                continue;
            }
            let socket = Arc::clone(socket);
            // Delay is what these servers are for; nothing waits for it but the client.
            let late = std::thread::spawn(move || {
                std::thread::sleep(reply.after);
                let _ = socket.send_to(&reply.bytes, from);
            });
            lock(&shared.late).push(late);
        }
    }
}

fn over_tcp(mut stream: &TcpStream, zone: Zone) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        let Ok(query) = stream
            .read_exact(&mut bytes)
            .map_err(drop)
            .and_then(|()| Message::from_vec(&bytes).map_err(drop))
        else {
            return;
        };
        let Some(answer) = query
            .queries
            .first()
            .and_then(|question| whole(&query, question, zone))
        else {
            return;
        };
        let length = u16::try_from(answer.len()).expect("an answer that fits");
        let framed = [length.to_be_bytes().as_slice(), &answer].concat();
        if stream.write_all(&framed).is_err() {
            return;
        }
    }
    finish(stream);
}

/// The answer over TCP; none where the server hangs up.
fn whole(query: &Message, question: &Query, zone: Zone) -> Option<Vec<u8>> {
    let fault = fault(&question.name);
    match fault.as_str() {
        "truncated" => Some(bytes(&answer(query, addresses("ok", question, zone)))),
        "truncated-dead" => None,
        // Nearly as large as a message can be: the length is 16 bits.
        "truncated-huge" => {
            let many =
                (0..1600_u32).map(|number| a(question, Ipv4Addr::from_bits(0x7f00_0001 + number)));
            let wanted = question.query_type == RecordType::A;
            let all = if wanted { many.collect() } else { Vec::new() };
            Some(bytes(&answer(query, all)))
        }
        _ => replies(query, question, zone)
            .pop()
            .map(|reply| reply.bytes),
    }
}

/// What is sent for one question by UDP.
fn replies(query: &Message, question: &Query, zone: Zone) -> Vec<Reply> {
    let fault = fault(&question.name);
    let honest = |name: &str| bytes(&answer(query, addresses(name, question, zone)));
    let code = |code| vec![now(bytes(&refusal(query, code)))];
    let is_a = question.query_type == RecordType::A;
    match fault.as_str() {
        "nxdomain" => code(ResponseCode::NXDomain),
        "servfail" => code(ResponseCode::ServFail),
        "refused" => code(ResponseCode::Refused),
        "truncated" | "truncated-dead" | "truncated-huge" => {
            vec![now(bytes(&answer(query, Vec::new()).truncate()))]
        }
        "garbage" => vec![now(garbage(query))],
        "drop" => Vec::new(),
        "forged" if is_a => {
            // Another address of the same kind: 127.6.6.1 for 127.0.0.1.
            let lie = vec![a(
                question,
                Ipv4Addr::from_bits(zone.v4.to_bits() ^ 0x0006_0600),
            )];
            vec![now(bytes(&answer(query, lie))), late(HONEST, honest("ok"))]
        }
        // An injected "no such name" before the true answer.
        "denied" if is_a => vec![
            now(bytes(&refusal(query, ResponseCode::NXDomain))),
            late(HONEST, honest("ok")),
        ],
        "slow" => vec![late(SLOW, honest("ok"))],
        "wrong-id" => vec![
            now(other_id(honest("elsewhere"))),
            late(HONEST, honest("ok")),
        ],
        "wrong-sender" => {
            let elsewhere = honest("elsewhere");
            let mut first = now(elsewhere);
            first.stranger = true;
            vec![first, late(HONEST, honest("ok"))]
        }
        "wrong-id-only" => vec![now(other_id(honest("ok")))],
        "wrong-question" => vec![
            now(bytes(&other_question(query, question))),
            late(HONEST, honest("ok")),
        ],
        // The second answer to one query is the same: repeated on the way, not forged.
        "twice" => vec![now(honest("ok")), late(HONEST, honest("ok"))],
        name if KNOWN.contains(&name) => vec![now(honest(name))],
        // On this machine nobody may find the sites that tell a portal from the internet.
        name if PORTAL_CHECKS.contains(&name) && !zone.v4.is_loopback() => {
            vec![now(honest("ok"))]
        }
        _ if zone.everything => vec![now(honest("ok"))],
        _ => code(ResponseCode::NXDomain),
    }
}

/// The names that are answered at once and without a lie about the transport.
const KNOWN: &[&str] = &[
    "ok",
    "forged",
    "denied",
    "nodata",
    "shop",
    "v6",
    "v6-only",
    "fakeip",
    "loopback",
    "zero",
    "private",
    "private-v6",
    "mixed",
    "metadata",
    "carrier",
    "many",
    "cname",
    "cname-loop",
    "cname-long",
];

/// The first labels of sites that answer 204 where no portal is in the way.
const PORTAL_CHECKS: &[&str] = &["connect", "connectivitycheck"];

/// The records that a name has, by its first label.
fn addresses(name: &str, question: &Query, zone: Zone) -> Vec<Record> {
    match question.query_type {
        RecordType::A => v4(name, question, zone),
        RecordType::AAAA => match name {
            "shop" | "v6" | "v6-only" => vec![aaaa(question, zone.v6)],
            "private-v6" => vec![aaaa(question, Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 9))],
            "cname-loop" => cname_loop(question),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn v4(name: &str, question: &Query, zone: Zone) -> Vec<Record> {
    let one = |address: [u8; 4]| vec![a(question, address.into())];
    match name {
        "nodata" | "v6-only" | "private-v6" => Vec::new(),
        "elsewhere" => one([127, 9, 9, 9]),
        "fakeip" => one([198, 18, 0, 7]),
        "loopback" => one([127, 0, 0, 1]),
        "zero" => one([0, 0, 0, 0]),
        "private" => one([192, 168, 1, 1]),
        "mixed" => vec![a(question, zone.v4), a(question, [192, 168, 1, 1].into())],
        "metadata" => one([169, 254, 169, 254]),
        "carrier" => one([100, 64, 0, 9]),
        "many" => (1..=40)
            .map(|last| a(question, [127, 0, 0, last].into()))
            .collect(),
        "cname" => chain(question, 2, zone),
        "cname-long" => chain(question, 40, zone),
        "cname-loop" => cname_loop(question),
        _ => vec![a(question, zone.v4)],
    }
}

/// An address behind so many other names.
fn chain(question: &Query, length: usize, zone: Zone) -> Vec<Record> {
    let mut name = question.name.clone();
    let mut records = Vec::new();
    for step in 0..length {
        let next = beside(&question.name, &format!("c{step}"));
        records.push(record(&name, RData::CNAME(CNAME(next.clone()))));
        name = next;
    }
    records.push(record(&name, RData::A(A(zone.v4))));
    records
}

fn cname_loop(question: &Query) -> Vec<Record> {
    let other = beside(&question.name, "round");
    vec![
        record(&question.name, RData::CNAME(CNAME(other.clone()))),
        record(&other, RData::CNAME(CNAME(question.name.clone()))),
    ]
}

/// A name with another first label.
fn beside(name: &Name, label: &str) -> Name {
    name.base_name()
        .prepend_label(label)
        .expect("a short label")
}

fn fault(name: &Name) -> String {
    let label = name.iter().next().unwrap_or_default();
    String::from_utf8_lossy(label).to_lowercase()
}

fn now(bytes: Vec<u8>) -> Reply {
    late(Duration::ZERO, bytes)
}

fn late(after: Duration, bytes: Vec<u8>) -> Reply {
    Reply {
        after,
        bytes,
        stranger: false,
    }
}

fn a(question: &Query, address: Ipv4Addr) -> Record {
    record(&question.name, RData::A(A(address)))
}

fn aaaa(question: &Query, address: Ipv6Addr) -> Record {
    record(&question.name, RData::AAAA(AAAA(address)))
}

fn record(name: &Name, data: RData) -> Record {
    Record::from_rdata(name.clone(), 60, data)
}

fn answer(query: &Message, records: Vec<Record>) -> Message {
    let mut message = Message::response(query.metadata.id, OpCode::Query);
    message.metadata.recursion_desired = query.metadata.recursion_desired;
    message.metadata.recursion_available = true;
    message.add_queries(query.queries.iter().cloned());
    message.add_answers(records);
    message
}

fn refusal(query: &Message, code: ResponseCode) -> Message {
    let mut message = answer(query, Vec::new());
    message.metadata.response_code = code;
    message
}

fn other_question(query: &Message, question: &Query) -> Message {
    let mut message = Message::response(query.metadata.id, OpCode::Query);
    let mut other = question.clone();
    other.name = beside(&question.name, "other");
    message.add_answer(a(&other, Ipv4Addr::new(127, 9, 9, 9)));
    message.add_query(other);
    message
}

fn other_id(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[0] = !bytes[0];
    bytes
}

/// The identifier of the query and then what is no message: counts that promise more.
fn garbage(query: &Message) -> Vec<u8> {
    let id = query.metadata.id.to_be_bytes();
    [
        id.as_slice(),
        &[0x84, 0, 0xff, 0xff, 0xff, 0xff, 0xc0, 0x0c, 0xc0],
    ]
    .concat()
}

fn bytes(message: &Message) -> Vec<u8> {
    message.to_vec().expect("a message that can be written")
}

/// The addresses in an answer, for tests of this server.
pub(super) fn found(message: &Message) -> Vec<IpAddr> {
    let data = message.answers.iter().map(|record| &record.data);
    data.filter_map(RData::ip_addr).collect()
}
