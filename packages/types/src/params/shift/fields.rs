//! Every setting of a compartment: which way it is stricter, and how fast it may become so. What moves the
//! maintenance margin, costs or delays an exit (of liquidity too: the floor it leaves counts) takes the short step; so does
//! every input of the margins.

use cosmwasm_std::Uint128;

use super::{Field, MarketParams, Step, Tighter};
use crate::Ratio;

const fn field(
    name: &'static str,
    read: fn(&MarketParams) -> Uint128,
    tighter: Tighter,
    step: Step,
) -> Field {
    Field {
        name,
        read,
        tighter,
        step,
    }
}

const fn raw(ratio: Ratio) -> Uint128 {
    ratio.0.atomics()
}

fn seconds(n: u64) -> Uint128 {
    Uint128::from(n)
}

/// All of them, in the order of [`MarketParams`].
pub const FIELDS: [Field; 34] = [
    field("skew_cap", |p| p.skew_cap, Tighter::Fixed, Step::Other),
    field("skew_scale", |p| p.skew_scale, Tighter::Fixed, Step::Other),
    field(
        "side_share",
        |p| raw(p.side_share),
        Tighter::Down,
        Step::Exits,
    ),
    field(
        "account_share",
        |p| raw(p.account_share),
        Tighter::Down,
        Step::Other,
    ),
    field("gap", |p| raw(p.gap), Tighter::Up, Step::Exits),
    field(
        "sigma_multiple",
        |p| raw(p.sigma_multiple),
        Tighter::Up,
        Step::Exits,
    ),
    field("horizon", |p| seconds(p.horizon), Tighter::Up, Step::Exits),
    field("im_min", |p| raw(p.im_min), Tighter::Up, Step::Exits),
    field("im_max", |p| raw(p.im_max), Tighter::Up, Step::Exits),
    field("mm_share", |p| raw(p.mm_share), Tighter::Up, Step::Exits),
    field("buffer", |p| raw(p.buffer), Tighter::Up, Step::Exits),
    field("oi_add_on", |p| raw(p.oi_add_on), Tighter::Up, Step::Exits),
    field(
        "variance.floor",
        |p| raw(p.variance.floor),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "variance.stress",
        |p| raw(p.variance.stress),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "fees.increase",
        |p| raw(p.fees.increase),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "fees.reduce",
        |p| raw(p.fees.reduce),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "fees.liquidation",
        |p| raw(p.fees.liquidation),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "split.vault",
        |p| raw(p.split.vault),
        Tighter::Up,
        Step::Other,
    ),
    field(
        "split.insurance",
        |p| raw(p.split.insurance),
        Tighter::Up,
        Step::Other,
    ),
    field(
        "pace_window",
        |p| seconds(p.pace_window),
        Tighter::Neither,
        Step::Other,
    ),
    field(
        "sums.base_fee",
        |p| p.sums.base_fee,
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "sums.liquidation_reserve",
        |p| p.sums.liquidation_reserve,
        Tighter::Up,
        Step::Other,
    ),
    field("sums.dust", |p| p.sums.dust, Tighter::Neither, Step::Other),
    field("sums.min_lp", |p| p.sums.min_lp, Tighter::Up, Step::Exits),
    field(
        "exits.hour",
        |p| raw(p.exits.hour),
        Tighter::Down,
        Step::Exits,
    ),
    field(
        "exits.day",
        |p| raw(p.exits.day),
        Tighter::Down,
        Step::Exits,
    ),
    field(
        "exits.delay",
        |p| seconds(p.exits.delay),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "exits.cooldown",
        |p| seconds(p.exits.cooldown),
        Tighter::Up,
        Step::Exits,
    ),
    field(
        "exits.gain_limit",
        |p| raw(p.exits.gain_limit),
        Tighter::Down,
        Step::Exits,
    ),
    field(
        "exits.cover_limit",
        |p| raw(p.exits.cover_limit),
        Tighter::Up,
        Step::Other,
    ),
    field(
        "losses.block",
        |p| raw(p.losses.block),
        Tighter::Neither,
        Step::Other,
    ),
    field(
        "losses.day",
        |p| raw(p.losses.day),
        Tighter::Neither,
        Step::Other,
    ),
    field(
        "funding.slope",
        |p| raw(p.funding.slope),
        Tighter::Neither,
        Step::Other,
    ),
    field(
        "funding.clamp",
        |p| raw(p.funding.clamp),
        Tighter::Neither,
        Step::Other,
    ),
];
