//! What fits: sections from the most important to the least, each entry whole or counted, never cut.
//!
//! Every entry has a line, and some have lines that unfold below it. First each section gets the lines that fit, and
//! half of what is left then to unfold them; what nobody needed unfolds more, again from the first section on. What got no
//! line is counted at the end of its section, for which room is kept from the start.

use super::safe::fence;

/// The room that is kept for counting what a section does not list.
pub(super) const REST: usize = 1_500;
/// A longer line is not listed: it would push out many.
const LONGEST_LINE: usize = 4_000;
/// How many entries of a section in turn may turn out too long before its search for shorter ones ends.
const PATIENCE: usize = 30;
/// What begins and ends a list takes so much.
const LIST: usize = "<ul>\n</ul>\n".len();

/// Something of each entry, by its number.
type ByNumber<'s, T> = Box<dyn Fn(usize) -> T + 's>;

/// What is said of several entries, by their numbers.
type OfMany<'s> = Box<dyn Fn(&[usize]) -> String + 's>;

/// A part of the page: a title over entries.
pub(super) struct Section<'s> {
    /// What it is about.
    pub title: &'static str,
    /// Whether what unfolds is unfolded from the start.
    pub is_open: bool,
    /// How many there are.
    pub count: usize,
    /// How many entries they make.
    pub entries: usize,
    /// The most that its lines may take.
    pub share: usize,
    /// The line of an entry: HTML on one line.
    pub line: ByNumber<'s, String>,
    /// What unfolds below the line of an entry, and the language to colour it as; plain text.
    pub below: ByNumber<'s, Option<(String, &'static str)>>,
    /// Counts the entries that are not listed, by their numbers: HTML that takes at most [`REST`] bytes.
    pub rest: OfMany<'s>,
}

/// A section on its way to the page.
struct Filled<'s, 'p> {
    section: &'p Section<'s>,
    entries: Vec<Entry>,
    unlisted: Vec<usize>,
}

struct Entry {
    index: usize,
    line: String,
    below: Option<String>,
}

/// The sections as far as they fit into this many bytes. The titles and the counts always do.
pub(super) fn page(sections: &[Section], room: usize) -> String {
    let sections: Vec<&Section> = sections.iter().filter(|s| s.count > 0).collect();
    let kept: usize = sections.iter().map(|s| title(s).len() + LIST + REST).sum();
    let mut left = room.saturating_sub(kept);
    let mut filled = Vec::new();
    for section in sections {
        let mut one = list(section, &mut left);
        let mut half = left / 2;
        left -= half;
        unfold(&mut one, &mut half);
        left += half;
        filled.push(one);
    }
    filled.iter_mut().for_each(|one| unfold(one, &mut left));
    filled.iter().map(written).collect()
}

fn title(section: &Section) -> String {
    format!("<h4>{}: {}</h4>\n", section.title, section.count)
}

/// Takes the lines that fit, in their order; gives back what was kept for counting the rest where there is none.
fn list<'s, 'p>(section: &'p Section<'s>, left: &mut usize) -> Filled<'s, 'p> {
    let mut filled = Filled { section, entries: Vec::new(), unlisted: Vec::new() };
    let mut share = section.share;
    for index in 0..section.entries {
        let line = (section.line)(index);
        let takes = listed(&line).len();
        if takes > LONGEST_LINE {
            filled.unlisted.push(index);
        } else if takes > (*left).min(share) {
            filled.unlisted.extend(index..section.entries);
            break;
        } else {
            (*left, share) = (*left - takes, share - takes);
            filled.entries.push(Entry { index, line, below: None });
        }
    }
    if filled.unlisted.is_empty() {
        *left += REST;
    }
    filled
}

/// Unfolds entries as far as there is room.
fn unfold(filled: &mut Filled, left: &mut usize) {
    let mut patience = PATIENCE;
    for entry in filled.entries.iter_mut().filter(|e| e.below.is_none()) {
        if patience == 0 {
            return;
        }
        let Some((text, language)) = (filled.section.below)(entry.index) else { continue };
        let below = fence(&text, language);
        // It parts a list in two.
        let takes = unfolding(&entry.line, &below, filled.section).len() + LIST;
        let more = takes.saturating_sub(listed(&entry.line).len());
        if more <= *left {
            *left -= more;
            entry.below = Some(below);
            patience = PATIENCE;
        } else {
            patience -= 1;
        }
    }
}

fn written(filled: &Filled) -> String {
    let mut out = title(filled.section);
    for run in filled.entries.chunk_by(|a, b| a.below.is_none() && b.below.is_none()) {
        match &run[0].below {
            Some(below) => out.push_str(&unfolding(&run[0].line, below, filled.section)),
            None => {
                let lines: String = run.iter().map(|e| listed(&e.line)).collect();
                out.push_str(&format!("<ul>\n{lines}</ul>\n"));
            }
        }
    }
    if !filled.unlisted.is_empty() {
        out.push_str(&(filled.section.rest)(&filled.unlisted));
    }
    out
}

fn listed(line: &str) -> String {
    format!("<li>{line}</li>\n")
}

fn unfolding(line: &str, below: &str, section: &Section) -> String {
    let open = if section.is_open { " open" } else { "" };
    format!("<details{open}><summary>{line}</summary>\n{below}</details>\n")
}
