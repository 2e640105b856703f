//! One HTTP request to an address that was checked before, by `reqwest`: no cookies, no path of the
//! user's link, no proxy, no redirect, no second look-up of the name.

mod failure;
mod page;

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{
    AGE, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Response, redirect};
use rustls::ClientConfig;
use tokio::time::timeout;
use tower::util::MapResponseLayer;
use url::Url;

pub use page::{is_maintenance, retry_after, title};

use super::clock::{DeviceClock, http_date};
use super::plan::{BODY, Deadline, HEAD};
use super::target::{Host, Target};

/// What the probe calls itself.
const USER_AGENT: &str = concat!("recharge-doctor/", env!("CARGO_PKG_VERSION"));

/// How long a server has to greet first.
const GREETING: Duration = Duration::from_millis(500);

/// How an answer ended; the words are those of the fact `network.http_end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As announced, or read as far as it is read at all.
    Complete,
    /// Before it was complete.
    Truncated,
    /// The connection was reset.
    Reset,
    /// It did not come, or did not end, in time.
    Timeout,
    /// It was not HTTP.
    NotHttp,
    /// Its head was larger than any page needs.
    TooLarge,
    /// The connection was closed without an answer.
    Empty,
    /// The site's certificate is not trusted; only where a redirect leads to another host, as the
    /// first one's was checked before.
    Untrusted,
    /// No connection came about.
    NoConnection,
}

impl End {
    /// The value of `network.http_end`; none where nothing was asked.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Complete => "complete",
            Self::Truncated => "truncated",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::NotHttp | Self::TooLarge => "not-http",
            Self::Empty => "empty",
            Self::Untrusted | Self::NoConnection => return None,
        })
    }
}

/// Where an answer sends its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Scheme, host and path; the query stays behind.
    pub shown: String,
    /// The host; none where it is none that can be asked.
    pub target: Option<Target>,
    /// The path.
    pub path: String,
    /// Whether the host is another one.
    pub other_host: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpReport {
    /// Who was asked.
    pub target: Target,
    /// The status; none where no head came.
    pub status: Option<u16>,
    /// How it ended.
    pub end: End,
    /// From the request to the head, without connecting.
    pub first_byte: Option<Duration>,
    /// The whole, with connecting.
    pub took: Duration,
    /// The title of the page, as the site wrote it.
    pub title: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after_s: Option<i64>,
    /// `Date`, in seconds since 1970, where no cache stood between.
    pub date: Option<i64>,
    /// The device's clock minus the server's, in seconds, where `Date` came.
    pub skew_s: Option<i64>,
    /// Where it sends its reader.
    pub redirect: Option<Redirect>,
}

/// One request.
#[derive(Debug)]
pub(super) struct Request<'r> {
    /// Who is asked.
    pub(super) target: &'r Target,
    /// Where to connect.
    pub(super) address: SocketAddr,
    /// What is asked for.
    pub(super) path: &'r str,
    /// The checks of certificates. Plain HTTP needs them too: a client is made with them.
    pub(super) tls: Option<ClientConfig>,
    /// How long the first byte may take.
    pub(super) first_byte: Duration,
    /// When all must be over.
    pub(super) deadline: Deadline,
    /// The device's clock.
    pub(super) clock: DeviceClock,
}

/// Asks.
pub(super) fn ask(request: Request<'_>) -> HttpReport {
    let began = Instant::now();
    let (address, deadline) = (request.address, request.deadline);
    let mut report = HttpReport {
        target: request.target.clone(),
        status: None,
        end: End::NoConnection,
        first_byte: None,
        took: Duration::ZERO,
        title: None,
        retry_after_s: None,
        date: None,
        skew_s: None,
        redirect: None,
    };
    // A runtime that ends with this request: nothing of it lives on.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime {
        let left = request.deadline.left();
        // Timers belong to the runtime, so they are made inside it.
        let whole = runtime.block_on(async { timeout(left, exchange(request, &mut report)).await });
        if whole.is_err() {
            report.end = End::Timeout;
        }
        // Answers that never end must not keep the runtime.
        runtime.shutdown_background();
    }
    if report.end == End::Empty && speaks_first(address, deadline) {
        report.end = End::NotHttp;
    }
    report.took = began.elapsed();
    report
}

/// Whether a server speaks before it is asked, as SSH and mail servers do. HTTP servers never do;
/// what came of a request to one that does depends on who was faster.
fn speaks_first(address: SocketAddr, deadline: Deadline) -> bool {
    let deadline = deadline.at_most(GREETING);
    TcpStream::connect_timeout(&address, deadline.left()).is_ok_and(|mut stream| {
        let patient = stream.set_read_timeout(Some(deadline.left())).is_ok();
        patient && stream.read(&mut [0; 1]).is_ok_and(|size| size > 0)
    })
}

async fn exchange(request: Request<'_>, report: &mut HttpReport) {
    let connected: Arc<Mutex<Option<Instant>>> = Arc::default();
    let Some((client, url)) = client(&request, &connected) else {
        return;
    };
    let host = match request.target.port == request.target.scheme.port() {
        true => request.target.host.to_string(),
        false => format!("{}:{}", request.target.host, request.target.port),
    };
    let sending = client.get(url).header(HOST, host).send();
    let began = Instant::now();
    let response = match timeout(request.first_byte, sending).await {
        Err(_) => {
            report.end = End::Timeout;
            return;
        }
        Ok(Err(error)) => {
            report.end = failure::before_head(&error);
            return;
        }
        Ok(Ok(response)) => response,
    };
    let stood = *connected.lock().unwrap_or_else(PoisonError::into_inner);
    report.first_byte = Some(stood.unwrap_or(began).elapsed());
    read(response, &request, report).await;
}

/// A client for one host and one address. The port stands in the address, as a port in the URL
/// would count before it.
fn client(request: &Request<'_>, connected: &Arc<Mutex<Option<Instant>>>) -> Option<(Client, Url)> {
    let stamp = Arc::clone(connected);
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .http1_only()
        .pool_max_idle_per_host(0)
        .connector_layer(MapResponseLayer::new(move |connection| {
            *stamp.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            connection
        }));
    builder = builder.tls_backend_preconfigured(request.tls.clone()?);
    let mut url = request.target.url(request.path).ok()?;
    match &request.target.host {
        Host::Name(name) => {
            url.set_port(None).ok()?;
            builder = builder.resolve(name, request.address);
        }
        // An address needs no look-up: it is connected to as the URL has it.
        Host::Address(_) => {
            url.set_ip_host(request.address.ip()).ok()?;
            url.set_port(Some(request.address.port())).ok()?;
        }
    }
    Some((builder.build().ok()?, url))
}

async fn read(mut response: Response, request: &Request<'_>, report: &mut HttpReport) {
    let now = request.clock.now().millis() / 1000;
    let headers = response.headers().clone();
    report.status = Some(response.status().as_u16());
    report.date = text(&headers, &DATE)
        .filter(|_| !headers.contains_key(AGE))
        .and_then(|date| http_date(&date));
    report.skew_s = report.date.map(|date| now - date);
    report.retry_after_s = text(&headers, &RETRY_AFTER)
        .and_then(|value| retry_after(&value, report.date.unwrap_or(now)));
    report.redirect = text(&headers, &LOCATION)
        .filter(|_| response.status().is_redirection())
        .and_then(|to| redirect_to(request.target, &to));
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > HEAD {
        report.end = End::TooLarge;
        return;
    }
    let mut body = Vec::new();
    report.end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break End::Complete,
            Err(error) => break failure::within_body(&error),
        }
        if body.len() >= BODY {
            break End::Complete;
        }
    };
    body.truncate(BODY);
    report.title = title(text(&headers, &CONTENT_TYPE).as_deref(), &body);
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn redirect_to(from: &Target, to: &str) -> Option<Redirect> {
    let url = from.url("/").ok()?.join(to).ok()?;
    let target = Target::of_url(&url).ok();
    let other_host = target.as_ref().is_none_or(|to| to.host != from.host);
    let shown = match &target {
        Some(target) => format!("{target}{}", url.path()),
        None => format!("{}:", url.scheme()),
    };
    Some(Redirect {
        shown: shown.chars().take(200).collect(),
        target,
        path: url.path().to_owned(),
        other_host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lose_their_query() {
        let from = Target::parse("http://a.cn").expect("a host");
        let to = |location| redirect_to(&from, location).expect("a redirect");
        assert_eq!(to("/login?token=1").shown, "http://a.cn/login");
        assert!(!to("https://a.cn/").other_host);
        assert!(to("//b.cn/x").other_host);
        assert_eq!(to("weixin://pay?x=1").shown, "weixin:");
        assert!(to("weixin://pay?x=1").other_host);
    }
}
