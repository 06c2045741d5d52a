//! Random changes of texts.

/// What changes put in.
const PIECES: [&str; 40] = [
    "\"",
    "${",
    "%{",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "...",
    "for x in ",
    " : ",
    " ? ",
    "=>",
    "[*]",
    ".*",
    ".0",
    "<<EOT\n",
    "<<-E\n",
    "\nE\n",
    "~}",
    "${~",
    "%{ if ",
    "%{ else }",
    "%{ endif }",
    "\\u0301",
    "\\",
    "$${",
    "/*",
    "*/",
    "#",
    "\n",
    "\r\n",
    "\u{301}",
    "\u{feff}",
    "é",
    "1e9",
    "null",
    "!",
    "-",
];

/// Makes texts from texts.
pub struct Mutator<'t> {
    texts: &'t [String],
    state: u64,
}

impl<'t> Mutator<'t> {
    /// The sequence of a seed.
    pub fn new(texts: &'t [String], seed: u64) -> Mutator<'t> {
        Mutator { texts, state: seed }
    }

    /// The next text.
    pub fn next(&mut self) -> String {
        let mut text = self.pick().to_owned();
        for _ in 0..=self.below(4) {
            text = self.change(&text);
        }
        text
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.state >> 33) as usize) % limit.max(1)
    }

    fn pick(&mut self) -> &'t str {
        &self.texts[self.below(self.texts.len())]
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (at..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(at)
    }

    fn range(&mut self, text: &str) -> (usize, usize) {
        let (a, b) = (self.place(text), self.place(text));
        (a.min(b), a.max(b))
    }

    fn change(&mut self, text: &str) -> String {
        let (start, end) = self.range(text);
        let (before, cut, after) = (&text[..start], &text[start..end], &text[end..]);
        match self.below(6) {
            0 => format!("{before}{after}"),
            1 => format!("{before}{cut}{cut}{after}"),
            2 | 3 => format!("{before}{}{cut}{after}", PIECES[self.below(PIECES.len())]),
            4 => format!("{before}{}{after}", PIECES[self.below(PIECES.len())]),
            _ => {
                let other = self.pick();
                let (start, end) = self.range(other);
                format!("{before}{}{after}", &other[start..end])
            }
        }
    }
}
