//! The words of commands that use the network.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// How the network is checked.
#[derive(Debug, Args)]
pub struct NetworkFlags {
    /// Try 20 connections instead of 5: enough to give a rate of losses
    #[arg(long, help_heading = "Network")]
    pub thorough: bool,
    /// Follow up to N redirects, each through the same checks
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=10), help_heading = "Network")]
    pub follow: u8,
    /// Allow addresses that are not public: own test systems
    #[arg(long, help_heading = "Network")]
    pub allow_private: bool,
    /// Contact a site even if its address looks like an imitation
    #[arg(long, help_heading = "Network")]
    pub probe_anyway: bool,
    /// Ask this name server instead of the system; repeatable
    #[arg(long, value_name = "IP[:PORT]", help_heading = "Network")]
    pub dns: Vec<String>,
    /// Connect there instead of where the name leads; repeatable
    #[arg(long, value_name = "HOST:PORT:IP:PORT", help_heading = "Network")]
    pub connect_to: Vec<String>,
    /// Trust these root certificates (PEM) besides the public ones
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub cacert: Option<PathBuf>,
}

/// Arguments of `probe`.
#[derive(Debug, Args)]
pub struct Probe {
    /// Hosts or addresses of sites; path and query are left out
    #[arg(value_name = "HOST|URL", required = true)]
    pub hosts: Vec<String>,
    /// How.
    #[command(flatten)]
    pub network: NetworkFlags,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
}
