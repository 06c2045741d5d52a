//! `{k = v}`

use model::convert::convert;
use model::{Diagnostics, Marks, Str, Type, Value, err};

use super::{Env, failed_since};
use crate::ast::{Expr, ExprKind, ObjectItem};

impl Env<'_> {
    /// An object. Where a key is not known, neither is the type of the whole.
    pub(super) fn object(self, items: &[ObjectItem], diags: &mut Diagnostics) -> Value {
        let mut entries = Vec::with_capacity(items.len());
        let mut marks = Marks::NONE;
        let mut is_known = true;
        for item in items {
            let key = self.object_key(item, diags);
            let value = self.expr(&item.value, diags);
            match key {
                Some((key, key_marks)) => {
                    entries.push((key, value));
                    marks |= key_marks;
                }
                None => is_known = false,
            }
        }
        if is_known { Value::object(entries).with_marks(marks) } else { Value::dynamic() }
    }

    /// The key of an item and the marks on it; nothing if it is wrong or unknown.
    fn object_key(self, item: &ObjectItem, diags: &mut Diagnostics) -> Option<(Str, Marks)> {
        if let Some(name) = keyword(item) {
            return Some((name.into(), Marks::NONE));
        }
        if let ExprKind::Reference(traversal) = &item.key.kind
            && !traversal.steps.is_empty()
        {
            diags.push(ambiguous(&item.key));
            return None;
        }
        let before = diags.0.len();
        let (key, marks) = self.expr(&item.key, diags).unmark();
        if failed_since(diags, before) {
            return None;
        }
        if key.is_null() {
            let null = err!(item.value.span, "Null value as key", "Can't use a null value as a key.");
            self.report(null, &item.key, diags);
            return None;
        }
        match convert(&key, &Type::String) {
            Ok(key) => key.as_str().map(|k| (k.clone(), marks)),
            Err(e) => {
                let wrong =
                    err!(item.key.span, "Incorrect key type", "Can't use this value as a key: {}.", e.full());
                self.report(wrong, &item.key, diags);
                None
            }
        }
    }
}

/// `null`, `true` and `false` are names where a bare key stands.
fn keyword(item: &ObjectItem) -> Option<&str> {
    match &item.key.kind {
        ExprKind::Null => Some("null"),
        ExprKind::Bool(true) => Some("true"),
        ExprKind::Bool(false) => Some("false"),
        ExprKind::Reference(t) if t.steps.is_empty() => Some(&t.root.name),
        _ => None,
    }
}

fn ambiguous(key: &Expr) -> model::Diagnostic {
    err!(
        key.span,
        "Ambiguous attribute key",
        "Write it in parentheses if the value of this reference is to be the key, or in quotes if the key has dots \
         in it."
    )
}
