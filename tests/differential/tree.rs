//! A random expression as a tree of texts, so that it can be made smaller without being parsed.

/// An expression, or a part of a template that is none by itself: what is written, with its parts in between.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pieces: Vec<Piece>,
    is_fragment: bool,
}

/// One piece of an expression's text.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Part(Tree),
}

impl Tree {
    /// A text without parts.
    pub fn text(text: impl Into<String>) -> Tree {
        Tree::from_pieces(vec![Piece::Text(text.into())])
    }

    /// A pattern in which each `@` stands for the next part.
    pub fn of(pattern: &str, parts: impl IntoIterator<Item = Tree>) -> Tree {
        let mut parts = parts.into_iter();
        let mut pieces = Vec::new();
        for (i, text) in pattern.split('@').enumerate() {
            if i > 0 {
                pieces.push(Piece::Part(parts.next().expect("a part for each @")));
            }
            pieces.push(Piece::Text(text.to_string()));
        }
        Tree::from_pieces(pieces)
    }

    fn from_pieces(pieces: Vec<Piece>) -> Tree {
        Tree { pieces, is_fragment: false }
    }

    /// The same as something that can't stand alone.
    pub fn fragment(self) -> Tree {
        Tree { is_fragment: true, ..self }
    }

    /// Parts between `open` and `close`, with a separator.
    pub fn list(open: &str, parts: Vec<Tree>, separator: &str, close: &str) -> Tree {
        let mut pieces = vec![Piece::Text(open.to_string())];
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                pieces.push(Piece::Text(separator.to_string()));
            }
            pieces.push(Piece::Part(part));
        }
        pieces.push(Piece::Text(close.to_string()));
        Tree::from_pieces(pieces)
    }

    /// What is written.
    pub fn render(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Part(part) => part.write(out),
            }
        }
    }

    /// How much there is of it: letters count a little, parts more.
    pub fn weight(&self) -> usize {
        let piece = |p: &Piece| match p {
            Piece::Text(text) => text.len(),
            Piece::Part(part) => 4 + part.weight(),
        };
        self.pieces.iter().map(piece).sum()
    }

    /// Smaller expressions that are this one with one thing taken away, the smallest first.
    pub fn smaller(&self) -> Vec<Tree> {
        let mut found = self.candidates();
        let weight = self.weight();
        found.retain(|t| t.weight() < weight);
        found.sort_by_key(Tree::weight);
        found.dedup();
        found
    }

    fn candidates(&self) -> Vec<Tree> {
        let mut found: Vec<Tree> = match self.is_fragment {
            true => vec![Tree::text("").fragment()],
            false => ["1", "\"a\"", "null", "[]", "{}", "true"].map(Tree::text).into(),
        };
        let parts = self.pieces.iter().enumerate().filter_map(|(i, piece)| match piece {
            Piece::Part(part) => Some((i, part)),
            Piece::Text(_) => None,
        });
        for (i, part) in parts {
            if part.is_fragment == self.is_fragment {
                found.push(part.clone());
            }
            found.extend(part.candidates().into_iter().map(|smaller| self.with(i, smaller)));
            found.extend(self.without(i));
        }
        found
    }

    fn with(&self, index: usize, part: Tree) -> Tree {
        let mut pieces = self.pieces.clone();
        pieces[index] = Piece::Part(part);
        Tree { pieces, ..*self }
    }

    /// The part taken out with the separator before or after it.
    fn without(&self, index: usize) -> Option<Tree> {
        let is_separator = |i: usize| matches!(self.pieces.get(i), Some(Piece::Text(t)) if t.trim() == ",");
        let mut pieces = self.pieces.clone();
        if index > 0 && is_separator(index - 1) {
            pieces.drain(index - 1..=index);
        } else if is_separator(index + 1) {
            pieces.drain(index..=index + 1);
        } else {
            return None;
        }
        Some(Tree { pieces, ..*self })
    }
}
