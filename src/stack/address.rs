//! Addresses as people write them: a component's where state and plan have its module call's.

use crate::component::ComponentId;
use crate::kinds::component_type;

/// `component.TYPE.NAME...` for `module.TYPE--NAME...`; any other address as it is.
pub fn for_people(address: &str) -> String {
    let Some(rest) = address.strip_prefix("module.") else { return address.to_owned() };
    let (call, tail) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
    match call.split_once("--") {
        Some((ty, name)) if component_type(ty).is_some() => {
            format!("{}{tail}", ComponentId::new(ty, name))
        }
        _ => address.to_owned(),
    }
}

/// `module.TYPE--NAME...` for `component.TYPE.NAME...`; any other address as it is.
pub fn from_people(address: &str) -> String {
    let Some(rest) = address.strip_prefix("component.") else { return address.to_owned() };
    let Some((ty, rest)) = rest.split_once('.') else { return address.to_owned() };
    if component_type(ty).is_none() {
        return address.to_owned();
    }
    let (name, tail) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
    format!("module.{}{tail}", ComponentId::new(ty, name).module())
}

/// What a source `flavor://TYPE/FLAVOR` or `flavor://TYPE/FLAVOR/grants/LEVEL` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlavorDir {
    /// The component type.
    pub component_type: String,
    /// The flavor.
    pub flavor: String,
    /// The folder within the flavor: empty, or `grants/LEVEL`.
    pub folder: String,
}

/// Reads the source of a module call that a component or a grant became.
pub fn flavor_dir(source: &str) -> Option<FlavorDir> {
    let mut parts = source.strip_prefix("flavor://")?.splitn(3, '/');
    let (component_type, flavor) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some(FlavorDir { component_type, flavor, folder: parts.next().unwrap_or_default().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_both_ways() {
        let cases = [
            ("module.artifact_store--models", "component.artifact_store.models"),
            ("module.artifact_store--models.a_b.c[0]", "component.artifact_store.models.a_b.c[0]"),
            ("module.cluster--a-b.module.x[\"k\"].a.b", "component.cluster.a-b.module.x[\"k\"].a.b"),
            ("aws_s3_bucket.b", "aws_s3_bucket.b"),
            ("module.network", "module.network"),
        ];
        for (plain, people) in cases {
            assert_eq!(for_people(plain), people);
            assert_eq!(from_people(people), plain);
        }
    }

    #[test]
    fn modules_of_other_names_are_no_components() {
        for address in ["module.cake--x.a.b", "module.grant--orchestrator--p--artifact_store--m"] {
            assert_eq!(for_people(address), address);
        }
        assert_eq!(from_people("component.cake.x"), "component.cake.x");
    }

    #[test]
    fn flavor_sources_name_their_folder() {
        let dir = flavor_dir("flavor://artifact_store/s3/grants/read_write").unwrap();
        assert_eq!(
            (&*dir.component_type, &*dir.flavor, &*dir.folder),
            ("artifact_store", "s3", "grants/read_write")
        );
        assert_eq!(flavor_dir("flavor://artifact_store/s3").unwrap().folder, "");
        assert_eq!(flavor_dir("./modules/x"), None);
    }
}
