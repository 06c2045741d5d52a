//! The language's regular expressions, which are RE2's, in the syntax of the `regex` crate.
//!
//! Both have the same meaning for nearly everything; what is checked and rewritten here are the names of groups (RE2
//! takes any, also twice), classes such as `\w` (ASCII only), classes with `&&` or `[` in them (no operators), repeat
//! counts, and the wording of errors.

/// A pattern in the syntax of the `regex` crate, its groups without names.
pub(super) struct Translated {
    pub(super) pattern: String,
    /// The name of each group, in order; nothing for those without.
    pub(super) names: Vec<Option<String>>,
}

/// Rewrites a pattern. The error says what is wrong, as "missing closing ) in (".
pub(super) fn translate(pattern: &str) -> Result<Translated, String> {
    let mut t = Translator { whole: pattern, rest: pattern, out: String::new(), names: Vec::new(), depth: 0 };
    t.run()?;
    Ok(Translated { pattern: t.out, names: t.names })
}

struct Translator<'p> {
    whole: &'p str,
    rest: &'p str,
    out: String,
    names: Vec<Option<String>>,
    /// How many groups are open.
    depth: usize,
}

/// The greatest number of repetitions.
const MOST_REPEATS: u32 = 1000;

impl<'p> Translator<'p> {
    fn run(&mut self) -> Result<(), String> {
        // Whether there is something to repeat, and the repetition before, where there is one.
        let mut repeatable = false;
        let mut repetition: Option<&'p str> = None;
        while let Some(c) = self.rest.chars().next() {
            let at = self.rest;
            let mut this_repetition = None;
            match c {
                '(' => {
                    repeatable = !self.open_group()?;
                }
                ')' => {
                    if self.depth == 0 {
                        return Err(format!("unexpected ) in {}", self.whole));
                    }
                    self.depth -= 1;
                    self.copy(1);
                    repeatable = true;
                }
                '|' => {
                    self.copy(1);
                    repeatable = false;
                }
                '*' | '+' | '?' | '{' => match self.repetition_length()? {
                    Some(length) => {
                        if let Some(before) = repetition {
                            let both = &before[..before.len() - self.rest.len() + length];
                            return Err(format!("{both} repeats a repetition"));
                        }
                        if !repeatable {
                            let operator = &at[..length];
                            return Err(format!("nothing stands before {operator} that could be repeated"));
                        }
                        self.copy(length);
                        if self.rest.starts_with('?') {
                            self.copy(1);
                        }
                        this_repetition = Some(at);
                    }
                    None => {
                        self.literal(c);
                        repeatable = true;
                    }
                },
                '[' => {
                    self.class()?;
                    repeatable = true;
                }
                '\\' => {
                    repeatable = self.escape()?;
                }
                '.' | '^' | '$' => {
                    self.copy(1);
                    repeatable = true;
                }
                _ => {
                    self.literal(c);
                    repeatable = true;
                }
            }
            repetition = this_repetition;
        }
        if self.depth > 0 { Err(format!("missing closing ) in {}", self.whole)) } else { Ok(()) }
    }

    /// Takes over so many bytes as they are.
    fn copy(&mut self, count: usize) {
        self.out.push_str(&self.rest[..count]);
        self.rest = &self.rest[count..];
    }

    /// Takes over a character that means itself.
    fn literal(&mut self, c: char) {
        push_literal(&mut self.out, c);
        self.rest = &self.rest[c.len_utf8()..];
    }

    /// The length of the repetition operator here; nothing for a `{` that means itself.
    fn repetition_length(&self) -> Result<Option<usize>, String> {
        let Some(inner) = self.rest.strip_prefix('{') else { return Ok(Some(1)) };
        let Some((counts, _)) = inner.split_once('}') else { return Ok(None) };
        let (low, high) = counts.split_once(',').unwrap_or((counts, counts));
        let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !is_number(low) || !(is_number(high) || high.is_empty() && counts.contains(',')) {
            return Ok(None);
        }
        let count = |s: &str| s.parse::<u32>().unwrap_or(u32::MAX);
        let (least, most) = (count(low), if high.is_empty() { None } else { Some(count(high)) });
        if least > MOST_REPEATS || most.is_some_and(|m| m > MOST_REPEATS || m < least) {
            return Err(format!("{{{counts}}} is no number of repetitions"));
        }
        Ok(Some(counts.len() + 2))
    }

    /// Opens a group; whether it is one (and not a change of flags).
    fn open_group(&mut self) -> Result<bool, String> {
        let Some(after) = self.rest.strip_prefix("(?") else {
            self.copy(1);
            self.names.push(None);
            self.depth += 1;
            return Ok(true);
        };
        if let Some(named) = after.strip_prefix("P<").or_else(|| after.strip_prefix('<')) {
            let Some((name, rest)) = named.split_once('>') else {
                return Err(format!("invalid named capture in {}", self.rest));
            };
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !is_name {
                let shown = &self.rest[..self.rest.len() - rest.len()];
                return Err(format!("{shown} does not name a group"));
            }
            self.names.push(Some(name.to_string()));
            self.out.push('(');
            self.rest = rest;
            self.depth += 1;
            return Ok(true);
        }
        self.flags(after)
    }

    /// Takes over `(?i)` and `(?i-s:`.
    fn flags(&mut self, after: &'p str) -> Result<bool, String> {
        let end = after.find(|c| !matches!(c, 'i' | 'm' | 's' | 'U' | '-')).unwrap_or(after.len());
        let (flags, rest) = after.split_at(end);
        let stop = rest.chars().next();
        let signs = flags.matches('-').count();
        let valid = signs < 2 && !flags.ends_with('-') && (!flags.is_empty() || stop == Some(':'));
        match stop {
            Some(stop @ (':' | ')')) if valid => {
                self.copy(2 + end + 1);
                self.depth += usize::from(stop == ':');
                Ok(stop == ':')
            }
            _ => {
                let shown = 2 + end + stop.map_or(0, char::len_utf8);
                Err(format!("{} means nothing here", &self.rest[..shown]))
            }
        }
    }

    /// Takes over an escape outside of a class; whether it can be repeated.
    fn escape(&mut self) -> Result<bool, String> {
        let after = &self.rest[1..];
        if let Some(quoted) = after.strip_prefix('Q') {
            let (text, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            text.chars().for_each(|c| push_literal(&mut self.out, c));
            self.rest = rest;
            return Ok(!text.is_empty());
        }
        match after.chars().next() {
            Some('A' | 'z' | 'B') => self.copy(2),
            Some('b') => {
                self.out.push_str("(?-u:\\b)");
                self.rest = &self.rest[2..];
            }
            _ => match self.class_escape()? {
                Some(class) => self.out.push_str(&format!("[{class}]")),
                None => {
                    let c = self.character()?;
                    push_literal(&mut self.out, c);
                }
            },
        }
        Ok(true)
    }

    /// An escape that stands for many characters, as content of a class.
    fn class_escape(&mut self) -> Result<Option<String>, String> {
        let class = match self.rest[1..].chars().next() {
            Some('d') => "0-9",
            Some('D') => "[^0-9]",
            Some('s') => "\\t\\n\\f\\r ",
            Some('S') => "[^\\t\\n\\f\\r ]",
            Some('w') => "0-9A-Za-z_",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_class().map(Some),
            _ => return Ok(None),
        };
        self.rest = &self.rest[2..];
        Ok(Some(class.into()))
    }

    /// `\pL`, `\p{Greek}`, `\P{^Greek}`.
    fn unicode_class(&mut self) -> Result<String, String> {
        let letter = &self.rest[1..2];
        let after = &self.rest[2..];
        let (name, rest) = match after.strip_prefix('{') {
            Some(inner) => match inner.split_once('}') {
                Some(found) => found,
                None => return Err(format!("{} is no range of characters", self.rest)),
            },
            None => after.split_at(after.chars().next().map_or(0, char::len_utf8)),
        };
        let shown = &self.rest[..self.rest.len() - rest.len()];
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let class = match (letter == "P") != negated {
            true => format!("\\P{{{name}}}"),
            false => format!("\\p{{{name}}}"),
        };
        let known = name == "Any" || !name.contains(['=', ':', '!']) && regex::Regex::new(&class).is_ok();
        if !known {
            return Err(format!("invalid character class range in {shown}"));
        }
        self.rest = rest;
        Ok(class)
    }

    /// A single character, maybe written as an escape.
    fn character(&mut self) -> Result<char, String> {
        let held = self.rest;
        let mut chars = held.chars();
        let first = chars.next().unwrap_or_default();
        if first != '\\' {
            self.rest = chars.as_str();
            return Ok(first);
        }
        let Some(c) = chars.next() else {
            return Err("nothing follows the last backslash of ".into());
        };
        self.rest = chars.as_str();
        let refused =
            |rest: &str| Err(format!("invalid escape sequence in {}", &held[..held.len() - rest.len()]));
        match c {
            '1'..='7' if !self.rest.starts_with(|d| matches!(d, '0'..='7')) => refused(self.rest),
            '0'..='7' => {
                let more = self.rest.bytes().take(2).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let digits = &held[1..2 + more];
                self.rest = &self.rest[more..];
                Ok(u32::from_str_radix(digits, 8).ok().and_then(char::from_u32).unwrap_or_default())
            }
            'x' => match self.hexadecimal() {
                Some(c) => Ok(c),
                None => refused(after_bad_digits(self.rest)),
            },
            'a' => Ok('\u{7}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\u{b}'),
            _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
            _ => refused(self.rest),
        }
    }

    /// What follows `\x`: two digits, or any number in braces.
    fn hexadecimal(&mut self) -> Option<char> {
        let (digits, rest) = match self.rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => self.rest.split_at_checked(2)?,
        };
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
        self.rest = rest;
        Some(c)
    }

    /// `[...]`
    fn class(&mut self) -> Result<(), String> {
        let held = self.rest;
        let missing = || format!("missing closing ] in {held}");
        self.out.push('[');
        self.rest = &self.rest[1..];
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        let mut first = true;
        loop {
            match self.rest.chars().next() {
                None => return Err(missing()),
                Some(']') if !first => break,
                Some('[') if self.rest.starts_with("[:") && self.posix_class()? => {}
                Some('\\') => match self.class_escape()? {
                    Some(class) => self.out.push_str(&class),
                    None => self.class_range(held)?,
                },
                Some(_) => self.class_range(held)?,
            }
            first = false;
        }
        self.copy(1);
        Ok(())
    }

    /// `[:alpha:]`; whether it is one.
    fn posix_class(&mut self) -> Result<bool, String> {
        let Some((inner, rest)) = self.rest[2..].split_once(":]") else { return Ok(false) };
        let shown = &self.rest[..self.rest.len() - rest.len()];
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        if !NAMES.contains(&inner.strip_prefix('^').unwrap_or(inner)) {
            return Err(format!("invalid character class range in {shown}"));
        }
        self.out.push_str(shown);
        self.rest = rest;
        Ok(true)
    }

    /// A character of a class, or a range of them.
    fn class_range(&mut self, class: &str) -> Result<(), String> {
        let held = self.rest;
        let low = self.character()?;
        push_literal(&mut self.out, low);
        let Some(after) = self.rest.strip_prefix('-').filter(|after| !after.starts_with(']')) else {
            return Ok(());
        };
        if after.is_empty() {
            return Err(format!("missing closing ] in {class}"));
        }
        self.rest = after;
        let high = self.character()?;
        if high < low {
            let shown = &held[..held.len() - self.rest.len()];
            return Err(format!("invalid character class range in {shown}"));
        }
        self.out.push('-');
        push_literal(&mut self.out, high);
        Ok(())
    }
}

/// What is left after the digits in braces of a code point that does not exist.
fn after_bad_digits(rest: &str) -> &str {
    let Some(mut left) = rest.strip_prefix('{') else { return rest };
    let mut code = 0;
    while let Some(digit) = left.chars().next().and_then(|c| c.to_digit(16)) {
        code = code * 16 + digit;
        left = &left[1..];
        if code > u32::from(char::MAX) {
            break;
        }
    }
    left
}

/// Writes a character so that it means itself, also within a class.
fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(c);
}
