//! The condition language: what it means, its laws, and what it must survive.

mod conformance;
mod hostile;
mod laws;
mod oracle;
mod programs;
mod support;
