//! Huffman codes of limited length, with ties resolved as the oracle's compressor resolves them.

/// A symbol's code: its bits, first bit lowest, and how many there are. No bits: the symbol does not occur.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    pub(super) bits: u16,
    pub(super) length: u8,
}

/// The codes of symbols by how often they occur.
pub(super) fn codes(frequencies: &[u32], longest: usize) -> Vec<Code> {
    let mut codes = vec![Code::default(); frequencies.len()];
    let mut used: Vec<(u32, usize)> =
        frequencies.iter().enumerate().filter(|(_, f)| **f > 0).map(|(symbol, f)| (*f, symbol)).collect();
    if used.len() <= 2 {
        for (bits, (_, symbol)) in (0..).zip(&used) {
            codes[*symbol] = Code { bits, length: 1 };
        }
        return codes;
    }
    used.sort_unstable();
    let counts = lengths(&used.iter().map(|(f, _)| u64::from(*f)).collect::<Vec<_>>(), longest);
    let mut next = 0u16;
    let mut rest = used.as_slice();
    for (length, count) in (1u8..).zip(counts) {
        next <<= 1;
        let (rarer, frequent) = rest.split_at(rest.len() - count);
        rest = rarer;
        let mut symbols: Vec<usize> = frequent.iter().map(|(_, symbol)| *symbol).collect();
        symbols.sort_unstable();
        for symbol in symbols {
            codes[symbol] = Code { bits: next.reverse_bits() >> (16 - length), length };
            next += 1;
        }
    }
    codes
}

/// How many bits it takes to write symbols that occur so often.
pub(super) fn size(frequencies: &[u32], codes: &[Code]) -> usize {
    frequencies.iter().zip(codes).map(|(f, code)| *f as usize * usize::from(code.length)).sum()
}

const NEVER: u64 = u64::MAX;

/// A row of the boundary package-merge algorithm: symbols and pairs of the row below, in order of frequency.
#[derive(Clone)]
struct Row {
    last: u64,
    next_symbol: u64,
    next_pair: u64,
    needed: usize,
    /// How many symbols lie to the left of the last item, in this row and in those below.
    symbols: Vec<usize>,
}

/// How many symbols get a code of 1 bit, 2 bits and so on; frequencies are sorted, three at least.
fn lengths(frequencies: &[u64], longest: usize) -> Vec<usize> {
    let count = frequencies.len();
    let top = longest.min(count - 1);
    let frequency = |at: usize| frequencies.get(at).copied().unwrap_or(NEVER);
    let mut rows: Vec<Row> = (0..=top + 1)
        .map(|row| Row {
            last: frequency(1),
            next_symbol: frequency(2),
            next_pair: if row == 1 { NEVER } else { frequency(0) + frequency(1) },
            needed: 0,
            symbols: (0..=top).map(|r| if r == row { 2 } else { 0 }).collect(),
        })
        .collect();
    rows[top].needed = 2 * count - 4;
    let mut at = top;
    while at <= top && rows[top].needed > 0 {
        if rows[at].next_pair == NEVER && rows[at].next_symbol == NEVER {
            rows[at].needed = 0;
            rows[at + 1].next_pair = NEVER;
            at += 1;
            continue;
        }
        let before = rows[at].last;
        if rows[at].next_symbol < rows[at].next_pair {
            let symbols = rows[at].symbols[at] + 1;
            let row = &mut rows[at];
            row.last = row.next_symbol;
            row.symbols[at] = symbols;
            row.next_symbol = frequency(symbols);
        } else {
            let below = rows[at - 1].symbols[..at].to_vec();
            let row = &mut rows[at];
            row.last = row.next_pair;
            row.symbols[..at].copy_from_slice(&below);
            rows[at - 1].needed = 2;
        }
        rows[at].needed -= 1;
        if rows[at].needed > 0 {
            while rows[at - 1].needed > 0 {
                at -= 1;
            }
        } else if at < top {
            rows[at + 1].next_pair = before + rows[at].last;
            at += 1;
        }
    }
    let symbols = &rows[top].symbols;
    (1..=top).rev().map(|row| symbols[row] - symbols[row - 1]).collect()
}
