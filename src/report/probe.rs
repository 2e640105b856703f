//! What a network probe found: for a person a ladder of stages with the sentence that explains the
//! first failure; for scripts everything that was seen.

mod json;

use std::io::{self, Write};

use colored::Colorize;
use textwrap::Options;
use unicode_width::UnicodeWidthStr;

use crate::diagnose::CaseVerdict;
use crate::facts::Moment;
use crate::probe::{
    Answer, Connection, HostReport, Lookup, Observation, Proxy, Run, Rung, SKEW_S, Server, Stage,
    State, SystemAnswer,
};
use crate::rules::{Findings, RuleSet};
use crate::text::Locale;

use super::escape::harmless;
use super::terminal::write_terminal;
use super::view::{View, word};

pub use json::{probe_json, write_probe_json};

/// A run with everything needed to put it into words.
#[derive(Debug)]
pub struct ProbeView<'v> {
    /// The run.
    pub run: &'v Run,
    /// The facts of the run.
    pub facts: &'v [Observation],
    /// What findings mean.
    pub findings: &'v Findings,
    /// The diagnosis that follows.
    pub view: View<'v>,
    /// When the run began.
    pub at: Moment,
}

/// The name of a stage.
#[must_use]
pub fn stage_word(rules: &RuleSet, locale: Locale, stage: Stage) -> &str {
    let key = match stage {
        Stage::Dns => "probe.stage.dns",
        Stage::Tcp => "probe.stage.tcp",
        Stage::Tls => "probe.stage.tls",
        Stage::Http => "probe.stage.http",
    };
    word(rules, locale, key)
}

/// Writes the ladder of every host and, where something is wrong, the diagnosis that follows;
/// wrapped to `width` columns.
///
/// # Errors
/// What the writer reports.
pub fn write_probe(view: &ProbeView<'_>, width: usize, out: &mut impl Write) -> io::Result<()> {
    write_ladders(view, width, out)?;
    let failed = |host: &HostReport| {
        host.trouble()
            .is_some_and(|rung| rung.state == State::Failed)
    };
    let named = view.view.diagnosis.verdict == CaseVerdict::Identified;
    // Where the site only is slow and that names no cause, there is nothing more to say.
    if view.facts.is_empty() || !named && !view.run.hosts.iter().any(failed) {
        return Ok(());
    }
    writeln!(out, "\n{}", view.view.word("probe.diagnosis").bold())?;
    write_terminal(&view.view, width, out)
}

/// Writes the ladder of every host alone.
///
/// # Errors
/// What the writer reports.
pub fn write_ladders(view: &ProbeView<'_>, width: usize, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { view, width, out };
    for (number, host) in view.run.hosts.iter().enumerate() {
        if number > 0 {
            writeln!(page.out)?;
        }
        page.host(host)?;
    }
    page.device()
}

struct Page<'p, 'v, W> {
    view: &'p ProbeView<'v>,
    width: usize,
    out: &'p mut W,
}

impl<'v, W: Write> Page<'_, 'v, W> {
    fn say(&self, key: &'v str) -> &'v str {
        self.view.view.word(key)
    }

    fn fill(&self, key: &'v str, values: &[&str]) -> String {
        let mut text = self.say(key).to_owned();
        for (index, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{}}}", index + 1), &harmless(value));
        }
        text
    }

    fn paragraph(&mut self, first: &str, text: &str) -> io::Result<()> {
        let rest = " ".repeat(first.width());
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(&rest)
            .break_words(true);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn host(&mut self, host: &HostReport) -> io::Result<()> {
        writeln!(self.out, "{}", harmless(&host.target.to_string()).bold())?;
        let ladder = host.ladder();
        let widest = ladder.iter().map(|rung| self.name(rung).width()).max();
        for rung in &ladder {
            self.rung(host, rung, widest.unwrap_or(0))?;
        }
        self.skew(host)?;
        self.through(host)?;
        match host.trouble() {
            Some(rung) => self.explain(host, &rung),
            // What was noted about the way is not nothing.
            None if host.proxy.is_some_and(|proxy| proxy != Proxy::None) || self.wifi_open() => {
                Ok(())
            }
            None => {
                let clear = self.say("probe.clear");
                self.paragraph("  ", clear)
            }
        }
    }

    fn name(&self, rung: &Rung) -> &'v str {
        let view = &self.view.view;
        stage_word(view.rules, view.locale, rung.stage)
    }

    fn rung(&mut self, host: &HostReport, rung: &Rung, widest: usize) -> io::Result<()> {
        let name = self.name(rung);
        let space = " ".repeat(widest - name.width());
        let (mark, coloured) = match rung.state {
            State::Passed => ("✓", "✓".green()),
            State::Slow => ("!", "!".yellow()),
            State::Failed => ("✗", "✗".red()),
            State::Skipped => ("·", "·".dimmed()),
        };
        let detail = self.detail(host, rung).join(self.say("list.comma"));
        let indent = " ".repeat(2 + mark.width() + 1 + widest + 2);
        let options = Options::new(self.width)
            .initial_indent(&indent)
            .subsequent_indent(&indent)
            .break_words(true);
        let text = textwrap::fill(&detail, options);
        let text = text.trim();
        writeln!(self.out, "  {coloured} {name}{space}  {text}")
    }

    fn detail(&self, host: &HostReport, rung: &Rung) -> Vec<String> {
        let parts = match rung.stage {
            Stage::Dns => self.of_dns(host),
            Stage::Tcp => self.of_tcp(host),
            Stage::Tls => self.of_tls(host),
            Stage::Http => self.of_http(host),
        };
        if !parts.is_empty() {
            return parts;
        }
        let reached = match rung.stage {
            Stage::Dns => host.cut != Some(Stage::Dns),
            Stage::Tls => host.http.is_some(),
            _ => false,
        };
        vec![
            self.say(if reached {
                "probe.not_needed"
            } else {
                "probe.skipped"
            })
            .to_owned(),
        ]
    }

    fn of_dns(&self, host: &HostReport) -> Vec<String> {
        let Some(dns) = &host.dns else {
            return Vec::new();
        };
        let took = dns.took.as_millis().to_string();
        let mut parts = vec![self.fill("probe.ms", &[&took])];
        if matches!(dns.outcome, Lookup::Ok | Lookup::Slow) {
            parts.extend(dns.addresses.iter().take(4).map(ToString::to_string));
            return parts;
        }
        for server in &dns.servers {
            let said = said(server);
            parts.push(self.fill("probe.server", &[&server.server.to_string(), &said]));
        }
        if let Some((SystemAnswer::Failed(why), _)) = &dns.system
            && dns.servers.is_empty()
        {
            parts.push(harmless(why));
        }
        parts
    }

    fn of_tcp(&self, host: &HostReport) -> Vec<String> {
        let Some(main) = host.spokesman() else {
            return Vec::new();
        };
        let line = main.line();
        let mut parts = vec![main.address.to_string()];
        if main.outcome() != Connection::Ok {
            return parts;
        }
        if host.proxy == Some(Proxy::FakeIp) {
            return parts;
        }
        if let Some(ms) = line.rtt_ms {
            parts.push(self.fill("probe.ms", &[&format!("{ms:.1}")]));
        }
        if let Some(ms) = line.jitter_ms {
            parts.push(self.fill("probe.jitter", &[&format!("{ms:.1}")]));
        }
        let (tries, lost) = (line.tries.to_string(), line.lost.to_string());
        parts.push(match line.lost {
            0 => self.fill("probe.tries", &[&tries]),
            _ => self.fill("probe.lost", &[&lost, &tries]),
        });
        if host.ipv6() == Some("broken") {
            parts.push(self.say("probe.ipv6_broken").to_owned());
        }
        parts
    }

    fn of_tls(&self, host: &HostReport) -> Vec<String> {
        let Some(tls) = &host.tls else {
            return Vec::new();
        };
        let took = tls.took.as_millis().to_string();
        let mut parts = vec![self.fill("probe.ms", &[&took])];
        let Some(certificate) = &tls.certificate else {
            return parts;
        };
        let names = certificate.names.first().unwrap_or(&certificate.subject);
        parts.push(self.fill("probe.for", &[names]));
        parts.push(self.fill("probe.issued", &[&certificate.issuer]));
        let day = |moment: Option<Moment>| {
            moment.map(|moment| moment.in_china().format("%Y-%m-%d").to_string())
        };
        if tls.outcome.word() == "not-yet-valid"
            && let Some(day) = day(certificate.not_before)
        {
            parts.push(self.fill("probe.since", &[&day]));
        } else if let Some(day) = day(certificate.not_after) {
            parts.push(self.fill("probe.until", &[&day]));
        }
        parts
    }

    fn of_http(&self, host: &HostReport) -> Vec<String> {
        let Some(http) = host.answer() else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        parts.extend(http.status.map(|status| format!("HTTP {status}")));
        if let Some(took) = http.first_byte {
            parts.push(self.fill("probe.first_byte", &[&took.as_millis().to_string()]));
        }
        if let Some(title) = &http.title {
            parts.push(self.fill("probe.title", &[title]));
        }
        for redirect in host.answers().filter_map(|answer| answer.redirect.as_ref()) {
            parts.push(self.fill("probe.redirect", &[&redirect.shown]));
        }
        if let Some(wait) = http.retry_after_s {
            parts.push(self.fill("probe.retry_after", &[&wait.to_string()]));
        }
        if parts.is_empty() {
            let took = http.took.as_millis().to_string();
            parts.push(self.fill("probe.ms", &[&took]));
        }
        parts
    }

    /// The clock of the device, where it is wrong.
    fn skew(&mut self, host: &HostReport) -> io::Result<()> {
        let Some(skew) = host.skew_s.filter(|skew| skew.abs() > SKEW_S) else {
            return Ok(());
        };
        let key = if skew > 0 {
            "probe.skew"
        } else {
            "probe.behind"
        };
        let text = self.fill(key, &[&skew.abs().to_string()]);
        self.paragraph("  ", &text)
    }

    fn through(&mut self, host: &HostReport) -> io::Result<()> {
        let key = match host.proxy {
            None | Some(Proxy::None) => return Ok(()),
            Some(Proxy::Environment) => "probe.through.env",
            Some(Proxy::System) => "probe.through.system",
            Some(Proxy::Tunnel) => "probe.through.tun",
            Some(Proxy::FakeIp) => "probe.through.fake-ip",
        };
        let text = self.say(key);
        self.paragraph("  ", text)
    }

    fn explain(&mut self, host: &HostReport, rung: &Rung) -> io::Result<()> {
        let view = self.view;
        let text = rung.finding.and_then(|id| view.findings.get(id));
        let Some(text) = text else {
            return Ok(());
        };
        let why = filled(view.view.say(&text.why), host);
        self.paragraph("  ", &why)?;
        let label = format!("  {}{}", self.say("probe.fix"), self.say("colon"));
        self.paragraph(&label, view.view.say(&text.fix))
    }

    fn wifi_open(&self) -> bool {
        self.view.facts.iter().any(|fact| {
            fact.fact == "network.wifi_security"
                && fact.value.as_text().is_some_and(|value| value == "open")
        })
    }

    fn device(&mut self) -> io::Result<()> {
        if !self.wifi_open() {
            return Ok(());
        }
        let text = self.say("probe.wifi_open");
        self.paragraph("  ", text)
    }
}

/// A text of a finding with the numbers of its host.
fn filled(text: &str, host: &HostReport) -> String {
    let line = host.spokesman().map(crate::probe::AddressReport::line);
    let (lost, tries) = line.map_or((0, 0), |line| (line.lost, line.tries));
    text.replace("{lost}", &lost.to_string())
        .replace("{tries}", &tries.to_string())
}

/// What a name server said, as the protocol calls it.
fn said(server: &Server) -> String {
    let mut said: Vec<String> = server
        .said
        .iter()
        .flat_map(|said| [Some(&said.answer), said.late.as_ref()])
        .flatten()
        .map(answer)
        .collect();
    said.dedup();
    said.join(" / ")
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Addresses(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            addresses.join(" ")
        }
        Answer::NoData => "NODATA".to_owned(),
        Answer::NxDomain => "NXDOMAIN".to_owned(),
        Answer::ServFail => "SERVFAIL".to_owned(),
        Answer::Refused => "REFUSED".to_owned(),
        Answer::Malformed => "MALFORMED".to_owned(),
        Answer::Timeout => "TIMEOUT".to_owned(),
        Answer::Unreachable => "UNREACHABLE".to_owned(),
    }
}
