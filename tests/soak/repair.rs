//! After a change: what refers to something that is not there any more refers to something else.

use std::collections::BTreeSet;

use crate::compose::{Composer, Wish};
use crate::kind::{Attr, Form, Nest, Shape, Who};
use crate::kinds::look;
use crate::scope::{Scope, written_count};
use crate::spec::{Block, Body, Ex, Module, Part, Rep, Spec};
use crate::val::{Ty, Val};

impl Composer<'_> {
    /// Makes every reference of a configuration lead somewhere.
    pub fn repair(&mut self, spec: &mut Spec) {
        for index in (0..spec.modules.len()).rev() {
            let mut module = std::mem::take(&mut spec.modules[index]);
            let parts = std::mem::take(&mut module.parts);
            for mut part in parts {
                self.repair_part(spec, &module, &mut part);
                module.parts.push(part);
            }
            let mut outputs = std::mem::take(&mut module.outputs);
            for output in &mut outputs {
                let scope = scope(spec, self, &module, &Rep::One);
                let wish = Wish { ty: &output.ty, secret: output.secret, nullable: false, fixed: false };
                self.repair_ex(&scope, wish, &mut output.value);
            }
            module.outputs = outputs;
            spec.modules[index] = module;
        }
    }

    fn repair_part(&mut self, spec: &Spec, module: &Module, part: &mut Part) {
        match part {
            Part::Local(local) => {
                let scope = scope(spec, self, module, &Rep::One);
                let wish = Wish { ty: &local.ty, secret: local.secret, nullable: false, fixed: false };
                self.repair_ex(&scope, wish, &mut local.value);
            }
            Part::Item(item) => {
                self.repair_rep(spec, module, &mut item.rep);
                item.after.retain(|name| module.item(name).is_some() || module.call(name).is_some());
                let kept = |(name, attr): &(String, Option<String>)| {
                    module.item(name).is_some_and(|i| attr.is_none() || !i.rep.is_keyed())
                };
                item.life.triggers.retain(kept);
                let own = look();
                let shape = if item.data { &own } else { &self.kinds[item.kind].shape };
                let scope = scope(spec, self, module, &item.rep);
                self.repair_body(&scope, shape, &item.secrets, &mut item.body);
            }
            Part::Call(call) => {
                self.repair_rep(spec, module, &mut call.rep);
                call.after.retain(|name| module.item(name).is_some() || module.call(name).is_some());
                let scope = scope(spec, self, module, &call.rep);
                let vars = &spec.modules[call.module].vars;
                call.args.retain(|name, _| vars.iter().any(|v| v.name == *name));
                for var in vars {
                    let wish = Wish { ty: &var.ty, secret: var.secret, nullable: false, fixed: var.fixed };
                    match call.args.get_mut(&var.name) {
                        Some(ex) => self.repair_ex(&scope, wish, ex),
                        None if var.default.is_none() => {
                            let ex = self.ex(&scope, wish, 1);
                            call.args.insert(var.name.clone(), ex);
                        }
                        None => {}
                    }
                }
            }
        }
    }

    fn repair_rep(&mut self, spec: &Spec, module: &Module, rep: &mut Rep) {
        let around = scope(spec, self, module, &Rep::One);
        match rep {
            Rep::One => {}
            Rep::Like(name) => {
                if !module.item(name).is_some_and(|i| !i.data && matches!(i.rep, Rep::Each(_))) {
                    *rep = Rep::Each(Vec::new());
                }
            }
            Rep::Count(count) => {
                // How long a written list is is known whatever its elements are.
                let fixed = written_count(count).is_none();
                if !is_fine(&around, Wish { ty: &Ty::Num, secret: false, nullable: false, fixed }, count) {
                    *count = Ex::Lit(self.constant(&Ty::Num));
                }
            }
            Rep::Each(entries) => {
                for (_, value) in entries {
                    let wish = Wish { ty: &Ty::Str, secret: false, nullable: false, fixed: false };
                    self.repair_ex(&around, wish, value);
                }
            }
        }
    }

    fn repair_body(&mut self, scope: &Scope<'_>, shape: &Shape, secrets: &BTreeSet<String>, body: &mut Body) {
        for attr in &shape.attrs {
            let secret = secrets.contains(&attr.name);
            if let Some(ex) = body.attrs.get_mut(&attr.name) {
                self.repair_argument(scope, attr, secret, ex);
            }
        }
        for nest in &shape.blocks {
            for block in body.blocks.get_mut(&nest.name).into_iter().flatten() {
                self.repair_block(scope, nest, block);
            }
        }
    }

    fn repair_block(&mut self, scope: &Scope<'_>, nest: &Nest, block: &mut Block) {
        let none = BTreeSet::new();
        match block {
            Block::Plain(_, body) => self.repair_body(scope, &nest.shape, &none, body),
            Block::Dynamic(iterator, over, body) => {
                let list = Ty::List(Box::new(Ty::Str));
                let wish = Wish { ty: &list, secret: false, nullable: false, fixed: false };
                self.repair_ex(scope, wish, over);
                let mut elements = scope.elements.clone();
                elements.push(iterator.clone());
                self.repair_body(&Scope { elements, ..*scope }, &nest.shape, &none, body);
            }
        }
    }

    fn repair_argument(&mut self, scope: &Scope<'_>, attr: &Attr, secret: bool, ex: &mut Ex) {
        let nullable = attr.who == Who::Optional;
        let ty = attr.ty();
        let wish = Wish { ty: &ty, secret, nullable, fixed: false };
        let fine = match &attr.form {
            Form::Plain(_) => is_fine(scope, wish, ex),
            Form::Nested(..) => is_fine(scope, Wish { nullable: true, ..wish }, ex),
        };
        if !fine {
            *ex = self.argument(attr, scope, secret);
        }
    }

    fn repair_ex(&mut self, scope: &Scope<'_>, wish: Wish<'_>, ex: &mut Ex) {
        if !is_fine(scope, wish, ex) {
            *ex = match wish.fixed {
                true => Ex::Lit(self.constant(wish.ty)),
                false => self.ex(scope, wish, 1),
            };
        }
    }
}

fn scope<'s>(spec: &'s Spec, composer: &Composer<'s>, module: &'s Module, rep: &'s Rep) -> Scope<'s> {
    Scope { spec, kinds: composer.kinds, module, parts: &module.parts, rep, elements: Vec::new() }
}

/// Whether everything that an expression refers to is there, and of the wished kind.
fn is_fine(scope: &Scope<'_>, wish: Wish<'_>, ex: &Ex) -> bool {
    let offers = scope.offers();
    ex.within().into_iter().all(|part| {
        let whole = std::ptr::eq(part, ex);
        let refers = !matches!(
            part,
            Ex::Lit(_) | Ex::Text(_) | Ex::Join(_) | Ex::Items(_) | Ex::Entries(_) | Ex::If(..) | Ex::Len(_)
        );
        let null = *part == Ex::Lit(Val::Null) && !wish.nullable;
        let offer = offers.iter().find(|o| o.ex == *part);
        let fits = offer.is_some_and(|o| {
            (wish.secret || !o.secret)
                && (!o.nullable || wish.nullable && (whole || matches!(ex, Ex::Items(_) | Ex::Entries(_))))
                && (o.fixed || !wish.fixed)
                && (!whole || o.ty == *wish.ty)
        });
        !null && (!refers || fits)
    })
}
