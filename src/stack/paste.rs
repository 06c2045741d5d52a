//! Blocks for pasting, as messages offer them.

use hcl::Block;
use hcl::structure::BlockBuilder;

use crate::flavor::Flavor;
use crate::kinds;

/// The block of a component of a flavor, with a place for each argument that it needs.
pub fn component(flavor: &Flavor) -> String {
    let mut block = start(&flavor.component_type, &flavor.name);
    for argument in flavor.required_arguments() {
        block = block.add_attribute((argument.to_string(), "..."));
    }
    render(block.build())
}

/// The block of a component of a type; `...` is a flavor that is still to be chosen.
pub fn component_of_type(component_type: &str, flavor: &str) -> String {
    render(start(component_type, flavor).build())
}

fn start(component_type: &str, flavor: &str) -> BlockBuilder {
    let name = kinds::component_type(component_type).map_or("main", |t| t.example);
    let block = Block::builder("component").add_label(component_type).add_label(name);
    block.add_attribute(("flavor", flavor))
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
