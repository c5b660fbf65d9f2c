//! A typed address: which contract lives there, and whether the address has been checked.

use std::{fmt, marker::PhantomData};

use cosmwasm_std::{to_json_binary, Addr, Api, Coin, QuerierWrapper, StdResult, WasmMsg};
use cw_schema::{DefinitionReference, Identifier, SchemaVisitor, Schemaifier};
use schemars::{gen::SchemaGenerator, schema::Schema, JsonSchema};
use serde::{de::DeserializeOwned, Deserialize, Serialize};

use crate::strict::Lenient;

/// The two languages a contract speaks. Implemented once per contract, on a unit type.
pub trait Interface {
    /// What it can be told.
    type Execute: Serialize;
    /// What it can be asked.
    type Query: Serialize;
}

/// A part of what a contract can be told, in the same words.
pub trait Part<I>: Serialize {}

/// An address known to speak `I`. `A = String` is what arrives in a message; `A = Addr` is what may
/// be stored, told or asked. Only [`Handle::check`] crosses over.
#[derive(Serialize, Deserialize)]
#[serde(
    transparent,
    bound(serialize = "A: Serialize", deserialize = "A: Deserialize<'de>")
)]
pub struct Handle<I, A = Addr> {
    addr: A,
    #[serde(skip)]
    speaks: PhantomData<fn() -> I>,
}

impl<I> Handle<I, String> {
    /// The only door from a claimed address to a checked one.
    pub fn check(self, api: &dyn Api) -> StdResult<Handle<I>> {
        api.addr_validate(&self.addr).map(Handle::new)
    }
}

impl<I, A> Handle<I, A> {
    /// Wrap an address that is already of the right kind.
    pub const fn new(addr: A) -> Self {
        Self {
            addr,
            speaks: PhantomData,
        }
    }

    /// The bare address.
    pub const fn addr(&self) -> &A {
        &self.addr
    }
}

impl<I: Interface> Handle<I> {
    /// A message telling the contract to do something.
    pub fn tell(&self, msg: &I::Execute, funds: Vec<Coin>) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.addr.to_string(),
            msg: to_json_binary(msg)?,
            funds,
        })
    }

    /// The same for whoever says no more than a part.
    pub fn tell_part(&self, msg: &impl Part<I>) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.addr.to_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        })
    }

    /// Ask the contract something. Each interface wraps this so that answers are typed.
    pub fn ask<T: DeserializeOwned>(
        &self,
        querier: &QuerierWrapper,
        query: &I::Query,
    ) -> StdResult<T> {
        let answer: Lenient<T> = querier.query_wasm_smart(&self.addr, query)?;
        Ok(answer.0)
    }
}

impl<I, A: Clone> Clone for Handle<I, A> {
    fn clone(&self) -> Self {
        Self::new(self.addr.clone())
    }
}

impl<I, A: PartialEq> PartialEq for Handle<I, A> {
    fn eq(&self, other: &Self) -> bool {
        self.addr == other.addr
    }
}

impl<I, A: fmt::Debug> fmt::Debug for Handle<I, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.addr.fmt(f)
    }
}

impl<I, A> JsonSchema for Handle<I, A> {
    fn schema_name() -> String {
        String::schema_name()
    }

    fn is_referenceable() -> bool {
        false
    }

    fn json_schema(gen: &mut SchemaGenerator) -> Schema {
        String::json_schema(gen)
    }
}

impl<I, A> Schemaifier for Handle<I, A> {
    fn id() -> Identifier {
        <String as Schemaifier>::id()
    }

    fn visit_schema(visitor: &mut SchemaVisitor) -> DefinitionReference {
        <String as Schemaifier>::visit_schema(visitor)
    }
}
