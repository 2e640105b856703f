//! What all reports share: words, filled-in texts, masked values.

use std::borrow::Cow;

use crate::derive::PROSE;
use crate::diagnose::{Diagnosis, Finding, Ground, PayState, Question, Verdict, Weighed};
use crate::facts::{FactKey, FactType, FactValue, Facts, mask, mask_within};
use crate::reading::Reading;
use crate::rules::{Advice, Profile, RuleSet, Word};
use crate::text::{Locale, Text};

use super::escape::harmless;

/// A diagnosis with everything needed to put it into words.
#[derive(Debug, Clone, Copy)]
pub struct View<'v> {
    /// The name of the case.
    pub case: &'v str,
    /// The facts, derived ones included.
    pub facts: &'v Facts,
    /// The rules that made the diagnosis.
    pub rules: &'v RuleSet,
    /// The profile of the platform.
    pub profile: &'v Profile,
    /// The diagnosis.
    pub diagnosis: &'v Diagnosis,
    /// The language.
    pub locale: Locale,
    /// Whether private data is shown as it is.
    pub reveal: bool,
    /// For whom the report is.
    pub audience: Audience,
}

/// For whom a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// The user who paid.
    #[default]
    User,
    /// The support agent.
    Agent,
    /// The merchant.
    Merchant,
}

/// Evidence below this many bits is not worth a line.
const WEIGHTLESS: f64 = 0.25;

impl<'v> View<'v> {
    /// A word of `words.toml`; the key itself where it is missing, which a test rules out for the
    /// built-in rules.
    #[must_use]
    pub fn word(&self, key: &'v str) -> &'v str {
        word(self.rules, self.locale, key)
    }

    /// The text in the language of the view.
    #[must_use]
    pub fn say(&self, text: &'v Text) -> &'v str {
        text.get(self.locale)
    }

    /// The facts in words.
    #[must_use]
    pub fn filler(&self) -> Filler<'v> {
        Filler {
            facts: self.facts,
            rules: self.rules,
            locale: self.locale,
            reveal: self.reveal,
        }
    }

    /// A text with every `{fact.key}` replaced by the fact's value.
    #[must_use]
    pub fn fill(&self, text: &Text) -> String {
        self.filler().fill(text)
    }

    /// The value of a fact as people read it: labelled, masked, harmless; none where unknown.
    #[must_use]
    pub fn value(&self, fact: FactKey) -> Option<String> {
        self.filler().value(fact)
    }

    /// Any value of a fact as people read it.
    #[must_use]
    pub fn show(&self, fact: FactKey, value: &FactValue) -> String {
        self.filler().show(fact, value)
    }

    /// A value as it may be shown: a private text masked, and private numbers in free text, unless
    /// they are to be revealed; a pasted page cut where nobody reads on.
    #[must_use]
    pub fn masked<'t>(&self, fact: FactKey, text: &'t str) -> Cow<'t, str> {
        self.filler().masked(fact, text)
    }

    /// Title of a finding's cause.
    #[must_use]
    pub fn title(&self, finding: &Finding) -> &'v str {
        self.title_of(finding.cause)
    }

    /// Title of the cause at a position.
    #[must_use]
    pub fn title_of(&self, cause: usize) -> &'v str {
        self.say(&self.rules.causes[cause].source.title)
    }

    /// The verdict of a finding in words.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> &'v str {
        self.word(match verdict {
            Verdict::Confirmed => "verdict.confirmed",
            Verdict::Likely => "verdict.likely",
            Verdict::Possible => "verdict.possible",
            Verdict::Unlikely => "verdict.unlikely",
            Verdict::Excluded => "verdict.excluded",
        })
    }

    /// A probability as a whole percentage; never 0 or 100, which would claim certainty.
    #[must_use]
    pub fn percent(probability: f64) -> String {
        let percent = (probability * 100.0).round().clamp(1.0, 99.0);
        format!("{percent}%")
    }

    /// Whether paying again is safe, in a few words.
    #[must_use]
    pub fn pay_again(&self) -> &'v str {
        use crate::diagnose::CaseVerdict;
        match (self.diagnosis.verdict, self.diagnosis.pay_again.state) {
            (CaseVerdict::Healthy, _) => self.word("pay.done"),
            (_, PayState::Blocked) if self.diagnosis.pay_again.is_for_good(self.rules) => {
                self.word("pay.never")
            }
            (_, PayState::Blocked) => self.word("pay.blocked"),
            (CaseVerdict::Undetermined, PayState::Allowed) => self.word("pay.allowed_later"),
            (_, PayState::Allowed) => self.word("pay.allowed"),
        }
    }

    /// Why paying again is safe or not; rules without gates of their own get the general reason.
    #[must_use]
    pub fn pay_reason(&self) -> String {
        let reason = self.fill(self.diagnosis.pay_again.reason(self.rules));
        if reason.is_empty() {
            return self.word("pay.unknown").to_owned();
        }
        reason
    }

    /// Whether and when trying again helps, for a likely cause; while paying again is blocked, that
    /// comes after the block.
    #[must_use]
    pub fn retry(&self, finding: &Finding) -> String {
        let source = &self.rules.causes[finding.cause].source;
        let advice = format!(
            "{}{}{}",
            self.advice(source.advice),
            self.word("colon"),
            self.say(&source.retry)
        );
        match self.diagnosis.pay_again.state {
            PayState::Blocked if source.advice != Advice::Never => {
                format!("{}{advice}", self.word("retry.first_settle"))
            }
            _ => advice,
        }
    }

    /// What happened and why, for whom the report is.
    #[must_use]
    pub fn summary(&self, finding: &Finding) -> &'v str {
        let [user, agent, merchant] = &self.rules.causes[finding.cause].source.summary;
        self.say(match self.audience {
            Audience::User => user,
            Audience::Agent => agent,
            Audience::Merchant => merchant,
        })
    }

    /// What a piece of evidence says.
    #[must_use]
    pub fn evidence(&self, evidence: &Weighed) -> String {
        let signal = match evidence.ground {
            Ground::Wording(cause) => return self.wording(cause, evidence.state),
            Ground::Signal(signal) => self.rules.signal(signal),
        };
        self.fill(if evidence.state {
            &signal.yes
        } else {
            &signal.no
        })
    }

    /// What the words of the case say to a cause, with the words that told it.
    fn wording(&self, cause: usize, speaks_for: bool) -> String {
        if !speaks_for {
            return self.word("wording.against").to_owned();
        }
        let words = self.telling(self.rules.causes[cause].id());
        if words.is_empty() {
            return self.word("wording.for").to_owned();
        }
        let quoted: Vec<String> = words
            .iter()
            .map(|word| self.word("quoted").replace("{1}", word))
            .collect();
        self.word("wording.for_with")
            .replace("{1}", &quoted.join(self.word("list.comma")))
    }

    /// The words of the case that spoke most for a class, as they were typed.
    fn telling(&self, class: &str) -> Vec<String> {
        let mut words = Vec::new();
        for key in PROSE.iter().filter_map(|key| self.rules.catalog.find(key)) {
            let Some(FactValue::Text(text)) = self.facts.get(key) else {
                continue;
            };
            let reading = Reading::new(text, self.rules.phrases());
            for told in reading.telling(self.rules, class, TELLING - words.len().min(TELLING)) {
                let typed = &text[reading.normal.original(&told.bytes)];
                words.push(harmless(&self.masked(key, typed)));
            }
        }
        words
    }

    /// The given facts that a piece of evidence was read from.
    #[must_use]
    pub fn facts_of(&self, evidence: &Weighed) -> Vec<FactKey> {
        let mut keys: Vec<FactKey> = Vec::new();
        let mut add = |key: FactKey| {
            if self.facts.get(key).is_some() && !keys.contains(&key) {
                keys.push(key);
            }
        };
        let Ground::Signal(signal) = evidence.ground else {
            PROSE
                .iter()
                .filter_map(|key| self.rules.catalog.find(key))
                .for_each(add);
            return keys;
        };
        for key in self.rules.signal(signal).program.facts() {
            let spec = self.rules.catalog.spec(*key);
            if !spec.derived {
                add(*key);
                continue;
            }
            let from = spec
                .from
                .iter()
                .filter_map(|key| self.rules.catalog.find(key));
            from.for_each(&mut add);
        }
        keys
    }

    /// The label of a fact.
    #[must_use]
    pub fn label(&self, fact: FactKey) -> &'v str {
        self.say(&self.rules.catalog.spec(fact).meaning)
    }

    /// A question as it is asked.
    #[must_use]
    pub fn question(&self, question: &Question) -> &'v str {
        let spec = self.rules.catalog.spec(question.fact);
        spec.question
            .as_ref()
            .map_or_else(|| self.label(question.fact), |text| self.say(text))
    }

    /// Why a question is asked.
    #[must_use]
    pub fn why(&self, question: &Question) -> String {
        let titles: Vec<&str> = question
            .about
            .iter()
            .map(|cause| self.title_of(*cause))
            .collect();
        let about = match titles.as_slice() {
            [first, second] => self
                .word("ask.about_two")
                .replace("{1}", first)
                .replace("{2}", second),
            [only] => self.word("ask.about_one").replace("{1}", only),
            _ => String::new(),
        };
        if !question.money {
            return about;
        }
        if about.is_empty() {
            return self.word("ask.about_money").to_owned();
        }
        format!("{about}{}", self.word("ask.and_money"))
    }

    /// Advice on trying again, in words.
    #[must_use]
    pub fn advice(&self, advice: Advice) -> &'v str {
        self.word(match advice {
            Advice::Now => "retry.now",
            Advice::Later => "retry.later",
            Advice::AfterChange => "retry.after-change",
            Advice::Never => "retry.never",
        })
    }

    /// Who acts, in words.
    #[must_use]
    pub fn who(&self, who: crate::rules::Actor) -> &'v str {
        let key = format!("who.{}", who.word());
        self.rules
            .words
            .get(&key)
            .map_or(who.word(), |text| self.say(text))
    }

    /// A cause with its verdict and probability, as one phrase.
    #[must_use]
    pub fn named(&self, finding: &Finding) -> String {
        self.word("named")
            .replace("{1}", self.title(finding))
            .replace("{2}", self.verdict(finding.verdict))
            .replace("{3}", &Self::percent(finding.probability))
    }

    /// Evidence that counts and weighs something, for (positive bits) or against.
    pub fn counted<'f>(
        &self,
        finding: &'f Finding,
        speaks_for: bool,
    ) -> impl Iterator<Item = &'f Weighed> {
        finding
            .evidence
            .iter()
            .filter(move |item| item.counts && item.bits.abs() >= WEIGHTLESS)
            .filter(move |item| (item.bits > 0.0) == speaks_for)
    }
}

/// Puts facts into words: labelled, masked, harmless.
#[derive(Debug, Clone, Copy)]
pub struct Filler<'v> {
    /// The facts.
    pub facts: &'v Facts,
    /// The rules that made the diagnosis.
    pub rules: &'v RuleSet,
    /// The language.
    pub locale: Locale,
    /// Whether private data is shown as it is.
    pub reveal: bool,
}

impl<'v> Filler<'v> {
    /// A text with every `{fact.key}` replaced by the fact's value.
    #[must_use]
    pub fn fill(&self, text: &Text) -> String {
        let mut filled = String::new();
        let mut rest = text.get(self.locale);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((key, tail)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            if let Some(fact) = self.rules.catalog.find(key) {
                filled.push_str(&self.value(fact).unwrap_or_default());
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" ”", "”")
    }

    /// The value of a fact as people read it: labelled, masked, harmless; none where unknown.
    #[must_use]
    pub fn value(&self, fact: FactKey) -> Option<String> {
        let value = self.facts.get(fact)?;
        Some(self.show(fact, value))
    }

    /// Any value of a fact as people read it.
    #[must_use]
    pub fn show(&self, fact: FactKey, value: &FactValue) -> String {
        let spec = self.rules.catalog.spec(fact);
        match value {
            FactValue::Bool(true) => self.word("yes").to_owned(),
            FactValue::Bool(false) => self.word("no").to_owned(),
            FactValue::List(items) => {
                let shown: Vec<String> = items.iter().map(|item| self.list_item(item)).collect();
                shown.join(self.word("list.comma"))
            }
            FactValue::Text(text) if spec.kind == FactType::Enum => {
                let label = spec.values.iter().find(|known| *known.value == **text);
                label.map_or(text.to_string(), |known| self.say_owned(&known.label))
            }
            FactValue::Int(minutes) if spec.unit.as_deref() == Some("min") => {
                self.duration(*minutes)
            }
            other => harmless(&self.masked(fact, &other.to_string())),
        }
    }

    /// Minutes as people say them: up to two hours in minutes, up to two days in hours, else days.
    fn duration(&self, minutes: i64) -> String {
        let (key, count) = match minutes {
            ..120 => ("duration.minutes", minutes),
            120..2_880 => ("duration.hours", minutes / 60),
            _ => ("duration.days", minutes / 1_440),
        };
        self.word(key).replace("{1}", &count.to_string())
    }

    fn say_owned(&self, text: &Text) -> String {
        text.get(self.locale).to_owned()
    }

    /// An item of a derived list: a cause by its title, a difference by its name.
    fn list_item(&self, item: &str) -> String {
        if let Some(cause) = self.rules.cause(item) {
            return self.say_owned(&cause.source.title);
        }
        if let Some(fact) = self.rules.catalog.find(item) {
            return self.label(fact).to_owned();
        }
        let key = format!("differs.{item}");
        self.rules
            .words
            .get(&key)
            .map_or_else(|| harmless(item), |text| self.say_owned(text))
    }

    /// A value as it may be shown: a private text masked, and private numbers in free text, unless
    /// they are to be revealed; a pasted page cut where nobody reads on.
    #[must_use]
    pub fn masked<'t>(&self, fact: FactKey, text: &'t str) -> Cow<'t, str> {
        let spec = self.rules.catalog.spec(fact);
        let text = beginning(text);
        match (self.reveal, spec.masked, spec.prose) {
            (true, ..) | (false, false, false) => text,
            (false, true, _) => Cow::Owned(mask(&text)),
            (false, false, true) => Cow::Owned(mask_within(&text)),
        }
    }

    fn word(&self, key: &'v str) -> &'v str {
        word(self.rules, self.locale, key)
    }

    fn label(&self, fact: FactKey) -> &'v str {
        self.rules.catalog.spec(fact).meaning.get(self.locale)
    }
}

/// At most this many words are quoted for a cause.
const TELLING: usize = 3;

/// The longest value that is shown, in characters.
const LONGEST_VALUE: usize = 500;

/// The beginning of a text, marked where it was cut.
fn beginning(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A word of `words.toml`, else its key.
#[must_use]
pub(crate) fn word<'r>(rules: &'r RuleSet, locale: Locale, key: &'r str) -> &'r str {
    rules.words.get(key).map_or(key, |text| text.get(locale))
}
