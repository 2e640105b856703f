//! A browser that tests drive: W3C WebDriver over plain HTTP, spoken to `chromedriver`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// How often the driver is asked whether it is ready; every try is answered or refused at once.
const TRIES: usize = 50;

/// No answer of the driver takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one tab; it is closed when dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

/// Whether there is a driver, or what to do about it.
pub(crate) fn found() -> Result<(), String> {
    let version = Command::new("chromedriver").arg("--version").output();
    version.map(|_| ()).map_err(|error| {
        format!(
            "expected `chromedriver` in PATH, but it cannot be started: {error}\n\
             help: on Debian, run `apt-get install -y chromium chromium-driver`"
        )
    })
}

impl Browser {
    /// Starts a driver and a browser without a window.
    pub(crate) fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver that was found");
        let output = driver.stdout.take().expect("its output");
        let mut browser = Self {
            driver,
            port: 0,
            session: String::new(),
        };
        browser.port = port(BufReader::new(output));
        browser.wait();
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let opened = browser.ask("POST", "/session", &wanted);
        let session = opened["sessionId"].as_str();
        browser.session = session.expect("a session").to_owned();
        browser
    }

    fn wait(&self) {
        let ready = (0..TRIES).any(|_| {
            let answer = request(self.port, "GET", "/status", "");
            answer.is_ok_and(|value| value["value"]["ready"] == true)
        });
        assert!(ready, "chromedriver does not get ready");
    }

    /// Opens a file.
    pub(crate) fn open(&self, path: &Path) {
        let url = format!("file://{}", path.display());
        self.session("url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub(crate) fn reload(&self) {
        self.session("refresh", &json!({}));
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub(crate) fn run(&self, body: &str) -> Value {
        self.session("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// Gives a command of the Chrome DevTools protocol.
    pub(crate) fn command(&self, name: &str, values: Value) -> Value {
        self.session(
            "goog/cdp/execute",
            &json!({ "cmd": name, "params": values }),
        )
    }

    /// What the console of the page has said.
    pub(crate) fn console(&self) -> Vec<Value> {
        let said = self.session("se/log", &json!({ "type": "browser" }));
        said.as_array().expect("a list").clone()
    }

    fn session(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}/{path}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = request(self.port, method, path, &body.to_string());
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let value = &answer["value"];
        assert!(value["error"].is_null(), "{path}: {value:#}");
        value.clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            let _ = request(self.port, "DELETE", &path, "");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it listens on.
fn port(output: impl BufRead) -> u16 {
    let lines = output.lines().map_while(Result::ok);
    let told = lines.filter_map(|line| {
        let (_, after) = line.split_once("started successfully on port ")?;
        after.trim_end_matches('.').trim().parse().ok()
    });
    let found = told.take(1).next();
    found.expect("chromedriver says on which port it listens")
}

/// One request on a connection of its own.
fn request(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while answer.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
        line.clear();
    }
    let mut text = vec![0; length];
    answer.read_exact(&mut text)?;
    serde_json::from_slice(&text).map_err(std::io::Error::other)
}
