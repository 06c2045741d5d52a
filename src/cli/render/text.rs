//! Colours, widths and wrapping: how text meets a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Color, Effects, Style};

/// The width at which prose is wrapped where nothing tells the terminal's.
pub const DEFAULT_WIDTH: usize = 78;

/// How to write to one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Whether colours are written.
    pub colour: bool,
    /// Whether a person looks at it now: boxes are drawn, status lines are overwritten.
    pub terminal: bool,
    /// The number of columns.
    pub width: usize,
    /// Where the signs of differences stand.
    pub signs: Signs,
}

/// Where the sign of a line stands: `+`, `-`, `~`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// Before what it marks, as far to the right as that is nested.
    Inside,
    /// In the first column, as in the output of `diff`: that is how pages know what to colour.
    First,
}

/// What a piece of text is, as far as its colour says so. Never the only sign: a marker or word says it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Names and results.
    Bold,
    /// What is added.
    Green,
    /// What is changed; warnings.
    Yellow,
    /// What is removed; errors.
    Red,
    /// What is read.
    Cyan,
    /// Asides.
    Grey,
    /// Source that is wrong.
    Underlined,
}

impl Screen {
    /// Neither colours nor boxes, wrapped at [`DEFAULT_WIDTH`]: files, pipes, tests.
    pub const PLAIN: Screen =
        Screen { colour: false, terminal: false, width: DEFAULT_WIDTH, signs: Signs::Inside };

    /// For pages that colour differences by the first column.
    pub const DIFF: Screen = Screen { signs: Signs::First, ..Screen::PLAIN };

    /// For standard output as it is, unless the user wants no colours (`-no-color`).
    pub fn stdout(no_color: bool) -> Screen {
        let width = terminal_size::terminal_size_of(std::io::stdout());
        Screen::of(std::io::IsTerminal::is_terminal(&std::io::stdout()), width, no_color)
    }

    /// For standard error as it is, unless the user wants no colours (`-no-color`).
    pub fn stderr(no_color: bool) -> Screen {
        let width = terminal_size::terminal_size_of(std::io::stderr());
        Screen::of(std::io::IsTerminal::is_terminal(&std::io::stderr()), width, no_color)
    }

    fn of(
        terminal: bool,
        size: Option<(terminal_size::Width, terminal_size::Height)>,
        no_color: bool,
    ) -> Screen {
        let dumb = std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        let unwanted = no_color || dumb || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let width = size.map_or(DEFAULT_WIDTH, |(w, _)| usize::from(w.0).max(20));
        Screen { colour: terminal && !unwanted, terminal, width, signs: Signs::Inside }
    }

    /// The text in a colour, where colours are written.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let style = ink.style();
        format!("{style}{text}{style:#}")
    }

    /// The escape sequence that ends all colours, where colours are written.
    pub fn reset(&self) -> &'static str {
        if self.colour { "\u{1b}[0m" } else { "" }
    }
}

impl Ink {
    fn style(self) -> Style {
        let colour = |c: AnsiColor| Style::new().fg_color(Some(Color::Ansi(c)));
        match self {
            Ink::Bold => Style::new().effects(Effects::BOLD),
            Ink::Green => colour(AnsiColor::Green),
            Ink::Yellow => colour(AnsiColor::Yellow),
            Ink::Red => colour(AnsiColor::Red),
            Ink::Cyan => colour(AnsiColor::Cyan),
            Ink::Grey => colour(AnsiColor::BrightBlack),
            Ink::Underlined => Style::new().effects(Effects::UNDERLINE),
        }
    }
}

/// Wraps prose at a width. Lines that begin with a blank are left as they are: they are code or lists.
pub fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 40);
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        if line.starts_with([' ', '\t']) {
            out.push_str(line);
        } else {
            wrap_line(line, width, &mut out);
        }
    }
    out
}

fn wrap_line(line: &str, width: usize, out: &mut String) {
    let mut column = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
}

/// Pads with blanks to a width in characters.
pub fn pad(text: &str, width: usize) -> String {
    let mut out = text.to_owned();
    for _ in text.chars().count()..width {
        out.push(' ');
    }
    out
}

/// A rule across the page.
pub fn rule(screen: &Screen) -> String {
    "─".repeat(screen.width.min(DEFAULT_WIDTH) - 1)
}

/// "1 attribute", "2 attributes".
pub fn counted(n: usize, noun: &str) -> String {
    let mut out = String::new();
    let ending = if n == 1 { "" } else { "s" };
    let _infallible = write!(out, "{n} {noun}{ending}");
    out
}
