//! What can be said of `provisioner` blocks without running them.

use std::collections::BTreeSet;

use config::{Config, EachValue, Evaluator, Farewell, InstId, NodeId, Provisioner, Resource};
use lang::ast::Body;
use model::{Attribute, Block, Diagnostic, Diagnostics, Type, Value, err};
use provider::Registry;

use crate::managed::provider_diag;

/// Every type of provisioner is built in.
pub fn check_kinds(config: &Config, registry: &Registry) -> Diagnostics {
    let blocks = config.modules.values().flat_map(|m| {
        let resources = m.resources.values().flat_map(|r| &r.provisioners);
        resources.chain(m.removed.iter().flat_map(|r| &r.provisioners))
    });
    let missing: BTreeSet<_> =
        blocks.map(|p| &p.ty).filter(|ty| registry.provisioner(ty).is_none()).collect();
    let built_in: Vec<&str> = registry.provisioners().iter().map(|p| p.name()).collect();
    let error = |ty: &model::Str| {
        Diagnostic::error(
            "Missing required provisioner plugin",
            format!(
                "This configuration requires provisioner {ty:?}, which is not built into this program. Built in are: {}.",
                built_in.join(", ")
            ),
        )
    };
    Diagnostics(missing.into_iter().map(error).collect())
}

/// The arguments of `removed` blocks' provisioners.
pub fn check_removed(evaluator: &Evaluator<'_>, registry: &Registry) -> Diagnostics {
    let outer = evaluator.scope(InstId::ROOT);
    let scope = Farewell::unknown(&outer);
    let removed = evaluator.config().modules.values().flat_map(|m| &m.removed);
    let mut diags = Diagnostics::new();
    for block in removed.flat_map(|r| &r.provisioners) {
        if let Some(provisioner) = registry.provisioner(&block.ty) {
            diags.extend(config::decode_body(&block.body, &provisioner.schema().block, &scope).1);
        }
    }
    diags
}

/// The arguments of a resource's provisioners, with everything about the object unknown.
pub fn check_arguments(
    evaluator: &Evaluator<'_>,
    (id, inst): (NodeId, InstId),
    resource: &Resource,
    each: &EachValue,
    own: &Value,
    registry: &Registry,
) -> Diagnostics {
    let eval = |body: &Body, schema: &Block| {
        evaluator.eval_body(body, schema, id, inst, each.clone(), Some(own.clone()))
    };
    let mut diags = Diagnostics::new();
    for block in &resource.provisioners {
        let Some(provisioner) = registry.provisioner(&block.ty) else { continue };
        let (config, _, found) = eval(&block.body, &provisioner.schema().block);
        diags.extend(found);
        let errors = provisioner.validate(&config.unmarked_deep());
        diags.extend(errors.into_iter().map(provider_diag));
        if let Some(connection) = &block.connection {
            let found = eval(connection, &connection_schema()).2;
            diags.extend(found.into_iter().filter(|diag| !is_surplus(diag)));
            if provisioner.needs_connection() && !diags.has_errors() {
                diags.push(no_connections(block));
            }
        }
        // What follows would run only after this one.
        if diags.has_errors() {
            break;
        }
    }
    diags
}

/// What a connection holds too much does not keep it from being made.
fn is_surplus(diag: &Diagnostic) -> bool {
    matches!(&*diag.summary, "Unsupported argument" | "Unsupported block type")
}

fn no_connections(block: &Provisioner) -> Diagnostic {
    err!(
        block.span,
        "Unsupported connection",
        "This program makes no connections to what it manages, so the provisioner {:?} cannot run. Run what it does with \
         \"local-exec\" and a program such as ssh or scp, or hand it to the object when it is made (cloud-init, user data).",
        block.ty
    )
}

/// What a `connection` block may hold. Nothing here connects to anything; the block is still held to it.
fn connection_schema() -> Block {
    let texts = [
        "type",
        "user",
        "password",
        "timeout",
        "script_path",
        "target_platform",
        "private_key",
        "certificate",
        "host_key",
        "agent_identity",
        "proxy_scheme",
        "proxy_host",
        "proxy_port",
        "proxy_user_name",
        "proxy_user_password",
        "bastion_host",
        "bastion_host_key",
        "bastion_user",
        "bastion_password",
        "bastion_private_key",
        "bastion_certificate",
        "cacert",
    ];
    let block = Block::new("How to reach the object.")
        .attr("host", Attribute::required(Type::String, "The address to connect to."));
    let block = texts.iter().fold(block, |b, name| b.attr(name, Attribute::optional(Type::String, "")));
    let ports = ["port", "bastion_port"];
    let block = ports.iter().fold(block, |b, name| b.attr(name, Attribute::optional(Type::Number, "")));
    let flags = ["agent", "https", "insecure", "use_ntlm"];
    flags.iter().fold(block, |b, name| b.attr(name, Attribute::optional(Type::Bool, "")))
}
