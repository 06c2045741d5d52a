//! `version`

use serde_json::json;

use super::Terminal;
use crate::args::VersionArgs;

/// This program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Says which version this is, and with which version of Terraform it keeps company.
pub fn run(args: &VersionArgs, terminal: &mut Terminal) -> u8 {
    let platform = format!("{}_{}", os(), arch());
    if args.json {
        let document = json!({
            "version": VERSION,
            "terraform_version": state::format::TERRAFORM_VERSION,
            "platform": platform,
            "provider_selections": {},
            "terraform_outdated": false,
        });
        terminal.say(&format!("{document:#}\n"));
    } else {
        let beside = state::format::TERRAFORM_VERSION;
        terminal
            .say(&format!("Stackwright v{VERSION}\non {platform}\nstate format of Terraform v{beside}\n"));
    }
    0
}

fn os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
