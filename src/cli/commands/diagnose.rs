//! `diagnose`: one failed recharge in, ranked causes and safe next steps out.

use anyhow::Context as _;

use crate::cli::args::{Common, Diagnose, Reader, ReportFormat};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::network::{self, Network};
use crate::cli::settings::Settings;
use crate::diagnose::{CaseVerdict, diagnose};
use crate::intake::Case;
use crate::probe::{Observation, Run};
use crate::report::{
    Audience, ProbeView, View, probe_json, to_json, write_json, write_json_value, write_ladders,
    write_markdown, write_terminal,
};
use crate::rules::{Findings, Profile, RuleSet};

pub(super) fn run(
    common: &Common,
    args: &Diagnose,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let mut case = load::given(&args.input, rules)?;
    let visit = if args.probe {
        visit(common, args, settings, (rules, &profile), &mut case)?
    } else {
        None
    };
    load::complete(&mut case, settings, rules, &profile);
    let diagnosis = diagnose(&case.facts, rules, &profile);
    let name = case.name(&rules.catalog);
    let view = View {
        case: &name,
        facts: &case.facts,
        rules,
        profile: &profile,
        diagnosis: &diagnosis,
        locale: settings.locale,
        reveal: common.reveal,
        audience: match args.reader {
            Reader::User => Audience::User,
            Reader::Agent => Audience::Agent,
            Reader::Merchant => Audience::Merchant,
        },
    };
    let probe = visit.as_ref().map(|visit| ProbeView {
        run: &visit.run,
        facts: &visit.facts,
        findings: &visit.findings,
        view,
        at: settings.now,
    });
    match (args.format, &probe) {
        (ReportFormat::Text, probe) => {
            if let Some(probe) = probe {
                write_ladders(probe, settings.width, out)?;
                out.push(b'\n');
            }
            write_terminal(&view, settings.width, out)?;
        }
        (ReportFormat::Json, Some(probe)) => {
            let mut report = to_json(&view);
            report["probe"] = probe_json(probe);
            write_json_value(&report, out)?;
        }
        (ReportFormat::Json, None) => write_json(&view, out)?,
        (ReportFormat::Markdown, _) => write_markdown(&view, out)?,
    }
    Ok(match diagnosis.verdict {
        CaseVerdict::Undetermined => Exit::Look,
        CaseVerdict::Identified | CaseVerdict::Healthy => Exit::Clear,
    })
}

/// What a visit to the site gave.
struct Visit {
    run: Run,
    facts: Vec<Observation>,
    findings: Findings,
}

/// Checks the site of a case over the network and adds what was seen to its facts; nothing where
/// no site is known.
fn visit(
    common: &Common,
    args: &Diagnose,
    settings: &Settings,
    (rules, profile): (&RuleSet, &Profile),
    case: &mut Case,
) -> anyhow::Result<Option<Visit>> {
    let network = Network::new(&args.network, settings, rules, profile)?;
    let findings = network::findings(&load::rule_files(common)?)?;
    let Some(site) = network.site_of(case) else {
        return Ok(None);
    };
    let run = network
        .run(vec![site])
        .context("while checking the site over the network")?;
    let mut facts = run.facts();
    // An agent's own line and device are not those of the user.
    if args.reader != Reader::User {
        facts.retain(Observation::is_of_site);
    }
    network::add(&mut case.facts, &facts, &rules.catalog);
    Ok(Some(Visit {
        run,
        facts,
        findings,
    }))
}
