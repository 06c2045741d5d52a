//! Addresses as people see them.

/// Shows the module call that a component became by the component's own name, `component.TYPE.NAME`. For human output
/// only: state, plan JSON and the stream keep the plain form.
pub fn display_address(address: &str) -> String {
    stack::address::for_people(address)
}
