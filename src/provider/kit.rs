//! The conformance kit: checks that a provider keeps the contract.
