//! Why a recharge failed, how sure that is, what to do next, and whether paying again is safe.
//!
//! Data flows one way; no room imports a later one:
//!
//! ```text
//! intake → facts → derive → rules → diagnose → report → cli
//! ```
pub mod document;
pub mod facts;
pub mod rules;
pub mod text;
