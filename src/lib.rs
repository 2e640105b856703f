//! Why a recharge failed, how sure that is, what to do next, and whether paying again is safe.
//!
//! Data flows one way; no room imports a later one (`tests/suite/layering.rs` checks it):
//!
//! | room | takes → gives |
//! |---|---|
//! | [`text`] | texts for people, zh and en |
//! | [`document`] | TOML with places → typed reads, or every mistake |
//! | [`facts`] | the fact catalogue → typed facts: value and source, or unknown and why |
//! | [`rules`] | rule files → a checked, compiled rule set, or every mistake |
//! | [`reading`] | free text → clauses, statements, values and what its words speak for, with places |
//! | [`site`] | a web address × profile → official, insecure, look-alike or unknown, with reasons |
//! | [`mod@derive`] | facts → facts: words, codes, clock, profile, comparisons; one pass, no IO |
//! | [`diagnose`] | facts × rules → a diagnosis; pure |
//! | [`intake`] | outside data → cases, and rows of exported logs with their layout |
//! | [`probe`] | hosts → observations of the network; the only sockets |
//! | [`batch`] | exported logs → diagnosed rows in input order, windows over neighbours, tallies |
//! | [`trial`] | rules × their own examples → what holds, and how much that proves |
//! | [`learn`] | labelled tickets → how good diagnoses are, new counts, a new model of words |
//! | [`report`] | a diagnosis → terminal, JSON, Markdown, pages |
//! | [`cli`] | arguments, environment, terminal, clock → settings, once |
//!
//! Invariants: unknown is never false; money is integer fen; times carry a zone; once rules are
//! loaded nothing can fail; the same input and rules give the same bytes; what is private leaves
//! masked, and what is shown is harmless to where it is shown.

pub mod batch;
#[doc(hidden)]
pub mod cli;
pub mod derive;
pub mod diagnose;
pub mod document;
pub mod facts;
pub mod intake;
pub mod learn;
pub mod probe;
pub mod reading;
pub mod report;
pub mod rules;
pub mod site;
pub mod text;
pub mod trial;
