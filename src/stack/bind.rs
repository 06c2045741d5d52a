//! Closes requirements: which component gives another what it needs.

use std::collections::{BTreeMap, BTreeSet};

use model::{Diagnostic, Diagnostics, Span, Str, err};

use crate::component::{ComponentId, Draft};
use crate::flavor::{Flavor, Requirement};
use crate::library::Library;
use crate::{paste, shape};

/// One requirement of a component, met by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Who needs it.
    pub consumer: ComponentId,
    /// What is needed.
    pub capability: Str,
    /// The variable of the consumer's flavor that receives the value.
    pub variable: Str,
    /// Who provides it.
    pub producer: ComponentId,
}

/// An optional part of a component that is there because somebody asked for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    /// The component that the part belongs to.
    pub producer: ComponentId,
    /// The part: a capability.
    pub capability: Str,
    /// Who asked.
    pub asked_by: ComponentId,
}

/// What came of closing the requirements.
#[derive(Debug, Default)]
pub struct Bindings {
    /// What is bound to what, in source order.
    pub bindings: Vec<Binding>,
    /// The optional parts that are switched on by it.
    pub demands: BTreeSet<Demand>,
    /// Components with a requirement that nothing meets.
    pub unmet: BTreeSet<ComponentId>,
}

impl Bindings {
    /// The bindings of a consumer.
    pub fn of<'b>(&'b self, consumer: &'b ComponentId) -> impl Iterator<Item = &'b Binding> {
        self.bindings.iter().filter(move |b| b.consumer == *consumer)
    }

    /// The optional parts that are asked of a component.
    pub fn demanded(&self, producer: &ComponentId) -> BTreeSet<Str> {
        let of = self.demands.iter().filter(|d| d.producer == *producer);
        of.map(|d| d.capability.clone()).collect()
    }
}

/// The components by the capability that they provide.
type Providers<'d> = BTreeMap<&'d str, Vec<&'d Draft>>;

/// Binds every requirement of every component to the one component that provides it, or to the one that `uses` names.
pub fn bind(drafts: &[Draft], library: &Library<'_>, diags: &mut Diagnostics) -> Bindings {
    let mut providers = Providers::new();
    for draft in drafts {
        for provision in draft.flavor.iter().flat_map(|f| &f.provides) {
            providers.entry(&provision.capability).or_default().push(draft);
        }
    }
    let mut made = Bindings::default();
    let mut found = Diagnostics::new();
    for draft in drafts {
        if let Some(flavor) = &draft.flavor {
            bind_component(draft, flavor, &providers, library, &mut made, &mut found);
        }
    }
    // A component without a flavor may be the one that provides what is missing; what is wrong with it is told already.
    if drafts.iter().all(|d| d.flavor.is_some()) {
        diags.extend(found);
    }
    made
}

fn bind_component(
    draft: &Draft,
    flavor: &Flavor,
    providers: &Providers<'_>,
    library: &Library<'_>,
    made: &mut Bindings,
    diags: &mut Diagnostics,
) {
    let uses = uses(draft, providers, flavor, diags);
    let mut lacking = Lacking::default();
    for requirement in flavor.requires.iter().filter(|r| !draft.gives(&r.variable)) {
        let all = providers.get(&*requirement.capability).map(Vec::as_slice).unwrap_or_default();
        let all: Vec<&Draft> = all.iter().copied().filter(|p| p.id != draft.id).collect();
        let named: Vec<&Draft> = all.iter().copied().filter(|p| uses.contains(&p.id)).collect();
        match if named.is_empty() { &all[..] } else { &named[..] } {
            [producer] => connect(draft, requirement, producer, made),
            [] if requirement.optional => {}
            [] => lacking.add(unmet(&requirement.capability, library), &requirement.capability),
            several => lacking.add(ambiguous(several), &requirement.capability),
        }
    }
    if !lacking.0.is_empty() {
        made.unmet.insert(draft.id.clone());
        diags.extend(lacking.report(draft));
    }
}

/// What is wrong with requirements and what to do about it; requirements with the same trouble are told together.
#[derive(Default)]
struct Lacking<'r>(Vec<(Trouble, Vec<&'r str>)>);

#[derive(PartialEq)]
struct Trouble {
    summary: &'static str,
    /// What follows "COMPONENT needs CAPABILITIES, and".
    detail: String,
}

impl<'r> Lacking<'r> {
    fn add(&mut self, trouble: Trouble, capability: &'r str) {
        match self.0.iter_mut().find(|(t, _)| *t == trouble) {
            Some((_, capabilities)) => capabilities.push(capability),
            None => self.0.push((trouble, vec![capability])),
        }
    }

    fn report(self, draft: &Draft) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|(Trouble { summary, detail }, needed)| {
            let needed = shape::quoted(&needed);
            err!(draft.header(), summary, "{} needs {needed}, and {detail}", draft.id)
        })
    }
}

fn connect(draft: &Draft, requirement: &Requirement, producer: &Draft, made: &mut Bindings) {
    made.bindings.push(Binding {
        consumer: draft.id.clone(),
        capability: requirement.capability.clone(),
        variable: requirement.variable.clone(),
        producer: producer.id.clone(),
    });
    let provision = producer.flavor.as_ref().and_then(|f| f.provision(&requirement.capability));
    if provision.is_some_and(|p| p.on_demand) {
        made.demands.insert(Demand {
            producer: producer.id.clone(),
            capability: requirement.capability.clone(),
            asked_by: draft.id.clone(),
        });
    }
}

/// The components that `uses` names; each must provide something that is required.
fn uses(
    draft: &Draft,
    providers: &Providers<'_>,
    flavor: &Flavor,
    diags: &mut Diagnostics,
) -> BTreeSet<ComponentId> {
    let want = "a component or a list of components, such as [component.cluster.shared]";
    let mut used = BTreeSet::new();
    let references: Vec<(Vec<Str>, Span)> = draft
        .references("uses", want, diags)
        .into_iter()
        .map(|t| (shape::names(t).into_iter().cloned().collect(), t.span))
        .collect();
    for (names, span) in references {
        let [root, ty, name] = &names[..] else {
            diags.push(not_a_component(span, want));
            continue;
        };
        if &**root != "component" {
            diags.push(not_a_component(span, want));
            continue;
        }
        let id = ComponentId { ty: ty.clone(), name: name.clone() };
        let provides = |r: &&Requirement| {
            providers.get(&*r.capability).is_some_and(|list| list.iter().any(|p| p.id == id))
        };
        if flavor.requires.iter().find(provides).is_none() {
            diags.push(useless(&id, flavor, span));
        }
        used.insert(id);
    }
    used
}

fn not_a_component(span: Span, want: &str) -> Diagnostic {
    err!(span, "Unsuitable value", "The argument \"uses\" must be {want}.")
}

fn useless(id: &ComponentId, flavor: &Flavor, span: Span) -> Diagnostic {
    let needs: Vec<&Str> = flavor.requires.iter().map(|r| &r.capability).collect();
    let needs = match needs.is_empty() {
        true => "nothing of other components".to_owned(),
        false => shape::quoted(&needs),
    };
    err!(
        span,
        "Component of no use here",
        "{id} provides nothing that the flavor {:?} of {} requires; it requires {needs}.",
        flavor.name,
        flavor.component_type
    )
}

fn unmet(capability: &str, library: &Library<'_>) -> Trouble {
    let providing = library.all().into_iter().find(|f| f.provision(capability).is_some());
    let advice = match providing {
        Some(flavor) => format!("Add one that does:\n{}", paste::component(&flavor)),
        None => format!(
            "No flavor at hand provides it. One of your own does so with provides {capability:?} in its manifest."
        ),
    };
    let detail = format!("no component of the stack provides that. {advice}");
    Trouble { summary: "Missing component", detail }
}

fn ambiguous(several: &[&Draft]) -> Trouble {
    let list: Vec<String> = several.iter().map(|p| p.id.to_string()).collect();
    let detail = format!(
        "several components provide that: {}. Say which is meant: uses = [{}]",
        list.join(", "),
        list[0]
    );
    Trouble { summary: "Several components to choose from", detail }
}
