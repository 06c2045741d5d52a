//! Where a text that was decoded from another stands in that one.

use model::{Diagnostic, Span};

/// Maps offsets in a decoded text to offsets in the file that holds it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Places {
    /// Offsets in the decoded text with their offsets in the file; in between both advance alike. The first is 0.
    marks: Vec<(u32, u32)>,
}

impl Places {
    /// The text begins at an offset of the file.
    pub fn from(start: usize) -> Places {
        Places { marks: vec![(0, start as u32)] }
    }

    /// Notes that the text goes on at another offset of the file, because an escape stood there.
    pub fn resume(&mut self, decoded: usize, source: usize) {
        self.marks.push((decoded as u32, source as u32));
    }

    /// The place of a span of the decoded text.
    pub fn of(&self, span: Span) -> Span {
        Span { start: self.offset(span.start), end: self.offset(span.end), ..span }
    }

    fn offset(&self, decoded: u32) -> u32 {
        let next = self.marks.partition_point(|(from, _)| *from <= decoded);
        let (from, source) = self.marks[next.saturating_sub(1)];
        source + (decoded - from)
    }

    /// The diagnostic with its places moved.
    pub fn of_diagnostic(&self, diagnostic: Diagnostic) -> Diagnostic {
        let (subject, context) = (diagnostic.subject, diagnostic.context);
        Diagnostic {
            subject: subject.map(|s| self.of(s)),
            context: context.map(|s| self.of(s)),
            ..diagnostic
        }
    }
}
