//! Ranges of addresses.

use std::net::IpAddr;

use model::Path;

use crate::ProviderError;
use crate::sheet::Given;

/// A range of addresses: `10.0.0.0/16`, `2001:db8::/56`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads a range, which begins with its first address; or says why it is none.
    pub fn parse(text: &str) -> Result<Cidr, String> {
        let (address, prefix) = text.split_once('/').ok_or("there is no `/` with the length of a prefix")?;
        let address: IpAddr = address.parse().map_err(|_| format!("{address:?} is no address"))?;
        let prefix: u8 = prefix.parse().map_err(|_| format!("{prefix:?} is no length of a prefix"))?;
        let range = Cidr { address, prefix };
        if prefix > range.width() {
            return Err(format!("a prefix has at most {} bits", range.width()));
        }
        let first = range.start() & range.mask();
        if first != range.start() {
            let first = match address {
                IpAddr::V4(_) => IpAddr::V4(u32::try_from(first).unwrap_or_default().into()),
                IpAddr::V6(_) => IpAddr::V6(first.into()),
            };
            return Err(format!("the range begins with {first}, so it is written {first}/{prefix}"));
        }
        Ok(range)
    }

    /// Whether the addresses are those of IPv6.
    pub fn is_v6(self) -> bool {
        self.address.is_ipv6()
    }

    /// How many bits all its addresses begin with.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether two ranges have addresses in common.
    pub fn overlaps(self, other: Cidr) -> bool {
        let mask = self.mask() & other.mask();
        self.is_v6() == other.is_v6() && self.start() & mask == other.start() & mask
    }

    /// Whether all addresses of another range are in this one.
    pub fn holds(self, other: Cidr) -> bool {
        self.prefix <= other.prefix && self.overlaps(other)
    }

    fn width(self) -> u8 {
        if self.is_v6() { 128 } else { 32 }
    }

    fn start(self) -> u128 {
        match self.address {
            IpAddr::V4(address) => u32::from(address).into(),
            IpAddr::V6(address) => address.into(),
        }
    }

    fn mask(self) -> u128 {
        let free = u32::from(self.width() - self.prefix);
        u128::MAX.checked_shl(free).unwrap_or(0)
    }
}

/// What is wrong with an attribute that is to be a range, the prefix of which has a length within bounds.
pub fn fault(config: Given<'_>, name: &str, lengths: std::ops::RangeInclusive<u8>) -> Option<ProviderError> {
    let text = config.text(name)?;
    let why = match Cidr::parse(text) {
        Ok(range) if lengths.contains(&range.prefix) => return None,
        Ok(_) => format!("its prefix has {} to {} bits", lengths.start(), lengths.end()),
        Err(why) => why,
    };
    let detail = format!("{text:?} can't be the value of {name:?}: {why}.");
    Some(ProviderError::invalid("Invalid range of addresses", detail).at(Path::of_attr(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    #[test]
    fn ranges_begin_with_their_first_address() {
        assert!(Cidr::parse("10.0.0.0/16").is_ok());
        assert!(Cidr::parse("0.0.0.0/0").is_ok());
        assert!(Cidr::parse("::/0").is_ok());
        let wrong = Cidr::parse("10.0.3.7/16").unwrap_err();
        assert_eq!(wrong, "the range begins with 10.0.0.0, so it is written 10.0.0.0/16");
        let wrong = Cidr::parse("2001:db8::1/64").unwrap_err();
        assert_eq!(wrong, "the range begins with 2001:db8::, so it is written 2001:db8::/64");
        assert!(Cidr::parse("10.0.0.0").is_err());
        assert!(Cidr::parse("10.0.0.0/33").is_err());
        assert!(Cidr::parse("ten/8").is_err());
    }

    #[test]
    fn ranges_overlap_where_one_holds_the_other() {
        assert!(range("10.0.0.0/16").holds(range("10.0.1.0/24")));
        assert!(!range("10.0.1.0/24").holds(range("10.0.0.0/16")));
        assert!(range("10.0.1.0/24").overlaps(range("10.0.0.0/16")));
        assert!(!range("10.0.1.0/24").overlaps(range("10.0.2.0/24")));
        assert!(!range("0.0.0.0/0").overlaps(range("::/0")));
        assert!(range("2001:db8::/56").holds(range("2001:db8:0:1::/64")));
    }
}
