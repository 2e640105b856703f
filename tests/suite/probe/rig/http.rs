//! HTTP servers by the name of their fault. They answer over any stream, so that TLS servers
//! can speak with their voice.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use flate2::{Compress, Compression, FlushCompress};

use super::{Log, Server, end_by_reset, finish, still_there_after, wait_for_end};

/// The longest head of a request that a server here reads.
const LONGEST_HEAD: usize = 64 * 1024;

/// What a server does once it has the head of a request.
enum Answer {
    /// Sends all of it and ends in order.
    Whole(Vec<u8>),
    /// Sends all of it and resets the connection.
    ThenReset(Vec<u8>),
    /// Sends the first part at once and then the second, byte by byte and again and again.
    Drip(Vec<u8>, &'static [u8]),
    /// Sends the head and then as many bytes of body.
    Flood(Vec<u8>, u64),
    /// Never says a word.
    Silence,
}

/// A plain HTTP server with a fault (see [`answer`] for their names; `accept-close` and `banner`
/// need no request).
pub(crate) fn server(address: SocketAddr, fault: &str) -> Server {
    let fault = fault.to_owned();
    Server::start(address, move |stream, log| match fault.as_str() {
        "accept-close" => {}
        "banner" => {
            let _ = (&mut &*stream).write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
            wait_for_end(stream);
        }
        _ => speak(&mut &*stream, stream, &fault, log),
    })
}

/// Reads one request from a stream and answers it; `socket` is what carries the stream.
pub(super) fn speak(stream: &mut (impl Read + Write), socket: &TcpStream, fault: &str, log: &Log) {
    let Some(head) = head(stream) else { return };
    log.asked(head);
    match answer(fault) {
        Answer::Whole(bytes) => {
            if give(stream, &bytes, log) {
                finish(socket);
            }
        }
        Answer::ThenReset(bytes) => {
            give(stream, &bytes, log);
            // The reset must not overtake what was sent: the other side reads it first.
            still_there_after(socket, Duration::from_millis(100));
            end_by_reset(socket);
        }
        Answer::Drip(first, again) => {
            let mut all = first
                .chunks(first.len().max(1))
                .chain(again.chunks(1).cycle());
            while all.next().is_some_and(|bytes| give(stream, bytes, log))
                && still_there_after(socket, Duration::from_millis(100))
            {}
        }
        Answer::Flood(head, size) => {
            let chunk = [b'x'; 16 * 1024];
            let chunks = size / chunk.len() as u64;
            let _ = give(stream, &head, log) && (0..chunks).all(|_| give(stream, &chunk, log));
        }
        Answer::Silence => wait_for_end(socket),
    }
}

/// The head of a request; none where the other side left before its end.
fn head(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut one = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if bytes.len() > LONGEST_HEAD || !stream.read(&mut one).is_ok_and(|count| count == 1) {
            return None;
        }
        bytes.push(one[0]);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn give(stream: &mut impl Write, bytes: &[u8], log: &Log) -> bool {
    let given = stream.write_all(bytes).and_then(|()| stream.flush());
    if given.is_ok() {
        log.gave(bytes.len());
    }
    given.is_ok()
}

/// What the fault of this name answers. `redirect:URL` goes there, `date:SECONDS` has a clock
/// that is off by so much, `status:CODE` says nothing else.
fn answer(fault: &str) -> Answer {
    let (name, rest) = fault.split_once(':').unwrap_or((fault, ""));
    match name {
        "ok" => Answer::Whole(page(200, "", "充值中心")),
        "status" => Answer::Whole(page(rest.parse().expect("a status"), "", "")),
        "redirect" => Answer::Whole(page(302, &format!("Location: {rest}\r\n"), "")),
        "retry-seconds" => Answer::Whole(page(number(rest), "Retry-After: 120\r\n", "busy")),
        "retry-date" => Answer::Whole(page(number(rest), &retry_date(), "busy")),
        "maintenance" => Answer::Whole(maintenance(rest)),
        "date" => Answer::Whole(dated(rest.parse().expect("seconds"))),
        "truncated" => Answer::Whole(with_length(5000, b"12345")),
        "reset" => Answer::ThenReset(with_length(50_000, &[b'x'; 8000])),
        "reset-before-answer" => Answer::ThenReset(Vec::new()),
        "slow-head" => Answer::Drip(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Filler: 1\r\n"),
        "slow-body" => Answer::Drip(with_length(1_000_000, b""), b"x"),
        "silent" => Answer::Silence,
        "empty" => Answer::Whole(Vec::new()),
        "gzip-bomb" => Answer::Whole(gzip_bomb()),
        "endless-body" => Answer::Flood(with_length(1 << 30, b""), 1 << 30),
        "endless-head" => Answer::Flood(b"HTTP/1.1 200 OK\r\nX-Filler: ".to_vec(), 1 << 20),
        "many-headers" => Answer::Whole(many_headers()),
        "control-title" => Answer::Whole(page(200, "", CONTROLS)),
        "control-header" => Answer::Whole(page(302, CONTROL_LOCATION, CONTROLS)),
        "escape-header" => Answer::Whole(page(200, "Server: \u{1b}[2J\u{1b}[31mred\r\n", "")),
        "maintenance-gbk" => Answer::Whole(maintenance_gbk(rest)),
        "retry" => Answer::Whole(page(503, &format!("Retry-After: {rest}\r\n"), "")),
        "dated" => Answer::Whole(bare(&format!("200 OK\r\nDate: {rest}"), b"ok")),
        "long-title" => Answer::Whole(page(200, "", &"长".repeat(20_000))),
        "no-length" => Answer::Whole(bare("200 OK", b"ok")),
        "chunked" => Answer::Whole(bare(CHUNKED, b"2\r\nok\r\n0\r\n\r\n")),
        "chunked-cut" => Answer::Whole(bare(CHUNKED, b"200\r\nok")),
        "chunked-wrong" => Answer::Whole(bare(CHUNKED, b"zz\r\nok\r\n0\r\n\r\n")),
        "early-hints" => Answer::Whole(early_hints()),
        "two-lengths" => Answer::Whole(bare(TWO_LENGTHS, b"okok")),
        "no-title" => Answer::Whole(with_length(2, b"ok")),
        _ => unreachable!("no HTTP fault is called `{fault}`"),
    }
}

/// What may never reach a terminal as it is: colours, a link, a bell, a turn of direction.
const CONTROLS: &str =
    "\u{1b}[31m\u{1b}]8;;http://evil.example\u{7}付款\u{202e}功成\u{2066}\u{7f}\u{9b}2J";

/// The same in a header, as bytes that HTTP allows there.
const CONTROL_LOCATION: &str = "Location: https://other.example.com/\u{202e}\u{9b}2J\r\n";

/// The rest of a head whose body comes in chunks.
const CHUNKED: &str = "200 OK\r\nTransfer-Encoding: chunked";

/// The rest of a head that contradicts itself.
const TWO_LENGTHS: &str = "200 OK\r\nContent-Length: 2\r\nContent-Length: 4";

fn number(text: &str) -> u16 {
    text.parse().expect("a status")
}

fn http_date(seconds: i64) -> String {
    let time = Utc::now() + TimeDelta::seconds(seconds);
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn retry_date() -> String {
    format!("Retry-After: {}\r\n", http_date(300))
}

/// An answer with a page of this title.
fn page(status: u16, headers: &str, title: &str) -> Vec<u8> {
    full(status, headers, 0, &html(title))
}

fn html(title: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title></head><body></body></html>")
        .into_bytes()
}

fn dated(seconds: i64) -> Vec<u8> {
    full(200, "", seconds, &html("clock"))
}

fn full(status: u16, headers: &str, clock_off: i64, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Status\r\nDate: {}\r\nContent-Type: text/html; charset=utf-8\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        http_date(clock_off),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An answer that promises this many bytes of body and has these.
fn with_length(length: u64, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// `LANGUAGE-STATUS`, for example `zh-200`.
fn maintenance(kind: &str) -> Vec<u8> {
    let (language, status) = kind.split_once('-').expect("a language and a status");
    let title = match language {
        "zh" => "系统维护中，请稍后再试",
        _ => "We are under maintenance",
    };
    page(number(status), "", title)
}

/// An answer with this status line and these headers alone; its body lasts until the end.
fn bare(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn early_hints() -> Vec<u8> {
    let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n".to_vec();
    [hints, page(200, "", "hinted")].concat()
}

/// A page as older sites of China write it; its encoding stands in the `header` or the `page`.
fn maintenance_gbk(place: &str) -> Vec<u8> {
    let (kind, meta) = match place {
        "header" => ("text/html; charset=GBK", ""),
        _ => ("text/html", "<meta charset=\"gb2312\">"),
    };
    let text = format!("<html><head>{meta}<title>系统维护中</title></head></html>");
    let (body, _, _) = encoding_rs::GBK.encode(&text);
    bare(&format!("200 OK\r\nContent-Type: {kind}"), &body)
}

fn many_headers() -> Vec<u8> {
    let lines: String = (0..2000)
        .map(|number| format!("X-{number}: 1\r\n"))
        .collect();
    page(200, &lines, "many")
}

/// One MiB that unpacks to one GiB: the same megabyte of nothing a thousand times.
fn gzip_bomb() -> Vec<u8> {
    const TIMES: usize = 1024;
    let zeros = vec![0; 1 << 20];
    let mut packed = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false)
        .compress_vec(&zeros, &mut packed, FlushCompress::Full)
        .expect("zeros can be packed");
    let gzip_header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let body = [gzip_header.as_slice(), &packed.repeat(TIMES)].concat();
    full(200, "Content-Encoding: gzip\r\n", 0, &body)
}
