//! Blocks for pasting, as messages offer them.

use hcl::Block;

use crate::flavor::Flavor;

/// The block of a component of a flavor, with a place for each argument that it needs.
pub fn component(flavor: &Flavor, name: &str) -> String {
    let mut block = Block::builder("component")
        .add_label(flavor.component_type.to_string())
        .add_label(name)
        .add_attribute(("flavor", flavor.name.to_string()));
    for argument in flavor.required_arguments() {
        block = block.add_attribute((argument.to_string(), "..."));
    }
    render(block.build())
}

/// The block of a component whose flavor is still to be chosen.
pub fn component_of_type(component_type: &str, name: &str, flavor: &str) -> String {
    let block = Block::builder("component").add_label(component_type).add_label(name);
    render(block.add_attribute(("flavor", flavor)).build())
}

/// The block of a stack.
pub fn stack(name: &str) -> String {
    render(Block::builder("stack").add_label(name).add_attribute(("description", "...")).build())
}

/// The text of a block, indented as messages indent what is quoted.
fn render(block: Block) -> String {
    let body = hcl::Body::builder().add_block(block).build();
    let text = hcl::format::to_string(&body).unwrap_or_default();
    text.trim_end().lines().map(|l| format!("\n  {l}")).collect()
}
