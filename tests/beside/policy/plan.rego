# What a team may ask of plans, in terms of every part of a plan document that policies commonly look at.
package main

import rego.v1

resources contains resource if some resource in input.resource_changes

planned contains resource if {
	walk(input.planned_values, [_, node])
	some resource in node.resources
}

deny contains sprintf("%s is destroyed", [r.address]) if {
	some r in resources
	"delete" in r.change.actions
	not "create" in r.change.actions
}

deny contains sprintf("%s is replaced because of %v", [r.address, r.change.replace_paths]) if {
	some r in resources
	"delete" in r.change.actions
	"create" in r.change.actions
}

warn contains sprintf("%s is updated: %s", [r.address, name]) if {
	some r in resources
	r.change.actions == ["update"]
	some name, after in r.change.after
	object.get(r.change.before, name, null) != after
}

warn contains sprintf("%s is created with %s unknown", [r.address, name]) if {
	some r in resources
	r.change.actions == ["create"]
	some name, unknown in r.change.after_unknown
	unknown == true
}

warn contains sprintf("%s moves from %s", [r.address, r.previous_address]) if some r in resources

warn contains sprintf("%s is imported as %s", [r.address, r.change.importing.id]) if some r in resources

warn contains sprintf("%s has secrets in %s", [r.address, name]) if {
	some r in planned
	some name, secret in r.sensitive_values
	secret == true
}

warn contains sprintf("%s drifted: %v", [r.address, r.change.actions]) if some r in input.resource_drift

warn contains sprintf("output %s: %v", [name, o.actions]) if some name, o in input.output_changes

warn contains sprintf("check %s: %s", [c.address.to_display, c.status]) if some c in input.checks

warn contains sprintf("%s runs %s", [r.address, p.type]) if {
	walk(input.configuration.root_module, [_, node])
	some r in node.resources
	some p in r.provisioners
}

warn contains sprintf("%s reads %v", [r.address, expression.references]) if {
	walk(input.configuration.root_module, [_, node])
	some r in node.resources
	some expression in r.expressions
}
