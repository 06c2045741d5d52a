//! The stack that lives and dies: every create class, dependencies, replacements of both orders.

use std::collections::{BTreeMap, BTreeSet};

use model::{Diagnostics, Str, Value};
use provider::Registry;
use provider_sim::{Clock, Cloud, InMemory, Settings, SimProvider};
use soak::engine::{Project, load};

/// The configuration. How many there are of each, and how they are, variables say.
const TEXT: &str = r#"
variable "counts" {
  type = map(number)
}

variable "size" {
  type = number
}

variable "zone" {
  type = string
}

resource "stackwright_sim_network" "net" {
  count = var.counts.networks
  name  = "net-${count.index}"
  size  = var.size
}

resource "stackwright_sim_subnet" "sub" {
  count      = var.counts.subnets
  name       = "sub"
  network_id = stackwright_sim_network.net[count.index % var.counts.networks].id
  size       = var.size
  zone       = var.zone
}

resource "stackwright_sim_server" "srv" {
  count      = var.counts.servers
  name       = "srv"
  network_id = stackwright_sim_network.net[count.index % var.counts.networks].id
  zone       = var.zone
  size       = var.size
  tags       = { note = stackwright_sim_note.note[count.index % var.counts.notes].id }

  lifecycle {
    create_before_destroy = true
  }
}

resource "stackwright_sim_bucket" "data" {
  count = var.counts.buckets
  name  = "data"
  zone  = var.zone
  size  = var.size

  lifecycle {
    create_before_destroy = true
  }
}

resource "stackwright_sim_database" "db" {
  count      = var.counts.databases
  name       = "db-${var.zone}-${count.index}"
  network_id = stackwright_sim_network.net[count.index % var.counts.networks].id
  size       = var.size
}

resource "stackwright_sim_service" "svc" {
  count      = var.counts.services
  name       = "svc"
  zone       = var.zone
  network_id = stackwright_sim_network.net[count.index % var.counts.networks].id
  tags       = { data = join(",", stackwright_sim_bucket.data[*].id) }
}

resource "stackwright_sim_note" "note" {
  count = var.counts.notes
  text  = "${var.zone} ${var.size}"
}

output "endpoints" {
  value = stackwright_sim_service.svc[*].endpoint
}
"#;

/// The types, by the names that counts go under.
const TYPES: &[(&str, &str)] = &[
    ("networks", "stackwright_sim_network.net"),
    ("subnets", "stackwright_sim_subnet.sub"),
    ("servers", "stackwright_sim_server.srv"),
    ("buckets", "stackwright_sim_bucket.data"),
    ("databases", "stackwright_sim_database.db"),
    ("services", "stackwright_sim_service.svc"),
    ("notes", "stackwright_sim_note.note"),
];

/// What the stack is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How many there are, in the order of the types.
    pub counts: [usize; 7],
    /// How large everything is: another size is an update.
    pub size: u64,
    /// Where everything is: another zone is a replacement.
    pub zone: &'static str,
}

/// Sixty resources.
pub const SIXTY: Wanted = Wanted { counts: [4, 8, 16, 12, 6, 6, 8], size: 1, zone: "a" };

/// The same sixty otherwise, some of them gone and some new.
pub const CHANGED: Wanted = Wanted { counts: [4, 6, 17, 11, 6, 5, 9], size: 2, zone: "b" };

impl Wanted {
    /// The addresses of everything that is wanted.
    pub fn addresses(&self) -> BTreeSet<String> {
        let each = TYPES.iter().zip(self.counts);
        each.flat_map(|((_, block), n)| (0..n).map(move |i| format!("{block}[{i}]"))).collect()
    }

    fn variables(&self) -> BTreeMap<String, Value> {
        let counts = TYPES.iter().zip(self.counts);
        let counts = counts.map(|((name, _), n)| (*name, Value::number(n))).collect::<Vec<_>>();
        BTreeMap::from([
            ("counts".to_owned(), Value::map(model::Type::Number, counts)),
            ("size".to_owned(), Value::number(self.size)),
            ("zone".to_owned(), Value::string(self.zone)),
        ])
    }
}

/// The configuration of the stack as it is wanted. Loading it once is enough: [`with`] changes what is wanted.
pub fn project(wanted: &Wanted) -> Result<Project, Diagnostics> {
    of_text(TEXT, &wanted.variables())
}

/// A configuration of one file over the simulated cloud.
pub fn of_text(text: &str, variables: &BTreeMap<String, Value>) -> Result<Project, Diagnostics> {
    let cloud = InMemory::new(Cloud::new(Settings::default()), Clock::at(0));
    let registry = Registry::new().with(SimProvider::of(std::sync::Arc::new(cloud)));
    let files = BTreeMap::from([("main.tf".to_owned(), text.to_owned())]);
    load(&files, variables, &registry)
}

/// The same configuration with something else wanted.
pub fn with(project: &mut Project, wanted: &Wanted) {
    let variables = wanted.variables().into_iter();
    project.variables = variables.map(|(name, value)| (Str::from(name.as_str()), value)).collect();
}
