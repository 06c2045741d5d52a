//! Explanations: of rules, capabilities, component types and flavors.

use std::collections::BTreeSet;
use std::fmt::Write;

use model::SourceMap;
use provider::FlavorSource;

use crate::flavor::{Flavor, Location, RESERVED};
use crate::kinds::{CAPABILITIES, COMPONENT_TYPES, ComponentType, component_type};
use crate::library::Library;
use crate::rules::{RULES, Rule, rule};

/// Every topic that [`explain`] knows, in order.
pub fn explain_topics(flavors: &[&dyn FlavorSource]) -> Vec<String> {
    let mut topics: BTreeSet<String> = RULES.iter().map(|r| r.name.to_owned()).collect();
    topics.extend(["capabilities", "rules", "types"].map(str::to_owned));
    topics.extend(COMPONENT_TYPES.iter().map(|t| t.name.to_owned()));
    topics.extend(flavors.iter().flat_map(|s| s.list()).map(|(ty, flavor)| format!("{ty}/{flavor}")));
    topics.into_iter().collect()
}

/// The text about a topic: the name of a rule, `rules`, `capabilities`, `types`, a component type, or a flavor as
/// `TYPE/FLAVOR`.
pub fn explain(topic: &str, flavors: &[&dyn FlavorSource]) -> Option<String> {
    let mut texts = SourceMap::new();
    let library = Library::new(flavors, &mut texts);
    if let Some(rule) = rule(topic) {
        return Some(of_rule(rule));
    }
    match topic {
        "capabilities" => Some(of_capabilities(&library)),
        "rules" => Some(table(RULES.iter().map(|r| [r.name.into(), r.sentence.into()]))),
        "types" => Some(table(COMPONENT_TYPES.iter().map(|t| [t.name.into(), t.task.into()]))),
        _ => match topic.split_once('/') {
            Some((ty, flavor)) => library.get(ty, flavor).map(|f| of_flavor(&f)),
            None => component_type(topic).map(|ty| of_type(ty, &library)),
        },
    }
}

fn of_rule(rule: &Rule) -> String {
    format!("{}\n\n{}\n\n{}\n", rule.name, rule.sentence, wrapped(rule.explanation))
}

/// The table of capabilities: name, type of the value, meaning, who provides it.
fn of_capabilities(library: &Library<'_>) -> String {
    let flavors = library.all();
    let providers = |capability: &str| {
        let by = flavors.iter().filter(|f| f.provision(capability).is_some());
        let by: Vec<String> = by.map(|f| format!("{}/{}", f.component_type, f.name)).collect();
        if by.is_empty() { "-".to_owned() } else { by.join(", ") }
    };
    let listed = CAPABILITIES
        .iter()
        .map(|c| [c.name.to_owned(), c.meaning.to_owned(), c.ty.to_owned(), providers(c.name)]);
    let own: BTreeSet<&str> = flavors
        .iter()
        .flat_map(|f| f.provides.iter().map(|p| &*p.capability))
        .filter(|name| CAPABILITIES.iter().all(|c| c.name != *name))
        .collect();
    let own = own.into_iter().map(|name| [name.to_owned(), "-".into(), "-".into(), providers(name)]);
    let head = ["CAPABILITY", "MEANING", "TYPE OF ITS VALUE", "PROVIDED BY"].map(str::to_owned);
    table(std::iter::once(head).chain(listed).chain(own))
}

fn of_type(ty: &ComponentType, library: &Library<'_>) -> String {
    let mut text = format!("{}: {}.\n", ty.name, ty.task);
    text += match (ty.repeatable, ty.zenml) {
        (true, true) => "A stack may have several.\n",
        (true, false) => "Shared ground for other components; a stack may have several.\n",
        (false, _) => "A stack has at most one.\n",
    };
    let flavors: Vec<_> = library.names(ty.name).iter().filter_map(|f| library.get(ty.name, f)).collect();
    text += if flavors.is_empty() { "\nNo flavor of it is built in.\n" } else { "\nFlavors:\n" };
    text += &table(flavors.iter().map(|f| [format!("  {}", f.name), f.description.clone()]));
    text
}

fn of_flavor(flavor: &Flavor) -> String {
    let mut text = format!("{}/{}: {}\n", flavor.component_type, flavor.name, flavor.description);
    if flavor.location == Location::Local {
        text += "It is on the machine that uses it; others cannot reach it.\n";
    }
    for r in &flavor.requires {
        let _ = writeln!(text, "{} {}", if r.optional { "Can use" } else { "Requires" }, r.capability);
    }
    for p in &flavor.provides {
        let _ = writeln!(text, "Provides {}{}", p.capability, if p.on_demand { " on demand" } else { "" });
    }
    for o in &flavor.offers {
        let _ = writeln!(text, "Grants {}", o.level);
    }
    let bound = |name: &str| flavor.requires.iter().any(|r| &*r.variable == name);
    let shown =
        |name: &str| matches!(name, "size" | "on_destroy") || !RESERVED.contains(&name) && !bound(name);
    let arguments: Vec<[String; 3]> = flavor
        .variables
        .iter()
        .filter(|(name, _)| shown(name))
        .map(|(name, v)| {
            [
                format!("  {name}"),
                if v.required { "required" } else { "optional" }.into(),
                v.description.clone(),
            ]
        })
        .collect();
    if !arguments.is_empty() {
        text += &format!("\nArguments:\n{}", table(arguments));
    }
    if !flavor.outputs.is_empty() {
        text += "\nOutputs:\n";
        text += &flavor.outputs.keys().map(|o| format!("  {o}\n")).collect::<String>();
    }
    text
}

/// Rows with aligned columns.
fn table<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let width = |i: usize| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(c, w)| format!("{c:w$}")).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Text in lines of at most 80 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("invariant: there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 80 {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.join("\n")
}
