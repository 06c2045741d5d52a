//! `functions`

use lang::functions::{Function, all, signature_json};
use plan::ProviderFunctions;

use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::FunctionsArgs;
use crate::render::text::Ink;

/// Runs the command; the exit status.
pub fn run(app: &App, args: FunctionsArgs) -> u8 {
    let offered = ProviderFunctions::of(&app.equipment.registry);
    over_standard_streams(app, |t| Ok(list(&args, &offered, t)))
}

/// Lists the functions: by family for people; for editors as signatures, those of providers left out, which are in the
/// providers' schemas.
pub(super) fn list(args: &FunctionsArgs, offered: &ProviderFunctions, terminal: &mut Terminal) -> u8 {
    if args.json {
        terminal.say(&(signature_json() + "\n"));
        return 0;
    }
    let mut functions: Vec<&Function> = all().iter().filter(|f| !f.hidden).chain(offered.all()).collect();
    functions.sort_by_key(|f| (f.family, &f.name));
    let mut out = String::new();
    for family in functions.chunk_by(|a, b| a.family == b.family) {
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}{}\n", terminal.screen.paint(Ink::Bold, family[0].family)));
        out.extend(family.iter().map(|f| format!("  {}\n", signature(f))));
    }
    terminal.say(&out);
    0
}

/// `join(separator, lists...) string`
pub(super) fn signature(function: &Function) -> String {
    let mut params: Vec<String> = function.params.iter().map(|p| p.name.to_string()).collect();
    params.extend(function.variadic.iter().map(|p| format!("{}...", p.name)));
    format!("{}({}) {}", function.name, params.join(", "), function.documented)
}
