//! Indentation, and the columns in which neighbouring lines are aligned.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Piece;
use super::spacing::is_spaced;
use crate::parse::token::TokenKind;

/// A line as ranges of pieces. Values and comments of lines that follow each other are aligned.
struct Line {
    /// Everything that is in no other cell, with the line end if there is no other cell.
    lead: Range<usize>,
    /// From the equals sign on, if the line holds the whole value.
    assign: Range<usize>,
    /// The comment at the end of a line with something else on it.
    comment: Range<usize>,
}

/// Sets the spaces before all pieces.
pub(super) fn lay_out(pieces: &mut [Piece<'_>]) {
    let lines = lines(pieces);
    indent(pieces, &lines);
    for line in &lines {
        space(&mut pieces[line.lead.clone()]);
        space(&mut pieces[line.assign.clone()]);
    }
    align(pieces, &lines, |line| line.assign.clone(), |pieces, line| columns(&pieces[line.lead.clone()]));
    align(
        pieces,
        &lines,
        |line| line.comment.clone(),
        |pieces, line| columns(&pieces[line.lead.clone()]) + columns(&pieces[line.assign.clone()]),
    );
}

fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let len = pieces[start..].iter().position(Piece::ends_line).map_or(pieces.len() - start, |i| i + 1);
        lines.push(cells(pieces, start..start + len));
        start += len;
    }
    lines
}

fn cells(pieces: &[Piece<'_>], all: Range<usize>) -> Line {
    let ends_with_comment = all.len() > 1 && pieces[all.end - 1].kind == TokenKind::Comment;
    let code_end = all.end - usize::from(ends_with_comment);
    let sign = (all.start + 1..code_end).find(|i| pieces[*i].kind == TokenKind::Assign);
    let whole = |i: &usize| pieces[*i..code_end].iter().map(Piece::bracket_change).sum::<isize>() == 0;
    let assign = sign.filter(whole).unwrap_or(code_end);
    Line { lead: all.start..assign, assign: assign..code_end, comment: code_end..all.end }
}

/// Sets the spaces at the start of lines: two for every line before that opened more brackets than it closed, until as
/// many were closed.
fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut opened: Vec<isize> = Vec::new();
    for line in lines {
        let first = &mut pieces[line.lead.start];
        if first.kind == TokenKind::Newline {
            first.spaces = 0;
            continue;
        }
        let change = net_brackets(&pieces[line.lead.start..line.assign.end]);
        close(&mut opened, -change);
        pieces[line.lead.start].spaces = 2 * opened.len();
        if change > 0 {
            opened.push(change);
        }
    }
}

/// The brackets that a line leaves open; what stands in a heredoc does not count.
fn net_brackets(pieces: &[Piece<'_>]) -> isize {
    let heredoc = pieces.iter().position(|p| p.kind == TokenKind::OHeredoc).unwrap_or(pieces.len());
    pieces[..heredoc].iter().map(Piece::bracket_change).sum()
}

/// Takes closed brackets off the levels of indentation, innermost first.
fn close(opened: &mut Vec<isize>, mut closed: isize) {
    while closed > 0 {
        let Some(level) = opened.last_mut() else { return };
        if closed < *level {
            *level -= closed;
            return;
        }
        closed -= *level;
        opened.pop();
    }
}

/// Sets the spaces within a cell, and one before it, which indentation or alignment may replace.
fn space(cell: &mut [Piece<'_>]) {
    for i in 1..cell.len() {
        let before = i.checked_sub(2).map(|i| &cell[i]);
        cell[i].spaces = usize::from(is_spaced(before, &cell[i - 1], &cell[i]));
    }
}

/// Moves a cell to the same column in all lines that follow each other and have it.
fn align(
    pieces: &mut [Piece<'_>],
    lines: &[Line],
    cell: impl Fn(&Line) -> Range<usize>,
    width: impl Fn(&[Piece<'_>], &Line) -> usize,
) {
    for group in lines.chunk_by(|a, b| !cell(a).is_empty() && !cell(b).is_empty()) {
        if cell(&group[0]).is_empty() {
            continue;
        }
        let widths: Vec<usize> = group.iter().map(|line| width(pieces, line)).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in group.iter().zip(widths) {
            pieces[cell(line).start].spaces = widest - width + 1;
        }
    }
}

fn columns(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(|p| p.spaces + graphemes(&p.text)).sum()
}

fn graphemes(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).count() }
}
