//! The rig seen by plain clients: a fault that nobody else sees would prove nothing about the
//! probe.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::dns::{LOOPBACK, NameServer, found};
use super::openssl::{self, Weak};
use super::{ANY_V4, Server, http, netns, tcp, tls};

/// Nothing on loopback takes longer, unless that is its fault.
const PATIENCE: Duration = Duration::from_secs(10);

fn question(name: &str, kind: RecordType) -> Message {
    let name = Name::from_ascii(format!("{name}.example.com.")).expect("a name");
    let mut message = Message::query();
    message.add_query(Query::query(name, kind));
    message
}

/// The first datagrams that come for a question, up to so many or the end of patience.
fn datagrams(server: &NameServer, query: &Message, most: usize) -> Vec<Vec<u8>> {
    let socket = UdpSocket::bind(ANY_V4).expect("a socket");
    let patience = if most == 0 { 300 } else { 10_000 };
    let patience = Duration::from_millis(patience);
    socket.set_read_timeout(Some(patience)).expect("a limit");
    let bytes = query.to_vec().expect("a message");
    socket.send_to(&bytes, server.address()).expect("sent");
    let mut buffer = [0; 8192];
    let mut next = || {
        let received = socket.recv(&mut buffer).ok();
        received.map(|length| buffer[..length].to_vec())
    };
    (0..most.max(1)).map_while(|_| next()).collect()
}

fn over_tcp(server: &NameServer, query: &Message) -> Option<Message> {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let bytes = query.to_vec().expect("a message");
    let length = u16::try_from(bytes.len()).expect("a short message");
    stream.write_all(&length.to_be_bytes()).expect("sent");
    stream.write_all(&bytes).expect("sent");
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).ok()?;
    Message::from_vec(&answer).ok()
}

#[test]
fn the_name_server_has_its_faults() {
    let server = NameServer::start(ANY_V4, LOOPBACK);
    let one = |name: &str| {
        let query = question(name, RecordType::A);
        let got = datagrams(&server, &query, 1);
        Message::from_vec(&got[0]).expect("a message")
    };
    let codes = [
        ("ok", ResponseCode::NoError, 1),
        ("nodata", ResponseCode::NoError, 0),
        ("nxdomain", ResponseCode::NXDomain, 0),
        ("unheard-of", ResponseCode::NXDomain, 0),
        ("servfail", ResponseCode::ServFail, 0),
        ("refused", ResponseCode::Refused, 0),
        ("many", ResponseCode::NoError, 40),
        ("cname", ResponseCode::NoError, 1),
        ("cname-loop", ResponseCode::NoError, 0),
    ];
    for (name, code, addresses) in codes {
        let answer = one(name);
        assert_eq!(answer.metadata.response_code, code, "{name}");
        assert_eq!(found(&answer).len(), addresses, "{name}");
    }
    assert_eq!(found(&one("fakeip")), [Ipv4Addr::new(198, 18, 0, 7)]);
    let v6 = datagrams(&server, &question("v6", RecordType::AAAA), 1);
    let v6 = Message::from_vec(&v6[0]).expect("a message");
    assert_eq!(found(&v6), [Ipv6Addr::LOCALHOST]);
    assert_eq!(server.log().requests()[0], "ok.example.com. a");
}

#[test]
fn the_name_server_lies_and_hides() {
    let server = NameServer::start(ANY_V4, LOOPBACK);
    let ask = |name: &str, most| datagrams(&server, &question(name, RecordType::A), most);
    assert!(ask("drop", 0).is_empty());
    assert!(Message::from_vec(&ask("garbage", 1)[0]).is_err());
    for name in [
        "forged",
        "denied",
        "wrong-id",
        "wrong-question",
        "wrong-sender",
        "twice",
    ] {
        let both = ask(name, 2);
        let read = |bytes: &[u8]| Message::from_vec(bytes).expect("a message");
        let (first, last) = (read(&both[0]), read(&both[1]));
        assert_eq!(found(&last), [Ipv4Addr::LOCALHOST], "{name}");
        assert_eq!(found(&first) == found(&last), name == "twice", "{name}");
        let same = first.metadata.id == last.metadata.id;
        assert_eq!(same, name != "wrong-id", "{name}");
        let same = first.queries == last.queries;
        assert_eq!(same, name != "wrong-question", "{name}");
    }
    let asked = Instant::now();
    assert_eq!(ask("slow", 1).len(), 1);
    assert!(asked.elapsed() >= Duration::from_secs(1));
}

#[test]
fn the_name_server_truncates() {
    let server = NameServer::start(ANY_V4, LOOPBACK);
    for (name, addresses) in [
        ("truncated", Some(1)),
        ("truncated-dead", None),
        ("truncated-huge", Some(1600)),
    ] {
        let query = question(name, RecordType::A);
        let short = Message::from_vec(&datagrams(&server, &query, 1)[0]).expect("a message");
        assert!(short.metadata.truncation, "{name}");
        let full = over_tcp(&server, &query).map(|message| found(&message).len());
        assert_eq!(full, addresses, "{name}");
    }
    assert_eq!(server.tcp_connections(), 3);
}

/// What a server sends to one GET, up to so many bytes, and how that ended.
fn get(server: &Server, most: u64) -> (Vec<u8>, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    // A server that closed at once may have closed before this is sent.
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n");
    let mut bytes = Vec::new();
    let ended = stream.take(most).read_to_end(&mut bytes);
    (bytes, ended.err().map(|error| error.kind()))
}

#[test]
fn the_web_server_has_its_faults() {
    let whole = [
        ("ok", "HTTP/1.1 200 ", "充值中心"),
        ("status:502", "HTTP/1.1 502 ", ""),
        (
            "redirect:http://other.example.com/",
            "HTTP/1.1 302 ",
            "Location: http://other.",
        ),
        ("retry-seconds:503", "HTTP/1.1 503 ", "Retry-After: 120\r\n"),
        ("retry-date:429", "HTTP/1.1 429 ", " GMT\r\n"),
        ("maintenance:zh-200", "HTTP/1.1 200 ", "系统维护中"),
        ("maintenance:en-503", "HTTP/1.1 503 ", "under maintenance"),
        ("date:-3600", "HTTP/1.1 200 ", "Date: "),
        (
            "truncated",
            "HTTP/1.1 200 ",
            "Length: 5000\r\nConnection: close\r\n\r\n12345",
        ),
        ("control-title", "HTTP/1.1 200 ", "\u{1b}[31m"),
        ("control-header", "HTTP/1.1 302 ", "\u{202e}"),
        ("escape-header", "HTTP/1.1 200 ", "Server: \u{1b}[2J"),
        ("many-headers", "HTTP/1.1 200 ", "X-1999: 1"),
        ("gzip-bomb", "HTTP/1.1 200 ", "Content-Encoding: gzip"),
        ("chunked-cut", "HTTP/1.1 200 ", "200\r\nok"),
        ("early-hints", "HTTP/1.1 103 ", "HTTP/1.1 200 "),
        ("no-length", "HTTP/1.1 200 ", "\r\n\r\nok"),
        ("retry:soon", "HTTP/1.1 503 ", "Retry-After: soon\r\n"),
        ("dated:never", "HTTP/1.1 200 ", "Date: never\r\n"),
        ("no-title", "HTTP/1.1 200 ", "\r\n\r\nok"),
        ("banner", "SSH-2.0-", ""),
    ];
    for (fault, start, part) in whole {
        let server = http::server(ANY_V4, fault);
        let most = if fault == "banner" { 8 } else { 1 << 22 };
        let (bytes, error) = get(&server, most);
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.starts_with(start) && text.contains(part),
            "{fault}: {text}"
        );
        assert_eq!(error, None, "{fault}");
        if let Some((promised, body)) = body_of(&bytes) {
            assert_eq!(promised == body, fault != "truncated", "{fault}");
        }
    }
}

/// How many bytes of body an answer promises and has; none where it promises nothing.
fn body_of(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let length = head.split("Content-Length: ").nth(1)?.lines().next()?;
    Some((length.parse().ok()?, answer.len() - end - 4))
}

#[test]
fn the_web_server_breaks_off_and_stalls() {
    for (fault, least) in [("reset", 8060), ("reset-before-answer", 0)] {
        let (bytes, error) = get(&http::server(ANY_V4, fault), 1 << 20);
        assert!(bytes.len() >= least, "{fault}: {}", bytes.len());
        assert_eq!(error, Some(ErrorKind::ConnectionReset), "{fault}");
    }
    assert_eq!(get(&http::server(ANY_V4, "empty"), 10).0, b"");
    assert_eq!(get(&http::server(ANY_V4, "accept-close"), 10).0, b"");
    // Some bytes more than what comes at once.
    for (fault, most) in [("slow-head", 20), ("slow-body", 66)] {
        let server = http::server(ANY_V4, fault);
        let started = Instant::now();
        assert_eq!(get(&server, most).0.len() as u64, most, "{fault}");
        assert!(started.elapsed() > Duration::from_millis(150), "{fault}");
    }
    let server = http::server(ANY_V4, "endless-body");
    assert_eq!(get(&server, 1 << 20).0.len(), 1 << 20);
    // Who stops reading stops the server: what the other side takes is counted.
    assert!(server.log().sent() < 64 << 20);
    assert_eq!(server.log().requests().len(), 1);
    let server = http::server(ANY_V4, "endless-head");
    assert!(get(&server, 1 << 22).0.len() > 1 << 20);
    let mut silent = TcpStream::connect(http::server(ANY_V4, "silent").address()).expect("open");
    // The end of a server is the end of its connections.
    assert_eq!(silent.read(&mut [0; 8]).unwrap_or(0), 0);
}

#[test]
fn ports_without_a_server_refuse_or_hang() {
    let closed = tcp::Closed::at(ANY_V4);
    let refused = TcpStream::connect(closed.address()).expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    if tcp::has_v6() {
        let v6 = tcp::Closed::at(SocketAddr::from((Ipv6Addr::LOCALHOST, 0)));
        assert!(TcpStream::connect(v6.address()).is_err());
    }
    let full = tcp::Full::at(ANY_V4);
    let hung = TcpStream::connect_timeout(&full.address(), Duration::from_millis(300));
    assert_eq!(hung.expect_err("no room").kind(), ErrorKind::TimedOut);
}

/// What a client that trusts the authority of the rig makes of a server.
fn shake(address: SocketAddr) -> String {
    let mut roots = RootCertStore::empty();
    let root = tls::authority().der().clone();
    roots.add(root).expect("a good root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions that ring speaks")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(tls::NAME).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let stream = TcpStream::connect(address).expect("a connection");
    // The server that stalls does so for as long as it is let.
    let limit = Duration::from_secs(2);
    stream.set_read_timeout(Some(limit)).expect("a limit");
    let mut tls = StreamOwned::new(connection, stream);
    let sent = tls.write_all(b"GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n");
    let mut first = [0; 8];
    match sent.and_then(|()| tls.read_exact(&mut first)) {
        Ok(()) => String::from_utf8_lossy(&first).into_owned(),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

#[test]
fn the_tls_server_has_its_faults() {
    let faults = [
        ("good", "HTTP/1.1"),
        ("fresh", "HTTP/1.1"),
        ("with-intermediate", "HTTP/1.1"),
        ("expired", "certificate expired"),
        ("not-yet-valid", "certificate not valid yet"),
        ("wrong-host", "not valid for name"),
        ("many-names", "not valid for name"),
        ("control-names", "UnknownIssuer"),
        ("self-signed", "UnknownIssuer"),
        ("unknown-ca", "UnknownIssuer"),
        ("missing-intermediate", "UnknownIssuer"),
        ("alert-112", "UnrecognisedName"),
        ("plain-http", "corrupt message of type InvalidContentType"),
        ("reset", "ConnectionReset"),
        ("stall", "WouldBlock"),
        ("cut", "UnexpectedEof"),
        ("close", "UnexpectedEof"),
    ];
    for (fault, expected) in faults {
        let server = tls::server(ANY_V4, fault, "ok");
        let seen = shake(server.address());
        assert!(seen.contains(expected), "{fault}: {seen}");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn openssl_has_the_faults_of_the_old() {
    if let Err(error) = openssl::found() {
        eprintln!("skipped: {error}");
        return;
    }
    let faults = [
        ("rsa-1024", "BadSignature"),
        ("sha-1", "UnsupportedSignatureAlgorithm"),
        ("tls-1.1", "ProtocolVersion"),
        ("rsa-exchange", "HandshakeFailure"),
    ];
    for (fault, expected) in faults {
        let seen = shake(Weak::start(fault).address());
        assert!(seen.contains(expected), "{fault}: {seen}");
    }
}

#[test]
fn a_scene_has_the_delay_that_it_was_given() {
    if !netns::possible() {
        return;
    }
    let scene = netns::play("selftest");
    let median: f64 = scene.done.stdout.trim().parse().expect("milliseconds");
    // The rest is for a busy machine.
    assert!((79.0..100.0).contains(&median), "{median}");
    assert_eq!(scene.file("lost"), "");
}
