//! SVG: a picture that needs no other program.

use super::layout::{Layout, layout};
use super::{Drawing, Kind, Node};

/// The width of a character of a label; labels are set in a font of fixed width.
const CHARACTER: f64 = 7.3;
/// The same for the smaller lines.
const SMALL: f64 = 6.1;
/// The room at the sides of a label.
const PADDING: f64 = 24.0;
/// Labels longer than this are cut in the middle; the whole is in the node's title.
const LONGEST: usize = 64;

const STYLE: &str = "text{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;fill:#1f2328}\
text.small{font-size:10px;fill:#57606a}\
rect{fill:#f6f8fa;stroke:#57606a;stroke-width:1.2}\
rect.data{fill:#ddf4ff;stroke:#0969da}rect.provider{fill:#fbefff;stroke:#8250df}\
rect.variable,rect.value{fill:#ffffff;stroke:#8c959f;stroke-dasharray:4 3}\
rect.create{fill:#dafbe1;stroke:#1a7f37}rect.update{fill:#fff8c5;stroke:#9a6700}\
rect.delete,rect.replace{fill:#ffebe9;stroke:#cf222e}\
path.edge{fill:none;stroke:#8c959f;stroke-width:1.2}path.circular{stroke:#cf222e;stroke-width:2}\
.arrow{fill:#8c959f}svg{background:#ffffff}";

/// Renders a graph as a picture.
pub fn svg(drawing: &Drawing) -> String {
    let sizes: Vec<(f64, f64)> = drawing.nodes.iter().map(size).collect();
    let layout = layout(&sizes, &drawing.edges);
    let (width, height) = (layout.width, layout.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" role=\"img\">\n<title>Dependencies, from right to left</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path class=\"arrow\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    edges(drawing, &layout, &mut out);
    for ((node, centre), size) in drawing.nodes.iter().zip(&layout.centres).zip(&sizes) {
        out.push_str(&drawn(node, *centre, *size));
    }
    out + "</svg>\n"
}

fn size(node: &Node) -> (f64, f64) {
    let lines = lines(node);
    let width = |text: &str, character: f64| text.chars().count() as f64 * character;
    let small = lines.iter().skip(1).map(|line| width(line, SMALL)).fold(0.0, f64::max);
    (width(&lines[0], CHARACTER).max(small) + PADDING, 16.0 + 14.0 * lines.len() as f64)
}

/// What is written on a node: its label, and smaller, where it is and what is done to it.
fn lines(node: &Node) -> Vec<String> {
    let module = Some(&*node.module).filter(|m| !m.is_empty() && !node.label.starts_with(*m));
    let small = [module, node.action].into_iter().flatten();
    std::iter::once(&*node.label).chain(small).map(shortened).collect()
}

fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_owned();
    }
    let (head, tail) = (LONGEST / 2, LONGEST - LONGEST / 2 - 1);
    let end: String = text.chars().skip(count - tail).collect();
    text.chars().take(head).chain(['\u{2026}']).collect::<String>() + &end
}

fn drawn(node: &Node, (x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let (left, top) = (x - width / 2.0, y - height / 2.0);
    let mut out = format!(
        "<g><title>{}</title><rect class=\"{}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
         rx=\"4\"/>",
        escaped(&node.name),
        class(node),
    );
    for (index, line) in lines(node).iter().enumerate() {
        let class = if index > 0 { " class=\"small\"" } else { "" };
        let baseline = top + 20.0 + 14.0 * index as f64;
        let text = escaped(line);
        out.push_str(&format!(
            "<text{class} x=\"{x:.1}\" y=\"{baseline:.1}\" text-anchor=\"middle\">{text}</text>"
        ));
    }
    out + "</g>\n"
}

fn class(node: &Node) -> &'static str {
    match (node.action, node.kind) {
        (Some(action), _) => match action.split(' ').next() {
            Some("create" | "import") => "create",
            Some("update") => "update",
            Some("delete" | "forget" | "destroy") => "delete",
            _ => "data",
        },
        (None, Kind::Resource) => "resource",
        (None, Kind::Data) => "data",
        (None, Kind::Provider) => "provider",
        (None, Kind::Variable) => "variable",
        (None, Kind::Value | Kind::Root) => "value",
    }
}

fn edges(drawing: &Drawing, layout: &Layout, out: &mut String) {
    for (edge, route) in drawing.edges.iter().zip(&layout.routes) {
        let circular = if drawing.circular.contains(edge) { " circular" } else { "" };
        let path = curve(route);
        out.push_str(&format!("<path class=\"edge{circular}\" d=\"{path}\" marker-end=\"url(#arrow)\"/>\n"));
    }
}

/// A curve through points, level at each of them.
fn curve(points: &[(f64, f64)]) -> String {
    let Some((x, y)) = points.first() else { return String::new() };
    let mut out = format!("M{x:.1} {y:.1}");
    for pair in points.windows(2) {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        if (y1 - y2).abs() < 0.05 {
            out.push_str(&format!("H{x2:.1}"));
            continue;
        }
        let middle = f64::midpoint(x1, x2);
        out.push_str(&format!("C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}"));
    }
    out
}

/// Text as XML has it; what XML cannot have is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
