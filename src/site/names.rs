//! A host as labels, folded for comparison: the one that was registered, and those below it.

use std::borrow::Cow;

use unicode_security::{RestrictionLevel, RestrictionLevelDetection};

use super::compare::{Part, Place};
use super::fold::latin;
use super::words::{Words, is_lure};

/// Labels below the registered one are compared as far as this: nobody reads more.
const BELOW: usize = 16;

/// How the addresses of nearly all Chinese shops and payment providers end.
const USUAL: [&str; 3] = [".com", ".cn", ".net"];

/// Endings that cost little and are common among imitations of Chinese sites.
const CHEAP: [&str; 18] = [
    ".top", ".vip", ".xyz", ".cc", ".cn", ".shop", ".club", ".site", ".online", ".icu", ".fun",
    ".wang", ".ltd", ".store", ".ink", ".work", ".pw", ".asia",
];

/// Signs that look like the slash after a host; in Japanese and Chinese names two more are usual.
const SLASHES: [char; 5] = ['∕', '⁄', '⧸', '╱', '⟋'];

/// One label.
#[derive(Debug)]
pub(super) struct Label<'h> {
    /// Folded to ASCII as far as it looks like ASCII.
    pub(super) folded: Cow<'h, str>,
    /// As people read it, where it is an international one.
    pub(super) shown: Option<String>,
}

/// A host.
#[derive(Debug)]
pub(super) struct Name<'h> {
    /// Those below the registered label, the nearest last, without `www`.
    pub(super) below: Vec<Label<'h>>,
    /// The registered one; none where the host is an ending under which anybody can register.
    pub(super) own: Option<Label<'h>>,
    /// The registered domain.
    pub(super) registered: &'h str,
    /// The whole host, folded.
    pub(super) folded: Cow<'h, str>,
    /// As people read it, where it is an international one.
    pub(super) shown: Option<String>,
}

impl<'h> Name<'h> {
    pub(super) fn new(host: &'h str) -> Self {
        let shown = host.contains("xn--").then(|| {
            let (shown, _) = idna::domain_to_unicode(host);
            shown
        });
        let folded = match &shown {
            Some(shown) => Cow::Owned(folded(shown)),
            None => Cow::Borrowed(host),
        };
        let registered = psl::domain(host.as_bytes()).map(|domain| domain.as_bytes().len());
        let start = registered.map_or(host.len(), |len| host.len() - len);
        let own = host[start..]
            .split('.')
            .next()
            .filter(|own| !own.is_empty());
        let below = host[..start].trim_end_matches('.');
        let labels = below
            .split('.')
            .filter(|label| !label.is_empty() && *label != "www");
        let mut below: Vec<Label<'h>> = labels.rev().take(BELOW).map(Label::new).collect();
        below.reverse();
        Self {
            below,
            own: own.map(Label::new),
            registered: &host[start..],
            folded,
            shown,
        }
    }

    /// What of the host is compared with names.
    pub(super) fn parts(&self, words: &Words) -> Vec<Part> {
        let mut parts = Vec::with_capacity(4);
        if let Some(own) = &self.own {
            own.parts([Place::Name, Place::Joined, Place::Word], words, &mut parts);
            let joined = parts
                .first()
                .map(|part| part.text.clone())
                .unwrap_or_default();
            let stripped = words.stripped(&joined);
            if stripped.len() < joined.len() && stripped.len() >= 5 {
                let foreign = own.shown.is_some();
                parts.push(Part::new(
                    stripped.to_owned(),
                    foreign,
                    Place::Stripped,
                    true,
                ));
            }
        }
        let [usual, cheap] = [&USUAL[..], &CHEAP].map(|endings| {
            let mut endings = endings.iter();
            endings.any(|ending| self.folded.ends_with(ending))
        });
        for part in &mut parts {
            (part.usual, part.cheap) = (usual, cheap);
        }
        let places = [Place::Below, Place::Below, Place::BelowWord];
        for label in &self.below {
            label.parts(places, words, &mut parts);
        }
        parts
    }

    /// The labels, the registered one last.
    pub(super) fn labels(&self) -> impl Iterator<Item = &Label<'h>> {
        self.below.iter().chain(&self.own)
    }

    /// The host's name without dots and hyphens, as far as it can be chosen freely.
    pub(super) fn joined(&self) -> String {
        let labels = self.labels().flat_map(|label| label.folded.chars());
        labels.filter(|c| !is_gap(*c)).collect()
    }

    /// Whether a word asks for secrets.
    pub(super) fn lures(&self) -> bool {
        self.labels()
            .flat_map(|label| label.folded.split(is_gap))
            .any(is_lure)
    }

    /// Whether a sign that passes for a slash stands in it.
    pub(super) fn has_slash(&self) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|shown| shown.contains(SLASHES))
    }

    /// Whether a label mixes alphabets that no language mixes.
    pub(super) fn is_mixed(&self) -> bool {
        let mut shown = self.labels().filter_map(|label| label.shown.as_deref());
        // UTS 39: one script, or Latin with those of Chinese, Japanese and Korean. Signs such as
        // emoji belong to no language.
        shown.any(|label| {
            let letters: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
            letters.as_str().detect_restriction_level() > RestrictionLevel::HighlyRestrictive
        })
    }
}

impl<'h> Label<'h> {
    fn new(label: &'h str) -> Self {
        if !label.starts_with("xn--") {
            return Self {
                folded: Cow::Borrowed(label),
                shown: None,
            };
        }
        let (shown, _) = idna::domain_to_unicode(label);
        Self {
            folded: Cow::Owned(folded(&shown)),
            shown: Some(shown),
        }
    }

    /// The label whole, or without its hyphens and by its words.
    fn parts(&self, places: [Place; 3], words: &Words, parts: &mut Vec<Part>) {
        let [whole, joined, word] = places;
        let foreign = self.shown.is_some();
        if !self.folded.contains(is_gap) {
            parts.push(Part::new(self.folded.to_string(), foreign, whole, true));
            return;
        }
        let all: Vec<&str> = self
            .folded
            .split(is_gap)
            .filter(|w| !w.is_empty())
            .collect();
        let place = if all.len() > 1 { joined } else { whole };
        parts.push(Part::new(all.concat(), foreign, place, true));
        let specific = all.iter().filter(|word| !words.make(word)).count();
        for one in all.iter().filter(|_| all.len() > 1) {
            let others = specific - usize::from(!words.make(one));
            parts.push(Part::new((*one).to_owned(), foreign, word, others == 0));
        }
    }
}

fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    latin(name, &mut out);
    out
}

/// What separates the words of a label.
pub(super) fn is_gap(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '/')
}
