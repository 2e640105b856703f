//! Runs a probe for a command: what the options mean, whom it will ask, how far it is.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::derive::listen;
use crate::facts::{Catalog, FactValue, Facts, Source};
use crate::intake::Case;
use crate::probe::{
    Caller, ConnectTo, Observation, Plan, PortalCheck, Run, Step, THOROUGH_TRIES, TRIES, Target,
    TargetError,
};
use crate::report::{harmless, stage_word, word};
use crate::rules::{Findings, Profile, RuleFiles, RuleSet};
use crate::site::{Checker, Verdict};

use super::args::NetworkFlags;
use super::exit::Failure;
use super::load;
use super::settings::Settings;

/// The largest file of root certificates that is read, in bytes.
const LARGEST_ROOTS: u64 = 4 << 20;

/// What a probe may do, before its hosts are known.
pub(super) struct Network<'n> {
    settings: &'n Settings,
    rules: &'n RuleSet,
    profile: &'n Profile,
    /// The plan, without hosts.
    plan: Plan,
    /// Knows imitations; none where they may be contacted all the same.
    checker: Option<Checker>,
}

impl<'n> Network<'n> {
    /// Reads what the options mean.
    pub(super) fn new(
        flags: &NetworkFlags,
        settings: &'n Settings,
        rules: &'n RuleSet,
        profile: &'n Profile,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            settings,
            rules,
            profile,
            plan: plan(flags, settings, profile)?,
            checker: (!flags.probe_anyway).then(|| Checker::new(profile)),
        })
    }

    /// The hosts that a person named, as they were typed: what an address hides is gone once only
    /// its host is left.
    pub(super) fn targets(&self, hosts: &[String]) -> anyhow::Result<Vec<Target>> {
        let mut targets: Vec<Target> = Vec::new();
        for host in hosts {
            let target = Target::parse(host).map_err(|error| refused(&error))?;
            if let Some(real) = self.imitated(host) {
                return Err(lookalike(&target, &real).into());
            }
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        Ok(targets)
    }

    /// Says whom it will ask, and asks.
    pub(super) fn run(&self, targets: Vec<Target>) -> anyhow::Result<Run> {
        for target in &targets {
            if let Some(class) = self.plan.refuses(target) {
                let class = class.word();
                let message = format!("expected a public address, found {target} ({class})");
                let help = "for a test system of your own, add --allow-private".to_owned();
                return Err(Failure::new(message, Some(help)).into());
            }
        }
        let plan = Plan {
            targets,
            ..self.plan.clone()
        };
        self.announce(&plan);
        let bar = if self.settings.progress {
            spinner()
        } else {
            ProgressBar::hidden()
        };
        let caller = Caller {
            watch: &|step| bar.set_message(self.doing(step)),
            may_open: &|target| self.imitated(&target.to_string()).is_none(),
        };
        let run = crate::probe::run(&plan, caller);
        bar.finish_and_clear();
        Ok(run)
    }

    /// The site of a case: the address that the user opened, else the platform's own. A ticket is
    /// data, so its address must be a plain web address that imitates nobody. Says on standard
    /// error why there is none.
    pub(super) fn site_of(&self, case: &mut Case) -> Option<Target> {
        listen(&mut case.facts, self.rules);
        let url = case.facts.get(self.rules.key("site.url"));
        let url = url.and_then(FactValue::as_text).map(str::to_owned);
        let named = url.map(|url| self.named_by_ticket(&url));
        let own = || {
            let domain = self.profile.official.first()?;
            Target::parse(domain).ok()
        };
        match named {
            Some(Ok(target)) => return Some(target),
            Some(Err(key)) => self.note(key),
            None => {
                if let Some(target) = own() {
                    return Some(target);
                }
                self.note("probe.no_site");
            }
        }
        None
    }

    /// The host of an address in a ticket, or the word for why it is not contacted.
    fn named_by_ticket(&self, url: &str) -> Result<Target, &'static str> {
        let target = Target::parse(url).map_err(|_| "probe.site_unreadable")?;
        if !matches!(target.port, 80 | 443) {
            return Err("probe.site_port");
        }
        if self.imitated(url).is_some() {
            return Err("probe.site_lookalike");
        }
        if self.plan.refuses(&target).is_some() {
            return Err("probe.site_inside");
        }
        Ok(target)
    }

    fn note(&self, key: &'static str) {
        // A closed standard error is no reason not to diagnose.
        let _ = writeln!(io::stderr().lock(), "{}", self.word(key));
    }

    /// The official domain that an address imitates; none where it imitates nobody, or may do so.
    fn imitated(&self, address: &str) -> Option<String> {
        let check = self.checker.as_ref()?.check(address);
        let real = check.lookalike_of.map(|real| real.to_string());
        (check.verdict == Verdict::Lookalike).then(|| real.unwrap_or_default())
    }

    /// The hosts stand on standard error before anything is sent.
    fn announce(&self, plan: &Plan) {
        let list = |targets: Vec<String>| harmless(&targets.join(" "));
        let hosts = plan.targets.iter().map(ToString::to_string).collect();
        let checks = plan.portal.iter().map(|check| check.target.to_string());
        let mut stderr = io::stderr().lock();
        for (key, hosts) in [
            ("probe.will_ask", list(hosts)),
            ("probe.may_ask", list(checks.collect())),
        ] {
            if !hosts.is_empty() {
                let line = self.word(key).replace("{1}", &hosts);
                // A closed standard error is no reason not to probe.
                let _ = writeln!(stderr, "{line}");
            }
        }
    }

    fn word(&self, key: &'static str) -> &str {
        word(self.rules, self.settings.locale, key)
    }

    fn doing(&self, step: Step<'_>) -> String {
        let stage = stage_word(self.rules, self.settings.locale, step.stage);
        let host = harmless(&step.target.host.to_string());
        match step.done {
            0 => format!("{host} · {stage}"),
            done => format!("{host} · {stage} {done}/{}", step.of),
        }
    }
}

fn plan(flags: &NetworkFlags, settings: &Settings, profile: &Profile) -> anyhow::Result<Plan> {
    let probe = &profile.probe;
    let checks = probe.portal_checks.iter();
    Ok(Plan {
        targets: Vec::new(),
        tries: if flags.thorough {
            THOROUGH_TRIES
        } else {
            TRIES
        },
        allow_private: flags.allow_private,
        follow: flags.follow,
        name_servers: each(&flags.dns, "--dns", name_server)?,
        connect_to: each(&flags.connect_to, "--connect-to", detour)?,
        roots: flags.cacert.as_deref().map_or(Ok(Vec::new()), roots)?,
        path: probe.path.clone().unwrap_or_else(|| "/".to_owned()),
        portal: checks
            .map(|check| portal(check))
            .collect::<Result<_, _>>()?,
        maintenance_words: probe.maintenance_titles.clone(),
        proxies: settings.proxies.clone(),
        now: settings.now,
    })
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

fn lookalike(target: &Target, real: &str) -> Failure {
    let message = format!(
        "expected the address of a real site, found {target}, which is not the official address of {real} but looks much like it"
    );
    let help = "compare it with the platform's official channels; to contact it all the same, add --probe-anyway";
    Failure::new(message, Some(help.to_owned()))
}

fn refused(error: &TargetError) -> Failure {
    Failure::new(error.to_string(), Some(error.help().to_owned()))
}

/// What a probe found in words.
pub(super) fn findings(files: &RuleFiles) -> anyhow::Result<Findings> {
    Findings::load(files).map_err(|found| load::mistakes(&found).into())
}

/// Makes observations facts of a case, except where somebody said what was so when it failed.
pub(super) fn add(facts: &mut Facts, observations: &[Observation], catalog: &Catalog) {
    for observation in observations {
        let Some(key) = catalog.find(observation.fact) else {
            continue;
        };
        if !facts.is_given(key) {
            facts.set(key, observation.value.clone(), Source::Probe);
        }
    }
}

fn each<T>(
    given: &[String],
    flag: &str,
    read: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<Vec<T>> {
    let one = |text: &String| {
        read(text).ok_or_else(|| {
            let (expected, help) = match flag {
                "--dns" => ("IP or IP:PORT", "for example --dns 223.5.5.5:53"),
                _ => (
                    "HOST:PORT:IP:PORT",
                    "for example --connect-to pay.example.com:443:10.0.0.7:8443",
                ),
            };
            let message = format!("{flag}: expected {expected}, found `{text}`");
            Failure::new(message, Some(help.to_owned())).into()
        })
    };
    given.iter().map(one).collect()
}

fn name_server(text: &str) -> Option<SocketAddr> {
    let with_port = text.parse::<SocketAddr>();
    let bare = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
    with_port.or_else(|_| bare()).ok()
}

/// `HOST:PORT:IP:PORT`, as curl reads it; IPv6 stands in brackets.
fn detour(text: &str) -> Option<ConnectTo> {
    let (host, rest) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once("]:")?;
        (format!("[{host}]"), rest)
    } else {
        let (host, rest) = text.split_once(':')?;
        (host.to_owned(), rest)
    };
    let (port, to) = rest.split_once(':')?;
    Some(ConnectTo {
        host: Target::parse(&host).ok()?.host,
        port: port.parse().ok()?,
        to: to.parse().ok()?,
    })
}

fn portal(check: &str) -> anyhow::Result<PortalCheck> {
    let target = Target::parse(check)
        .map_err(|error| refused(&error))
        .context("in `portal_checks` of the profile")?;
    let path = url::Url::parse(check).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned());
    Ok(PortalCheck { target, path })
}

fn roots(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let shown = path.display();
    let what = || format!("expected a readable PEM file, but {shown} cannot be read");
    let size = fs::metadata(path).with_context(what)?.len();
    let failure = |found: String| {
        let message =
            format!("--cacert: expected root certificates in PEM, found {found} in {shown}");
        let help = "a PEM file has lines such as -----BEGIN CERTIFICATE-----".to_owned();
        Failure::new(message, Some(help))
    };
    if size > LARGEST_ROOTS {
        return Err(failure(format!("{size} bytes")).into());
    }
    let bytes = fs::read(path).with_context(what)?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let roots = roots.map_err(|error| failure(error.to_string()))?;
    if roots.is_empty() {
        return Err(failure("no certificate".to_owned()).into());
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_read_as_curl_reads_them() {
        let to = |text: &str| detour(text).map(|detour| detour.to.to_string());
        assert_eq!(
            to("a.cn:443:127.0.0.1:8443").as_deref(),
            Some("127.0.0.1:8443")
        );
        assert_eq!(to("[::1]:443:[::1]:8443").as_deref(), Some("[::1]:8443"));
        assert_eq!(to("a.cn:443"), None);
        assert_eq!(to("a.cn:x:127.0.0.1:1"), None);
    }

    #[test]
    fn name_servers_have_port_53_by_themselves() {
        let at = |text: &str| name_server(text).map(|server| server.to_string());
        assert_eq!(at("223.5.5.5").as_deref(), Some("223.5.5.5:53"));
        assert_eq!(at("[::1]:5353").as_deref(), Some("[::1]:5353"));
        assert_eq!(at("::1").as_deref(), Some("[::1]:53"));
        assert_eq!(at("dns.example.com"), None);
    }
}
