//! A probe as one line of JSON: schema 1.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::facts::FactValue;
use crate::probe::{AddressReport, HostReport, HttpReport, Observation, Server, SystemAnswer};

use super::super::json::{to_json, value_json, write_json_value};
use super::{ProbeView, answer};

#[derive(Serialize)]
struct Report {
    schema: u32,
    rules: String,
    at: String,
    tries: u32,
    hosts: Vec<Host>,
    facts: Map<String, Value>,
    diagnosis: Value,
}

#[derive(Serialize)]
struct Host {
    target: String,
    host: String,
    port: u16,
    scheme: &'static str,
    cut: Option<&'static str>,
    stages: Vec<Stage>,
    observations: Vec<Observed>,
    dns: Option<Dns>,
    addresses: Vec<Address>,
    tls: Option<Tls>,
    certificate: Option<Certificate>,
    http: Option<Http>,
}

#[derive(Serialize)]
struct Stage {
    stage: &'static str,
    state: &'static str,
    finding: Option<&'static str>,
    text: Option<String>,
    fix: Option<String>,
}

#[derive(Serialize)]
struct Observed {
    fact: &'static str,
    value: Value,
    host: String,
    at: String,
    tries: u32,
    source: &'static str,
}

#[derive(Serialize)]
struct Dns {
    outcome: &'static str,
    ms: f64,
    addresses: Vec<String>,
    system: Option<System>,
    servers: Vec<NameServer>,
}

#[derive(Serialize)]
struct System {
    ms: f64,
    addresses: Vec<String>,
    error: Option<String>,
}

#[derive(Serialize)]
struct NameServer {
    server: String,
    answers: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    answer: String,
    late: Option<String>,
    ms: f64,
}

#[derive(Serialize)]
struct Address {
    ip: String,
    port: u16,
    tcp: &'static str,
    connect_ms: Vec<f64>,
    retransmits: usize,
    failed: usize,
}

#[derive(Serialize)]
struct Tls {
    outcome: &'static str,
    version: Option<String>,
    ms: f64,
    trust: Option<&'static str>,
}

#[derive(Serialize)]
struct Certificate {
    subject: String,
    issuer: String,
    names: Vec<String>,
    not_before: Option<String>,
    not_after: Option<String>,
    fingerprint: String,
    self_issued: bool,
    chain: usize,
}

#[derive(Serialize)]
struct Http {
    status: Option<u16>,
    end: Option<&'static str>,
    ttfb_ms: Option<f64>,
    total_ms: f64,
    title: Option<String>,
    redirects: Vec<String>,
    server_date: Option<String>,
    retry_after_s: Option<i64>,
}

/// The hosts of a run as a JSON list, to stand beside a diagnosis.
#[must_use]
pub fn probe_json(view: &ProbeView<'_>) -> Value {
    let hosts = view.run.hosts.iter().map(|host| of_host(view, host));
    serde_json::to_value(hosts.collect::<Vec<_>>()).unwrap_or_default()
}

/// Writes a run as one line of JSON.
///
/// # Errors
/// What the writer reports.
pub fn write_probe_json(view: &ProbeView<'_>, out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        schema: 1,
        rules: view.view.rules.fingerprint.clone(),
        at: view.at.to_string(),
        tries: view.run.tries,
        hosts: view
            .run
            .hosts
            .iter()
            .map(|host| of_host(view, host))
            .collect(),
        facts: view
            .facts
            .iter()
            .map(|fact| (fact.fact.to_owned(), value(&fact.value)))
            .collect(),
        diagnosis: to_json(&view.view),
    };
    write_json_value(&report, out)
}

/// What a probe observes is not private.
fn value(value: &FactValue) -> Value {
    value_json(value, str::to_owned)
}

fn ms(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn of_host(view: &ProbeView<'_>, host: &HostReport) -> Host {
    Host {
        target: host.target.to_string(),
        host: host.target.host.to_string(),
        port: host.target.port,
        scheme: host.target.scheme.word(),
        cut: host.cut.map(crate::probe::Stage::word),
        stages: stages(view, host),
        observations: host.observations().iter().map(observed).collect(),
        dns: host.dns.as_ref().map(|dns| Dns {
            outcome: dns.outcome.word(),
            ms: ms(dns.took),
            addresses: dns.addresses.iter().map(ToString::to_string).collect(),
            system: dns.system.as_ref().map(|(said, took)| system(said, *took)),
            servers: dns.servers.iter().map(name_server).collect(),
        }),
        addresses: host.addresses.iter().map(address).collect(),
        tls: host.tls.as_ref().map(|tls| Tls {
            outcome: tls.outcome.id(),
            version: tls.version.clone(),
            ms: ms(tls.took),
            trust: tls.trust.map(crate::probe::Trust::word),
        }),
        certificate: host
            .tls
            .as_ref()
            .and_then(|tls| tls.certificate.as_ref())
            .map(certificate),
        http: host.answer().map(|http| of_http(http, host)),
    }
}

fn stages(view: &ProbeView<'_>, host: &HostReport) -> Vec<Stage> {
    let ladder = host.ladder().into_iter();
    let stages = ladder.map(|rung| {
        let text = rung.finding.and_then(|id| view.findings.get(id));
        Stage {
            stage: rung.stage.word(),
            state: rung.state.word(),
            finding: rung.finding,
            text: text.map(|text| super::filled(view.view.say(&text.why), host)),
            fix: text.map(|text| view.view.say(&text.fix).to_owned()),
        }
    });
    stages.collect()
}

fn observed(observation: &Observation) -> Observed {
    Observed {
        fact: observation.fact,
        value: value(&observation.value),
        host: observation.host.clone(),
        at: observation.at.to_string(),
        tries: observation.tries,
        source: "probe",
    }
}

fn system(said: &SystemAnswer, took: std::time::Duration) -> System {
    let (addresses, error) = match said {
        SystemAnswer::Addresses(found) => (found.iter().map(ToString::to_string).collect(), None),
        SystemAnswer::Failed(why) => (Vec::new(), Some(why.clone())),
        SystemAnswer::Timeout => (Vec::new(), Some("timeout".to_owned())),
    };
    System {
        ms: ms(took),
        addresses,
        error,
    }
}

fn name_server(server: &Server) -> NameServer {
    let answers = server.said.iter().map(|said| Said {
        answer: answer(&said.answer),
        late: said.late.as_ref().map(answer),
        ms: ms(said.took),
    });
    NameServer {
        server: server.server.to_string(),
        answers: answers.collect(),
    }
}

fn address(report: &AddressReport) -> Address {
    let tries = report.tries.iter();
    let stood = tries.filter(|one| one.outcome == crate::probe::Connection::Ok);
    let stood: Vec<_> = stood.collect();
    Address {
        ip: report.address.ip().to_string(),
        port: report.address.port(),
        tcp: report.outcome().word(),
        connect_ms: stood.iter().map(|one| ms(one.took)).collect(),
        retransmits: stood.iter().filter(|one| report.repeated(one)).count(),
        failed: report.tries.len() - stood.len(),
    }
}

fn certificate(found: &crate::probe::Certificate) -> Certificate {
    Certificate {
        subject: found.subject.clone(),
        issuer: found.issuer.clone(),
        names: found.names.clone(),
        not_before: found.not_before.map(|moment| moment.to_string()),
        not_after: found.not_after.map(|moment| moment.to_string()),
        fingerprint: found.fingerprint.clone(),
        self_issued: found.self_issued,
        chain: found.chain,
    }
}

fn of_http(http: &HttpReport, host: &HostReport) -> Http {
    let redirects = host.answers().filter_map(|answer| answer.redirect.as_ref());
    let date = http.date.and_then(|date| date.checked_mul(1000));
    let date = date.and_then(crate::facts::Moment::of_millis);
    Http {
        status: http.status,
        end: http.end.word(),
        ttfb_ms: http.first_byte.map(ms),
        total_ms: ms(http.took),
        title: http.title.clone(),
        redirects: redirects.map(|redirect| redirect.shown.clone()).collect(),
        server_date: date.map(|moment| moment.to_string()),
        retry_after_s: http.retry_after_s,
    }
}
