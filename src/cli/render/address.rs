//! Addresses as people see them.

/// Rewrites module calls that stand for components, `module.<type>--<name>`, to `component.<type>.<name>`. For human
/// output only: state, plan JSON and the stream keep the plain form.
pub fn display_address(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(start) = module_call(rest) {
        let (before, call) = rest.split_at(start);
        out.push_str(before);
        let name_and_rest = &call["module.".len()..];
        let end = name_and_rest.find(['.', '[', ' ', ',', '"']).unwrap_or(name_and_rest.len());
        let (name, after) = name_and_rest.split_at(end);
        match name.split_once("--") {
            Some((ty, component)) if is_component(ty, component) => {
                out.push_str("component.");
                out.push_str(ty);
                out.push('.');
                out.push_str(component);
            }
            _ => {
                out.push_str("module.");
                out.push_str(name);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The next `module.` that begins a step of an address, outside quoted keys.
fn module_call(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    let mut at_start = true;
    for (i, c) in text.char_indices() {
        if !quoted && at_start && text[i..].starts_with("module.") {
            return Some(i);
        }
        at_start = !c.is_alphanumeric() && c != '_' && c != '-';
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    None
}

/// A grant's module call names two parties and stays as it is.
fn is_component(ty: &str, name: &str) -> bool {
    let word = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || c == '_');
    ty != "grant" && word(ty) && !name.is_empty() && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use super::display_address;

    #[test]
    fn components_are_shown_by_their_own_names() {
        let cases = [
            ("terraform_data.a", "terraform_data.a"),
            ("module.net.aws_vpc.a[0]", "module.net.aws_vpc.a[0]"),
            (
                "module.artifact_store--models.aws_s3_bucket.b",
                "component.artifact_store.models.aws_s3_bucket.b",
            ),
            (
                "module.cluster--shared.module.vpc[\"a.b\"].x.y",
                "component.cluster.shared.module.vpc[\"a.b\"].x.y",
            ),
            ("module.a[\"module.x--y.z\"].x.y", "module.a[\"module.x--y.z\"].x.y"),
            ("module.grant--a--b.x.y", "module.grant--a--b.x.y"),
            ("module.a.module.orchestrator--p", "module.a.component.orchestrator.p"),
        ];
        for (address, shown) in cases {
            assert_eq!(display_address(address), shown);
        }
    }
}
