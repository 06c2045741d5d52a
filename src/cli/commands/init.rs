//! `init`: checks that everything that a directory needs is there.

use std::collections::BTreeSet;

use model::{Diagnostics, ProviderAddr, err};
use provider::Registry;

use crate::app::{App, View};
use crate::args::{InitArgs, VarArgs};
use crate::commands::run::has_configuration;
use crate::project::{Project, choose_place, environments, load};
use crate::render::{messages, text::Ink};

/// Runs the command; the exit status.
pub async fn run(app: &App, args: InitArgs) -> u8 {
    let view = View::new(app, args.json);
    let names = environments();
    let places = match (&app.env, &names[..]) {
        (None, [_, _, ..]) => names.iter().map(|n| crate::project::Place::Environment(n.clone())).collect(),
        _ => match choose_place(app.env.as_deref()) {
            Ok(place) => vec![place],
            Err(diag) => {
                view.tell_one(diag);
                return 1;
            }
        },
    };
    let mut empty = true;
    for place in &places {
        let mut project = load(&app.equipment, place, &VarArgs(args.vars.0.clone()));
        let mut diags = std::mem::take(&mut project.diags);
        empty &= !has_configuration(&project);
        if !diags.has_errors() {
            diags.extend(check_requirements(&project, &app.equipment.registry));
            diags.extend(::plan::check_types(&project.config, &app.equipment.registry));
            diags.extend(project.store(place, None).err().unwrap_or_default());
        }
        let failed = diags.has_errors();
        view.tell(&diags, &project.sources.borrow());
        if failed {
            return 1;
        }
        view.print(&providers_text(&project, &app.equipment.registry));
    }
    if let Some(stream) = &view.stream {
        stream.say(&messages::change_summary("init", &Default::default()));
        return 0;
    }
    if empty {
        view.print("Initialized in an empty directory: there is no configuration yet.\n");
        return 0;
    }
    let good = view.out.paint(Ink::Green, "Ready.");
    view.print(&format!(
        "\n{good} Nothing was created and nothing needs to be downloaded. Next: stackwright plan\n"
    ));
    0
}

fn providers_text(project: &Project, registry: &Registry) -> String {
    let mut lines = String::new();
    for addr in needed_providers(project) {
        if let Some(provider) = registry.get(&addr) {
            lines.push_str(&format!(
                "- {} (built in, as version {})\n",
                provider.addr().display_short(),
                provider.mirrored_version()
            ));
        }
    }
    lines
}

fn needed_providers(project: &Project) -> BTreeSet<ProviderAddr> {
    let mut needed = BTreeSet::new();
    for module in project.config.modules.values() {
        for resource in module.resources.values() {
            needed.insert(module.provider_addr(&module.provider_key(resource).name));
        }
    }
    needed
}

/// The versions that the configuration requires: of this program and of the providers that are built in.
pub fn check_requirements(project: &Project, registry: &Registry) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for module in project.config.modules.values() {
        for (constraint, span) in &module.required_versions {
            match satisfies(crate::TERRAFORM_VERSION, constraint) {
                Some(true) => {}
                Some(false) => diags.push(err!(
                    *span,
                    "Unsupported Terraform Core version",
                    "This configuration requires version {constraint:?}, and this program behaves as version {}. Change the \
                     constraint, or use a program of that version.",
                    crate::TERRAFORM_VERSION
                )),
                None => diags.push(err!(
                    *span,
                    "Invalid version constraint",
                    "{constraint:?} is not a version constraint such as \">= 1.5, < 2.0\"."
                )),
            }
        }
        for (name, required) in &module.required_providers {
            let (Some(provider), Some(constraint)) = (registry.get(&required.addr), &required.version) else {
                continue;
            };
            let mirrored = provider.mirrored_version();
            match satisfies(mirrored, constraint) {
                Some(true) => {}
                Some(false) => diags.push(err!(
                    required.span,
                    "Unsupported provider version",
                    "The configuration requires {name} {constraint:?}, and the one that is built in mirrors {} {mirrored}.",
                    required.addr
                )),
                None => diags.push(err!(
                    required.span,
                    "Invalid version constraint",
                    "{constraint:?} is not a version constraint such as \">= 1.5, < 2.0\"."
                )),
            }
        }
    }
    diags
}

/// Whether a version meets a constraint such as `>= 1.2, < 2.0` or `~> 1.4`; nothing where the constraint is none.
pub fn satisfies(version: &str, constraint: &str) -> Option<bool> {
    let have = numbers(version)?;
    let mut all = true;
    for part in constraint.split(',') {
        let part = part.trim();
        let split = part.find(|c: char| c.is_ascii_digit() || c == 'v')?;
        let (operator, want) = part.split_at(split);
        let want_text = want.trim();
        let want = numbers(want_text)?;
        let order = padded(&have).cmp(&padded(&want));
        all &= match operator.trim() {
            "" | "=" => order.is_eq(),
            "!=" => order.is_ne(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            "~>" => {
                let fixed = want.len().saturating_sub(1).max(1);
                order.is_ge() && padded(&have)[..fixed] == padded(&want)[..fixed]
            }
            _ => return None,
        };
    }
    Some(all)
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    core.split('.').map(|n| n.trim().parse().ok()).collect()
}

fn padded(numbers: &[u64]) -> [u64; 3] {
    [0, 1, 2].map(|i| numbers.get(i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::satisfies;

    #[test]
    fn constraints_compare_as_people_expect() {
        let cases = [
            ("1.11.4", ">= 1.5", true),
            ("1.11.4", ">= 1.5, < 1.11.0", false),
            ("1.11.4", "~> 1.9", true),
            ("1.11.4", "~> 1.11.0", true),
            ("1.11.4", "~> 1.10.0", false),
            ("2.5.3", "2.5.3", true),
            ("2.5.3", "!= 2.5.3", false),
        ];
        for (version, constraint, expected) in cases {
            assert_eq!(satisfies(version, constraint), Some(expected), "{version} {constraint}");
        }
        assert_eq!(satisfies("1.0.0", "newest"), None);
    }
}
