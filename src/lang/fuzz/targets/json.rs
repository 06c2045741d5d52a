#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| lang_fuzz::properties::reads_json(text));
