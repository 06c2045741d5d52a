//! Compression as the oracle's: the same matches, blocks and codes, since compressed texts lie in states, and other
//! bytes for the same text would look like a change.

use std::sync::LazyLock;

use super::huffman::{Code, codes, size};

/// The raw DEFLATE stream of a text: its blocks, an empty stored block, and an empty last one.
pub(super) fn deflate(text: &[u8]) -> Vec<u8> {
    let mut out = Bits::default();
    let mut matcher = Matcher::new(text);
    matcher.run(&mut out);
    stored(&[], false, &mut out);
    stored(&[], true, &mut out);
    out.bytes
}

/// Bits in the order in which they are written.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u8) {
        self.pending |= u64::from(bits) << self.count;
        self.count += u32::from(count);
        while self.count >= 8 {
            self.bytes.push((self.pending & 0xff) as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    fn put_code(&mut self, code: Code) {
        self.put(code.bits.into(), code.length);
    }

    fn fill_byte(&mut self) {
        if self.count > 0 {
            self.put(0, (8 - self.count) as u8);
        }
    }
}

/// A literal byte, or a match of a length at a distance.
#[derive(Clone, Copy)]
enum Token {
    Literal(u8),
    Match { length: usize, distance: usize },
}

const WINDOW: usize = 1 << 15;
const HASH_BITS: u32 = 17;
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// A match at least this long is not bettered by one that starts later.
const LAZY: usize = 16;
/// A match at least this long ends the search.
const NICE: usize = 128;
/// How many earlier places are looked at.
const TRIES: usize = 128;
/// Shortest matches must not lie farther back than this.
const NEAR: usize = 4096;
const BLOCK_TOKENS: usize = 1 << 14;

/// Finds what occurred before.
struct Matcher<'t> {
    text: &'t [u8],
    /// The last place with each hash, plus one; 0 for none.
    heads: Vec<usize>,
    /// The place before with the same hash, plus one.
    previous: Vec<usize>,
    tokens: Vec<Token>,
    block_start: usize,
    /// Where the buffer of two windows starts, before which nothing can be looked up.
    buffer_start: usize,
    /// Whether the start of the block has left the buffer, so that it cannot be stored as it is.
    block_start_lost: bool,
}

impl<'t> Matcher<'t> {
    fn new(text: &'t [u8]) -> Matcher<'t> {
        let heads = vec![0; 1 << HASH_BITS];
        Matcher {
            text,
            heads,
            previous: vec![0; WINDOW],
            tokens: Vec::new(),
            block_start: 0,
            buffer_start: 0,
            block_start_lost: false,
        }
    }

    /// Makes a place known; the place before with the same hash, plus one.
    fn insert(&mut self, at: usize) -> Option<usize> {
        let four = self.text.get(at..at + SHORTEST)?.try_into().ok()?;
        let hash = u32::from_be_bytes(four).wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS);
        let head = std::mem::replace(&mut self.heads[hash as usize], at + 1);
        self.previous[at % WINDOW] = head;
        Some(head)
    }

    fn run(&mut self, out: &mut Bits) {
        let mut at = 0;
        // The match that starts one byte earlier, and whether that byte is still to be written.
        let (mut length, mut distance, mut waiting) = (SHORTEST - 1, 0, false);
        let mut head = 0;
        while at < self.text.len() {
            self.move_buffer(at);
            head = self.insert(at).unwrap_or(head);
            let (before, before_distance) = (length, distance);
            (length, distance) = (SHORTEST - 1, 0);
            let in_window = head > 0 && head > self.oldest(at);
            if in_window && self.text.len() - at > before && before < LAZY {
                (length, distance) = self.longest_match(at, head - 1).unwrap_or((length, 0));
            }
            if before >= SHORTEST && length <= before {
                self.tokens.push(Token::Match { length: before, distance: before_distance });
                let end = at + before - 1;
                while at + 1 < end {
                    at += 1;
                    self.insert(at);
                }
                at = end.max(at + 1);
                (length, waiting) = (SHORTEST - 1, false);
                self.finish_full_block(at, out);
            } else {
                if waiting {
                    self.tokens.push(Token::Literal(self.text[at - 1]));
                    self.finish_full_block(at, out);
                }
                at += 1;
                waiting = true;
            }
        }
        if waiting {
            self.tokens.push(Token::Literal(self.text[at - 1]));
        }
        if !self.tokens.is_empty() {
            self.finish_block(at, out);
        }
    }

    /// Moves the buffer on by a window, where too little of it is left for a match and there is more text.
    fn move_buffer(&mut self, at: usize) {
        let end = self.buffer_start + 2 * WINDOW;
        if end < self.text.len() && end - at < SHORTEST + LONGEST {
            self.buffer_start += WINDOW;
            self.block_start_lost |= self.block_start < self.buffer_start;
        }
    }

    /// The first place that can still be looked up.
    fn oldest(&self, at: usize) -> usize {
        at.saturating_sub(WINDOW).max(self.buffer_start)
    }

    fn longest_match(&self, at: usize, first: usize) -> Option<(usize, usize)> {
        let ahead = &self.text[at..self.text.len().min(at + LONGEST)];
        let mut best = None;
        let mut length = SHORTEST - 1;
        let mut place = first;
        for _ in 0..TRIES {
            if ahead[length] == self.text[place + length] {
                let same = ahead.iter().zip(&self.text[place..]).take_while(|(a, b)| a == b).count();
                if same > length && (same > SHORTEST || at - place <= NEAR) {
                    length = same;
                    best = Some((length, at - place));
                    if same >= NICE.min(ahead.len()) {
                        break;
                    }
                }
            }
            let earlier = self.previous[place % WINDOW];
            if Some(place) == at.checked_sub(WINDOW) || earlier == 0 || earlier - 1 < self.oldest(at) {
                break;
            }
            place = earlier - 1;
        }
        best
    }

    fn finish_full_block(&mut self, end: usize, out: &mut Bits) {
        if self.tokens.len() == BLOCK_TOKENS {
            self.finish_block(end, out);
        }
    }

    fn finish_block(&mut self, end: usize, out: &mut Bits) {
        let text = &self.text[self.block_start..end];
        let storable = !self.block_start_lost && text.len() <= 0xffff;
        write_block(&self.tokens, if storable { Some(text) } else { None }, out);
        self.tokens.clear();
        self.block_start_lost = false;
        self.block_start = end;
    }
}

/// The first length or distance of each code, and how many extra bits tell the others.
struct Ranges {
    starts: Vec<usize>,
    extra: Vec<u8>,
}

impl Ranges {
    fn new(first: usize, extra: impl IntoIterator<Item = u8>) -> Ranges {
        let extra: Vec<u8> = extra.into_iter().collect();
        let starts = extra.iter().scan(first, |next, bits| {
            let start = *next;
            *next += 1 << bits;
            Some(start)
        });
        Ranges { starts: starts.collect(), extra }
    }

    fn code(&self, value: usize) -> usize {
        self.starts.partition_point(|start| *start <= value) - 1
    }
}

static LENGTHS: LazyLock<Ranges> = LazyLock::new(|| {
    let mut ranges = Ranges::new(3, (0..28u8).map(|code| (code / 4).saturating_sub(1)));
    // The greatest length has a code of its own.
    ranges.starts.push(LONGEST);
    ranges.extra.push(0);
    ranges
});
static DISTANCES: LazyLock<Ranges> =
    LazyLock::new(|| Ranges::new(1, (0..30u8).map(|code| (code / 2).saturating_sub(1))));

const END_OF_BLOCK: usize = 256;
const FIRST_LENGTH: usize = 257;
const LITERALS: usize = 286;
const DISTANCE_CODES: usize = 30;

/// The codes of one block.
struct Tables {
    literals: Vec<Code>,
    distances: Vec<Code>,
}

static FIXED: LazyLock<Tables> = LazyLock::new(|| {
    let literal = |symbol: u16| {
        let (bits, length) = match symbol {
            0..144 => (symbol + 48, 8),
            144..256 => (symbol + 400 - 144, 9),
            256..280 => (symbol - 256, 7),
            _ => (symbol + 192 - 280, 8),
        };
        Code { bits: bits.reverse_bits() >> (16 - length), length }
    };
    let distance = |symbol: u16| Code { bits: symbol.reverse_bits() >> 11, length: 5 };
    Tables { literals: (0..288).map(literal).collect(), distances: (0..30).map(distance).collect() }
});

/// Writes a block in whatever form is the shortest; as its text only where there is one.
fn write_block(tokens: &[Token], text: Option<&[u8]>, out: &mut Bits) {
    let (literals, distances) = frequencies(tokens);
    let used = |f: &[u32]| f.iter().rposition(|n| *n > 0).map_or(0, |last| last + 1);
    let (literal_count, distance_count) = (used(&literals), used(&distances));
    let tables = Tables { literals: codes(&literals, 15), distances: codes(&distances, 15) };
    let lengths: Vec<u8> = tables.literals[..literal_count]
        .iter()
        .chain(&tables.distances[..distance_count])
        .map(|code| code.length)
        .collect();
    let header = Header::new(&lengths);
    let content = |t: &Tables| size(&literals, &t.literals) + size(&distances, &t.distances);
    let extra = extra_bits(&literals, &distances);
    let fixed = 3 + content(&FIXED) + extra;
    let dynamic = 17 + header.size() + content(&tables) + extra;
    if let Some(text) = text.filter(|text| (text.len() + 5) * 8 < fixed.min(dynamic)) {
        stored(text, false, out);
    } else if dynamic < fixed {
        out.put(4, 3);
        out.put((literal_count - FIRST_LENGTH) as u32, 5);
        out.put((distance_count - 1) as u32, 5);
        header.write(out);
        write_tokens(tokens, &tables, out);
    } else {
        out.put(2, 3);
        write_tokens(tokens, &FIXED, out);
    }
}

fn frequencies(tokens: &[Token]) -> (Vec<u32>, Vec<u32>) {
    let (mut literals, mut distances) = (vec![0; LITERALS], vec![0; DISTANCE_CODES]);
    literals[END_OF_BLOCK] = 1;
    for token in tokens {
        match token {
            Token::Literal(byte) => literals[usize::from(*byte)] += 1,
            Token::Match { length, distance } => {
                literals[FIRST_LENGTH + LENGTHS.code(*length)] += 1;
                distances[DISTANCES.code(*distance)] += 1;
            }
        }
    }
    if distances.iter().all(|n| *n == 0) {
        // A table of distances has one entry at least.
        distances[0] = 1;
    }
    (literals, distances)
}

fn extra_bits(literals: &[u32], distances: &[u32]) -> usize {
    let bits = |frequencies: &[u32], ranges: &Ranges| -> usize {
        frequencies.iter().zip(&ranges.extra).map(|(f, extra)| *f as usize * usize::from(*extra)).sum()
    };
    bits(&literals[FIRST_LENGTH..], &LENGTHS) + bits(distances, &DISTANCES)
}

fn write_tokens(tokens: &[Token], tables: &Tables, out: &mut Bits) {
    for token in tokens {
        match token {
            Token::Literal(byte) => out.put_code(tables.literals[usize::from(*byte)]),
            Token::Match { length, distance } => {
                let code = LENGTHS.code(*length);
                out.put_code(tables.literals[FIRST_LENGTH + code]);
                out.put((length - LENGTHS.starts[code]) as u32, LENGTHS.extra[code]);
                let code = DISTANCES.code(*distance);
                out.put_code(tables.distances[code]);
                out.put((distance - DISTANCES.starts[code]) as u32, DISTANCES.extra[code]);
            }
        }
    }
    out.put_code(tables.literals[END_OF_BLOCK]);
}

/// Writes bytes as they are.
fn stored(text: &[u8], last: bool, out: &mut Bits) {
    out.put(u32::from(last), 3);
    out.fill_byte();
    let length = text.len() as u32;
    out.put(length, 16);
    out.put(!length & 0xffff, 16);
    out.bytes.extend(text);
}

/// The order in which the lengths of the header's own codes are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The lengths of a block's codes, with repetitions shortened.
struct Header {
    /// Each symbol, with the number and count of its extra bits.
    symbols: Vec<(usize, u32, u8)>,
    frequencies: Vec<u32>,
    codes: Vec<Code>,
    /// How many of the header's own codes are written.
    count: usize,
}

impl Header {
    fn new(lengths: &[u8]) -> Header {
        let mut symbols = Vec::new();
        for run in lengths.chunk_by(|a, b| a == b) {
            shorten(run[0].into(), run.len(), &mut symbols);
        }
        let mut frequencies = vec![0; ORDER.len()];
        symbols.iter().for_each(|(symbol, _, _)| frequencies[*symbol] += 1);
        let codes = codes(&frequencies, 7);
        let count =
            ORDER.iter().rposition(|symbol| frequencies[*symbol] > 0).map_or(0, |last| last + 1).max(4);
        Header { symbols, frequencies, codes, count }
    }

    fn size(&self) -> usize {
        let extra: usize = self.symbols.iter().map(|(_, _, bits)| usize::from(*bits)).sum();
        3 * self.count + size(&self.frequencies, &self.codes) + extra
    }

    fn write(&self, out: &mut Bits) {
        out.put((self.count - 4) as u32, 4);
        for symbol in &ORDER[..self.count] {
            out.put(self.codes[*symbol].length.into(), 3);
        }
        for (symbol, extra, bits) in &self.symbols {
            out.put_code(self.codes[*symbol]);
            out.put(*extra, *bits);
        }
    }
}

/// Writes a length that occurs several times in a row.
fn shorten(length: usize, count: usize, symbols: &mut Vec<(usize, u32, u8)>) {
    let mut left = count;
    if length != 0 {
        symbols.push((length, 0, 0));
        left -= 1;
        while left >= 3 {
            let n = left.min(6);
            symbols.push((16, (n - 3) as u32, 2));
            left -= n;
        }
    } else {
        while left >= 11 {
            let n = left.min(138);
            symbols.push((18, (n - 11) as u32, 7));
            left -= n;
        }
        if left >= 3 {
            symbols.push((17, (left - 3) as u32, 3));
            left = 0;
        }
    }
    symbols.extend((0..left).map(|_| (length, 0, 0)));
}
