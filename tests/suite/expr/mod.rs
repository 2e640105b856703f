//! The condition language: what it means, its laws, and what it must survive.

mod conformance;
mod hostile;
mod laws;
mod mistakes;
mod oracle;
mod programs;
mod support;
mod unknowns;
