//! Every storage key of this contract, once, and how keys are made of sides and numbers.

use cosmwasm_std::Int256;
use types::Side;

/// Who is who.
pub const CONFIG: &str = "config";
/// The neighbours, once bound.
pub const PEERS: &str = "peers";
/// Settings of each market.
pub const MARKETS: &str = "markets";
/// Market of each venue.
pub const VENUES: &str = "venues";
/// Books of each market.
pub const COMPARTMENTS: &str = "comps";
/// Free money of each account.
pub const WALLETS: &str = "wallets";
/// Positions.
pub const POSITIONS: &str = "positions";
/// Positions in the order of their bankruptcy price.
pub const LADDER: &str = "ladder";
/// Signed orders.
pub const MANDATES: &str = "mandates";
/// Numbers of the orders of each account.
pub const OPEN: &str = "open";
/// Leased stances.
pub const STANCES: &str = "stances";
/// LP shares.
pub const SHARES: &str = "shares";
/// Pending LP requests.
pub const REQUESTS: &str = "requests";
/// Priced LP batches not wholly claimed.
pub const BATCHES: &str = "batches";
/// Pending LP withdrawals.
pub const LEAVES: &str = "leaves";
/// The log of liquidity that left.
pub const SERVED: &str = "served";
/// Stretches of the line of liquidity that leaves.
pub const STRETCHES: &str = "stretches";
/// Exits that wait.
pub const QUEUE: &str = "queue";
/// Coins held of each denom.
pub const CUSTODY: &str = "custody";
/// Money each account brought within a day.
pub const FRESH: &str = "fresh";
/// Positions beside the ladder.
pub const STUCK: &str = "stuck";
/// Numbers of waiting reductions.
pub const REDUCING: &str = "reducing";

/// Markets that are wound up.
pub const WINDING: &str = "winding";
/// The last good price seen of each market.
pub const MARKS: &str = "marks";
/// Queued profit that was not ready when its market was wound up.
pub const UNREADY: &str = "unready";

/// What each account has asked to take out of each market.
pub const ASKED: &str = "asked";

/// Cells of the ladder.
pub const CELLS: &str = "cells";
/// How far the ladder has been looked through for cells too wide.
pub const LOOKED: &str = "looked";

/// Who governs.
pub const DAO: &str = "dao";
/// Other code for the breaker, announced here.
pub const REPLACEMENT: &str = "replacement";
/// Settings that were in force of late.
pub const PAST: &str = "past";

/// All of them.
pub const ALL: [&str; 31] = [
    CONFIG,
    PEERS,
    MARKETS,
    VENUES,
    COMPARTMENTS,
    WALLETS,
    POSITIONS,
    LADDER,
    MANDATES,
    OPEN,
    STANCES,
    SHARES,
    REQUESTS,
    BATCHES,
    LEAVES,
    SERVED,
    STRETCHES,
    QUEUE,
    CUSTODY,
    FRESH,
    STUCK,
    REDUCING,
    WINDING,
    MARKS,
    UNREADY,
    ASKED,
    CELLS,
    LOOKED,
    DAO,
    REPLACEMENT,
    PAST,
];

/// A side in a key.
pub const fn side(side: Side) -> u8 {
    match side {
        Side::Long => 0,
        Side::Short => 1,
    }
}

/// Bytes in the order of the numbers.
pub fn ordered(number: Int256) -> [u8; 32] {
    let mut bytes = number.to_be_bytes();
    bytes[0] ^= 0x80;
    bytes
}

/// The number again.
pub fn read_ordered(mut bytes: [u8; 32]) -> Int256 {
    bytes[0] ^= 0x80;
    Int256::from_be_bytes(bytes)
}
