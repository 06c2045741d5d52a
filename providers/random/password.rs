//! `random_password`: secret text, as resource type and as ephemeral resource.

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{Call, Ephemeral, ErrorKind, Object, ProviderError, with_attributes};

use crate::characters;
use crate::draw::Draw;
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomPassword;

/// How many bytes of a password bcrypt looks at.
const BCRYPT_LIMIT: usize = 72;

/// The work factor, as Terraform's provider has it.
const BCRYPT_COST: u32 = 10;

/// The values of a password that is made once or for a run only.
fn secrets(password: &str, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
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
    ])
}

fn results(password: &str, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
    Ok(secrets(password, draw)?.into_iter().chain([("id", Value::string("none"))]).collect())
}

/// The values made, which are never shown.
fn with_secrets(block: Block) -> Block {
    let secret = |what: &str| Attribute::computed(Type::String, what).sensitive();
    block
        .attr("result", secret("The password."))
        .attr("bcrypt_hash", secret("A bcrypt hash of the password."))
}

/// The ephemeral resource.
pub(crate) struct EphemeralPassword {
    schema: Schema,
}

impl EphemeralPassword {
    pub(crate) fn new() -> EphemeralPassword {
        let what =
            "Makes a random password for one run, which is kept nowhere. Another one is made in every run.";
        EphemeralPassword { schema: Schema::new(with_secrets(characters::with_arguments(Block::new(what)))) }
    }
}

#[async_trait]
impl Ephemeral for EphemeralPassword {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        characters::check(&characters::filled_in(config))
    }

    async fn open(&self, call: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        let arguments = characters::filled_in(config);
        if let Some(error) = characters::check(&arguments).into_iter().next() {
            return Err(error);
        }
        let mut draw = Draw::from(call.around);
        let password = characters::make(&arguments, &mut draw);
        Ok(with_attributes(&arguments, secrets(&password, &mut draw)?).into())
    }

    async fn close(&self, _call: Call<'_>, _opened: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}

impl Recipe for RandomPassword {
    const VERSION: u64 = 3;

    fn block(&self) -> Block {
        let what = "Makes a random password, which is never shown. The state holds it; the ephemeral resource of the \
                    same name keeps it out of there.";
        with_secrets(characters::with_old_name(characters::with_arguments(Block::new(what))))
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
