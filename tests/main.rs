//! Tests of Stackwright as a whole: the house's rules, the corpora, and the binary under rough treatment.

mod binary;
mod corpus;
mod crash;
mod examples;
mod layers;
mod provisioners;
