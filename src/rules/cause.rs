//! Cause files: one file is one cause, with its texts, evidence, fixes and examples.

use toml::Spanned;
use toml::de::DeValue;

use crate::document::{Context, Located, TableReader, code};
use crate::text::Text;

use super::signal::{COUNT, ConditionSource};

/// What is at stake while this cause lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Money may be lost, or is out already.
    Money,
    /// Nothing moves until somebody changes something.
    Block,
    /// It passes by itself.
    Wait,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The user who pays.
    User,
    /// The support agent.
    Agent,
    /// The merchant: whoever runs the shop.
    Merchant,
    /// The payment provider or supplier.
    Provider,
    /// The issuing bank.
    Bank,
    /// The platform.
    Platform,
}

/// The step of the payment at which this cause strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Before ordering: the account and its data.
    Account,
    /// The order is placed.
    Order,
    /// The payer is checked and authorises.
    Authorise,
    /// The money is taken.
    Capture,
    /// The shop is told.
    Notify,
    /// The recharge is delivered.
    Deliver,
}

/// Whether and when trying again helps (the split of decline and advice codes: now, later,
/// after correcting data, never).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Try again at once.
    Now,
    /// Try again later.
    Later,
    /// Try again after a change.
    AfterChange,
    /// Do not try again.
    Never,
}

/// An enum whose words stand in rule files.
pub trait Word: Sized + Copy + PartialEq + 'static {
    /// Each value with its word.
    const WORDS: &'static [(&'static str, Self)];

    /// The word of a value.
    #[must_use]
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, value)| *value == self)
            .map_or("", |(word, _)| word)
    }

    /// Reads the word under a key that must be there. Where it is missing or wrong, which is
    /// reported, the first word stands in, so that the rest of the file is checked all the same.
    fn read(table: &mut TableReader<'_, '_>, key: &'static str) -> Self {
        let words: Vec<&str> = Self::WORDS.iter().map(|(word, _)| *word).collect();
        Self::WORDS[table.word(key, &words).unwrap_or(0)].1
    }
}

impl Word for Severity {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("money", Self::Money),
        ("block", Self::Block),
        ("wait", Self::Wait),
    ];
}

impl Word for Actor {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("user", Self::User),
        ("agent", Self::Agent),
        ("merchant", Self::Merchant),
        ("provider", Self::Provider),
        ("bank", Self::Bank),
        ("platform", Self::Platform),
    ];
}

impl Word for Step {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("account", Self::Account),
        ("order", Self::Order),
        ("authorise", Self::Authorise),
        ("capture", Self::Capture),
        ("notify", Self::Notify),
        ("deliver", Self::Deliver),
    ];
}

impl Word for Advice {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("now", Self::Now),
        ("later", Self::Later),
        ("after-change", Self::AfterChange),
        ("never", Self::Never),
    ];
}

/// One piece of evidence of a cause.
#[derive(Debug, Clone)]
pub struct EvidenceSource {
    /// Id of the signal.
    pub signal: Located<String>,
    /// Of 100 tickets with this cause, how many show the signal.
    pub seen: f64,
    /// Name of the group of evidence that is the same thing seen twice.
    pub same_as: Option<String>,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct FixSource {
    /// Its id; the same fix in two causes has the same id.
    pub id: String,
    /// Who does it.
    pub who: Actor,
    /// How long it takes.
    pub minutes: u32,
    /// What to do.
    pub text: Text,
    /// Whether it can do harm if done wrongly.
    pub caution: bool,
    /// Whether doing it means paying again.
    pub pays_again: bool,
    /// When it applies; always where absent.
    pub when: Option<ConditionSource>,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// This cause comes first and the case is identified.
    Likely,
    /// This cause does not come first, or is excluded.
    Other,
    /// A fact is missing; the question must be among the first three.
    Asks,
}

impl Word for ExampleKind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("likely", Self::Likely),
        ("other", Self::Other),
        ("asks", Self::Asks),
    ];
}

/// A case with the diagnosis that it must get.
#[derive(Debug, Clone)]
pub struct ExampleSource {
    /// What it shows, in a few words.
    pub name: String,
    /// Where it begins in the file.
    pub at: usize,
    /// What must come out.
    pub expect: ExampleKind,
    /// The facts as dotted keys and texts.
    pub case: Vec<(Located<String>, String)>,
    /// For `other`: the cause that wins, if one does.
    pub wins: Option<String>,
    /// For `asks`: at least one of these facts must be asked for.
    pub asks: Vec<String>,
    /// `blocked` or `allowed`, where the example is about money.
    pub pay_again: Option<String>,
    /// The id of the money gate that must decide.
    pub gate: Option<String>,
    /// The ids of just the warnings that must be raised, where the example is about warnings.
    pub warns: Option<Vec<String>>,
}

/// A look-alike and how to tell it apart.
#[derive(Debug, Clone)]
pub struct ConfusedWith {
    /// Id of the other cause.
    pub id: Located<String>,
    /// How to tell the two apart.
    pub tell: Text,
}

/// One cause file as it was read.
#[derive(Debug, Clone)]
pub struct CauseSource {
    /// Kebab-case id, equal to the file's stem.
    pub id: Located<String>,
    /// Group, equal to the file's folder.
    pub group: String,
    /// Whether the article names it.
    pub from_article: bool,
    /// The article's section.
    pub section: Option<Text>,
    /// What is at stake.
    pub severity: Severity,
    /// Who acts first.
    pub who: Actor,
    /// At which step it strikes.
    pub step: Step,
    /// Short name.
    pub title: Text,
    /// What happened and why, for the user, the agent and the merchant.
    pub summary: [Text; 3],
    /// Of 100 failed recharges, how many have this cause.
    pub prior: f64,
    /// Evidence in the order of the file.
    pub evidence: Vec<EvidenceSource>,
    /// Signals that exclude the cause where they are true.
    pub excluded_by: Vec<Located<String>>,
    /// Signals that confirm the cause where they are true.
    pub confirmed_by: Vec<Located<String>>,
    /// Whether and when trying again helps.
    pub advice: Advice,
    /// The same in words.
    pub retry: Text,
    /// What to do, best first.
    pub fixes: Vec<FixSource>,
    /// Look-alikes.
    pub confused_with: Vec<ConfusedWith>,
    /// Examples.
    pub examples: Vec<ExampleSource>,
}

/// Reads one cause file. What is missing or wrong is reported, and something stands in for it, so
/// that one mistake does not hide others.
pub(super) fn read_cause(context: &Context<'_>) -> CauseSource {
    let root = context.parse();
    let mut table = TableReader::root(context, &root, "a cause");
    let id = read_id(&mut table);
    let group = table.string("group").map(|group| group.value.to_owned());
    let source = table.word("source", &["article", "extended"]);
    let section = table.opt_text("section");
    let severity = Severity::read(&mut table, "severity");
    let who = Actor::read(&mut table, "who");
    let step = Step::read(&mut table, "step");
    let title = table.text("title");
    let summary = read_summary(&mut table);
    let prior = table.number("prior", COUNT).unwrap_or(STAND_IN);
    let evidence = read_evidence(&mut table);
    let mut ids = |key| {
        let list = table.strings(key);
        list.into_iter().map(Located::owned).collect()
    };
    let excluded_by = ids("excluded_by");
    let confirmed_by = ids("confirmed_by");
    let retry = table.table("retry", "the retry advice");
    let (advice, retry) = retry.map_or((Advice::Never, Text::default()), read_retry);
    let fixes = table
        .tables("fix", "a fix")
        .into_iter()
        .map(|fix| read_fix(fix, context))
        .collect();
    let confused_with = read_confused_with(&mut table);
    let examples = table
        .tables("example", "an example")
        .into_iter()
        .map(read_example)
        .collect();
    table.finish();
    CauseSource {
        id,
        group: group.unwrap_or_default(),
        from_article: source == Some(0),
        section,
        severity,
        who,
        step,
        title,
        summary,
        prior,
        evidence,
        excluded_by,
        confirmed_by,
        advice,
        retry,
        fixes,
        confused_with,
        examples,
    }
}

/// A count in place of one that is missing.
const STAND_IN: f64 = 1.0;

fn read_summary(table: &mut TableReader<'_, '_>) -> [Text; 3] {
    let Some(mut summary) = table.table("summary", "the summary") else {
        return Default::default();
    };
    let texts = ["user", "agent", "merchant"].map(|reader| summary.text(reader));
    summary.finish();
    texts
}

/// The id of a table; an empty one, which names nothing, where there is none.
fn read_id(table: &mut TableReader<'_, '_>) -> Located<String> {
    let at = table.at();
    let id = table.string("id").map(Located::owned);
    id.unwrap_or(Located {
        value: String::new(),
        at,
        end: at,
    })
}

fn read_retry(mut table: TableReader<'_, '_>) -> (Advice, Text) {
    let advice = Advice::read(&mut table, "advice");
    let when = table.text("when");
    table.finish();
    (advice, when)
}

fn read_evidence(table: &mut TableReader<'_, '_>) -> Vec<EvidenceSource> {
    let read = |mut item: TableReader<'_, '_>| {
        let signal = item.string("signal");
        let seen = item.number("seen", COUNT);
        let same_as = item.opt_string("same_as").map(|name| name.value.to_owned());
        item.finish();
        Some(EvidenceSource {
            signal: signal?.owned(),
            seen: seen.unwrap_or(STAND_IN),
            same_as,
        })
    };
    let items = table.tables("evidence", "a piece of evidence");
    items.into_iter().filter_map(read).collect()
}

fn read_fix(mut table: TableReader<'_, '_>, context: &Context<'_>) -> FixSource {
    let id = table.string("id").map(|id| id.value.to_owned());
    let who = Actor::read(&mut table, "who");
    let minutes = table.whole("minutes", 0.0..100_000.0);
    let text = table.text("text");
    let caution = table.bool_or("caution", false);
    let pays_again = table.bool_or("pays_again", false);
    let when = table.opt_string("when");
    table.finish();
    FixSource {
        id: id.unwrap_or_default(),
        who,
        minutes: minutes.and_then(|m| u32::try_from(m).ok()).unwrap_or(0),
        text,
        caution,
        pays_again,
        when: when.map(|found| ConditionSource::new(&found, context)),
    }
}

fn read_confused_with(table: &mut TableReader<'_, '_>) -> Vec<ConfusedWith> {
    let read = |mut item: TableReader<'_, '_>| {
        let id = item.string("id");
        let tell = item.text("tell");
        item.finish();
        Some(ConfusedWith {
            id: id?.owned(),
            tell,
        })
    };
    let items = table.tables("confused_with", "a look-alike");
    items.into_iter().filter_map(read).collect()
}

fn read_example(mut table: TableReader<'_, '_>) -> ExampleSource {
    let at = table.at();
    let name = table.string("name").map(|name| name.value.to_owned());
    let expect = ExampleKind::read(&mut table, "expect");
    let wins = table.opt_string("wins").map(|id| id.value.to_owned());
    let asks = table.strings("asks");
    let pay_again = table
        .opt_string("pay_again")
        .map(|state| state.value.to_owned());
    let gate = table.opt_string("gate").map(|id| id.value.to_owned());
    let warns = table.raw("warns").map(|_| table.strings("warns"));
    let mut case = Vec::new();
    if let Some(mut facts) = table.table("case", "the facts of an example") {
        let context = facts.context();
        for (key, value) in facts.entries() {
            flatten(context, key.value, key.at, value, &mut case);
        }
    }
    table.finish();
    ExampleSource {
        name: name.unwrap_or_default(),
        at,
        expect,
        case,
        wins,
        asks: asks.iter().map(|key| key.value.to_owned()).collect(),
        pay_again,
        gate,
        warns: warns.map(|ids| ids.iter().map(|id| id.value.to_owned()).collect()),
    }
}

/// Turns nested tables into dotted keys; a fact's value may be a string, a number or a boolean.
fn flatten(
    context: &Context<'_>,
    key: &str,
    at: usize,
    value: &Spanned<DeValue<'_>>,
    into: &mut Vec<(Located<String>, String)>,
) {
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Table(table) => {
            for (inner, value) in table.iter() {
                let dotted = format!("{key}.{}", inner.get_ref());
                flatten(context, &dotted, inner.span().start, value, into);
            }
            return;
        }
        DeValue::Array(_) => {
            let message = format!("expected a value for `{key}`, found a list");
            context.report(at, code::WRONG_TYPE, message, None);
            return;
        }
    };
    let key = Located {
        value: key.to_owned(),
        at,
        end: value.span().end,
    };
    into.push((key, text));
}
