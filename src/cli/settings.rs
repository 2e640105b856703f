//! What a run needs to know of its surroundings, resolved once: language, colour, width, clock.

use std::io::IsTerminal;

use chrono::{DateTime, FixedOffset, Local, SubsecRound};

use crate::facts::Moment;
use crate::probe::ProxySettings;
use crate::text::Locale;

use super::args::{Cli, Colour, Language};
use super::exit::Failure;

/// Columns of a page that is not shown on a terminal.
const PAGE: usize = 100;

/// Lines are never wrapped narrower or wider than this, whatever the terminal says.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=110;

/// The environment, the terminal and the clock, as a run finds them.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set.
    pub locale: Option<String>,
    /// Whether `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Columns of the terminal.
    pub columns: Option<usize>,
    /// The clock.
    pub now: DateTime<FixedOffset>,
    /// Whether standard error is a terminal.
    pub error_terminal: bool,
    /// Proxies that the environment names.
    pub proxies: ProxySettings,
}

/// Reads what the environment says of proxies, as curl does: names in either case, but `http_proxy`
/// in lower case only, as web servers set the other one from a request header.
fn proxies() -> ProxySettings {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let any = |names: [&str; 2]| names.iter().find_map(|name| set(name));
    let all = any(["all_proxy", "ALL_PROXY"]).is_some();
    let without = any(["no_proxy", "NO_PROXY"]).unwrap_or_default();
    ProxySettings {
        http: all || set("http_proxy").is_some(),
        https: all || any(["https_proxy", "HTTPS_PROXY"]).is_some(),
        without: without
            .split(',')
            .map(|word| word.trim().to_owned())
            .collect(),
    }
}

impl Surroundings {
    /// Reads the environment, the terminal and the clock of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let size = terminal_size::terminal_size();
        Self {
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| set(name)),
            no_color: set("NO_COLOR").is_some(),
            terminal: std::io::stdout().is_terminal(),
            columns: size.map(|(width, _)| usize::from(width.0)),
            now: Local::now().fixed_offset(),
            error_terminal: std::io::stderr().is_terminal(),
            proxies: proxies(),
        }
    }
}

/// The settings of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Language of the output.
    pub locale: Locale,
    /// Columns to wrap to.
    pub width: usize,
    /// "Now", from `--now` or the clock.
    pub now: Moment,
    /// Whether progress is shown on standard error.
    pub progress: bool,
    /// Proxies that the environment names.
    pub proxies: ProxySettings,
}

impl Settings {
    /// Resolves the settings and switches colour on or off for the process.
    ///
    /// # Errors
    /// A `--now` that is no time.
    pub fn resolve(cli: &Cli, around: &Surroundings) -> anyhow::Result<Self> {
        let colour = match cli.common.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => around.terminal && !around.no_color,
        };
        colored::control::set_override(colour);
        let width = around.columns.filter(|_| around.terminal).unwrap_or(PAGE);
        Ok(Self {
            locale: locale(cli.common.lang, around.locale.as_deref()),
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            now: now(cli.common.now.as_deref(), around)?,
            progress: around.error_terminal && !cli.common.quiet,
            proxies: around.proxies.clone(),
        })
    }
}

fn locale(asked: Option<Language>, environment: Option<&str>) -> Locale {
    match (asked, environment) {
        (Some(Language::Zh), _) => Locale::Zh,
        (Some(Language::En), _) => Locale::En,
        (None, Some(name)) if name.to_ascii_lowercase().starts_with("zh") => Locale::Zh,
        (None, _) => Locale::En,
    }
}

fn now(asked: Option<&str>, around: &Surroundings) -> anyhow::Result<Moment> {
    let Some(text) = asked else {
        // As precise as a moment is written.
        return Ok(Moment::new(around.now.trunc_subsecs(3)));
    };
    text.parse().map_err(|error| {
        let help = "give date, time and zone: --now 2026-12-10T10:00:00+08:00".to_owned();
        Failure::new(format!("--now: {error}"), Some(help)).into()
    })
}
