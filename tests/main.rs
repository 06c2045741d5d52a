//! Tests of Stackwright as a whole: the house's rules, the corpora, and the binary under rough treatment.

#![expect(clippy::print_stdout, reason = "tests tell their readers what they skipped or found")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod backends;
mod bad_input;
mod binary;
mod certificates;
mod commands;
mod comments;
mod console;
mod converge;
mod corpus;
mod crash;
mod deploys;
mod diagnostics;
mod differential;
mod encryption;
mod ephemeral;
mod examples;
mod explanations;
mod import;
mod kills;
mod large;
mod layers;
mod lives;
mod loopback;
mod modules;
mod output;
#[path = "../state/tests/postgres/mod.rs"]
mod postgres;
mod protection;
mod provisioners;
mod rebuild;
mod roundtrip;
mod saved_plans;
mod scenarios;
mod states;
mod streams;
mod tofu;
