//! Configurations as the language writes them.

use std::collections::BTreeMap;
use std::fmt::Write;

use model::{InstanceKey, Nesting};

use crate::kind::{Kind, Shape};
use crate::kinds::LOOK;
use crate::spec::{
    Block, Body, Call, Ex, Ignore, Item, Life, Module, Moved, Output, Part, Place, Rep, Sel, Spec, Test, Var,
};
use crate::val::Val;

/// The files of a configuration by path.
pub fn files(spec: &Spec, kinds: &[Kind]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (i, module) in spec.modules.iter().enumerate() {
        let mut writer = Writer { module, kinds, out: String::new(), is_root: i == 0 };
        writer.module();
        let dir = if i == 0 { String::new() } else { format!("mods/m{i}/") };
        files.insert(format!("{dir}main.tf"), writer.out);
    }
    files
}

struct Writer<'s> {
    module: &'s Module,
    kinds: &'s [Kind],
    out: String,
    is_root: bool,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _infallible = writeln!(self.out, "{:1$}{text}", "", depth * 2);
    }

    fn module(&mut self) {
        if self.is_root {
            self.line(0, "provider \"fickle\" {\n  region = \"a\"\n}\n");
            self.line(0, "provider \"fickle\" {\n  alias  = \"b\"\n  region = \"b\"\n}\n");
        }
        for var in &self.module.vars {
            self.var(var);
        }
        for part in &self.module.parts {
            match part {
                Part::Local(local) => {
                    let value = self.ex(&local.value);
                    self.line(0, &format!("locals {{\n  {} = {value}\n}}\n", local.name));
                }
                Part::Item(item) => self.item(item),
                Part::Call(call) => self.call(call),
            }
        }
        for output in &self.module.outputs {
            self.output(output);
        }
        for moved in &self.module.moved {
            self.line(0, &moved_text(moved));
        }
        for (from, destroy) in &self.module.removed {
            let text =
                format!("removed {{\n  from = {from}\n  lifecycle {{\n    destroy = {destroy}\n  }}\n}}\n");
            self.line(0, &text);
        }
    }

    fn var(&mut self, var: &Var) {
        self.line(0, &format!("variable {} {{", model::address::quote(&var.name)));
        self.line(1, &format!("type = {}", var.ty.text()));
        if let Some(default) = &var.default {
            self.line(1, &format!("default = {}", lit(default)));
        }
        if var.secret {
            self.line(1, "sensitive = true");
        }
        self.line(0, "}\n");
    }

    fn output(&mut self, output: &Output) {
        let value = self.ex(&output.value);
        self.line(0, &format!("output {} {{", model::address::quote(&output.name)));
        self.line(1, &format!("value = {value}"));
        if output.secret {
            self.line(1, "sensitive = true");
        }
        self.line(0, "}\n");
    }

    fn item(&mut self, item: &Item) {
        let (word, ty) = match item.data {
            true => ("data", LOOK),
            false => ("resource", &*self.kinds[item.kind].name),
        };
        // Data sources wait for what they name themselves, so nothing may stand between.
        let each = self.each(&item.name, &item.rep, !item.data);
        self.line(0, &format!("{word} \"{ty}\" \"{}\" {{", item.name));
        self.rep(&item.rep, each);
        self.waits(&item.after);
        if let Some(alias) = &item.alias {
            self.line(1, &format!("provider = fickle.{alias}"));
        }
        let look = crate::kinds::look();
        let kinds = self.kinds;
        let shape = if item.data { &look } else { &kinds[item.kind].shape };
        self.body(&item.body, shape, 1);
        self.life(&item.life);
        self.line(0, "}\n");
    }

    fn call(&mut self, call: &Call) {
        let each = self.each(&call.name, &call.rep, true);
        self.line(0, &format!("module \"{}\" {{", call.name));
        let up = if self.is_root { "./mods" } else { ".." };
        self.line(1, &format!("source = \"{up}/m{}\"", call.module));
        self.rep(&call.rep, each);
        self.waits(&call.after);
        if let Some(alias) = &call.alias {
            self.line(1, &format!("providers = {{ fickle = fickle.{alias} }}"));
        }
        for (name, value) in &call.args {
            let value = self.ex(value);
            self.line(1, &format!("{name} = {value}"));
        }
        self.line(0, "}\n");
    }

    /// What a block goes through; if it may, every other one comes through a local value, which means the same.
    fn each(&mut self, name: &str, rep: &Rep, may_be_local: bool) -> Option<String> {
        let Rep::Each(entries) = rep else { return None };
        let plain = entries.iter().all(|(k, v)| *v == Ex::text(k));
        let list: Vec<String> = entries.iter().map(|(k, _)| model::address::quote(k)).collect();
        let entry = |(k, v): &(String, Ex)| format!("{} = {}", model::address::quote(k), self.ex(v));
        let map: Vec<String> = entries.iter().map(entry).collect();
        let text = match plain {
            true => format!("toset([{}])", list.join(", ")),
            false => format!("{{ {} }}", map.join(", ")),
        };
        let is_direct = name.bytes().fold(0, u8::wrapping_add) % 2 == 0;
        if is_direct || !may_be_local {
            return Some(text);
        }
        self.line(0, &format!("locals {{\n  each_of_{name} = {text}\n}}\n"));
        Some(format!("local.each_of_{name}"))
    }

    fn rep(&mut self, rep: &Rep, each: Option<String>) {
        match rep {
            Rep::One => {}
            Rep::Count(count) => {
                let count = self.ex(count);
                self.line(1, &format!("count = {count}"));
            }
            Rep::Each(_) => self.line(1, &format!("for_each = {}", each.unwrap_or_default())),
            Rep::Like(name) => {
                let of = self.address(name);
                self.line(1, &format!("for_each = {of}"));
            }
        }
    }

    fn waits(&mut self, after: &[String]) {
        if !after.is_empty() {
            let list: Vec<String> = after.iter().map(|name| self.address(name)).collect();
            self.line(1, &format!("depends_on = [{}]", list.join(", ")));
        }
    }

    /// How a resource, data source or call of the module is referred to.
    fn address(&self, name: &str) -> String {
        address(self.module, self.kinds, name)
    }

    fn body(&mut self, body: &Body, shape: &Shape, depth: usize) {
        for (name, value) in &body.attrs {
            let value = self.ex(value);
            self.line(depth, &format!("{name} = {value}"));
        }
        for nest in &shape.blocks {
            for block in body.blocks.get(&nest.name).into_iter().flatten() {
                self.block(&nest.name, nest.nesting, block, &nest.shape, depth);
            }
        }
    }

    fn block(&mut self, name: &str, nesting: Nesting, block: &Block, shape: &Shape, depth: usize) {
        match block {
            Block::Plain(label, body) => {
                let label = label.as_ref().filter(|_| nesting == Nesting::Map);
                let label = label.map(|l| format!(" {}", model::address::quote(l))).unwrap_or_default();
                self.line(depth, &format!("{name}{label} {{"));
                self.body(body, shape, depth + 1);
                self.line(depth, "}");
            }
            Block::Dynamic(iterator, over, body) => {
                let over = self.ex(over);
                self.line(depth, &format!("dynamic \"{name}\" {{"));
                self.line(depth + 1, &format!("for_each = {over}"));
                if iterator != name {
                    self.line(depth + 1, &format!("iterator = {iterator}"));
                }
                if nesting == Nesting::Map {
                    self.line(depth + 1, &format!("labels = [\"l${{{iterator}.key}}\"]"));
                }
                self.line(depth + 1, "content {");
                self.body(body, shape, depth + 2);
                self.line(depth + 1, "}");
                self.line(depth, "}");
            }
        }
    }

    fn life(&mut self, life: &Life) {
        let mut lines = Vec::new();
        if life.first {
            lines.push("create_before_destroy = true".to_owned());
        }
        if life.keep {
            lines.push("prevent_destroy = true".to_owned());
        }
        match &life.ignore {
            Ignore::Nothing => {}
            Ignore::All => lines.push("ignore_changes = all".to_owned()),
            Ignore::Of(names) => lines.push(format!("ignore_changes = [{}]", names.join(", "))),
        }
        let trigger = |(name, attr): &(String, Option<String>)| {
            format!("{}{}", self.address(name), attr.as_ref().map(|a| format!(".{a}")).unwrap_or_default())
        };
        if !life.triggers.is_empty() {
            let list: Vec<String> = life.triggers.iter().map(trigger).collect();
            lines.push(format!("replace_triggered_by = [{}]", list.join(", ")));
        }
        for (word, test) in [("precondition", life.before), ("postcondition", life.after)] {
            lines.extend(test.map(|test| condition(word, test)));
        }
        if !lines.is_empty() {
            self.line(1, "lifecycle {");
            lines.iter().for_each(|l| self.line(2, l));
            self.line(1, "}");
        }
    }

    fn ex(&self, ex: &Ex) -> String {
        expression(self.module, self.kinds, ex)
    }
}

fn condition(word: &str, test: Test) -> String {
    let condition = match test {
        Test::Holds => "terraform.workspace == \"default\"",
        Test::Fails => "terraform.workspace == \"other\"",
        Test::HoldsLater => "self.id != \"never\"",
        Test::FailsLater => "self.id == \"never\"",
    };
    format!(
        "{word} {{\n      condition     = {condition}\n      error_message = \"It does not hold.\"\n    }}"
    )
}

/// How a resource, data source or call of a module is referred to.
pub fn address(module: &Module, kinds: &[Kind], name: &str) -> String {
    match module.item(name) {
        Some(item) if item.data => format!("data.{LOOK}.{name}"),
        Some(item) => format!("{}.{name}", kinds[item.kind].name),
        None => format!("module.{name}"),
    }
}

/// An expression as the language writes it.
fn expression(module: &Module, kinds: &[Kind], ex: &Ex) -> String {
    let ex_of = |e: &Ex| expression(module, kinds, e);
    let list = |parts: &[Ex]| parts.iter().map(ex_of).collect::<Vec<_>>().join(", ");
    let of = |name: &String| address(module, kinds, name);
    match ex {
        Ex::Lit(value) => lit(value),
        Ex::Var(name) => format!("var.{name}"),
        Ex::Local(name) => format!("local.{name}"),
        Ex::EachKey => "each.key".into(),
        Ex::EachValue(None) => "each.value".into(),
        Ex::EachValue(Some(attr)) => format!("each.value.{attr}"),
        Ex::Index => "count.index".into(),
        Ex::Attr(name, sel, attr) => {
            let rep = module.item(name).map(|i| &i.rep);
            format!("{}{}.{attr}", of(name), selector(sel, rep))
        }
        Ex::Out(name, sel, output) => {
            let rep = module.call(name).map(|c| &c.rep);
            format!("{}{}.{output}", of(name), selector(sel, rep))
        }
        Ex::All(name, attr) => all(&of(name), module.item(name).map(|i| &i.rep), attr),
        Ex::AllOut(name, output) => all(&of(name), module.call(name).map(|c| &c.rep), output),
        Ex::Text(parts) => {
            let part = |p: &Ex| match p {
                Ex::Lit(Val::Str(text)) => inner(text),
                other => format!("${{{}}}", ex_of(other)),
            };
            format!("\"{}\"", parts.iter().map(part).collect::<String>())
        }
        Ex::Join(inner) => format!("join(\",\", {})", ex_of(inner)),
        Ex::Items(parts) => format!("[{}]", list(parts)),
        Ex::Entries(entries) => {
            let entry = |(k, v): &(String, Ex)| format!("{} = {}", model::address::quote(k), ex_of(v));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Ex::If(a, b, c, d) => format!("({} == {} ? {} : {})", ex_of(a), ex_of(b), ex_of(c), ex_of(d)),
        Ex::Len(inner) => format!("length({})", ex_of(inner)),
        Ex::Element(iterator) => format!("{iterator}.value"),
    }
}

fn selector(sel: &Sel, rep: Option<&Rep>) -> String {
    match (sel, rep) {
        (Sel::One, _) => String::new(),
        (Sel::Key(key), _) => key.to_string(),
        (Sel::Own, Some(Rep::Count(_))) => "[count.index]".into(),
        (Sel::Own, _) => "[each.key]".into(),
    }
}

/// All instances' attributes, in one of the ways that there are.
fn all(of: &str, rep: Option<&Rep>, attr: &str) -> String {
    match rep {
        Some(Rep::Each(entries)) if entries.len() % 2 == 0 => format!("values({of})[*].{attr}"),
        Some(Rep::Each(_) | Rep::Like(_)) => format!("[for k, v in {of} : v.{attr}]"),
        Some(Rep::Count(_) | Rep::One) | None => format!("{of}[*].{attr}"),
    }
}

fn inner(text: &str) -> String {
    let quoted = model::address::quote(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// A constant as the language writes it.
pub fn lit(value: &Val) -> String {
    match value {
        Val::Unknown | Val::Null => "null".into(),
        Val::Bool(b) => b.to_string(),
        Val::Num(n) => n.to_string(),
        Val::Str(s) => model::address::quote(s),
        Val::List(_) | Val::Set(_) => {
            format!("[{}]", value.items().into_iter().map(lit).collect::<Vec<_>>().join(", "))
        }
        Val::Map(entries) => {
            let entry = |(k, v): (&String, &Val)| format!("{} = {}", model::address::quote(k), lit(v));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn moved_text(moved: &Moved) -> String {
    format!("moved {{\n  from = {}\n  to   = {}\n}}\n", place(&moved.from), place(&moved.to))
}

fn place(place: &Place) -> String {
    let mut steps: Vec<String> =
        place.calls.iter().map(|(name, key)| format!("module.{name}{key}")).collect();
    steps.extend(place.item.as_ref().map(|(ty, name)| format!("{ty}.{name}")));
    let key = if place.key == InstanceKey::None { String::new() } else { place.key.to_string() };
    format!("{}{key}", steps.join("."))
}
