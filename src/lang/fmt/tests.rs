//! Pairs of texts before and after. All were recorded from `terraform fmt` 1.11.4.

use std::path::{Path, PathBuf};

use super::format;

fn cases() -> Vec<(PathBuf, String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fmt/cases");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a case can be read");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("there are cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let befores = paths.iter().filter_map(|p| Some((p, p.to_str()?.strip_suffix(".before.hcl")?)));
    befores.map(|(p, stem)| (p.clone(), read(p), read(Path::new(&format!("{stem}.after.hcl"))))).collect()
}

#[test]
fn texts_come_into_the_canonical_style() {
    assert!(cases().len() >= 10);
    for (path, before, after) in cases() {
        assert_eq!(format(&before), after, "in {}", path.display());
    }
}

#[test]
fn the_canonical_style_stays() {
    for (path, _, after) in cases() {
        assert_eq!(format(&after), after, "in {}", path.display());
    }
}

#[test]
fn line_ends_stay_as_they_are() {
    assert_eq!(
        format("a=1 # x\r\nbb=2\r\n\r\nc {\r\nd=1\r\n}\r\n"),
        "a  = 1 # x\r\nbb = 2\r\n\r\nc {\r\n  d = 1\r\n}\r\n"
    );
}

#[test]
fn small_texts() {
    for (before, after) in [
        ("", ""),
        ("a=1", "a = 1"),
        ("# x", "# x"),
        ("a=1 # x", "a = 1 # x"),
        ("\u{feff}a=1\n", "a = 1\n"),
        ("x\t=\t1\n\ty\t=\t2\n", "x = 1\ny = 2\n"),
        ("a=1\n\t ", "a = 1\n  "),
        ("a=1   ", "a = 1   "),
        (" ", " "),
        ("b \"e\u{301}\" {}", "b \"\u{e9}\" {}"),
        ("é=1\nbb=2\n", "é  = 1\nbb = 2\n"),
    ] {
        assert_eq!(format(before), after, "in {before:?}");
    }
}

#[test]
fn text_with_an_error_stays_as_it_is() {
    for text in ["a=", "a=1 b=2\n", "b {\na=1\n", "a='x'\n"] {
        assert_eq!(format(text), text);
    }
}

/// Here Terraform's own formatter changes what the text means, or needs a second run.
#[test]
fn meaning_is_kept_where_terraform_loses_it() {
    for (before, after) in [
        ("a = b[null]\n", "a = b[null]\n"),
        ("a = b[true]\n", "a = b[true]\n"),
        ("b \"$${x}\" {}\n", "b \"$${x}\" {}\n"),
        ("a = \"${ # c\nx\n}\"\n", "a = ( # c\nx)\n"),
        ("a = \"${\"${x}\"}\"\n", "a = x\n"),
        ("a = \"${\"${x}\" # c\n}\"\n", "a = x # c\n\n"),
        ("a = \"${ # c\n<<E\nE\n}\"\n", "a = \"${ # c\n  <<E\nE\n}\"\n"),
        ("a = \"${<<E\nE\n}\" # c\n", "a = \"${<<E\nE\n}\" # c\n"),
        ("b \"$x\" {}\n", "b \"$x\" {}\n"),
    ] {
        assert_eq!(format(before), after, "in {before:?}");
    }
}
