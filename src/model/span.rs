//! Positions in source text and the texts themselves.

use std::sync::{Arc, OnceLock};

use unicode_segmentation::UnicodeSegmentation;

/// Identifies a file within one [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span from byte offsets.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        Span { file, start: start as u32, end: end as u32 }
    }

    /// The smallest span that covers both, which must lie in the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A line and column as people count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column in characters as people see them (grapheme clusters), from 1.
    pub column: usize,
    /// Byte offset, from 0.
    pub byte: usize,
}

/// One source text with its display name.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Name as it is shown: a path relative to the working directory, or a pseudo name such as `<console>`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Arc<[u32]>,
    outline: OnceLock<Arc<[Heading]>>,
}

/// A part of a source text that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Byte offset of the first byte.
    pub start: usize,
    /// Byte offset just past the last byte.
    pub end: usize,
    /// What people call it: `resource "a" "b"`.
    pub title: String,
}

impl SourceFile {
    fn new(name: Arc<str>, text: Arc<str>) -> SourceFile {
        let after_newline = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1);
        let line_starts = std::iter::once(0).chain(after_newline).collect();
        SourceFile { line_starts, name, text, outline: OnceLock::new() }
    }

    /// The position of a byte offset; offsets past the end give the end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let line = self.line_starts.partition_point(|s| *s as usize <= byte);
        let start = self.line_starts[line - 1] as usize;
        let column = self.text.get(start..byte).map_or(byte - start, graphemes) + 1;
        Position { line, column, byte }
    }

    /// The innermost named part around a byte offset. `make` finds all parts, ordered by their starts; it is called once.
    pub fn heading(&self, byte: usize, make: impl FnOnce(&str) -> Vec<Heading>) -> Option<&Heading> {
        let outline = self.outline.get_or_init(|| make(&self.text).into());
        let before = outline.partition_point(|h| h.start <= byte);
        outline[..before].iter().rev().find(|h| byte < h.end)
    }

    /// The text of a line (from 1), without its line end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts[line - 1] as usize;
        let end = self.line_starts.get(line).map_or(self.text.len(), |e| *e as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// The number of lines.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

fn graphemes(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).count() }
}

/// All source files of a run; spans are resolved through it.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a text and returns the id that its spans carry.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile::new(name.into(), text.into()));
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id that this map gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The source text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// All files in the order in which they were added.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Renders the start of a span as `main.tf:3`.
    pub fn location(&self, span: Span) -> String {
        let file = self.file(span.file);
        format!("{}:{}", file.name, file.position(span.start as usize).line)
    }
}
