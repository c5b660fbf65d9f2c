//! Writes the interface of the oracle to `schema/oracle-aggregator.json` of the workspace.

use std::{error::Error, fs, path::Path};

use cosmwasm_schema::generate_api;
use types::oracle::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

fn main() -> Result<(), Box<dyn Error>> {
    let api = generate_api! {
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    };
    let mut json = api.render().to_string()?;
    json.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    fs::create_dir_all(&path)?;
    fs::write(path.join("oracle-aggregator.json"), json)?;
    Ok(())
}
