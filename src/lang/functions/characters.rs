//! Characters as people see them.

use unicode_segmentation::UnicodeSegmentation;

/// A text's extended grapheme clusters, as Unicode 15.0 has them: later versions join Indic consonants that a virama
/// links, and counting those as one would change what existing configurations give.
pub(super) fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true).flat_map(|cluster| split_conjuncts(cluster).into_iter())
}

fn split_conjuncts(cluster: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in cluster.char_indices() {
        if before.is_some_and(|b| !precedes(b)) && is_indic_consonant(c) {
            parts.push(&cluster[start..at]);
            start = at;
        }
        before = Some(c);
    }
    parts.push(&cluster[start..]);
    parts
}

/// Whether the character belongs to the one after it by itself.
fn precedes(c: char) -> bool {
    c == '\u{0d4e}'
}

/// Consonants of the scripts whose conjuncts Unicode joins: Devanagari, Bengali, Gujarati, Oriya, Telugu, Malayalam.
fn is_indic_consonant(c: char) -> bool {
    matches!(c,
        '\u{0915}'..='\u{0939}' | '\u{0958}'..='\u{095f}' | '\u{0978}'..='\u{097f}'
        | '\u{0995}'..='\u{09b9}' | '\u{09dc}'..='\u{09df}' | '\u{09f0}'..='\u{09f1}'
        | '\u{0a95}'..='\u{0ab9}' | '\u{0af9}'
        | '\u{0b15}'..='\u{0b39}' | '\u{0b5c}'..='\u{0b5f}' | '\u{0b71}'
        | '\u{0c15}'..='\u{0c39}' | '\u{0c58}'..='\u{0c5a}'
        | '\u{0d15}'..='\u{0d3a}')
}
