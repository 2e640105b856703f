//! `probe`: hosts in, a ladder of stages for each out, and what it means for a recharge.

use crate::cli::args::{Common, Format, Probe};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::network::{self, Network};
use crate::cli::settings::Settings;
use crate::diagnose::diagnose;
use crate::intake::Case;
use crate::report::{Audience, ProbeView, View, write_probe, write_probe_json};

pub(super) fn run(
    common: &Common,
    args: &Probe,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let files = load::rule_files(common)?;
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let findings = network::findings(&files)?;
    let network = Network::new(&args.network, settings, rules, &profile)?;
    let targets = network.targets(&args.hosts)?;
    let run = network.run(targets)?;
    let facts = run.facts();
    let mut case = Case::new(&rules.catalog);
    network::add(&mut case.facts, &facts, &rules.catalog);
    load::complete(&mut case, settings, rules, &profile);
    let diagnosis = diagnose(&case.facts, rules, &profile);
    let name = case.name(&rules.catalog);
    let view = ProbeView {
        run: &run,
        facts: &facts,
        findings: &findings,
        view: View {
            case: &name,
            facts: &case.facts,
            rules,
            profile: &profile,
            diagnosis: &diagnosis,
            locale: settings.locale,
            reveal: common.reveal,
            audience: Audience::User,
        },
        at: settings.now,
    };
    match args.format {
        Format::Text => write_probe(&view, settings.width, out)?,
        Format::Json => write_probe_json(&view, out)?,
    }
    let trouble = run.hosts.iter().any(|host| host.trouble().is_some());
    Ok(if trouble { Exit::Look } else { Exit::Clear })
}
