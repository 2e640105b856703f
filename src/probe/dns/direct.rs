//! Asks name servers directly, over UDP and, where an answer is cut off, over TCP.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use super::super::plan::{DIRECT_DNS, Deadline, LATE_ANSWER};
use super::message::{Answer, Family, Packet, Question};

/// How often a question is sent.
const SENT: u32 = 2;

/// The largest packet that is taken over UDP.
const PACKET: usize = 4096;

/// What one name server said to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which addresses were asked for.
    pub family: Family,
    /// What it said first.
    pub answer: Answer,
    /// A different answer to the same question that came behind.
    pub late: Option<Answer>,
    /// From the first question to the answer.
    pub took: Duration,
}

/// Asks one name server for the addresses of both families at once.
pub(super) fn ask(server: SocketAddr, name: &str, deadline: Deadline) -> Vec<Said> {
    thread::scope(|scope| {
        let asked = [Family::V4, Family::V6]
            .map(|family| scope.spawn(move || ask_one(server, name, family, deadline)));
        asked
            .into_iter()
            .filter_map(|asked| asked.join().ok())
            .collect()
    })
}

/// Asks one name server one question.
pub(super) fn ask_one(server: SocketAddr, name: &str, family: Family, deadline: Deadline) -> Said {
    let began = Instant::now();
    let mut said = Said {
        family,
        answer: Answer::Malformed,
        late: None,
        took: Duration::ZERO,
    };
    if let Some(question) = Question::new(name, family) {
        match over_udp(server, &question, deadline, began) {
            Ok((answer, late, took)) => {
                said.answer = answer;
                said.late = late;
                said.took = took;
                return said;
            }
            Err(error) => said.answer = failure(&error),
        }
    }
    said.took = began.elapsed();
    said
}

fn failure(error: &io::Error) -> Answer {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Answer::Timeout,
        _ => Answer::Unreachable,
    }
}

type Heard = (Answer, Option<Answer>, Duration);

fn over_udp(
    server: SocketAddr,
    question: &Question,
    deadline: Deadline,
    began: Instant,
) -> io::Result<Heard> {
    let local: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local)?;
    socket.connect(server)?;
    let mut malformed = false;
    let mut error = io::Error::from(io::ErrorKind::TimedOut);
    for sent in 1..=SENT {
        socket.send(question.bytes())?;
        match first(&socket, question, deadline.at_most(DIRECT_DNS)) {
            Ok(Packet::Answer(answer)) => {
                let took = began.elapsed();
                // Asked twice, a slow server answers twice, and servers that share load differ.
                let late = (sent == 1).then(|| different(&socket, question, &answer));
                return Ok((answer, late.flatten(), took));
            }
            Ok(Packet::Truncated) => {
                let answer = over_tcp(server, question, deadline.at_most(DIRECT_DNS));
                return Ok((answer.unwrap_or(Answer::Malformed), None, began.elapsed()));
            }
            Ok(_) => {
                malformed = true;
                break;
            }
            Err(failed) => error = failed,
        }
        if deadline.passed() {
            break;
        }
    }
    if malformed {
        return Ok((Answer::Malformed, None, began.elapsed()));
    }
    Err(error)
}

/// The first packet about the question. Bytes that are no message are kept in mind: somebody else
/// may have sent them, and the answer may still come.
fn first(socket: &UdpSocket, question: &Question, deadline: Deadline) -> io::Result<Packet> {
    let mut malformed: Option<Deadline> = None;
    let mut packet = [0; PACKET];
    loop {
        let until = malformed.unwrap_or(deadline);
        if until.passed() {
            return match malformed {
                Some(_) => Ok(Packet::Malformed),
                None => Err(io::ErrorKind::TimedOut.into()),
            };
        }
        socket.set_read_timeout(Some(until.left()))?;
        match socket.recv(&mut packet) {
            Ok(size) => match question.read(&packet[..size]) {
                Packet::NotOurs => {}
                Packet::Malformed => {
                    malformed.get_or_insert_with(|| deadline.at_most(LATE_ANSWER));
                }
                found => return Ok(found),
            },
            Err(error) if waits(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn waits(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// A second answer that says something else than the first.
fn different(socket: &UdpSocket, question: &Question, first: &Answer) -> Option<Answer> {
    let deadline = Deadline::within(LATE_ANSWER);
    let mut packet = [0; PACKET];
    while !deadline.passed() {
        socket.set_read_timeout(Some(deadline.left())).ok()?;
        match socket.recv(&mut packet) {
            Ok(size) => match question.read(&packet[..size]) {
                Packet::Answer(answer) if !answer.says_the_same(first) => return Some(answer),
                _ => {}
            },
            Err(error) if waits(&error) => {}
            Err(_) => return None,
        }
    }
    None
}

/// The whole answer over TCP; none where it does not come.
fn over_tcp(server: SocketAddr, question: &Question, deadline: Deadline) -> Option<Answer> {
    let mut stream = TcpStream::connect_timeout(&server, deadline.left()).ok()?;
    stream.set_write_timeout(Some(deadline.left())).ok()?;
    let size = u16::try_from(question.bytes().len()).ok()?;
    stream.write_all(&size.to_be_bytes()).ok()?;
    stream.write_all(question.bytes()).ok()?;
    let mut size = [0; 2];
    fill(&mut stream, &mut size, deadline)?;
    let mut packet = vec![0; usize::from(u16::from_be_bytes(size))];
    fill(&mut stream, &mut packet, deadline)?;
    match question.read(&packet) {
        Packet::Answer(answer) => Some(answer),
        _ => None,
    }
}

/// Reads until the buffer is full, not longer than the deadline allows.
fn fill(stream: &mut TcpStream, buffer: &mut [u8], deadline: Deadline) -> Option<()> {
    let mut have = 0;
    while have < buffer.len() {
        if deadline.passed() {
            return None;
        }
        stream.set_read_timeout(Some(deadline.left())).ok()?;
        match stream.read(&mut buffer[have..]) {
            Ok(0) | Err(_) => return None,
            Ok(size) => have += size,
        }
    }
    Some(())
}
