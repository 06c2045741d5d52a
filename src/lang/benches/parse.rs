//! How fast texts are parsed, in megabytes a second: the best of five runs for each shape.
//!
//! `cargo bench -p lang [PART OF A NAME]` builds it with optimisation and runs it; figures are for the reader, nothing depends on them.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::Instant;

use lang::parse::parse_body;
use model::FileId;

fn main() {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    for (name, text) in shapes().into_iter().filter(|(name, _)| name.contains(&wanted)) {
        let best = (0..5).map(|_| seconds(&text)).fold(f64::INFINITY, f64::min);
        let megabytes = text.len() as f64 / 1e6;
        println!("{name:36} {megabytes:6.1} MB {:8.1} MB/s {:8.4} s", megabytes / best, best);
    }
}

fn seconds(text: &str) -> f64 {
    let start = Instant::now();
    let parsed = parse_body(FileId(0), text);
    let took = start.elapsed().as_secs_f64();
    assert!(parsed.1.is_empty(), "the text is wrong: {:?}", parsed.1);
    took
}

fn shapes() -> Vec<(&'static str, String)> {
    let repeated = |count: usize, make: &dyn Fn(usize) -> String| (0..count).map(make).collect::<String>();
    let resource = |i: usize| {
        format!(
            "resource \"aws_s3_bucket\" \"bucket_{i}\" {{\n  bucket = \"${{var.prefix}}-data-{i}\"\n  count  = var.enabled ? 1 : 0 \
             # comment\n  tags = {{\n    Name = \"bucket {i}\"\n    team = local.teams[count.index].name\n  }}\n\n  lifecycle {{\n    \
             prevent_destroy = true\n  }}\n}}\n\n"
        )
    };
    vec![
        ("realistic resources", repeated(20_000, &resource)),
        ("500,000 arguments in one body", repeated(500_000, &|i| format!("argument_{i} = {i}\n"))),
        (
            "an object of 5,000 keys",
            format!("x = {{\n{}}}\n", repeated(5_000, &|i| format!("  key_{i} = \"v{i}\"\n"))),
        ),
        ("a list of 100,000 items", format!("x = [{}]\n", repeated(100_000, &|i| format!("\"item-{i}\", ")))),
        (
            "a heredoc of 10 MB",
            format!("x = <<EOT\n{}EOT\n", "a line of plain text, again and again\n".repeat(270_000)),
        ),
        ("a string of 1,000,000 interpolations", format!("x = \"{}\"\n", "${a}".repeat(1_000_000))),
        ("a string of 10 MB", format!("x = \"{}\"\n", "plain text ".repeat(900_000))),
        ("100,000 empty blocks", repeated(100_000, &|i| format!("locals \"b{i}\" {{}}\n"))),
        ("comments", "# a comment of some length, nothing else\n".repeat(250_000)),
    ]
}
