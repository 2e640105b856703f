//! The profile of one platform: what its operator knows and no rule can know.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::document::{Context, Located, TableReader, code};
use crate::facts::{Fen, Moment};
use crate::text::Text;

use super::domains::{BrandNames, domains, lower_words, read_brand};

/// A limit of a channel, and of one bank on it where a bank is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// A value of `payment.channel`.
    pub channel: String,
    /// The bank, as `payment.bank` spells it; any bank where absent.
    pub bank: Option<String>,
    /// Limit for one payment.
    pub single: Option<Fen>,
    /// Limit for a day.
    pub daily: Option<Fen>,
}

/// A span of time in which something holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// Every day between two times of the Chinese day; it may run over midnight.
    Daily(NaiveTime, NaiveTime),
    /// Once, between two instants (milliseconds since 1970, the end excluded).
    Once(i64, i64),
    /// Whole Chinese days, both ends included.
    Days(NaiveDate, NaiveDate),
}

impl Window {
    /// Whether an instant lies inside.
    #[must_use]
    pub fn contains(&self, moment: &Moment) -> bool {
        self.contains_local(moment, moment.in_china())
    }

    /// The same, where the Chinese clock at the instant is at hand.
    #[must_use]
    pub fn contains_local(&self, moment: &Moment, local: NaiveDateTime) -> bool {
        match self {
            Self::Daily(from, to) if from <= to => (*from..*to).contains(&local.time()),
            Self::Daily(from, to) => local.time() >= *from || local.time() < *to,
            Self::Once(from, to) => (*from..*to).contains(&moment.millis()),
            Self::Days(from, to) => (*from..=*to).contains(&local.date()),
        }
    }
}

/// What a client must at least be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumVersion {
    /// Which fact names the client: `browser`, `os` or `app`.
    pub of: ClientPart,
    /// Its name, compared without case; ignored for the app.
    pub name: String,
    /// The lowest version that works; absent where no version does.
    pub version: Option<String>,
}

/// The part of a client that a minimum version is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientPart {
    /// `client.browser`.
    Browser,
    /// `client.os`.
    Os,
    /// `client.app_version`.
    App,
}

/// A profile: the built-in one, with what `--profile` adds.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Name of the platform.
    pub name: Option<Text>,
    /// Domains of the platform itself, in lower case, with all their sub-domains.
    pub official: Vec<String>,
    /// Domains that belong to known payment providers.
    pub providers: Vec<String>,
    /// Further domains of the same owners: official, but nobody imitates them.
    pub owned: Vec<String>,
    /// Domains of others that come near official ones: neither official nor look-alikes.
    pub known: Vec<String>,
    /// What official and provider sites are called besides.
    pub brands: Vec<BrandNames>,
    /// Words that are added to any name and tell nothing: `pay`, `login`, `充值`.
    pub generic_words: Vec<String>,
    /// Domains of short links.
    pub shorteners: Vec<String>,
    /// Domains below which anybody can put pages.
    pub free_hosting: Vec<String>,
    /// Limits; the first that fits counts.
    pub limits: Vec<Limit>,
    /// When recharge is under maintenance.
    pub maintenance: Vec<Window>,
    /// When a promotion runs.
    pub promotions: Vec<Window>,
    /// Public holidays.
    pub holidays: Vec<Window>,
    /// The years for which `holidays` is complete.
    pub holiday_years: Vec<i32>,
    /// Minimum versions.
    pub clients: Vec<MinimumVersion>,
    /// Regions (ISO 3166 prefixes) in which paying is restricted.
    pub restricted_regions: Vec<String>,
    /// Whom to contact.
    pub contact: Option<Text>,
    /// How the platform is probed over the network.
    pub probe: ProbeProfile,
}

/// What a network probe asks for, and how it understands the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbeProfile {
    /// The path that is asked for on the platform; `/` where absent.
    pub path: Option<String>,
    /// Plain-HTTP addresses that answer 204 unless a log-in page stands before them, in the order
    /// in which they are asked.
    pub portal_checks: Vec<String>,
    /// Words in a page's title that mean maintenance, in lower case.
    pub maintenance_titles: Vec<String>,
}

impl ProbeProfile {
    fn extend(&mut self, mut table: TableReader<'_, '_>) {
        let context = table.context();
        let path = table.opt_string("path");
        let path = parsed(context, path, "a path that begins with `/`", |text| {
            text.starts_with('/').then(|| text.to_owned())
        });
        self.path = path.or(self.path.take());
        prepend(&mut self.portal_checks, words(&mut table, "portal_checks"));
        let titles = words(&mut table, "maintenance_titles");
        let titles = titles.iter().map(|title| title.to_lowercase()).collect();
        prepend(&mut self.maintenance_titles, titles);
        table.finish();
    }
}

impl Profile {
    /// Reads a profile file on top of this one: its lists come first, so that they win.
    pub fn extend(&mut self, context: &Context<'_>) {
        let root = context.parse();
        let mut reader = TableReader::root(context, &root, "a profile");
        self.name = reader.opt_text("name").or(self.name.take());
        self.contact = reader.opt_text("contact").or(self.contact.take());
        self.extend_domains(&mut reader);
        prepend(
            &mut self.restricted_regions,
            words(&mut reader, "restricted_regions"),
        );
        prepend(&mut self.limits, each(&mut reader, "limit", read_limit));
        prepend(
            &mut self.maintenance,
            each(&mut reader, "maintenance", read_window),
        );
        prepend(
            &mut self.promotions,
            each(&mut reader, "promotion", read_window),
        );
        prepend(
            &mut self.holidays,
            each(&mut reader, "holiday", read_window),
        );
        prepend(&mut self.clients, each(&mut reader, "client", read_client));
        if let Some(table) = reader.opt_table("probe", "how the platform is probed") {
            self.probe.extend(table);
        }
        self.holiday_years = self.holidays.iter().filter_map(year_of).collect();
        reader.finish();
    }

    fn extend_domains(&mut self, reader: &mut TableReader<'_, '_>) {
        for (list, key, open) in [
            (&mut self.official, "official_domains", false),
            (&mut self.providers, "provider_domains", false),
            (&mut self.owned, "owned_domains", false),
            (&mut self.known, "known_domains", false),
            (&mut self.shorteners, "shorteners", true),
            (&mut self.free_hosting, "free_hosting", true),
        ] {
            prepend(list, domains(reader, key, open));
        }
        let words = lower_words(reader, "generic_words");
        prepend(&mut self.generic_words, words);
        let known = [&self.official[..], &self.providers[..]];
        let brands = each(reader, "brand", |table| read_brand(table, &known));
        prepend(&mut self.brands, brands);
    }
}

fn prepend<T>(list: &mut Vec<T>, mut first: Vec<T>) {
    first.append(list);
    *list = first;
}

fn words(reader: &mut TableReader<'_, '_>, key: &'static str) -> Vec<String> {
    let found = reader.strings(key);
    found.iter().map(|word| word.value.to_owned()).collect()
}

fn each<T>(
    reader: &mut TableReader<'_, '_>,
    key: &'static str,
    read: impl Fn(TableReader<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let tables = reader.tables(key, "an entry of the profile");
    tables.into_iter().filter_map(read).collect()
}

fn year_of(window: &Window) -> Option<i32> {
    match window {
        Window::Days(from, _) => Some(chrono::Datelike::year(from)),
        _ => None,
    }
}

/// Reads a string with `FromStr`, reporting what is wrong with it.
fn parsed<T>(
    context: &Context<'_>,
    found: Option<Located<&str>>,
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let found = found?;
    let value = parse(found.value);
    if value.is_none() {
        let message = format!("expected {expected}, found `{}`", found.value);
        context.report(found.at, code::BAD_VALUE, message, None);
    }
    value
}

fn read_limit(mut table: TableReader<'_, '_>) -> Option<Limit> {
    let context = table.context();
    let channel = table.string("channel");
    let bank = table.opt_string("bank").map(|bank| bank.value.to_owned());
    let mut money = |key| {
        let found = table.opt_string(key);
        parsed(
            context,
            found,
            "an amount in yuan such as \"500.00\"",
            |text| text.parse::<Fen>().ok(),
        )
    };
    let single = money("single");
    let daily = money("daily");
    table.finish();
    Some(Limit {
        channel: channel?.value.to_owned(),
        bank,
        single,
        daily,
    })
}

/// Reads `from` and `to`: two times of day, two days, or two instants.
fn read_window(mut table: TableReader<'_, '_>) -> Option<Window> {
    let context = table.context();
    table.opt_text("name");
    let from = table.string("from");
    let to = table.string("to");
    table.finish();
    let (from, to) = (from?, to?);
    let window = window(from.value, to.value);
    if window.is_none() {
        let message = format!(
            "expected two times of day (02:00), two days (2026-10-01) or two instants in order, found `{}` and `{}`",
            from.value, to.value
        );
        context.report(from.at, code::BAD_VALUE, message, None);
    }
    window
}

fn window(from: &str, to: &str) -> Option<Window> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    if let (Some(from), Some(to)) = (time(from), time(to)) {
        return Some(Window::Daily(from, to));
    }
    if let (Ok(from), Ok(to)) = (from.parse::<NaiveDate>(), to.parse::<NaiveDate>()) {
        return (from <= to).then_some(Window::Days(from, to));
    }
    let from = from.parse::<Moment>().ok()?.millis();
    let to = to.parse::<Moment>().ok()?.millis();
    (from < to).then_some(Window::Once(from, to))
}

fn read_client(mut table: TableReader<'_, '_>) -> Option<MinimumVersion> {
    let parts = [ClientPart::Browser, ClientPart::Os, ClientPart::App];
    let of = table
        .word("of", &["browser", "os", "app"])
        .map(|i| parts[i]);
    let name = table.opt_string("name");
    let version = table.opt_string("version");
    table.finish();
    Some(MinimumVersion {
        of: of?,
        name: name
            .map(|name| name.value.to_lowercase())
            .unwrap_or_default(),
        version: version.map(|version| version.value.to_owned()),
    })
}
