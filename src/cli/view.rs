//! How a command talks: to a person, to a tool, or to both.

mod copy;

use std::cell::RefCell;
use std::sync::Arc;

use model::{Diagnostic, Diagnostics, SourceMap, Value};

use crate::app::{App, say};
use crate::args::StreamArgs;
use crate::render::messages::{self, Message};
use crate::render::{Screen, diagnostic, stream::Stream};
use crate::secrets::Secrets;
use copy::Copy;

/// Where what a command has to say goes.
pub struct View {
    /// The `-json` stream instead of text for a person.
    stream: Option<Arc<Stream>>,
    /// The stream beside it, of `-json-into`.
    copy: Option<Copy>,
    /// How to write to standard output.
    pub out: Screen,
    /// How to write to standard error.
    pub err: Screen,
    compact: bool,
    failed: RefCell<bool>,
    secrets: RefCell<Secrets>,
}

impl View {
    /// A view for a person.
    pub fn new(app: &App) -> View {
        View {
            stream: None,
            copy: None,
            out: Screen::stdout(app.no_color),
            err: Screen::stderr(app.no_color),
            compact: false,
            failed: RefCell::new(false),
            secrets: RefCell::default(),
        }
    }

    /// A view as the flags ask for it; nothing where that cannot be, which has been told.
    pub fn open(app: &App, args: &StreamArgs) -> Option<View> {
        let view = View::for_document(app, args)?;
        view.say(|| messages::version(crate::VERSION, crate::TERRAFORM_VERSION));
        Some(view)
    }

    /// The same for a command that hands tools one document instead of a stream.
    pub fn for_document(app: &App, args: &StreamArgs) -> Option<View> {
        let mut view = View::new(app);
        if let Some(path) = &args.json_into {
            match Copy::open(path, args.json, view.err) {
                Ok(copy) => view.copy = Some(copy),
                Err(diag) => {
                    view.tell_one(diag);
                    return None;
                }
            }
        }
        view.stream = args.json.then(|| Arc::new(Stream::new(std::io::stdout())));
        Some(view)
    }

    /// The view with warnings told by their summaries only.
    pub fn compact(self, compact: bool) -> View {
        View { compact, ..self }
    }

    /// Whether a person reads what is printed.
    pub fn is_for_people(&self) -> bool {
        self.stream.is_none()
    }

    /// The streams for tools.
    pub fn streams(&self) -> impl Iterator<Item = &Arc<Stream>> {
        self.stream.iter().chain(self.copy.as_ref().map(Copy::stream))
    }

    /// Says something to tools, where some listen.
    pub fn say(&self, message: impl FnOnce() -> Message) {
        self.say_all(|| std::iter::once(message()));
    }

    /// Says several things to tools in order, where some listen.
    pub fn say_all<M: IntoIterator<Item = Message>>(&self, messages: impl FnOnce() -> M) {
        if self.streams().next().is_none() {
            return;
        }
        for message in messages() {
            self.streams().for_each(|stream| stream.say(&message));
        }
    }

    /// Hands a document to tools, where some listen.
    pub fn hand_over(&self, document: impl FnOnce() -> String) {
        if self.streams().next().is_some() {
            let document = document();
            self.streams().for_each(|stream| stream.write(&document));
        }
    }

    /// Keeps what is secret of a value out of all that is told from now on.
    pub fn hide(&self, value: &Value) {
        self.secrets.borrow_mut().add(value);
    }

    /// Tells diagnostics, errors last.
    pub fn tell(&self, diags: &Diagnostics, sources: &SourceMap) {
        if diags.has_errors() {
            self.failed.replace(true);
        }
        let secrets = self.secrets.borrow();
        let veiled =
            (!secrets.is_empty()).then(|| Diagnostics(diags.iter().map(|d| secrets.veil(d)).collect()));
        let diags = veiled.as_ref().unwrap_or(diags);
        self.say_all(|| diags.iter().map(|d| messages::diagnostic(d, sources)));
        if self.is_for_people() {
            self.inform(diags, sources);
        }
    }

    /// Tells a person diagnostics, whoever listens besides.
    pub fn inform(&self, diags: &Diagnostics, sources: &SourceMap) {
        let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
            diags.iter().cloned().partition(Diagnostic::is_error);
        let mut text = String::new();
        if self.compact && errors.is_empty() && !warnings.is_empty() {
            text.push_str(&diagnostic::compact_warnings(&warnings, sources, &self.err));
        } else {
            text.push_str(&diagnostic::human_all(&warnings, sources, &self.err));
        }
        text.push_str(&diagnostic::human_all(&errors, sources, &self.err));
        say(&mut std::io::stderr(), &text);
    }

    /// Tells one diagnostic that needs no source.
    pub fn tell_one(&self, diag: Diagnostic) {
        self.tell(&diag.into(), &SourceMap::new());
    }

    /// Writes data for a person to standard output.
    pub fn print(&self, text: &str) {
        if self.is_for_people() {
            say(&mut std::io::stdout(), text);
        }
    }

    /// Says something to a person on standard error.
    pub fn note(&self, text: &str) {
        if self.is_for_people() {
            say(&mut std::io::stderr(), text);
        }
    }

    /// Whether an error was told.
    pub fn has_failed(&self) -> bool {
        *self.failed.borrow()
    }
}
