//! Mermaid, which code hosts and documentation pages draw by themselves.

use super::{Drawing, Kind, Node};

/// Renders a graph as a Mermaid flowchart.
pub fn mermaid(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart RL\n");
    let numbered: Vec<(usize, &Node)> = drawing.nodes.iter().enumerate().collect();
    for (index, members) in numbered.chunk_by(|a, b| a.1.module == b.1.module).enumerate() {
        let module = &members[0].1.module;
        if module.is_empty() {
            members.iter().for_each(|(id, node)| out.push_str(&line("  ", *id, node)));
            continue;
        }
        out.push_str(&format!("  subgraph m{index}[\"{}\"]\n", escaped(module)));
        members.iter().for_each(|(id, node)| out.push_str(&line("    ", *id, node)));
        out.push_str("  end\n");
    }
    for edge @ (from, to) in &drawing.edges {
        let arrow = if drawing.circular.contains(edge) { "==>" } else { "-->" };
        out.push_str(&format!("  n{from} {arrow} n{to}\n"));
    }
    out
}

fn line(indent: &str, id: usize, node: &Node) -> String {
    let (open, close) = match node.kind {
        Kind::Resource => ("[", "]"),
        Kind::Data => ("[/", "/]"),
        Kind::Provider => ("{{", "}}"),
        Kind::Variable => (">", "]"),
        Kind::Value => ("(", ")"),
        Kind::Root => ("((", "))"),
    };
    let action = node.action.map(|action| format!("<br/>{action}")).unwrap_or_default();
    format!("{indent}n{id}{open}\"{}{action}\"{close}\n", escaped(&node.label))
}

/// A label's text, in which nothing is taken for Mermaid or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' => out.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
