//! The way from one object's change back to where it began.

use std::collections::BTreeSet;

use model::InstanceAddr;
use plan::{Action, Cause, Change, Origin};

use super::{Why, shown};
use crate::render::display_address;
use crate::render::plan::{Header, what_happens};

/// How many attributes of the object that was asked for are told.
const TOLD: usize = 10;

impl Why<'_> {
    /// Whether anything happens to an object, if only that it moves or is taken over.
    pub fn happens(&self, address: &InstanceAddr) -> bool {
        let something = |c: &Change| c.action != Action::NoOp || c.is_move() || c.importing.is_some();
        self.causes.change(address).is_some_and(something)
    }

    /// The chain of reasons, or a sentence where nothing happens to the object. Nothing where the plan does not know it.
    pub fn chain(&self, address: &InstanceAddr) -> Option<String> {
        let change = self.causes.change(address)?;
        let name = display_address(&address.to_string());
        if !self.happens(address) {
            return Some(format!("{name} does not change.\n"));
        }
        let header = Header::planned(change, &|_| None);
        let mut out = format!("{}{}\n", header.who, header.what);
        let causes = self.causes.of(change);
        for cause in causes.iter().take(TOLD) {
            out.push_str(&self.link(cause));
        }
        if causes.len() > TOLD {
            out.push_str(&format!("  {} more attributes change.\n", causes.len() - TOLD));
        }
        if let Some(first) = causes.into_iter().next() {
            self.follow(change, first, &mut out);
        }
        Some(out)
    }

    /// Goes on from object to object as long as each follows another.
    fn follow(&self, change: &Change, mut cause: Cause, out: &mut String) {
        let mut seen: BTreeSet<(InstanceAddr, String)> =
            BTreeSet::from([(change.address.clone(), cause.path.to_string())]);
        while let Origin::Instance(address, path) = &cause.origin {
            let Some(next) = self.causes.change(address) else { return };
            if !seen.insert((address.clone(), path.to_string())) {
                return;
            }
            out.push_str(&format!("\n{}{}\n", display_address(&address.to_string()), what_happens(next)));
            let Some(of_part) = self.causes.of_part(next, path).into_iter().next() else { return };
            out.push_str(&self.link(&of_part));
            cause = of_part;
        }
    }

    /// One cause: what changes, where that is written, and what it follows.
    fn link(&self, cause: &Cause) -> String {
        let mut out = match (cause.path.is_empty(), cause.forces) {
            (true, _) => String::new(),
            (false, true) => format!("  {} forces the replacement\n", shown(&cause.path)),
            (false, false) => format!("  {} changes\n", shown(&cause.path)),
        };
        for place in &cause.places {
            let location = self.sources.location(place.span);
            let line = if cause.is_sensitive { place.name.clone() } else { self.line(place.span) };
            out.push_str(&format!("    {location}: {line}\n"));
        }
        let end = self.end(cause);
        if !end.is_empty() {
            out.push_str(&format!("    {end}\n"));
        }
        out
    }

    fn line(&self, span: model::Span) -> String {
        let file = self.sources.file(span.file);
        file.line(file.position(span.start as usize).line).trim().to_owned()
    }

    fn end(&self, cause: &Cause) -> String {
        match &cause.origin {
            Origin::Written if !self.others(cause).is_empty() => {
                let others = self.others(cause).into_iter().map(|other| other.text);
                let others = others.collect::<Vec<String>>().join(" or ");
                format!("Either this was edited, or {others} has another value than before.")
            }
            Origin::Written if cause.path.is_empty() => String::new(),
            Origin::Written => "This is where the configuration says something else than what exists.".into(),
            Origin::Variable(name) => format!("var.{name} comes from {}.", self.variable(name)),
            Origin::Instance(address, path) => {
                format!("It follows {}{path}.", display_address(&address.to_string()))
            }
            Origin::Outside if cause.path.is_empty() => "It was deleted outside.".into(),
            Origin::Outside => "It was changed outside, and is put back.".into(),
            Origin::Tainted => {
                "It is tainted: an earlier run did not finish it, or \"taint\" marked it.".into()
            }
            Origin::Requested => "It was asked for with -replace.".into(),
            Origin::Unconfigured => "It is in the configuration no more.".into(),
            Origin::Destroyed => "Everything is to be destroyed.".into(),
            Origin::LeftOver => "It is left over from a replacement that was not completed.".into(),
        }
    }
}
