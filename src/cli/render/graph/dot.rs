//! The DOT language, in the shapes that Terraform's users know.

use super::{Drawing, Kind, Node};

/// Renders a graph for Graphviz and programs like it.
pub fn dot(drawing: &Drawing) -> String {
    if drawing.is_operation { operation(drawing) } else { resources(drawing) }
}

fn resources(drawing: &Drawing) -> String {
    let mut out =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    if drawing.nodes.is_empty() {
        out.push_str("  /* There are no resources in this configuration.          */\n");
        out.push_str("  /* With everything that is evaluated: graph -type=plan    */\n");
    }
    for members in drawing.nodes.chunk_by(|a, b| a.module == b.module) {
        module(&members[0].module, members, &mut out);
    }
    for (from, to) in &drawing.edges {
        let (from, to) =
            (quoted(&drawing.nodes[*from as usize].name), quoted(&drawing.nodes[*to as usize].name));
        out.push_str(&format!("  {from} -> {to};\n"));
    }
    out + "}\n"
}

fn module(name: &str, members: &[Node], out: &mut String) {
    let line = |indent: &str, node: &Node| {
        format!("{indent}{} [label={}];\n", quoted(&node.name), quoted(&node.label))
    };
    if name.is_empty() {
        members.iter().for_each(|node| out.push_str(&line("  ", node)));
        return;
    }
    let (id, label) = (quoted(&format!("cluster_{name}")), quoted(name));
    out.push_str(&format!("  subgraph {id} {{\n    label = {label}\n    fontname = \"sans-serif\"\n"));
    members.iter().for_each(|node| out.push_str(&line("    ", node)));
    out.push_str("  }\n");
}

fn operation(drawing: &Drawing) -> String {
    let name = |node: u32| quoted(&format!("[root] {}", drawing.nodes[node as usize].name));
    let mut lines: Vec<String> = Vec::new();
    for (index, node) in drawing.nodes.iter().enumerate() {
        let Some(shape) = shape(node) else { continue };
        let label = match node.action {
            Some(action) => format!("{}\\n{action}", escaped(&node.label)),
            None => escaped(&node.label),
        };
        lines.push(format!("\t\t{} [label = \"{label}\", shape = \"{shape}\"]\n", name(index as u32)));
    }
    lines.sort();
    let mut edges: Vec<String> = Vec::new();
    for edge @ (from, to) in &drawing.edges {
        let red = if drawing.circular.contains(edge) { " [color = \"red\", penwidth = \"2.0\"]" } else { "" };
        edges.push(format!("\t\t{} -> {}{red}\n", name(*from), name(*to)));
    }
    edges.sort();
    let head = "digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n";
    format!("{head}{}{}\t}}\n}}\n", lines.concat(), edges.concat())
}

fn shape(node: &Node) -> Option<&'static str> {
    match node.kind {
        Kind::Resource | Kind::Data => Some("box"),
        Kind::Provider => Some("diamond"),
        Kind::Variable if node.module.is_empty() => Some("note"),
        Kind::Variable | Kind::Value | Kind::Root => None,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
