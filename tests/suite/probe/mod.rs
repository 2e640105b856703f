//! The network probe against real servers: one fault each, and the facts that it must become.

mod cases;
mod clock;
mod dns;
mod findings;
mod http;
mod limits;
mod netns;
mod rig;
mod run;
mod safety;
mod tcp;
mod tls;

/// Serves what `RECHARGE_DOCTOR_RIG` says and never returns: scripts in network namespaces run
/// this very binary again to get their servers. Without the variable there is nothing to do.
#[test]
fn rig_server() {
    if let Ok(plan) = std::env::var(rig::serve::PLAN) {
        rig::serve::forever(&plan);
    }
}
