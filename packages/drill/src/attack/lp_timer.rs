//! The LP timer: provides liquidity when the reference has moved against the traders and the index has not yet.

use cosmwasm_std::Uint128;
use math::units::Amount;

use super::{
    hand::{bps, Hand},
    off, Sight,
};
use crate::{bug::Bug, news::News, venue::Venue};

/// Basis points of lag worth a deposit.
const WORTH_BPS: u128 = 20;
/// Size of a deposit, in basis points of the vault.
const SIZE_BPS: u64 = 20;
/// Seconds between deposits.
const EVERY_S: u64 = 7_200;

/// One account that provides liquidity.
pub struct LpTimer {
    /// The account.
    pub hand: Hand,
    /// What was paid for shares that are there.
    pub paid: Amount,
    waits: Option<Amount>,
    next: u64,
}

impl LpTimer {
    /// With this account.
    pub fn new(hand: Hand) -> Self {
        Self {
            hand,
            paid: Amount::ZERO,
            waits: None,
            next: 0,
        }
    }

    /// One block.
    pub fn act(&mut self, venue: &mut dyn Venue, sight: &Sight) -> Result<(), Bug> {
        let (lag, above) = off(sight.reference, sight.index);
        let theirs = above == sight.skew.is_negative();
        let time = sight.now >= self.next && self.waits.is_none();
        if !time || lag < WORTH_BPS || !theirs || sight.skew.is_zero() {
            return Ok(());
        }
        let amount = bps(sight.nav, SIZE_BPS)?;
        self.hand.bring(venue, amount)?;
        if venue.provide(&self.hand.who, amount.coins()?).is_ok() {
            self.waits = Some(amount);
        }
        self.next = sight.now.saturating_add(EVERY_S);
        Ok(())
    }

    /// Collect shares once they are priced: how many, and what was paid.
    pub fn collect(&mut self, venue: &mut dyn Venue) -> Result<Option<(Uint128, Amount)>, Bug> {
        let Some(paid) = self.waits else {
            return Ok(None);
        };
        let before = venue.shares(&self.hand.who);
        if venue.claim(&self.hand.who).is_err() {
            return Ok(None);
        }
        let got = venue.shares(&self.hand.who).saturating_sub(before);
        self.waits = None;
        if got.is_zero() {
            return Ok(None);
        }
        self.paid = self.paid.plus(paid)?;
        Ok(Some((got, paid)))
    }

    /// Whether this may have priced what waits.
    pub fn heard(&self, news: &[News]) -> bool {
        self.waits.is_some() && news.iter().any(|one| matches!(one, News::Priced(_)))
    }
}
