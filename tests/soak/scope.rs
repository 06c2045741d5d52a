//! What an expression at a place of a configuration may refer to.

use crate::kind::{Attr, Form, Kind, Who};
use crate::kinds::look;
use crate::spec::{Call, Ex, Item, Local, Module, Part, Rep, Sel, Spec};
use crate::val::{Ty, Val};

/// The things in scope: all parts of a module before one.
pub struct Scope<'s> {
    /// The configuration.
    pub spec: &'s Spec,
    /// The resource types.
    pub kinds: &'s [Kind],
    /// The module.
    pub module: &'s Module,
    /// The parts that may be referred to.
    pub parts: &'s [Part],
    /// How the block at hand is repeated.
    pub rep: &'s Rep,
    /// The iterators of dynamic blocks around, whose elements are texts.
    pub elements: Vec<String>,
}

/// Something of a type to refer to.
#[derive(Clone, Debug)]
pub struct Offer {
    /// How.
    pub ex: Ex,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be secret.
    pub secret: bool,
    /// Whether it is always known while planning.
    pub fixed: bool,
    /// Whether it may be null.
    pub nullable: bool,
}

impl Scope<'_> {
    /// Everything that can be referred to.
    pub fn offers(&self) -> Vec<Offer> {
        let mut found = Vec::new();
        for var in &self.module.vars {
            let ex = Ex::Var(var.name.clone());
            found.push(Offer {
                ex,
                ty: var.ty.clone(),
                secret: var.secret,
                fixed: var.fixed,
                nullable: false,
            });
        }
        for part in self.parts {
            match part {
                Part::Local(local) => found.push(of_local(local)),
                Part::Item(item) => self.of_item(item, &mut found),
                Part::Call(call) => self.of_call(call, &mut found),
            }
        }
        found.extend(self.of_instance());
        found
    }

    /// Whether something can be referred to just so.
    pub fn has(&self, ex: &Ex) -> bool {
        self.offers().iter().any(|o| o.ex == *ex)
    }

    fn of_instance(&self) -> Vec<Offer> {
        let offer = |ex, ty, fixed| Offer { ex, ty, secret: false, fixed, nullable: false };
        let mut found = match self.rep {
            Rep::One => Vec::new(),
            Rep::Count(_) => vec![offer(Ex::Index, Ty::Num, true)],
            Rep::Each(_) => {
                vec![offer(Ex::EachKey, Ty::Str, true), offer(Ex::EachValue(None), Ty::Str, false)]
            }
            Rep::Like(_) => {
                vec![
                    offer(Ex::EachKey, Ty::Str, true),
                    offer(Ex::EachValue(Some("id".into())), Ty::Str, false),
                ]
            }
        };
        found.extend(self.elements.iter().map(|e| offer(Ex::Element(e.clone()), Ty::Str, false)));
        found
    }

    fn of_item(&self, item: &Item, found: &mut Vec<Offer>) {
        let own = look();
        let shape = if item.data { &own } else { &self.kinds[item.kind].shape };
        for attr in shape.attrs.iter().filter(|a| !a.write_only && matches!(a.form, Form::Plain(_))) {
            let secret = attr.sensitive || item.secrets.contains(&attr.name);
            let nullable = is_nullable(attr);
            let ty = attr.ty();
            for sel in self.selections(&item.rep) {
                let ex = Ex::Attr(item.name.clone(), sel, attr.name.clone());
                found.push(Offer { ex, ty: ty.clone(), secret, fixed: false, nullable });
            }
            if !nullable && ty == Ty::Str {
                let ex = Ex::All(item.name.clone(), attr.name.clone());
                found.push(Offer { ex, ty: Ty::List(Box::new(Ty::Str)), secret, fixed: false, nullable });
            }
        }
    }

    fn of_call(&self, call: &Call, found: &mut Vec<Offer>) {
        for output in &self.spec.modules[call.module].outputs {
            for sel in self.selections(&call.rep) {
                let ex = Ex::Out(call.name.clone(), sel, output.name.clone());
                let ty = output.ty.clone();
                found.push(Offer { ex, ty, secret: output.secret, fixed: false, nullable: false });
            }
            if output.ty == Ty::Str {
                let ex = Ex::AllOut(call.name.clone(), output.name.clone());
                let ty = Ty::List(Box::new(Ty::Str));
                found.push(Offer { ex, ty, secret: output.secret, fixed: false, nullable: false });
            }
        }
    }

    /// The ways to choose an instance of a block that is repeated in a way.
    fn selections(&self, rep: &Rep) -> Vec<Sel> {
        let Some(keys) = self.keys(rep) else { return vec![Sel::One] };
        let own = !matches!(self.rep, Rep::Count(count) if written_count(count).is_none())
            && matches!(self.rep, Rep::Count(_)) == matches!(rep, Rep::Count(_))
            && self.keys(self.rep).is_some_and(|own| own.iter().all(|k| keys.contains(k)));
        keys.into_iter().map(Sel::Key).chain(own.then_some(Sel::Own)).collect()
    }

    /// The keys of a block, as far as what is written tells them; nothing where it is not repeated.
    pub fn keys(&self, rep: &Rep) -> Option<Vec<model::InstanceKey>> {
        keys(self.module, rep)
    }
}

/// The keys of a block of a module, as far as what is written tells them; nothing where it is not repeated.
pub fn keys(module: &Module, rep: &Rep) -> Option<Vec<model::InstanceKey>> {
    match rep {
        Rep::One => None,
        Rep::Count(count) => {
            // Where a variable decides nobody can be sure of any.
            Some((0..written_count(count).unwrap_or(0)).map(model::InstanceKey::Int).collect())
        }
        Rep::Each(entries) => {
            Some(entries.iter().map(|(k, _)| model::InstanceKey::Str(k.as_str().into())).collect())
        }
        Rep::Like(name) => module.item(name).and_then(|i| keys(module, &i.rep)),
    }
}

/// A count that what is written tells.
pub fn written_count(count: &Ex) -> Option<u64> {
    match count {
        Ex::Lit(Val::Num(n)) => Some(*n as u64),
        Ex::Len(list) => match &**list {
            Ex::Items(items) => Some(items.len() as u64),
            Ex::Lit(Val::List(items)) => Some(items.len() as u64),
            _ => None,
        },
        _ => None,
    }
}

impl Rep {
    /// Whether instances have keys.
    pub fn is_keyed(&self) -> bool {
        !matches!(self, Rep::One)
    }
}

fn of_local(local: &Local) -> Offer {
    let ex = Ex::Local(local.name.clone());
    Offer { ex, ty: local.ty.clone(), secret: local.secret, fixed: false, nullable: false }
}

/// Whether an attribute may be null although somebody is to give it.
fn is_nullable(attr: &Attr) -> bool {
    attr.who == Who::Optional
}
