//! `import`: takes an object that exists over into the state.

use ::plan::{Mode, Options};
use model::address::Target;
use model::{Diagnostic, Diagnostics, InstanceAddr, ResourceMode, SourceMap, Span, err};

use crate::app::App;
use crate::args::{ImportArgs, PlanningArgs};
use crate::commands::run::{Prior, Ready, Telling, apply_plan, lock, make_plan, ready, timestamp};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ImportArgs) -> u8 {
    let view = View::new(app).compact(args.view.compact_warnings);
    let Some(address) = address(&view, &args.address) else { return 1 };
    let planning = PlanningArgs::reading_nothing(args.vars.clone());
    let Some(ready) = ready(app, &view, &planning, args.view.input, args.state.places()) else { return 1 };
    if let Err(diag) = may_import(&ready, &address) {
        view.tell(&diag.into(), &ready.project.sources.borrow());
        return 1;
    }
    let options = Options {
        mode: Mode::RefreshOnly,
        refresh: false,
        import: Some((address, args.id.clone())),
        parallelism: planning.parallelism,
        ..Options::default()
    };
    let Some(session) = lock(app, &view, &ready, &args.lock, "OperationTypeImport").await else { return 1 };
    let prior = Prior::of(&session);
    let plan = make_plan(app, &view, &ready, options, prior, &timestamp(), Telling::All).await;
    if plan.errored {
        let _ = session.close().await;
        return 1;
    }
    apply_plan(app, &view, &ready, plan, session, planning.parallelism, "import").await
}

/// The instance that the address names; what is wrong with it is told.
fn address(view: &View, text: &str) -> Option<InstanceAddr> {
    let mut sources = SourceMap::new();
    let file = sources.add("<import-address>", text.to_owned());
    let span = Span::new(file, 0, text.len());
    let found = match stack::address::from_people(text).parse::<Target>() {
        Ok(Target::Resource(addr)) if addr.resource.mode == ResourceMode::Managed => return Some(addr),
        Ok(Target::Resource(_)) => Diagnostic::error(
            "A managed resource address is required. Importing into a data resource is not allowed.",
            format!(
                "The address {text} is not that of a managed resource, and only those have objects of their own."
            ),
        ),
        Ok(Target::Module(_)) => err!(
            span,
            "Invalid address",
            "The address of a resource instance is required here; a module alone holds no object."
        ),
        Err(e) => err!(span, "Invalid address", "{e}"),
    };
    view.tell(&Diagnostics::from(found), &sources);
    None
}

/// Whether the configuration has the resource, and whether its state may be changed so.
fn may_import(ready: &Ready, address: &InstanceAddr) -> Result<(), Diagnostic> {
    let project = &ready.project;
    if let Some(environment) = project.environment.as_ref().filter(|e| e.protected) {
        return Err(protected(environment));
    }
    let path = address.module.path();
    let Some(module) = project.config.modules.get(&path) else {
        return Err(Diagnostic::error(
            "Import to non-existent module",
            format!("There is no {path} in the configuration. Add the module call before importing into it."),
        ));
    };
    match module.resources.contains_key(&address.resource) {
        true => Ok(()),
        false => Err(unconfigured(address)),
    }
}

fn unconfigured(address: &InstanceAddr) -> Diagnostic {
    let module = config::module_phrase(&address.module.path());
    Diagnostic::error(
        format!("resource address {:?} does not exist in the configuration.", address.to_string()),
        format!(
            "An object that no block describes would be destroyed by the next apply. Write its block into {module} first:\n\n\
             resource {:?} {:?} {{\n  # arguments\n}}",
            &*address.resource.ty, &*address.resource.name
        ),
    )
}

fn protected(environment: &stack::Environment) -> Diagnostic {
    err!(
        environment.span,
        "Protected environment",
        "The environment {0:?} is protected, and this command changes its state at once. Write an import block, look at what \
         it does with: stackwright plan -env={0} -out=FILE, then apply that plan.",
        &*environment.name
    )
}
