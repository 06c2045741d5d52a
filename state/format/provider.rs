//! Provider configurations as state files name them.

use std::fmt::Write;

/// The modern form of a provider configuration's name. Before 0.13 it had no source address: `provider.aws.eu` in
/// the module `module.a` was written `module.a.provider.aws.eu`.
pub(super) fn modern(name: &str) -> Option<String> {
    let (module, config) = match name.strip_prefix("provider.") {
        Some(config) => ("", config),
        None => {
            let at = name.find(".provider.")?;
            (&name[..at + 1], &name[at + ".provider.".len()..])
        }
    };
    let (ty, alias) = config.split_once('.').map_or((config, None), |(ty, alias)| (ty, Some(alias)));
    if ty.is_empty() || module.contains('"') {
        return None;
    }
    let mut text = match ty {
        "terraform" => format!("{module}provider[\"terraform.io/builtin/terraform\"]"),
        _ => format!("{module}provider[\"registry.terraform.io/-/{ty}\"]"),
    };
    if let Some(alias) = alias {
        let _ = write!(text, ".{alias}");
    }
    Some(text)
}
