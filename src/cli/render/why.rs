//! Why something is planned, in words: which attribute, which line, because of what.
//!
//! [`Why::note`] is a line above each action, [`Why::chain`] the whole way from one object's change back to where it began,
//! [`Why::groups`] all changes by where they began.

mod chain;
mod groups;

use std::collections::BTreeMap;

use config::{Config, RootValue};
use model::{Path, SourceMap, Str};
use plan::{Cause, Causes, Change, Origin, Place, Plan};

use super::display_address;
use groups::{Spot, generalised};

/// The causes of a plan's changes, with what it takes to say where they are written.
pub struct Why<'w> {
    causes: Causes<'w>,
    plan: &'w Plan,
    config: &'w Config,
    sources: &'w SourceMap,
    given: &'w BTreeMap<Str, RootValue>,
}

impl<'w> Why<'w> {
    /// Looks at a plan with the configuration, the texts and the root variables that it was made from.
    pub fn new(
        plan: &'w Plan,
        config: &'w Config,
        sources: &'w SourceMap,
        given: &'w BTreeMap<Str, RootValue>,
    ) -> Why<'w> {
        Why { causes: Causes::new(plan, config), plan, config, sources, given }
    }

    /// One line that says why, where there is more to say than the action itself does.
    pub fn note(&self, change: &Change) -> Option<String> {
        let causes = self.causes.of(change);
        let first = causes.first()?;
        let text = match first.path.is_empty() {
            true => self.whole(first)?,
            false => self.part(first)?,
        };
        Some(match causes.len() - 1 {
            0 => text,
            1 => format!("{text}; and 1 more"),
            more => format!("{text}; and {more} more"),
        })
    }

    fn whole(&self, cause: &Cause) -> Option<String> {
        match &cause.origin {
            Origin::Written | Origin::Variable(_) => {
                let (first, place) = (cause.places.first()?, self.place(cause)?);
                let word = first.name.rsplit('.').next().unwrap_or_default();
                let what = match word {
                    "count" | "for_each" | "enabled" | "replace_triggered_by" => word,
                    "removed" => "removed block",
                    "moved" => "moved block",
                    "import" => "import block",
                    _ => "declared",
                };
                Some(format!("{what}: {place}"))
            }
            Origin::Instance(address, path) => {
                let what = format!("{}{path}", display_address(&address.to_string()));
                Some(format!("because of {what}: {}", self.place(cause)?))
            }
            Origin::Outside => Some("because it was deleted outside".into()),
            Origin::Tainted
            | Origin::Requested
            | Origin::Unconfigured
            | Origin::Destroyed
            | Origin::LeftOver => None,
        }
    }

    fn part(&self, cause: &Cause) -> Option<String> {
        let attribute = match cause.forces {
            true => format!("{}, which forces a replacement,", shown(&cause.path)),
            false => shown(&cause.path),
        };
        Some(match &cause.origin {
            Origin::Outside => format!("because {attribute} was changed outside"),
            Origin::Instance(address, path) => {
                let followed = format!("{}{path}", display_address(&address.to_string()));
                format!("because {attribute} follows {followed}: {}", self.place(cause)?)
            }
            Origin::Variable(name) => {
                format!("because {attribute} follows var.{name}: {}", self.place(cause)?)
            }
            _ => format!("because of {}: {}", attribute.trim_end_matches(','), self.place(cause)?),
        })
    }

    /// Where it began, or for what another object began, where it is written that it follows that.
    fn place(&self, cause: &Cause) -> Option<String> {
        if let Origin::Variable(name) = &cause.origin {
            return Some(self.variable(name));
        }
        let place = cause.places.last().map(|place| self.sources.location(place.span))?;
        let others = self.others(cause).into_iter().take(2).map(|other| format!(", or {}", other.text));
        Some(format!("{place}{}", others.collect::<String>()))
    }

    /// What may have begun it instead, the nearest first: other places, and variables that somebody gave a value.
    fn others(&self, cause: &Cause) -> Vec<Spot> {
        let beyond = cause.places_beyond.iter().map(|place| self.spot(place));
        let given = cause.variables.iter().filter(|name| self.given.contains_key(*name));
        beyond.chain(given.map(|name| Spot { text: self.given_variable(name), at: None })).collect()
    }

    /// A place with what stands there: `main.tf:3 (local.size)`.
    fn spot(&self, place: &Place) -> Spot {
        let text = format!("{} ({})", self.sources.location(place.span), generalised(&place.name));
        Spot { text, at: Some((place.span.file.0, place.span.start, place.span.end)) }
    }

    /// A variable with where its value comes from: `var.size (terraform.tfvars:1)`.
    fn given_variable(&self, name: &str) -> String {
        format!("var.{name} ({})", self.variable(name))
    }

    /// Where a root variable's value comes from.
    fn variable(&self, name: &str) -> String {
        let default = || {
            let variable = self.config.root()?.variables.get(name)?;
            Some(format!("{}, its default", self.sources.location(variable.default.as_ref()?.span)))
        };
        match self.given.get(name) {
            Some(RootValue { span: Some(span), .. }) => self.sources.location(*span),
            Some(RootValue { origin, .. }) => origin.clone(),
            None => default().unwrap_or_else(|| "not set".into()),
        }
    }
}

/// A path as people write it within an object: `tags["team"]`.
fn shown(path: &Path) -> String {
    path.to_string().trim_start_matches('.').to_owned()
}
