//! JSON text to JSON text: compacted for memory, indented for the file. Numbers and escapes stay as they are written.

use model::Str;

/// JSON without the white space between its tokens.
pub(crate) fn compact(raw: &str) -> Str {
    let bytes = raw.as_bytes();
    let mut out = String::with_capacity(raw.len());
    let mut start = 0;
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'"' => i = string_end(bytes, i),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&raw[start..i]);
                while i < bytes.len() && bytes[i].is_ascii_whitespace() {
                    i += 1;
                }
                start = i;
            }
            _ => i += 1,
        }
    }
    if start == 0 {
        return raw.into();
    }
    out.push_str(&raw[start..]);
    out.into()
}

/// The place after the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'"' => return i + 1,
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
    bytes.len()
}

/// Writes indented JSON, container by container.
pub(super) struct Printer {
    out: Vec<u8>,
    depth: usize,
    first: bool,
}

impl Printer {
    pub(super) fn new(capacity: usize) -> Printer {
        Printer { out: Vec::with_capacity(capacity), depth: 0, first: true }
    }

    /// The text, with the final line end that Terraform writes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.push(b'\n');
        self.out
    }

    pub(super) fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.depth += 1;
        self.first = true;
    }

    pub(super) fn close(&mut self, bracket: u8) {
        self.depth = self.depth.saturating_sub(1);
        if !self.first {
            self.line();
        }
        self.out.push(bracket);
        self.first = false;
    }

    /// Begins an element of an array.
    pub(super) fn item(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.line();
        self.first = false;
    }

    /// Begins an attribute of an object.
    pub(super) fn key(&mut self, name: &str) {
        self.item();
        self.string(name);
        self.out.extend_from_slice(b": ");
    }

    pub(super) fn string_field(&mut self, name: &str, value: &str) {
        self.key(name);
        self.string(value);
    }

    pub(super) fn number_field(&mut self, name: &str, value: u64) {
        self.key(name);
        self.out.extend_from_slice(value.to_string().as_bytes());
    }

    pub(super) fn true_field(&mut self, name: &str) {
        self.key(name);
        self.out.extend_from_slice(b"true");
    }

    pub(super) fn raw_field(&mut self, name: &str, json: &str) {
        self.key(name);
        self.raw(json);
    }

    /// A string, escaped as Go's encoder does.
    pub(super) fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut start = 0;
        for i in 0..bytes.len() {
            let b = bytes[i];
            if b >= 0x20 && b != b'"' && b != b'\\' && !needs_html_escape(bytes, i) {
                continue;
            }
            self.out.extend_from_slice(&bytes[start..i]);
            start = i + 1;
            match b {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', b]),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0x08 => self.out.extend_from_slice(b"\\b"),
                0x0c => self.out.extend_from_slice(b"\\f"),
                _ => start = html_escape(bytes, i, &mut self.out),
            }
        }
        self.out.extend_from_slice(&bytes[start..]);
        self.out.push(b'"');
    }

    /// JSON text, indented to the current depth.
    pub(super) fn raw(&mut self, json: &str) {
        let bytes = json.as_bytes();
        let depth = self.depth;
        let mut i = 0;
        while i < bytes.len() {
            match bytes[i] {
                b'"' => i = self.raw_string(bytes, i),
                b @ (b'{' | b'[') => {
                    self.out.push(b);
                    i = skip_space(bytes, i + 1);
                    match bytes.get(i) {
                        Some(&end @ (b'}' | b']')) => {
                            self.out.push(end);
                            i += 1;
                        }
                        _ => {
                            self.depth += 1;
                            self.line();
                        }
                    }
                }
                b @ (b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.line();
                    self.out.push(b);
                    i += 1;
                }
                b',' => {
                    self.out.push(b',');
                    self.line();
                    i += 1;
                }
                b':' => {
                    self.out.extend_from_slice(b": ");
                    i += 1;
                }
                b' ' | b'\n' | b'\r' | b'\t' => i += 1,
                b => {
                    self.out.push(b);
                    i += 1;
                }
            }
        }
        self.depth = depth;
        self.first = false;
    }

    /// Copies a string that is JSON already; what HTML would read as markup is escaped still.
    fn raw_string(&mut self, bytes: &[u8], start: usize) -> usize {
        let end = string_end(bytes, start);
        let mut from = start;
        for i in start..end {
            if needs_html_escape(bytes, i) {
                self.out.extend_from_slice(&bytes[from..i]);
                from = html_escape(bytes, i, &mut self.out);
            }
        }
        self.out.extend_from_slice(&bytes[from..end]);
        end
    }

    fn line(&mut self) {
        const SPACES: [u8; 64] = [b' '; 64];
        self.out.push(b'\n');
        let mut left = self.depth * 2;
        while left > 0 {
            let step = left.min(SPACES.len());
            self.out.extend_from_slice(&SPACES[..step]);
            left -= step;
        }
    }
}

fn skip_space(bytes: &[u8], mut i: usize) -> usize {
    while bytes.get(i).is_some_and(u8::is_ascii_whitespace) {
        i += 1;
    }
    i
}

/// Whether `<`, `>`, `&` or one of the separators U+2028 and U+2029 begins here.
fn needs_html_escape(bytes: &[u8], i: usize) -> bool {
    match bytes[i] {
        b'<' | b'>' | b'&' => true,
        0xe2 => matches!(bytes.get(i + 1..i + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    }
}

/// Writes the escape of what begins at `i` and gives the place after it.
fn html_escape(bytes: &[u8], i: usize, out: &mut Vec<u8>) -> usize {
    let (code, len) = match bytes[i] {
        0xe2 => (0x2000 | u32::from(bytes[i + 2] & 0x3f), 3),
        b => (u32::from(b), 1),
    };
    out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
    i + len
}
