use std::collections::BTreeSet;

use super::layout::layout;
use super::{Drawing, Kind, Node, dot, mermaid, reduce, svg};

fn node(name: &str, module: &str) -> Node {
    let label = name.strip_prefix(&format!("{module}.")).unwrap_or(name);
    Node { name: name.into(), label: label.into(), module: module.into(), kind: Kind::Resource, action: None }
}

fn drawing() -> Drawing {
    let nodes = vec![node("a.b", ""), node("c.d", ""), node("module.m.e.f", "module.m")];
    Drawing { nodes, edges: [(1, 0), (2, 1)].into(), ..Drawing::default() }
}

#[test]
fn dot_groups_resources_by_module() {
    assert_eq!(
        dot(&drawing()),
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n  \"a.b\" [label=\"a.b\"];\n  \
         \"c.d\" [label=\"c.d\"];\n  subgraph \"cluster_module.m\" {\n    label = \"module.m\"\n    fontname = \
         \"sans-serif\"\n    \"module.m.e.f\" [label=\"e.f\"];\n  }\n  \"c.d\" -> \"a.b\";\n  \"module.m.e.f\" -> \
         \"c.d\";\n}\n"
    );
    let operation = dot(&Drawing { is_operation: true, circular: [(1, 0)].into(), ..drawing() });
    assert!(operation.contains("\t\t\"[root] a.b\" [label = \"a.b\", shape = \"box\"]\n"), "{operation}");
    assert!(
        operation.contains("\"[root] c.d\" -> \"[root] a.b\" [color = \"red\", penwidth = \"2.0\"]"),
        "{operation}"
    );
}

#[test]
fn mermaid_groups_and_numbers() {
    assert_eq!(
        mermaid(&drawing()),
        "flowchart RL\n  n0[\"a.b\"]\n  n1[\"c.d\"]\n  subgraph m1[\"module.m\"]\n    n2[\"e.f\"]\n  end\n  n1 --> n0\n  \
         n2 --> n1\n"
    );
}

#[test]
fn nothing_in_a_label_is_taken_for_markup() {
    let evil = "x[\"<b>&`#1;\\\u{7}\"]\n-->";
    let drawing = Drawing { nodes: vec![node(evil, "\"m\" & <n>")], ..Drawing::default() };
    let text = mermaid(&drawing);
    let label = text.lines().find(|l| l.contains("n0")).unwrap();
    let inner = label.trim().strip_prefix("n0[\"").and_then(|l| l.strip_suffix("\"]")).unwrap();
    assert!(!inner.contains(['"', '<', '>', '&', '`', '\\', '\u{7}', '\n']), "{label}");
    let picture = svg(&drawing);
    let titles: Vec<&str> = picture.split("<g><title>").skip(1).collect();
    let title = titles[0].split("</title>").next().unwrap();
    assert!(!title.contains(['<', '>', '"', '\u{7}']) && title.contains("&amp;`#1;"), "{title}");
    assert!(picture.contains("&quot;m&quot; &amp; &lt;n&gt;"), "{picture}");
    assert!(dot(&drawing).contains("\"x[\\\"<b>&`#1;\\\\"), "{}", dot(&drawing));
}

#[test]
fn edges_that_others_imply_are_dropped() {
    let edges = BTreeSet::from([(3, 2), (2, 1), (1, 0), (3, 0), (3, 1), (2, 0)]);
    assert_eq!(reduce(&edges, &[3, 2, 1, 0]), [(1, 0), (2, 1), (3, 2)].into());
    let diamond = BTreeSet::from([(3, 2), (3, 1), (2, 0), (1, 0)]);
    assert_eq!(reduce(&diamond, &[3, 2, 1, 0]), diamond);
}

/// Some graph of a size, the same each time: a chain, fans, and edges over many layers.
fn tangled(nodes: u32) -> BTreeSet<(u32, u32)> {
    let mut seed = 7u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    let mut edges = BTreeSet::new();
    for from in 1..nodes {
        edges.insert((from, from - 1 - next() % from.min(5)));
        edges.insert((from, next() % from));
    }
    edges
}

#[test]
fn everything_stands_right_of_what_it_depends_on_and_nothing_overlaps() {
    for nodes in [1, 2, 40, 400] {
        let sizes: Vec<(f64, f64)> = (0..nodes).map(|i| (60.0 + f64::from(i % 7) * 20.0, 30.0)).collect();
        let edges = tangled(nodes);
        let found = layout(&sizes, &edges);
        let side = |i: u32, to: f64| found.centres[i as usize].0 + to * sizes[i as usize].0 / 2.0;
        for (from, to) in &edges {
            assert!(side(*to, 1.0) < side(*from, -1.0), "{nodes}: {from} -> {to}");
        }
        let mut boxes: Vec<(f64, f64, f64)> =
            found.centres.iter().zip(&sizes).map(|((x, y), (_, h))| (*x, y - h / 2.0, y + h / 2.0)).collect();
        boxes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for pair in boxes.windows(2).filter(|pair| (pair[0].0 - pair[1].0).abs() < 0.01) {
            assert!(pair[0].2 < pair[1].1, "{nodes}: {pair:?}");
        }
        let inside = |(x, y): &(f64, f64)| *x > 0.0 && *y > 0.0 && *x < found.width && *y < found.height;
        assert!(found.centres.iter().all(inside) && found.routes.iter().flatten().all(inside), "{nodes}");
    }
}

#[test]
fn routes_lead_from_what_waits_to_what_it_waits_for() {
    let edges = BTreeSet::from([(0, 1), (1, 2), (2, 0), (3, 3)]);
    let found = layout(&[(50.0, 30.0); 4], &edges);
    for ((from, to), route) in edges.iter().zip(&found.routes) {
        let (first, last) = (route.first().unwrap(), route.last().unwrap());
        assert!((first.0 - found.centres[*from as usize].0).abs() <= 25.1, "{from} -> {to}");
        assert!((last.0 - found.centres[*to as usize].0).abs() <= 25.1, "{from} -> {to}");
    }
}

#[test]
fn a_picture_grows_with_its_graph_only() {
    let size = |nodes: u32| {
        let all = (0..nodes).map(|i| node(&format!("t.n{i}"), "")).collect();
        svg(&Drawing { nodes: all, edges: tangled(nodes), ..Drawing::default() }).len()
    };
    let (small, large) = (size(500), size(5_000));
    assert!(large < 15 * small, "{small} {large}");
}

#[test]
fn long_chains_and_wide_fans_need_no_stack() {
    let chain = |nodes: u32| (1..nodes).map(|i| (i, i - 1)).collect::<BTreeSet<_>>();
    let found = layout(&vec![(50.0, 30.0); 20_000], &chain(20_000));
    assert!(found.centres.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let fan: BTreeSet<(u32, u32)> = (1..20_000).map(|i| (i, 0)).collect();
    assert_eq!(layout(&vec![(50.0, 30.0); 20_000], &fan).centres.len(), 20_000);
}
