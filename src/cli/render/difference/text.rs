//! Strings: quoted on one line, as a heredoc line by line, or as `jsonencode(...)` by structure.

use model::Value;

use super::{Entry, Mark, Writer, is_composite, same, structured};
use crate::render::sequence::{Step, steps};

impl Writer<'_> {
    pub(super) fn whole_text(&mut self, depth: usize, text: &str, mark: Mark) {
        if let Some(json) = structured(text) {
            self.open("jsonencode(");
            self.margin(depth + 1);
            self.whole(depth + 1, &json, mark);
            self.out.push('\n');
            self.margin(depth);
            self.out.push(')');
        } else if text.trim_end_matches('\n').contains('\n') {
            self.open("<<-EOT");
            for line in lines(text) {
                self.heredoc_line(depth, Mark::Same, line);
            }
            self.margin(depth);
            self.out.push_str("EOT");
        } else {
            self.out.push_str(&model::address::quote(text));
        }
    }

    pub(super) fn change_text(&mut self, depth: usize, before: &str, after: &str) {
        match (structured(before), structured(after)) {
            (Some(b), Some(a)) if same(&b, &a) => self.only_white_space(depth, &a),
            (Some(b), Some(a)) if both_lists_or_maps(&b, &a) => self.change_json(depth, &b, &a),
            (None, None) if before.contains('\n') || after.contains('\n') => {
                self.change_lines(depth, before, after);
            }
            _ => {
                self.whole_text(depth, before, Mark::Remove);
                self.out.push_str(" -> ");
                self.whole_text(depth, after, Mark::Add);
            }
        }
    }

    fn only_white_space(&mut self, depth: usize, json: &Value) {
        self.out.push_str("jsonencode( ");
        self.aside("# white space changes");
        self.open("");
        self.margin(depth + 1);
        self.whole(depth + 1, json, Mark::Same);
        self.out.push('\n');
        self.margin(depth);
        self.out.push(')');
    }

    fn change_json(&mut self, depth: usize, before: &Value, after: &Value) {
        self.open("jsonencode(");
        self.line(depth + 1, Mark::Change);
        self.difference(depth + 1, &Entry { before: Some(before), after: Some(after) });
        self.out.push('\n');
        self.margin(depth);
        self.out.push(')');
    }

    fn change_lines(&mut self, depth: usize, before: &str, after: &str) {
        let (old, new): (Vec<&str>, Vec<&str>) = (lines(before).collect(), lines(after).collect());
        self.open("<<-EOT");
        for step in steps(&old, &new, |a, b| a == b) {
            match step {
                Step::Keep(i, _) => self.heredoc_line(depth, Mark::Same, old[i]),
                Step::Remove(i) => self.heredoc_line(depth, Mark::Remove, old[i]),
                Step::Add(j) => self.heredoc_line(depth, Mark::Add, new[j]),
            }
        }
        self.margin(depth);
        self.out.push_str("EOT");
    }

    fn heredoc_line(&mut self, depth: usize, mark: Mark, line: &str) {
        if line.is_empty() && mark == Mark::Same {
            self.out.push('\n');
            return;
        }
        self.line(depth + 1, mark);
        self.out.push_str(&printable(line));
        self.out.push('\n');
    }
}

/// The lines; a line end at the very end begins no further line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n')
}

/// Keeps control characters from reaching the terminal.
fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn both_lists_or_maps(a: &Value, b: &Value) -> bool {
    is_composite(a) && a.as_items().is_some() == b.as_items().is_some()
}
