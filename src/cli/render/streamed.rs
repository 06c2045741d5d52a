//! Documents of many elements, each made when it is written: the document never stands in memory as a whole.

use std::io::{BufWriter, Write};

use model::ModuleAddr;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

/// Writes a document on a line of its own. A reader that has gone away is no error.
pub fn write(out: &mut dyn Write, document: &impl Serialize) {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let written = serde_json::to_writer(&mut out, document).map_err(Into::into);
    let _reader_gone = written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
}

/// An array whose elements are made one after the other.
pub(super) struct Each<'e, T, F>(pub(super) &'e [T], pub(super) F);

impl<T, F: Fn(&T) -> Json> Serialize for Each<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

/// Resources by module, nested as the modules are. They come in the order of their addresses.
pub(super) struct ModuleTree<T> {
    resources: Vec<T>,
    children: Vec<(ModuleAddr, ModuleTree<T>)>,
}

impl<T> ModuleTree<T> {
    /// No resource.
    pub(super) fn new() -> ModuleTree<T> {
        ModuleTree { resources: Vec::new(), children: Vec::new() }
    }

    /// Adds a resource of a module.
    pub(super) fn add(&mut self, module: &ModuleAddr, resource: T) {
        self.module(module).resources.push(resource);
    }

    fn module(&mut self, module: &ModuleAddr) -> &mut ModuleTree<T> {
        (1..=module.0.len()).fold(self, |tree, depth| tree.child(&module.0[..depth]))
    }

    fn child(&mut self, addr: &[(model::Str, model::InstanceKey)]) -> &mut ModuleTree<T> {
        let at = self.children.binary_search_by(|(a, _)| (*a.0).cmp(addr)).unwrap_or_else(|at| {
            self.children.insert(at, (ModuleAddr(addr.into()), ModuleTree::new()));
            at
        });
        &mut self.children[at].1
    }

    /// The document's `root_module`, of which each resource is made by `one`.
    pub(super) fn root<F: Fn(&T) -> Json>(&self, one: F) -> impl Serialize {
        RootForm { tree: self, one }
    }
}

struct RootForm<'t, T, F> {
    tree: &'t ModuleTree<T>,
    one: F,
}

impl<T, F: Fn(&T) -> Json> Serialize for RootForm<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ModuleForm { tree: self.tree, addr: None, one: &self.one }.serialize(serializer)
    }
}

struct ModuleForm<'t, T, F> {
    tree: &'t ModuleTree<T>,
    addr: Option<&'t ModuleAddr>,
    one: &'t F,
}

impl<T, F: Fn(&T) -> Json> Serialize for ModuleForm<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        if !self.tree.resources.is_empty() {
            out.serialize_entry("resources", &Each(&self.tree.resources, self.one))?;
        }
        if let Some(addr) = self.addr {
            out.serialize_entry("address", &addr.to_string())?;
        }
        if !self.tree.children.is_empty() {
            let form = |(addr, tree)| ModuleForm { tree, addr: Some(addr), one: self.one };
            let children: Vec<_> = self.tree.children.iter().map(|(addr, tree)| form((addr, tree))).collect();
            out.serialize_entry("child_modules", &children)?;
        }
        out.end()
    }
}
