//! Patterns for paths: `*` and `?` within a part, `**` for any number of parts, `[a-z]`, `{a,b}`.

/// A pattern, cut at its slashes.
pub struct Pattern {
    parts: Vec<Part>,
    /// The directory that everything matched lies below.
    root: String,
}

enum Part {
    /// `**`
    AnyDepth,
    /// Whatever matches these, in order; alternatives are spread out.
    Choices(Vec<Vec<Token>>),
}

#[derive(Clone, PartialEq)]
enum Token {
    Char(char),
    AnyChar,
    AnyText,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a pattern; nothing where its brackets or escapes do not end.
    pub fn parse(text: &str) -> Option<Pattern> {
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
        let plain: Vec<&str> = text.split('/').take_while(is_plain).collect();
        let parts = text.split('/').map(Part::parse).collect::<Option<_>>()?;
        let root = match (plain.join("/"), text.starts_with('/')) {
            (joined, true) if joined.is_empty() => "/".into(),
            (joined, false) if joined.is_empty() => ".".into(),
            (joined, _) => joined,
        };
        Some(Pattern { parts, root })
    }

    /// The directory that everything matched lies below.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Whether the pattern matches nothing but its own text.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| match part {
            Part::AnyDepth => false,
            Part::Choices(choices) => {
                choices.len() == 1 && choices[0].iter().all(|t| matches!(t, Token::Char(_)))
            }
        })
    }

    /// Whether a path matches.
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        matches_parts(&self.parts, &names)
    }
}

fn matches_parts(parts: &[Part], names: &[Vec<char>]) -> bool {
    match (parts, names) {
        ([], []) => true,
        ([Part::AnyDepth], [_, ..]) => true,
        ([Part::AnyDepth, rest @ ..], _) => (0..=names.len()).any(|skip| matches_parts(rest, &names[skip..])),
        ([Part::Choices(choices), rest @ ..], [name, names @ ..]) => {
            choices.iter().any(|tokens| matches_tokens(tokens, name)) && matches_parts(rest, names)
        }
        ([], [_, ..]) | ([Part::Choices(_), ..], []) => false,
    }
}

/// Matches a name, going back only to the last `*`.
fn matches_tokens(tokens: &[Token], name: &[char]) -> bool {
    let (mut t, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match tokens.get(t) {
            Some(Token::AnyText) => {
                star = Some((t, n));
                t += 1;
                continue;
            }
            Some(token) if token.matches(name[n]) => {
                t += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        let Some((at, taken)) = star else { return false };
        star = Some((at, taken + 1));
        t = at + 1;
        n = taken + 1;
    }
    tokens[t..].iter().all(|token| *token == Token::AnyText)
}

impl Token {
    fn matches(&self, c: char) -> bool {
        match self {
            Token::Char(own) => *own == c,
            Token::AnyChar | Token::AnyText => true,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

/// How many ways `{...}` in one part may multiply to.
const MOST_CHOICES: usize = 1024;

impl Part {
    fn parse(text: &str) -> Option<Part> {
        if text == "**" {
            return Some(Part::AnyDepth);
        }
        let mut choices: Vec<Vec<Token>> = vec![Vec::new()];
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first == '{' {
                let end = rest.find('}')?;
                let options: Vec<Vec<Token>> = rest[1..end].split(',').map(tokens).collect::<Option<_>>()?;
                choices = choices
                    .iter()
                    .flat_map(|start| options.iter().map(move |o| [start.as_slice(), o].concat()))
                    .collect();
                rest = &rest[end + 1..];
            } else {
                let (token, after) = token(rest)?;
                choices.iter_mut().for_each(|c| c.push(token.clone()));
                rest = after;
            }
            if choices.len() > MOST_CHOICES {
                return None;
            }
        }
        Some(Part::Choices(choices))
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = token(rest)?;
        all.push(token);
        rest = after;
    }
    Some(all)
}

fn token(rest: &str) -> Option<(Token, &str)> {
    let mut chars = rest.chars();
    let token = match chars.next()? {
        '*' => Token::AnyText,
        '?' => Token::AnyChar,
        '\\' => Token::Char(chars.next()?),
        '[' => return class(chars.as_str()),
        plain => Token::Char(plain),
    };
    Some((token, chars.as_str()))
}

fn class(rest: &str) -> Option<(Token, &str)> {
    let (negated, rest) = match rest.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let mut chars = rest.chars();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if !ranges.is_empty() => break,
            ']' => return None,
            '\\' => chars.next()?,
            c => c,
        };
        let mut high = low;
        if let Some(after) = chars.as_str().strip_prefix('-') {
            chars = after.chars();
            high = match chars.next()? {
                ']' => return None,
                '\\' => chars.next()?,
                c => c,
            };
        }
        ranges.push((low, high));
    }
    Some((Token::Class { negated, ranges }, chars.as_str()))
}
