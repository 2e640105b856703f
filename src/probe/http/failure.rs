//! What ended an answer, by the type of each error in the chain; texts are not looked at.

use std::error::Error;
use std::io;

use super::End;

/// What an error before the head of an answer means.
pub(super) fn before_head(error: &reqwest::Error) -> End {
    let sent = !error.is_connect();
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            if error.is_parse() {
                return End::NotHttp;
            }
            if error.is_incomplete_message() || error.is_closed() {
                return End::Empty;
            }
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            let inner = error.get_ref();
            if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
                return End::Untrusted;
            }
            match error.kind() {
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                    if sent =>
                {
                    return End::Reset;
                }
                io::ErrorKind::TimedOut => return End::Timeout,
                io::ErrorKind::UnexpectedEof if sent => return End::Empty,
                _ => {}
            }
        }
    }
    if error.is_timeout() {
        return End::Timeout;
    }
    if sent { End::Empty } else { End::NoConnection }
}

/// What an error within the body means.
pub(super) fn within_body(error: &reqwest::Error) -> End {
    let reset = causes(error).any(|cause| {
        let error = cause.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
    });
    match reset {
        true => End::Reset,
        false if error.is_timeout() => End::Timeout,
        false => End::Truncated,
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}
