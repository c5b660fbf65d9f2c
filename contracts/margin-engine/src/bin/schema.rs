//! Writes the contract's schema, one file, beside the others.
#![allow(clippy::expect_used, missing_docs)]

use cosmwasm_schema::generate_api;
use types::engine::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

fn main() {
    let api = generate_api! {
        name: "margin-engine",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    }
    .render();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../schema/margin-engine.json"
    );
    let text = api.to_string().expect("the schema renders");
    std::fs::write(path, text + "\n").expect("the schema is written");
}
