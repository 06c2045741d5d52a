//! What the fuzz targets check; the sample in the tests checks the same.

#[path = "../tests/language/fuzz/print.rs"]
mod print;
#[path = "../tests/language/fuzz/properties.rs"]
pub mod properties;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/language/world.rs"]
mod world;
