//! The `recharge-doctor` program.
fn main() {}
