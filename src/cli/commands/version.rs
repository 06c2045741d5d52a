//! `version`

use serde_json::json;

use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::VersionArgs;
use crate::{TERRAFORM_VERSION, VERSION};

/// Runs the command; the exit status.
pub fn run(app: &App, args: VersionArgs) -> u8 {
    over_standard_streams(app, |t| Ok(version(&args, t)))
}

/// Says which version this is, and with which version of Terraform it keeps company.
pub(super) fn version(args: &VersionArgs, terminal: &mut Terminal) -> u8 {
    let platform = format!("{}_{}", os(), arch());
    if args.json {
        let document = json!({
            "version": VERSION,
            "terraform_version": TERRAFORM_VERSION,
            "platform": platform,
            "provider_selections": {},
            "terraform_outdated": false,
        });
        terminal.say(&format!("{document:#}\n"));
    } else {
        let beside = TERRAFORM_VERSION;
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
