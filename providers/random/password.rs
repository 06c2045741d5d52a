//! `random_password`: secret text.

use model::{Attribute, Block, Type, Value};
use provider::{ErrorKind, ProviderError};

use crate::characters;
use crate::draw::Draw;
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomPassword;

/// How many bytes of a password bcrypt looks at.
const BCRYPT_LIMIT: usize = 72;

/// The work factor, as Terraform's provider has it.
const BCRYPT_COST: u32 = 10;

fn results(password: &str, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
    let bytes = password.as_bytes();
    let start = &bytes[..bytes.len().min(BCRYPT_LIMIT)];
    let mut salt = [0; 16];
    draw.fill(&mut salt);
    let hash = bcrypt::hash_with_salt(start, BCRYPT_COST, salt).map_err(|_| {
        ProviderError::new(
            ErrorKind::Internal,
            "Hash Error",
            "The bcrypt hash of the password cannot be made.",
        )
    })?;
    Ok(vec![
        ("result", Value::string(password)),
        ("bcrypt_hash", Value::string(hash.format_for_version(bcrypt::Version::TwoA))),
        ("id", Value::string("none")),
    ])
}

impl Recipe for RandomPassword {
    const VERSION: u64 = 3;

    fn block(&self) -> Block {
        characters::with_arguments(Block::new("Makes a random password, which is never shown."))
            .attr("result", Attribute::computed(Type::String, "The password.").sensitive())
            .attr(
                "bcrypt_hash",
                Attribute::computed(Type::String, "A bcrypt hash of the password.").sensitive(),
            )
            .attr("id", Attribute::computed(Type::String, "Always `none`."))
    }

    fn defaults(&self, config: &Value) -> Given {
        characters::defaults(config)
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        characters::check(arguments)
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let password = characters::make(arguments, draw);
        results(&password, draw)
    }

    /// The identifier is the password.
    fn import(&self, id: &str, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        Ok(results(id, draw)?.into_iter().chain(characters::imported(id)).collect())
    }

    fn upgrade(&self, attributes: &mut serde_json::Map<String, serde_json::Value>) {
        characters::upgrade(attributes);
    }
}
