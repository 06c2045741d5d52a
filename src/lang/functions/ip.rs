//! Arithmetic on IP addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use model::{Number, Type, Value};
use num_bigint::{BigInt, BigUint, Sign};

use super::arguments::{number, strings, text, whole};
use super::define::{Outcome, blame, define, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let prefix = || Param::string("prefix", "A range of addresses, such as `10.0.0.0/8`.");
    vec![
        define("cidrhost", "Gives an address within a range.", Type::String, cidrhost)
            .takes(prefix())
            .takes(Param::number("hostnum", "The address's number; from the end where negative."))
            .shows(&[("cidrhost(\"10.12.112.0/20\", 16)", "\"10.12.112.16\"")]),
        define("cidrnetmask", "Gives the mask of an IPv4 range.", Type::String, cidrnetmask)
            .takes(prefix())
            .shows(&[("cidrnetmask(\"172.16.0.0/12\")", "\"255.240.0.0\"")]),
        define("cidrsubnet", "Gives a range within a range.", Type::String, cidrsubnet)
            .takes(prefix())
            .takes(Param::number("newbits", "How many bits longer the new prefix is."))
            .takes(Param::number("netnum", "The number of the new range."))
            .shows(&[("cidrsubnet(\"172.16.0.0/12\", 4, 2)", "\"172.18.0.0/16\"")]),
        define(
            "cidrsubnets",
            "Gives consecutive ranges within a range.",
            Type::list(Type::String),
            cidrsubnets,
        )
        .takes(prefix())
        .takes_any_number(Param::number("newbits", "How many bits longer each new prefix is."))
        .shows(&[("cidrsubnets(\"10.1.0.0/16\", 4, 8)", "tolist([\"10.1.0.0/20\", \"10.1.16.0/24\"])")]),
        define(
            "cidrcontains",
            "Says whether a range contains an address or another range.",
            Type::Bool,
            cidrcontains,
        )
        .takes(Param::string("containing_prefix", "The range to look in."))
        .takes(Param::string("contained_ip_or_prefix", "The address or range to look for."))
        .shows(&[("cidrcontains(\"10.0.0.0/8\", \"10.1.2.3\")", "true")]),
    ]
}

/// An address as a number of 32 or 128 bits.
#[derive(Clone, Copy, PartialEq)]
struct Address {
    value: u128,
    bits: u32,
}

/// A range of addresses; the address may have bits beyond the prefix.
#[derive(Clone, Copy)]
struct Range {
    address: Address,
    prefix: u32,
}

impl Address {
    fn parse(text: &str) -> Option<Address> {
        if text.contains(':') {
            return text.parse::<Ipv6Addr>().ok().map(|a| Address { value: a.to_bits(), bits: 128 });
        }
        // Leading zeros are allowed, and mean nothing.
        let parts: Vec<u8> = text
            .split('.')
            .map(|part| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit())))
            .collect::<Option<_>>()?;
        let octets: [u8; 4] = parts.try_into().ok()?;
        Some(Address { value: u32::from_be_bytes(octets).into(), bits: 32 })
    }

    /// A mask with as many bits set as the prefix is long.
    fn mask(self, prefix: u32) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        all & all.checked_shl(self.bits - prefix).unwrap_or(0)
    }

    fn is_mapped_ipv4(self) -> bool {
        self.bits == 128 && self.value >> 32 == 0xffff
    }

    fn show(self) -> String {
        let low = u32::try_from(self.value & 0xffff_ffff).unwrap_or_default();
        if self.bits == 32 || self.is_mapped_ipv4() {
            return Ipv4Addr::from_bits(low).to_string();
        }
        Ipv6Addr::from_bits(self.value).to_string()
    }
}

impl Range {
    fn parse(text: &str) -> Result<Range, CallError> {
        let parsed = text.split_once('/').and_then(|(address, prefix)| {
            let address = Address::parse(address)?;
            let digits = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
            let prefix = prefix.parse().ok().filter(|p| digits && *p <= address.bits)?;
            Some(Range { address, prefix })
        });
        match parsed {
            Some(range) => {
                let value = range.address.value & range.address.mask(range.prefix);
                Ok(Range { address: Address { value, ..range.address }, ..range })
            }
            None => fail(format!("{text:?} is no range of addresses like 10.0.0.0/8")),
        }
    }

    /// The address with a number put in at the end of a prefix. A negative number is put in as its two's complement.
    fn with_number(self, number: &BigInt, prefix: u32) -> Address {
        let combined: BigInt = BigInt::from(self.address.value) | (number << (self.address.bits - prefix));
        let low = combined.magnitude() & BigUint::from(u128::MAX >> (128 - self.address.bits));
        Address { value: u128::try_from(low).unwrap_or_default(), ..self.address }
    }

    fn last(self) -> u128 {
        self.address.value | !self.address.mask(self.prefix) & (u128::MAX >> (128 - self.address.bits))
    }

    fn show(self) -> String {
        let shown_as_ipv4 = self.address.is_mapped_ipv4() && self.prefix >= 96;
        format!("{}/{}", self.address.show(), if shown_as_ipv4 { self.prefix - 96 } else { self.prefix })
    }
}

fn big(number: &Number) -> Result<BigInt, CallError> {
    match number.whole_magnitude().filter(|_| number.is_integer()) {
        Some(magnitude) => {
            Ok(BigInt::from_biguint(if number.is_negative() { Sign::Minus } else { Sign::Plus }, magnitude))
        }
        None => fail("value must be a whole number"),
    }
}

fn cidrhost(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let number = big(&number(args, 1))?;
    let range = Range::parse(text(args, 0))?;
    let greatest = (BigInt::from(1) << (range.address.bits - range.prefix)) - 1;
    let (chosen, distance) = match number.sign() {
        Sign::Minus => (&greatest - (-&number - 1), -&number - 1),
        Sign::NoSign | Sign::Plus => (number.clone(), low_64_bits(&number)),
    };
    if distance > greatest {
        return fail(format!("a prefix of {} bits leaves no room for a host number {chosen}", range.prefix));
    }
    // The oracle counts hosts of mapped IPv4 addresses at the wrong end; nobody has such ranges.
    let bits = if range.address.is_mapped_ipv4() { 32 } else { range.address.bits };
    Ok(Value::string(range.with_number(&chosen, bits).show()))
}

/// The number as the check for its size sees it: the lower 64 bits, with sign.
fn low_64_bits(number: &BigInt) -> BigInt {
    let low = number.magnitude() & BigUint::from(u64::MAX);
    BigInt::from(u64::try_from(low).unwrap_or_default().cast_signed())
}

fn cidrnetmask(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let range = Range::parse(text(args, 0))?;
    if range.address.bits != 32 && !range.address.is_mapped_ipv4() {
        return fail(format!("IPv6 addresses cannot have a netmask: {}", text(args, 0)));
    }
    let value = range.address.mask(range.prefix);
    Ok(Value::string(Address { value, ..range.address }.show()))
}

fn cidrsubnet(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let new_bits = whole(args, 1)?;
    let number = big(&number(args, 2))?;
    let range = Range::parse(text(args, 0))?;
    let extended = i64::from(range.prefix).saturating_add(new_bits);
    let fits = u32::try_from(extended).ok().filter(|p| *p <= range.address.bits);
    let Some(prefix) = fits else {
        let have = range.prefix;
        return fail(format!(
            "a prefix of {have} bits cannot grow by {new_bits}: addresses have no more bits"
        ));
    };
    if (0..64).contains(&new_bits) && number.magnitude() >= &(BigUint::from(1u8) << new_bits) {
        return fail(format!("{new_bits} more bits leave no room for a network number {number}"));
    }
    let address = range.with_number(&number, prefix);
    Ok(Value::string(Range { address, prefix }.show()))
}

fn cidrsubnets(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let range = Range::parse(text(args, 0)).or_else(|e| blame(0, e.message))?;
    let bits = range.address.bits;
    let mut subnets: Vec<Range> = Vec::new();
    for at in 1..args.len() {
        let Some(new_bits) = number(args, at).to_i64() else {
            return blame(at, super::arguments::NOT_WHOLE);
        };
        let prefix = subnet_prefix(range, new_bits).or_else(|message| blame(at, message))?;
        if bits == 128 && range.address.value >> 32 == 0xffff {
            return blame(at, "IPv4 addresses in the notation of IPv6 cannot be divided; write them as IPv4");
        }
        let size = 1u128.checked_shl(bits - prefix);
        let start = match subnets.last() {
            None => Some(range.address.value),
            Some(before) => next_start(before.last(), size),
        };
        let start = start.filter(|start| *start <= range.last());
        match (start, subnets.last()) {
            (Some(value), _) => subnets.push(Range { address: Address { value, bits }, prefix }),
            (None, before) => {
                let after = before.map(|b| b.show()).unwrap_or_default();
                return blame(
                    at,
                    format!(
                        "after {after} there is no room left for a network with a prefix of {prefix} bits"
                    ),
                );
            }
        }
    }
    Ok(Value::list(Type::String, strings(subnets.into_iter().map(Range::show))))
}

fn subnet_prefix(range: Range, new_bits: i64) -> Result<u32, String> {
    let extended = i64::from(range.prefix).saturating_add(new_bits);
    let family = if range.address.bits == 32 { "IPv4" } else { "IPv6" };
    match u32::try_from(extended) {
        _ if new_bits < 1 => Err("must extend prefix by at least one bit".into()),
        _ if new_bits > 32 => Err("the prefix can grow by 32 bits at most".into()),
        Ok(prefix) if prefix <= range.address.bits => Ok(prefix),
        _ => Err(format!("the prefix would be {extended} bits long, and {family} addresses are shorter")),
    }
}

/// The first multiple of a size after an address.
fn next_start(last: u128, size: Option<u128>) -> Option<u128> {
    let (next, size) = (last.checked_add(1)?, size?);
    next.checked_next_multiple_of(size)
}

fn cidrcontains(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let outer = Range::parse(text(args, 0))?;
    let inner = match (Address::parse(text(args, 1)), text(args, 1).contains('/')) {
        (Some(address), false) => Range { address, prefix: address.bits },
        (_, true) => Range::parse(text(args, 1))?,
        (None, false) => return fail(format!("invalid IP address or prefix: {}", text(args, 1))),
    };
    if inner.address.bits != outer.address.bits {
        return fail(format!("address family mismatch: {} vs. {}", text(args, 0), text(args, 1)));
    }
    let within = inner.address.value & outer.address.mask(outer.prefix) == outer.address.value;
    Ok(Value::bool(within && inner.prefix >= outer.prefix))
}
